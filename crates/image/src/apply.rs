//! Putting the files of a tar into a tree.

use std::collections::HashSet;

use vfs::{AbsPath, Dir, Errno, Ino, Kind, Limit, Limits, Meta, Name, Timestamp, Tree};

use crate::entry::{Entry, EntryKind, WHITEOUT, Whiteout};

/// The most links a path may lead through, as in a kernel.
const MAX_LINKS: usize = 40;

/// Why an entry cannot be put into a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// It needs a directory where there is something else.
    #[error("{path} cannot be unpacked: {errno}")]
    Refused {
        /// The entry.
        path: AbsPath,
        /// Why.
        errno: Errno,
    },
    /// The tree would hold more than a filesystem may ([`Limits`]).
    #[error("{path} cannot be unpacked: {limit}")]
    Limit {
        /// The entry.
        path: AbsPath,
        /// The limit.
        limit: Limit,
    },
    /// A hard link to what is not there.
    #[error(
        "{path} is a hard link to {target}, which is neither in this archive before it nor below it"
    )]
    LinkTarget {
        /// The entry.
        path: AbsPath,
        /// What it should be a link to.
        target: AbsPath,
    },
    /// `.wh.` and nothing behind it, which says not what is taken away.
    #[error("{path} is a whiteout without a name (OCI image-spec, layer.md)")]
    EmptyWhiteout {
        /// The entry.
        path: AbsPath,
    },
}

/// Applies a layer (OCI image-spec `layer.md`, moby/go-archive `diff.go`).
///
/// A directory that meets a directory gives it its attributes; anything else takes the place of what
/// was there. Whiteouts take away what lower layers have and nothing of this layer, wherever in the
/// tar they stand. Links in the path of an entry are followed inside the root, the entry itself
/// replaces a link. Directories that are missing are made with mode 0755. Names that AUFS left at
/// the root are skipped.
///
/// # Errors
/// [`ApplyError`]; the tree then holds a part of the layer and should be dropped.
pub fn apply_layer(tree: &mut Tree, entries: &[Entry]) -> Result<(), ApplyError> {
    apply_tracking(tree, entries, |_, _| {})
}

/// As [`apply_layer`]; tells of each entry that made a file which one it is.
pub(crate) fn apply_tracking(
    tree: &mut Tree,
    entries: &[Entry],
    mut made: impl FnMut(&Entry, Ino),
) -> Result<(), ApplyError> {
    let mut applier = Applier::new(tree);
    for entry in entries.iter().filter(|entry| !entry.is_aufs_metadata()) {
        match entry.whiteout() {
            Some(Whiteout::Path(path)) => applier.hide(&path, entry)?,
            Some(Whiteout::Opaque(dir)) => {
                let dir = applier.dir_at(&dir, entry)?;
                applier.prune(dir);
            }
            None if entry.path.file_name() == WHITEOUT => {
                return Err(ApplyError::EmptyWhiteout { path: entry.path.clone() });
            }
            None => {
                if let Some(ino) = applier.put(entry)? {
                    made(entry, ino);
                }
            }
        }
    }
    Ok(())
}

/// Unpacks a tar into the directory `into`, which is made if need be: names of whiteouts are names
/// like others (`docker import`, `ADD archive.tar`).
///
/// # Errors
/// [`ApplyError`]; the tree then holds a part of the archive and should be dropped.
pub fn unpack(tree: &mut Tree, into: &AbsPath, entries: &[Entry]) -> Result<(), ApplyError> {
    let Some(first) = entries.first() else { return Ok(()) };
    let mut applier = Applier::new(tree);
    applier.base = applier.dir_at(into, first)?;
    applier.base_len = applier.dir_len;
    entries.iter().try_for_each(|entry| applier.put(entry).map(drop))
}

