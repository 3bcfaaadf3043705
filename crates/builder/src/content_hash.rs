//! The digest of what a `COPY` takes: the part of its cache key that stands for files.
//!
//! The digests are those of BuildKit's `cache/contenthash` (`checksum.go`, `tarsum.go`): content,
//! permissions, owner, links, extended attributes and the names below what was named count; times
//! and the name of a single file do not.

use std::fmt::Write as _;

use dockerfile::{DirMatches, Ignore, IgnoreError};
use image::Digest;
use sha2::{Digest as _, Sha256};
use vfs::{AbsPath, Ino, Inode, Kind, Tree};

use crate::glob::{self, BadPattern};

/// How many symbolic links a path may lead through (`maxSymlinkLimit`).
const MAX_LINKS: usize = 255;

/// What is taken of a tree.
#[derive(Clone, Debug, Default)]
pub struct Selector<'a> {
    /// From the root of the tree; whether it ends with a slash matters where files are filtered.
    pub path: &'a str,
    /// Whether a link at the end of the path stands for what it leads to.
    pub follow_links: bool,
    /// Whether `path` is a pattern.
    pub wildcard: bool,
    /// Patterns of which a file must match one; none at all takes everything.
    pub include: &'a [String],
    /// Patterns of files that are left out.
    pub exclude: &'a [String],
}

/// Why there is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentHashError {
    /// Nothing is at the path, or the link at its end leads nowhere.
    #[error("\"{0}\": not found")]
    NotFound(AbsPath),
    /// Links lead in a circle.
    #[error("too many links")]
    TooManyLinks,
    /// The path is no pattern.
    #[error("{0}")]
    Path(#[from] BadPattern),
    /// An include pattern is none.
    #[error("invalid includepatterns: {0}")]
    Include(IgnoreError),
    /// An exclude pattern is none.
    #[error("invalid excludepatterns: {0}")]
    Exclude(IgnoreError),
}

/// The digest of what `selector` takes of `tree`.
///
/// # Errors
/// [`ContentHashError`]. A pattern that matches nothing is no error: its digest is that of nothing.
pub fn content_hash(tree: &Tree, selector: &Selector<'_>) -> Result<Digest, ContentHashError> {
    let path = AbsPath::new(selector.path);
    if !selector.wildcard && selector.include.is_empty() && selector.exclude.is_empty() {
        return path_digest(tree, &path, selector.follow_links);
    }
    let (prefix, mut taken) = filtered(tree, &path, selector)?;
    if selector.follow_links {
        for file in taken.iter_mut().filter(|file| file.is_named_link) {
            file.digest = path_digest(tree, &AbsPath::new(&file.path), true)?;
        }
    }
    match taken.as_slice() {
        [] => Ok(Digest::of("")),
        [one] if base_name(selector.path.as_bytes()) == base_name(&one.path) => Ok(one.digest),
        _ => {
            let mut hasher = Sha256::new();
            for file in &taken {
                match file.path.strip_prefix(prefix.as_slice()).unwrap_or(&file.path) {
                    b"" => hasher.update([0]),
                    name => hasher.update(key(name)),
                }
                hasher.update(file.digest.to_string());
            }
            Ok(Digest::from_bytes(hasher.finalize().into()))
        }
    }
}

/// A file, or a directory without what it holds.
struct Taken {
    /// As it was come to, links before the wildcards not followed; empty for the root.
    path: Vec<u8>,
    digest: Digest,
    /// A link that the path or its wildcards name; links below a directory are copied as they are.
    is_named_link: bool,
}

/// A directory above the file that is looked at.
struct Parent {
    path: Vec<u8>,
    /// Goes into the digest with the first file below it, and is none afterwards.
    header: Option<Taken>,
    include: Option<DirMatches>,
    exclude: Option<DirMatches>,
}

