//! Base images from their recipes, `images/*.json` (the format is described in `images/README.md`).

use image::{DiffId, Layer};
use serde::Deserialize;
use vfs::{
    AbsPath, Caller, Content, Errno, Fs, Limits, NodeId, OpenFlags, ResolveFlags, SetTime,
    Timestamp, Tree,
};

/// How far a recipe may be from one that takes nothing from others.
const DEEPEST: usize = 4;

/// A recipe as it stands in its file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Names of the image, most usual first.
    pub references: Vec<String>,
    /// What is modelled, for people.
    pub note: String,
    /// RFC 3339.
    pub created: String,
    /// `config` of the OCI configuration.
    pub config: image::ContainerConfig,
    /// A reference of the recipe it is built on: that one's layers and history come first.
    pub from: Option<String>,
    /// Oldest first.
    pub layers: Vec<RecipeLayer>,
    /// Oldest first.
    pub history: Vec<RecipeHistory>,
}

/// A layer of a recipe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeLayer {
    /// Digest of the tar of `entries`.
    pub diff_id: String,
    /// RFC 3339; the image's `created` where it is missing.
    pub mtime: Option<String>,
    /// A reference of the recipe whose lowest layer this one resembles: that one's lines come first.
    pub like: Option<String>,
    /// Entry lines.
    pub entries: Vec<String>,
}

/// A line of a recipe's history.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeHistory {
    /// The instruction.
    pub created_by: String,
    /// RFC 3339.
    pub created: Option<String>,
    /// The builder's comment.
    #[serde(default)]
    pub comment: String,
    /// Whether it made no layer.
    #[serde(default)]
    pub empty_layer: bool,
}