struct Applier<'a> {
    tree: &'a mut Tree,
    /// The directory that is the root of the archive, as for a process in a `chroot`.
    base: Ino,
    /// Names that this archive put there or went through, by the directory they are in.
    own: HashSet<(Ino, Name)>,
    limits: Limits,
    /// How many names, and bytes with a slash before each, the path of `base` has in the tree.
    base_len: (usize, usize),
    /// The same of the directory that was found last.
    dir_len: (usize, usize),
}

impl<'a> Applier<'a> {
    fn new(tree: &'a mut Tree) -> Self {
        let (base, own, limits) = (Tree::ROOT, HashSet::new(), Limits::default());
        Self { tree, base, own, limits, base_len: (0, 0), dir_len: (0, 0) }
    }

    /// Puts an entry in its place; answers what it made, none where it gave a directory other
    /// attributes or a file another name.
    fn put(&mut self, entry: &Entry) -> Result<Option<Ino>, ApplyError> {
        let made = self.put_unchecked(entry)?;
        self.check(self.limits.check(self.tree.usage()), entry)?;
        Ok(made)
    }

    fn check(&self, outcome: Result<(), Limit>, entry: &Entry) -> Result<(), ApplyError> {
        outcome.map_err(|limit| ApplyError::Limit { path: entry.path.clone(), limit })
    }

    /// Whether a name may stand in the directory that was found last.
    fn check_name(&self, name: &Name, entry: &Entry) -> Result<(), ApplyError> {
        let (names, bytes) = self.dir_len;
        let outcome = self.limits.check_path(names + 1, bytes + 1 + name.as_bytes().len());
        self.check(outcome, entry)
    }

    fn put_unchecked(&mut self, entry: &Entry) -> Result<Option<Ino>, ApplyError> {
        let refused = |errno| ApplyError::Refused { path: entry.path.clone(), errno };
        let Some(parent) = entry.path.parent() else {
            // `./` gives the root its attributes. What is no directory is no root.
            if !matches!(entry.kind, EntryKind::Dir) {
                return Err(refused(Errno::EISDIR));
            }
            let meta = entry.meta.clone();
            self.tree.edit_meta(self.base, |old| *old = meta).map_err(refused)?;
            return Ok(None);
        };
        let dir = self.dir_at(&parent, entry)?;
        let name = Name::new(entry.path.file_name()).map_err(refused)?;
        self.check_name(&name, entry)?;
        self.own.insert((dir, name.clone()));
        if let Some(ino) = self.tree.get(dir).and_then(|inode| inode.dir()?.get(name.as_bytes())) {
            let is_dir = self.tree.get(ino).is_some_and(vfs::Inode::is_dir);
            if is_dir && matches!(entry.kind, EntryKind::Dir) {
                let meta = entry.meta.clone();
                self.tree.edit_meta(ino, |old| *old = meta).map_err(refused)?;
                return Ok(None);
            }
            self.tree.remove(dir, name.as_bytes()).map_err(refused)?;
        }
        let kind = match &entry.kind {
            EntryKind::Link(target) => {
                self.link(dir, name, target, entry)?;
                return Ok(None);
            }
            EntryKind::File(content) => Kind::File(content.clone()),
            EntryKind::Dir => Kind::Dir(Dir::default()),
            EntryKind::Symlink(target) => Kind::Symlink(target.clone()),
            EntryKind::CharDevice(rdev) => Kind::CharDevice(*rdev),
            EntryKind::BlockDevice(rdev) => Kind::BlockDevice(*rdev),
            EntryKind::Fifo => Kind::Fifo,
        };
        self.tree.create(dir, name, entry.meta.clone(), kind).map(Some).map_err(refused)
    }

    fn link(
        &mut self,
        dir: Ino,
        name: Name,
        target: &AbsPath,
        entry: &Entry,
    ) -> Result<(), ApplyError> {
        let missing =
            || ApplyError::LinkTarget { path: entry.path.clone(), target: target.clone() };
        let (parent, last) = (target.parent().ok_or_else(missing)?, target.file_name());
        let from = self.dir_at(&parent, entry)?;
        let ino = self.tree.get(from).and_then(|inode| inode.dir()?.get(last));
        let ino = ino.ok_or_else(missing)?;
        self.tree
            .link(ino, dir, name)
            .map_err(|errno| ApplyError::Refused { path: entry.path.clone(), errno })
    }

