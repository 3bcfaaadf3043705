//! One file of a tar.

use std::sync::Arc;

use vfs::{AbsPath, Content, Meta, Rdev, Timestamp};

/// A file of a tar: where it goes, its attributes, and what it is.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its place inside the root.
    pub path: AbsPath,
    /// Mode, owner, times, extended attributes.
    pub meta: Meta,
    /// What it is.
    pub kind: EntryKind,
}

/// What a file of a tar is.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum EntryKind {
    File(Content),
    Dir,
    /// With its target as written.
    Symlink(Arc<[u8]>),
    /// One more name of a file that came before, or is in a layer below.
    Link(AbsPath),
    CharDevice(Rdev),
    BlockDevice(Rdev),
    Fifo,
}

/// What an entry of a layer takes away (OCI image-spec `layer.md`, "Whiteouts").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whiteout {
    /// `.wh.NAME`: the path and all below it.
    Path(AbsPath),
    /// `.wh..wh..opq`: all that lower layers have in this directory.
    Opaque(AbsPath),
}

/// The prefix of names that take something away.
pub(crate) const WHITEOUT: &[u8] = b".wh.";
/// Names that begin like this are AUFS's own, except [`OPAQUE`].
pub(crate) const WHITEOUT_META: &[u8] = b".wh..wh.";
/// The name that hides what lower layers have in its directory.
pub(crate) const OPAQUE: &[u8] = b".wh..wh..opq";

impl Entry {
    /// What it takes away, where its name says so.
    #[must_use]
    pub fn whiteout(&self) -> Option<Whiteout> {
        let name = self.path.file_name();
        let dir = self.path.parent()?;
        if name == OPAQUE {
            return Some(Whiteout::Opaque(dir));
        }
        Some(Whiteout::Path(dir.join(name.strip_prefix(WHITEOUT).filter(|name| !name.is_empty())?)))
    }

    /// The entry that makes the directory `dir` opaque: with its owner and permissions and no time,
    /// as moby/go-archive's `overlayWhiteoutConverter` writes it.
    pub(crate) fn opaque(dir: &Self) -> Self {
        let meta = Meta {
            uid: dir.meta.uid,
            gid: dir.meta.gid,
            ..Meta::root(dir.meta.mode & 0o777, Timestamp::default())
        };
        Self { path: dir.path.join(OPAQUE), meta, kind: EntryKind::File(Content::default()) }
    }

    /// Whether it belongs to AUFS and is no part of the layer's files: all under a name at the root
    /// that begins with `.wh..wh.` (moby/go-archive `diff.go`).
    #[must_use]
    pub fn is_aufs_metadata(&self) -> bool {
        let first = self.path.components().next().unwrap_or_default();
        first.starts_with(WHITEOUT_META) && self.path.as_bytes() != [b"/", OPAQUE].concat()
    }

    /// Bytes of content; 0 for what is no regular file.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.kind {
            EntryKind::File(content) => content.len(),
            _ => 0,
        }
    }
}