/// A recipe that does not follow its format.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file is no JSON of the right shape.
    #[error("not a recipe: {0}")]
    Json(#[from] serde_json::Error),
    /// What it takes from another recipe is not there, or takes from this one.
    #[error("there is no recipe for {0:?} to take anything from")]
    Base(String),
    /// An entry line cannot be read.
    #[error("entry {0:?} is not of a known form")]
    Entry(String),
    /// An entry cannot be made.
    #[error("entry {entry:?}: {errno}")]
    Refused {
        /// The line.
        entry: String,
        /// Why.
        errno: Errno,
    },
    /// A time cannot be read.
    #[error(transparent)]
    Time(#[from] image::ParseTimeError),
    /// A diff ID cannot be read.
    #[error(transparent)]
    Digest(#[from] image::ParseDigestError),
}

impl Recipe {
    /// Reads a recipe file.
    ///
    /// # Errors
    /// [`RecipeError::Json`].
    pub fn parse(text: &str) -> Result<Self, RecipeError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The recipe with all that it takes from others written out.
    ///
    /// # Errors
    /// [`RecipeError::Base`].
    pub fn resolved(&self, all: &[Self]) -> Result<Self, RecipeError> {
        self.resolved_within(all, DEEPEST)
    }

    fn resolved_within(&self, all: &[Self], depth: usize) -> Result<Self, RecipeError> {
        let other = |reference: &str| {
            let named = |recipe: &&Self| recipe.references.iter().any(|known| known == reference);
            let found = all.iter().find(named).filter(|_| depth > 0);
            let found = found.ok_or_else(|| RecipeError::Base(reference.to_owned()))?;
            found.resolved_within(all, depth - 1)
        };
        let mut out = Self { from: None, ..self.clone() };
        for layer in &mut out.layers {
            if let Some(reference) = layer.like.take() {
                let lowest = other(&reference)?.layers.into_iter().next();
                let lowest = lowest.ok_or(RecipeError::Base(reference))?;
                layer.entries.splice(0..0, lowest.entries);
            }
        }
        if let Some(reference) = &self.from {
            let Self { created, layers, history, .. } = other(reference)?;
            let dated = |time: Option<String>| time.or_else(|| Some(created.clone()));
            let layers =
                layers.into_iter().map(|own| RecipeLayer { mtime: dated(own.mtime), ..own });
            out.layers.splice(0..0, layers);
            let history =
                history.into_iter().map(|own| RecipeHistory { created: dated(own.created), ..own });
            out.history.splice(0..0, history);
        }
        Ok(out)
    }

    /// Whether one of its own layers has this diff ID.
    #[must_use]
    pub fn has_layer(&self, id: DiffId) -> bool {
        let wanted = id.to_string();
        self.layers.iter().any(|layer| layer.diff_id == wanted)
    }

    /// The filesystem after each layer, with the layer's time.
    ///
    /// # Errors
    /// [`RecipeError`].
    pub fn trees(&self) -> Result<Vec<(Tree, Timestamp)>, RecipeError> {
        let mut fs = Fs::new(Tree::new(), Limits::default());
        self.layers
            .iter()
            .map(|layer| {
                let time = image::parse_rfc3339(layer.mtime.as_ref().unwrap_or(&self.created))?;
                fs.set_now(time);
                Entries { fs: &mut fs, time }.apply(&layer.entries)?;
                Ok((fs.root().clone(), time))
            })
            .collect()
    }
}

impl Recipe {
    /// The layer that has this diff ID.
    #[must_use]
    pub fn layer(&self, id: DiffId) -> Option<Layer> {
        let wanted = id.to_string();
        let at = self.layers.iter().position(|layer| layer.diff_id == wanted)?;
        // A test reads every recipe, so none fails here.
        let mut trees = self.trees().ok()?;
        let (tree, time) = trees.swap_remove(at);
        let below = at.checked_sub(1).map_or_else(Tree::new, |below| trees.swap_remove(below).0);
        let layer = Layer::of_changes(&tree, &below.diff_with_parents(&tree), time);
        Some(layer).filter(|layer| layer.diff_id == id)
    }
}

struct Entries<'a> {
    fs: &'a mut Fs,
    time: Timestamp,
}

impl Entries<'_> {
    fn apply(&mut self, lines: &[String]) -> Result<(), RecipeError> {
        let mut lines = lines.iter().peekable();
        let mut dirs = Vec::new();
        while let Some(line) = lines.next() {
            let mut text = String::new();
            while let Some(more) = lines.next_if(|next| next.starts_with('|')) {
                text.push_str(&more[1..]);
                text.push('\n');
            }
            self.entry(line, text, &mut dirs)
                .ok_or_else(|| RecipeError::Entry(line.clone()))?
                .map_err(|errno| RecipeError::Refused { entry: line.clone(), errno })?;
        }
        // What was put into a directory has moved its time.
        for dir in dirs {
            let at = SetTime::At(self.time);
            let root = Caller::root();
            let _ = self.fs.utimes(
                &root,
                NodeId::ROOT,
                dir.as_bytes(),
                (at, at),
                ResolveFlags::NOFOLLOW,
            );
        }
        Ok(())
    }

    /// Makes what a line describes; none if the line is of no known form.
    fn entry(
        &mut self,
        line: &str,
        text: String,
        dirs: &mut Vec<AbsPath>,
    ) -> Option<vfs::Result<()>> {
        let (kind, rest) = line.split_once(' ')?;
        match kind {
            "x" => Some(self.remove(&AbsPath::new(rest))),
            "l" => {
                let (path, target) = rest.split_once(" -> ")?;
                Some(self.symlink(&AbsPath::new(path), target))
            }
            "h" => {
                let (path, target) = rest.split_once(" -> ")?;
                let flags = ResolveFlags::NOFOLLOW;
                let old = (NodeId::ROOT, target.as_bytes(), flags);
                if let Err(errno) = self.make_room(&AbsPath::new(path)) {
                    return Some(Err(errno));
                }
                Some(self.fs.link(&Caller::root(), old, (NodeId::ROOT, path.as_bytes(), flags)))
            }
            "L" => {
                let (head, names) = rest.split_once(": ")?;
                let (dir, target) = head.split_once(' ')?;
                let dir = AbsPath::new(dir);
                Some(names.split(' ').try_for_each(|name| self.symlink(&dir.join(name), target)))
            }
            _ => {
                let (mode, rest) = rest.split_once(' ')?;
                let (owner, rest) = rest.split_once(' ')?;
                let (uid, gid) = owner.split_once(':')?;
                let attributes = Attributes {
                    mode: u32::from_str_radix(mode, 8).ok()?,
                    uid: uid.parse().ok()?,
                    gid: gid.parse().ok()?,
                };
                self.with_attributes(kind, rest, attributes, text, dirs)
            }
        }
    }

    fn with_attributes(
        &mut self,
        kind: &str,
        rest: &str,
        attributes: Attributes,
        text: String,
        dirs: &mut Vec<AbsPath>,
    ) -> Option<vfs::Result<()>> {
        match kind {
            "d" => {
                let path = AbsPath::new(rest);
                dirs.push(path.clone());
                Some(self.dir(&path, attributes))
            }
            "t" => Some(self.file(&AbsPath::new(rest), attributes, text.into_bytes().into())),
            "s" => {
                let (size, path) = rest.split_once(' ')?;
                Some(self.synthetic(&AbsPath::new(path), attributes, size.parse().ok()?))
            }
            "p" => {
                let (dir, files) = rest.split_once(' ')?;
                let dir = AbsPath::new(dir);
                for file in files.split(' ') {
                    let (name, size) = file.rsplit_once(':')?;
                    if let Err(errno) =
                        self.synthetic(&dir.join(name), attributes, size.parse().ok()?)
                    {
                        return Some(Err(errno));
                    }
                }
                Some(Ok(()))
            }
            _ => None,
        }
    }

    fn dir(&mut self, path: &AbsPath, attributes: Attributes) -> vfs::Result<()> {
        if !path.is_root() && !self.fs.root().lookup(path).is_some_and(|(_, old)| old.is_dir()) {
            self.make_room(path)?;
            let root = Caller::root();
            self.fs.mkdir(&root, NodeId::ROOT, path.as_bytes(), 0o755, ResolveFlags::NOFOLLOW)?;
        }
        self.set(path, attributes)
    }

    /// Takes away the file, if there is one, that another is to replace.
    fn make_room(&mut self, path: &AbsPath) -> vfs::Result<()> {
        match self.fs.root().lookup(path) {
            Some((_, old)) if !old.is_dir() => self.remove(path),
            _ => Ok(()),
        }
    }

    /// Takes away a file, or a directory with all that is in it.
    fn remove(&mut self, path: &AbsPath) -> vfs::Result<()> {
        let (root, at, flags) = (Caller::root(), NodeId::ROOT, ResolveFlags::NOFOLLOW);
        let (ino, _) = self.fs.root().lookup(path).ok_or(Errno::ENOENT)?;
        let files = self.fs.root().walk_from(path.clone(), ino);
        let mut all: Vec<_> = files.map(|(path, _, inode)| (path, inode.is_dir())).collect();
        while let Some((path, is_dir)) = all.pop() {
            match is_dir {
                true => self.fs.rmdir(&root, at, path.as_bytes(), flags)?,
                false => self.fs.unlink(&root, at, path.as_bytes(), flags)?,
            }
        }
        Ok(())
    }

    fn symlink(&mut self, path: &AbsPath, target: &str) -> vfs::Result<()> {
        let (root, flags) = (Caller::root(), ResolveFlags::NOFOLLOW);
        self.make_room(path)?;
        self.fs.symlink(&root, target.as_bytes(), NodeId::ROOT, path.as_bytes(), flags)?;
        Ok(())
    }

    fn synthetic(&mut self, path: &AbsPath, attributes: Attributes, size: u64) -> vfs::Result<()> {
        // The seed is the path: equal files of two images are equal bytes.
        let digest = image::Digest::of(path.as_bytes());
        let seed =
            digest.as_bytes().iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        self.file(path, attributes, Content::synthetic(seed, size))
    }

    fn file(
        &mut self,
        path: &AbsPath,
        attributes: Attributes,
        content: Content,
    ) -> vfs::Result<()> {
        self.make_room(path)?;
        let root = Caller::root();
        let how = OpenFlags { write: true, create: true, exclusive: true, ..OpenFlags::default() };
        let how = (how, ResolveFlags::NOFOLLOW);
        let file = self.fs.open(&root, NodeId::ROOT, path.as_bytes(), how, 0o644)?;
        let put = self.fs.put_content(file, content);
        self.fs.close(file);
        put?;
        self.set(path, attributes)
    }

    fn set(&mut self, path: &AbsPath, attributes: Attributes) -> vfs::Result<()> {
        let Attributes { mode, uid, gid } = attributes;
        let (root, at, flags) = (Caller::root(), NodeId::ROOT, ResolveFlags::NOFOLLOW);
        self.fs.chown(&root, at, path.as_bytes(), (Some(uid), Some(gid)), flags)?;
        self.fs.chmod(&root, at, path.as_bytes(), mode, flags)
    }
}

#[derive(Clone, Copy)]
struct Attributes {
    mode: u32,
    uid: u32,
    gid: u32,
}