/// All that passes the patterns, in the order of BuildKit's radix tree (a directory before what it
/// holds, siblings by name), and the path that is cut off their names.
fn filtered(
    tree: &Tree,
    path: &AbsPath,
    selector: &Selector<'_>,
) -> Result<(Vec<u8>, Vec<Taken>), ContentHashError> {
    let include = patterns(selector.include).map_err(ContentHashError::Include)?;
    let exclude = patterns(selector.exclude).map_err(ContentHashError::Exclude)?;
    let ends_in_slash = selector.path.ends_with('/');
    let pattern = trimmed(path);
    let (named, follow_last) = if selector.wildcard {
        let fixed = fixed_part(path);
        let has_rest = fixed != *path;
        (fixed, has_rest)
    } else {
        (path.clone(), false)
    };
    let prefix = trimmed(&named).to_vec();
    let Some((start, ino)) = resolve(tree, &named, follow_last)? else {
        return Ok((prefix, Vec::new()));
    };
    let mut taken = Vec::new();
    let mut parents: Vec<Parent> = Vec::new();
    let mut last_match: Option<Vec<u8>> = None;
    for (found, _, inode) in tree.walk_from(start.clone(), ino) {
        let name = [&prefix, &trimmed(&found)[trimmed(&start).len()..]].concat();
        while parents.last().is_some_and(|parent| below(&name, &parent.path).is_none()) {
            parents.pop();
        }
        let top = if selector.wildcard {
            let is_below = last_match.as_ref().is_some_and(|dir| below(&name, dir).is_some());
            if !pattern.is_empty() && !is_below {
                if !glob::matches(pattern, &name)? {
                    continue;
                }
                last_match = Some(name.clone());
            }
            last_match.as_deref().unwrap_or_default()
        } else {
            pattern
        };
        // A directory that is written with a slash at its end stands for what it holds.
        if inode.is_dir() && ends_in_slash && name == pattern {
            continue;
        }
        let candidate = if name == top { b"" } else { below(&name, top).unwrap_or(&name) };
        let candidate = String::from_utf8_lossy(candidate);
        let parent = parents.last();
        let mut here = Parent { path: name.clone(), header: None, include: None, exclude: None };
        let mut wanted = true;
        if let Some(include) = &include {
            let above = parent.and_then(|parent| parent.include.as_ref());
            let (matched, dir) = include.matches_below(&candidate, above);
            here.include = Some(dir);
            wanted = matched;
        }
        if let Some(exclude) = exclude.as_ref().filter(|_| wanted) {
            let above = parent.and_then(|parent| parent.exclude.as_ref());
            let (matched, dir) = exclude.matches_below(&candidate, above);
            here.exclude = Some(dir);
            wanted = !matched;
        }
        if !wanted && !inode.is_dir() {
            continue;
        }
        let is_named_link = name == top && matches!(inode.kind, Kind::Symlink(_));
        let file = Taken { path: name, digest: own_digest(inode), is_named_link };
        if wanted {
            taken.extend(parents.iter_mut().filter_map(|parent| parent.header.take()));
            taken.push(file);
        } else {
            here.header = Some(file);
        }
        if inode.is_dir() {
            parents.push(here);
        }
    }
    Ok((prefix, taken))
}

fn patterns(texts: &[String]) -> Result<Option<Ignore>, IgnoreError> {
    if texts.is_empty() { Ok(None) } else { Ignore::new(texts).map(Some) }
}

/// The components before the first with a wildcard (`splitWildcards`).
fn fixed_part(path: &AbsPath) -> AbsPath {
    let fixed = path.components().take_while(|part| !has_wildcard(part));
    fixed.fold(AbsPath::root(), |dir, part| dir.join(part))
}

/// Whether there is a wildcard that is not escaped (`containsWildcards`).
pub(crate) fn has_wildcard(part: &[u8]) -> bool {
    let mut bytes = part.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'*' | b'?' | b'[' => return true,
            _ => {}
        }
    }
    false
}

/// The path with nothing for the root.
fn trimmed(path: &AbsPath) -> &[u8] {
    if path.is_root() { b"" } else { path.as_bytes() }
}

/// What follows the slash where `name` lies in `dir`.
fn below<'a>(name: &'a [u8], dir: &[u8]) -> Option<&'a [u8]> {
    name.strip_prefix(dir)?.strip_prefix(b"/")
}

/// Go's `path.Base`.
fn base_name(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    match path.split(|&b| b == b'/').rfind(|part| !part.is_empty()) {
        Some(name) => name,
        None => b"/",
    }
}