    /// The directory at `path`, which is made with all above it where it is missing.
    fn dir_at(&mut self, path: &AbsPath, entry: &Entry) -> Result<Ino, ApplyError> {
        let refused = |errno| ApplyError::Refused { path: entry.path.clone(), errno };
        let mut here = self.base;
        // The directories from the base to `here` with the lengths of their paths, for `..` in a
        // link.
        let mut above = Vec::new();
        self.dir_len = self.base_len;
        let mut links = 0;
        let mut rest: Vec<Vec<u8>> = path.components().rev().map(<[u8]>::to_vec).collect();
        while let Some(part) = rest.pop() {
            match part.as_slice() {
                b"." | b"" => continue,
                b".." => {
                    (here, self.dir_len) = above.pop().unwrap_or((self.base, self.base_len));
                    continue;
                }
                _ => {}
            }
            let name = Name::new(&part).map_err(refused)?;
            let found = self.tree.get(here).and_then(|inode| inode.dir()?.get(&part));
            let next = match found {
                Some(ino) => ino,
                None => self.make_dir(here, &name, entry.meta.mtime).map_err(refused)?,
            };
            match self.tree.get(next).map(|inode| &inode.kind) {
                Some(Kind::Dir(_)) => {
                    self.check_name(&name, entry)?;
                    above.push((here, self.dir_len));
                    self.dir_len.0 += 1;
                    self.dir_len.1 += 1 + name.as_bytes().len();
                    self.own.insert((here, name));
                    here = next;
                }
                Some(Kind::Symlink(target)) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(refused(Errno::ELOOP));
                    }
                    let target = target.clone();
                    if target.starts_with(b"/") {
                        here = self.base;
                        self.dir_len = self.base_len;
                        above.clear();
                    }
                    rest.extend(target.split(|&b| b == b'/').rev().map(<[u8]>::to_vec));
                }
                _ => return Err(refused(Errno::ENOTDIR)),
            }
        }
        Ok(here)
    }

    fn make_dir(&mut self, dir: Ino, name: &Name, time: Timestamp) -> vfs::Result<Ino> {
        let kind = Kind::Dir(Dir::default());
        self.tree.create(dir, name.clone(), Meta::root(0o755, time), kind)
    }

    /// Takes away what lower layers have at `path`.
    fn hide(&mut self, path: &AbsPath, entry: &Entry) -> Result<(), ApplyError> {
        let refused = |errno| ApplyError::Refused { path: entry.path.clone(), errno };
        let parent = path.parent().unwrap_or_else(AbsPath::root);
        let dir = self.dir_at(&parent, entry)?;
        let name = Name::new(path.file_name()).map_err(refused)?;
        match self.tree.get(dir).and_then(|inode| inode.dir()?.get(name.as_bytes())) {
            None => Ok(()),
            Some(ino) if self.own.contains(&(dir, name.clone())) => {
                self.prune(ino);
                Ok(())
            }
            Some(_) => self.tree.remove(dir, name.as_bytes()).map_err(refused),
        }
    }

    /// Takes away what lower layers have in a directory.
    fn prune(&mut self, dir: Ino) {
        let mut dirs = vec![dir];
        while let Some(dir) = dirs.pop() {
            let Some(entries) = self.tree.get(dir).and_then(vfs::Inode::dir) else { continue };
            let entries: Vec<_> = entries.iter().map(|(name, ino)| (name.clone(), ino)).collect();
            for (name, ino) in entries {
                if self.own.contains(&(dir, name.clone())) {
                    dirs.push(ino);
                } else {
                    // The name was just read from this directory, so it can be removed.
                    let _ = self.tree.remove(dir, name.as_bytes());
                }
            }
        }
    }
}
