//! A layer: its tar, what is in it, and its digests.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::rc::Rc;

use vfs::{AbsPath, Change, ChangeKind, DiffOptions, Timestamp, Tree};

use crate::tar_reader::Piece;
use crate::tar_writer::{entries_of, pieces_of, write_pieces};
use crate::{
    ApplyError, Compression, DiffId, Digest, Entry, Sha256Writer, TarError, TarLimits, TarReader,
    apply_layer, decompress,
};

/// A layer of an image.
///
/// It keeps its tar in pieces (as Docker's `tar-split` does), so that the very same bytes can be
/// written again, while the files' contents are shared with the trees it was applied to.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Digest of the tar.
    pub diff_id: DiffId,
    /// Size of the tar in bytes.
    pub tar_size: u64,
    /// As what it was stored.
    pub blob: Blob,
    /// Its files and whiteouts, in the order of the tar.
    pub entries: Vec<Entry>,
    pieces: Vec<Piece>,
}

/// What a layer was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Digest of the bytes as they were stored.
    pub digest: Digest,
    /// How many bytes there were.
    pub size: u64,
    /// How they were compressed.
    pub compression: Compression,
}

/// A file of an archive that looks like a layer and cannot be read as one.
#[derive(Debug)]
pub(crate) struct NoLayer {
    pub error: TarError,
    /// Of the bytes as they were stored; none where they could not be read.
    pub digest: Option<Digest>,
}

impl Layer {
    /// The layer that leads to `newer` by these changes (of [`Tree::diff_with_parents`]), with
    /// whiteouts dated `time`.
    #[must_use]
    pub fn of_changes(newer: &Tree, changes: &[Change], time: Timestamp) -> Self {
        Self::of_entries(entries_of(newer, changes, time).collect())
    }

    /// The layer that leads from `older` to `newer`, as Docker's overlay2 graph driver writes it: a
    /// directory in the place of another is marked opaque and has all its files in the layer,
    /// instead of a whiteout for each file that is gone.
    #[must_use]
    pub fn with_opaque_dirs(older: &Tree, newer: &Tree, time: Timestamp) -> Self {
        let replaced = older.replaced_dirs(newer);
        let inside =
            |path: &AbsPath| replaced.iter().any(|dir| path != dir && path.starts_with(dir));
        let mut changes: BTreeMap<AbsPath, ChangeKind> = older
            .diff_by(newer, DiffOptions::UPPER_DIR)
            .into_iter()
            .map(|change| (change.path, change.kind))
            .filter(|(path, kind)| *kind != ChangeKind::Deleted || !inside(path))
            .collect();
        for dir in &replaced {
            let Some((ino, _)) = newer.lookup(dir) else { continue };
            for (path, ..) in newer.walk_from(dir.clone(), ino) {
                changes.entry(path).or_insert(ChangeKind::Modified);
            }
        }
        let changes: Vec<Change> =
            changes.into_iter().map(|(path, kind)| Change { path, kind }).collect();
        let mut entries = Vec::new();
        for entry in entries_of(newer, &changes, time) {
            let opaque = replaced.contains(&entry.path).then(|| Entry::opaque(&entry));
            entries.push(entry);
            entries.extend(opaque);
        }
        Self::of_entries(entries)
    }

    /// The layer with these entries.
    #[must_use]
    pub fn of_entries(entries: Vec<Entry>) -> Self {
        let pieces = pieces_of(&entries);
        let mut hash = Sha256Writer::default();
        write_pieces(&pieces, &mut hash).expect("writing to a hasher does not fail");
        let (digest, size) = hash.finish();
        let blob = Blob { digest, size, compression: Compression::None };
        Self { diff_id: DiffId(digest), tar_size: size, blob, entries, pieces }
    }

    /// Reads a layer, compressed in any way or not at all.
    ///
    /// # Errors
    /// [`TarError`].
    pub fn read(mut input: impl Read, limits: TarLimits) -> Result<Self, TarError> {
        Self::read_hashing(&mut input, &Rc::default(), limits)
    }

    /// As [`Layer::read`]. What is no layer is read to its end all the same, so that its digest
    /// tells whether it was damaged.
    pub(crate) fn read_blob(input: &mut dyn Read, limits: TarLimits) -> Result<Self, NoLayer> {
        let hash = Rc::default();
        Self::read_hashing(input, &hash, limits).map_err(|error| {
            let mut rest = Tee { inner: input, hash: Rc::clone(&hash), is_hashing: true };
            let is_whole = io::copy(&mut rest, &mut io::sink()).is_ok();
            NoLayer { error, digest: is_whole.then(|| taken(&hash).0) }
        })
    }

    /// The same layer where it is stored in another way; the contents are shared.
    pub(crate) fn stored_as(&self, blob: Blob) -> Self {
        Self { blob, ..self.clone() }
    }

    fn read_hashing(
        input: &mut dyn Read,
        stored_hash: &Rc<RefCell<Sha256Writer>>,
        limits: TarLimits,
    ) -> Result<Self, TarError> {
        let stored = Tee { inner: input, hash: Rc::clone(stored_hash), is_hashing: true };
        let (compression, plain) = decompress(stored)?;
        // What is not compressed is digested once.
        let plain_hash = Rc::default();
        let is_hashing = compression != Compression::None;
        let plain = Tee { inner: plain, hash: Rc::clone(&plain_hash), is_hashing };
        let mut reader = TarReader::recording(plain, limits);
        let entries = reader.read_all()?;
        let pieces = reader.finish()?;
        let (digest, size) = taken(stored_hash);
        let (plain_digest, tar_size) = match compression {
            Compression::None => (digest, size),
            _ => taken(&plain_hash),
        };
        let blob = Blob { digest, size, compression };
        Ok(Self { diff_id: DiffId(plain_digest), tar_size, blob, entries, pieces })
    }

    /// Writes the tar, not compressed: its digest is the diff ID.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_tar(&self, out: &mut impl Write) -> io::Result<()> {
        write_pieces(&self.pieces, out)
    }

    /// Applies it.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn apply(&self, tree: &mut Tree) -> Result<(), ApplyError> {
        apply_layer(tree, &self.entries)
    }
}

fn taken(hash: &Rc<RefCell<Sha256Writer>>) -> (Digest, u64) {
    hash.take().finish()
}

/// Digests what is read through it.
struct Tee<R> {
    inner: R,
    hash: Rc<RefCell<Sha256Writer>>,
    is_hashing: bool,
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        if self.is_hashing {
            self.hash.borrow_mut().write_all(&buf[..n])?;
        }
        Ok(n)
    }
}