/// A path as BuildKit's radix tree has it.
fn key(path: &[u8]) -> Vec<u8> {
    path.iter().map(|&b| if b == b'/' { 0 } else { b }).collect()
}

fn path_digest(tree: &Tree, path: &AbsPath, follow: bool) -> Result<Digest, ContentHashError> {
    let (_, ino) =
        resolve(tree, path, follow)?.ok_or_else(|| ContentHashError::NotFound(path.clone()))?;
    Ok(whole_digest(tree, ino))
}

/// Where a path leads, links in it followed and kept inside the root, the one at its end where
/// `follow_last` (`getFollowLinksCallback`). A `..` behind a name that is not there takes it back,
/// as in BuildKit and unlike in a kernel.
fn resolve(
    tree: &Tree,
    path: &AbsPath,
    follow_last: bool,
) -> Result<Option<(AbsPath, Ino)>, ContentHashError> {
    let mut here = AbsPath::root();
    let mut rest: Vec<Vec<u8>> = path.components().rev().map(<[u8]>::to_vec).collect();
    let mut links = 0;
    while let Some(part) = rest.pop() {
        let next = here.join(&part);
        let target = match tree.lookup(&next) {
            Some((_, Inode { kind: Kind::Symlink(target), .. }))
                if follow_last || !rest.is_empty() =>
            {
                target
            }
            _ => {
                here = next;
                continue;
            }
        };
        links += 1;
        if links > MAX_LINKS {
            return Err(ContentHashError::TooManyLinks);
        }
        if target.starts_with(b"/") {
            here = AbsPath::root();
        }
        let parts = target.split(|&b| b == b'/').filter(|part| !part.is_empty());
        rest.extend(parts.rev().map(<[u8]>::to_vec));
    }
    Ok(tree.lookup(&here).map(|(ino, _)| (here, ino)))
}

/// The digest of a file, or of a directory with all it holds.
fn whole_digest(tree: &Tree, ino: Ino) -> Digest {
    let Some(inode) = tree.get(ino) else { return Digest::of("") };
    let Some(dir) = inode.dir() else { return own_digest(inode) };
    let mut hasher = Sha256::new_with_prefix([0]);
    hasher.update(own_digest(inode).to_string());
    for (name, child) in dir.iter() {
        hasher.update([0]);
        hasher.update(name.as_bytes());
        hasher.update(whole_digest(tree, child).to_string());
    }
    Digest::from_bytes(hasher.finalize().into())
}

/// The digest of a file, or of a directory without what it holds: a tarsum of version 1 without
/// the name.
fn own_digest(inode: &Inode) -> Digest {
    let meta = &inode.meta;
    let (kind, size, mode, link): (u8, u64, u32, &[u8]) = match &inode.kind {
        Kind::File(content) => (0, content.len(), meta.mode, b""),
        Kind::Symlink(target) => (2, 0, 0o777, target),
        Kind::CharDevice(_) => (3, 0, meta.mode, b""),
        Kind::BlockDevice(_) => (4, 0, meta.mode, b""),
        Kind::Dir(_) => (5, 0, meta.mode, b""),
        Kind::Fifo | Kind::Socket => (6, 0, meta.mode, b""),
    };
    let mut text = String::new();
    let (uid, gid) = (meta.uid, meta.gid);
    let _ = write!(text, "namemode{mode}uid{uid}gid{gid}size{size}typeflag{kind}linkname");
    let mut header = text.into_bytes();
    header.extend_from_slice(link);
    let rdev = inode.rdev();
    header.extend_from_slice(
        format!("unamegnamedevmajor{}devminor{}", rdev.major, rdev.minor).as_bytes(),
    );
    for (name, value) in meta.xattrs.iter().flat_map(|map| map.iter()) {
        let hidden = [b"security.".as_slice(), b"system.", b"com.apple."]
            .iter()
            .any(|p| name.starts_with(p));
        if !hidden || name == b"security.capability" {
            header.extend_from_slice(name);
            header.extend_from_slice(value);
        }
    }
    match &inode.kind {
        Kind::File(content) => Digest::from_bytes(content.sha256_after(&header)),
        _ => Digest::of(header),
    }
}
