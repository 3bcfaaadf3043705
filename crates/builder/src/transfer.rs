//! `COPY`, and `ADD` of local files: what is taken, where it goes, and what of it decides the cache.

use dockerfile::{InlineFile, Transfer};
use image::Digest;
use vfs::{
    AbsPath, Caller, Content, Fs, Limits, NodeId, OpenFlags, ResolveFlags, SetTime, Timestamp, Tree,
};

use crate::content_hash::{Selector, content_hash, has_wildcard};
use crate::copy::{ChangeMode, CopyError, CopyOptions, Selected, copy, select};
use crate::miss::{Files, files_of};

/// A transfer with everything expanded and found.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// The tree that `selected` is in, made of the source's and the here-documents.
    from: Tree,
    selected: Vec<Selected>,
    dest: String,
    options: CopyOptions,
    /// The operation as one line, for the cache key.
    pub operation: String,
    /// Digest of the content that is taken.
    pub content: Digest,
    /// Every file that is taken, to explain a miss.
    pub files: Files,
}

/// What a transfer needs to know besides its own words.
pub(crate) struct Surroundings<'a> {
    /// Where sources are looked up: the build context, a stage or an image.
    pub from: &'a Tree,
    /// The filesystem that is copied to.
    pub to: &'a Tree,
    /// The working directory, for relative destinations.
    pub cwd: &'a str,
    /// The time that here-documents get.
    pub time: Timestamp,
}

/// Finds the sources.
///
/// # Errors
/// A sentence in BuildKit's words.
pub(crate) fn prepare(
    keyword: &str,
    transfer: &Transfer,
    chown: Option<&str>,
    chmod: Option<&str>,
    around: &Surroundings<'_>,
) -> Result<Prepared, String> {
    let dest = destination(around.cwd, &transfer.dest);
    let options = CopyOptions {
        owner: chown.map(|owner| crate::owner_ids(around.to, owner)),
        mode: chmod.map(parse_mode).transpose()?,
    };
    let mut selected = Vec::new();
    let mut names = Vec::new();
    let mut digests = Vec::new();
    for source in &transfer.sources {
        let found =
            select(around.from, source).map_err(|error| source_error(around.from, error))?;
        let wildcard = has_wildcard(source.as_bytes());
        digests.push(digest_of(around.from, source, wildcard)?);
        // BuildKit's key has the last component of the source only: renaming the directory it is
        // in changes nothing.
        names.push(String::from_utf8_lossy(AbsPath::new(source).file_name()).into_owned());
        selected.extend(found);
    }
    let mut from = around.from.clone();
    for file in &transfer.inline {
        let (tree, found) = put_inline(from, file, around.time)?;
        from = tree;
        names.push(format!("<<{}", file.name));
        digests.push(digest_of(&from, &found.path.to_string(), false)?);
        selected.push(found);
    }
    // As `NewContentHashFunc` of BuildKit's `solver/llbsolver/result.go` joins them.
    let content = Digest::of(digests.join("\0"));
    let mut operation = format!("{keyword} {} {dest}", names.join(" "));
    if let Some((uid, gid)) = options.owner {
        operation.push_str(&format!(" chown={uid}:{gid}"));
    }
    if let Some(ChangeMode::Set(mode)) = options.mode {
        operation.push_str(&format!(" chmod={mode:o}"));
    }
    let files = files_of(&from, &selected);
    Ok(Prepared { from, selected, dest, options, operation, content, files })
}

fn digest_of(from: &Tree, path: &str, wildcard: bool) -> Result<String, String> {
    let selector = Selector { path, follow_links: true, wildcard, ..Selector::default() };
    let digest = content_hash(from, &selector).map_err(|error| error.to_string())?;
    Ok(digest.to_string())
}

impl Prepared {
    /// Copies.
    ///
    /// # Errors
    /// A sentence in BuildKit's words.
    pub fn run(&self, to: Tree, now: Timestamp) -> Result<Tree, String> {
        copy(&self.from, &self.selected, to, &self.dest, &self.options, now)
            .map_err(|error| error.to_string())
    }
}

/// The destination as an absolute path that keeps its final slash; `.` and nothing are the working
/// directory (`pathRelativeToWorkingDir` in `dockerfile2llb/convert.go`).
fn destination(cwd: &str, dest: &str) -> String {
    let path = AbsPath::new(cwd).join(dest);
    let is_dir = dest.is_empty() || dest.ends_with('/') || dest == "." || dest.ends_with("/.");
    match path.to_string() {
        root if root == "/" => root,
        path if is_dir => path + "/",
        path => path,
    }
}

/// The message of a source that is not there. The reference is random in BuildKit; here it is
/// the beginning of a digest, so that the message is the same each time.
fn source_error(from: &Tree, error: CopyError) -> String {
    match error {
        CopyError::NotFound(path) => {
            let names: Vec<_> = from.walk().map(|(path, ..)| path.to_string()).collect();
            let reference = &Digest::of(names.join("\n")).hex()[..25];
            format!(
                "failed to compute cache key: failed to calculate checksum of ref {reference}: \
                 \"{path}\": not found"
            )
        }
        other => other.to_string(),
    }
}

/// `--chmod`: an octal number.
fn parse_mode(text: &str) -> Result<ChangeMode, String> {
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o7777 => Ok(ChangeMode::Set(mode)),
        _ => Err(format!(
            "invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777"
        )),
    }
}

/// Puts a here-document where `COPY` finds it: a file of its name in a directory of its own.
fn put_inline(from: Tree, file: &InlineFile, time: Timestamp) -> Result<(Tree, Selected), String> {
    let dir = AbsPath::new(format!("/.layerlab-inline-{}", Digest::of(&file.data).hex()));
    let path = dir.join(&file.name);
    let mut fs = Fs::new(from, Limits::default());
    fs.set_now(time);
    let (root, at, flags) =
        (Caller { umask: 0, ..Caller::root() }, NodeId::ROOT, ResolveFlags::NOFOLLOW);
    let mut put = || {
        match fs.mkdir(&root, at, dir.as_bytes(), 0o755, flags) {
            Ok(_) | Err(vfs::Errno::EEXIST) => {}
            Err(errno) => return Err(errno),
        }
        let how = OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
        let open = fs.open(&root, at, path.as_bytes(), (how, flags), 0o644)?;
        let written = fs.put_content(open, Content::from(file.data.clone().into_bytes()));
        fs.close(open);
        written?;
        let time = SetTime::At(time);
        fs.utimes(&root, at, path.as_bytes(), (time, time), flags)
    };
    put().map_err(|errno| format!("here-document {}: {errno}", file.name))?;
    Ok((fs.into_root(), Selected { named: path.clone(), path }))
}
