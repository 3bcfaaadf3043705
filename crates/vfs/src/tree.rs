//! A filesystem as a value: cloning it is the snapshot.

use std::sync::Arc;

use imbl::OrdMap;

use crate::{AbsPath, Dir, Errno, Ino, Inode, Kind, Meta, Name, Result, Timestamp};

/// One filesystem: a persistent table of inodes.
///
/// A clone shares everything with the original until one of them is written to, and costs O(1).
/// A tree knows neither callers nor links to follow: those belong to [`crate::Fs`].
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) inodes: OrdMap<Ino, Slot>,
    next: Ino,
    usage: Usage,
}

/// An inode in the table. Equal means the same allocation: the difference of two tables asks only
/// what may have been written to, and must not compare contents to find out.
#[derive(Clone, Debug)]
pub(crate) struct Slot(Arc<Inode>);

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Slot {
    type Target = Inode;

    fn deref(&self) -> &Inode {
        &self.0
    }
}

/// What a tree takes up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Number of inodes.
    pub inodes: u64,
    /// Sum of the sizes of regular files, each inode once.
    pub bytes: u64,
    /// The part of `bytes` that is held in memory and not made when read.
    pub resident: u64,
}

impl std::ops::Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            inodes: self.inodes.saturating_add(other.inodes),
            bytes: self.bytes.saturating_add(other.bytes),
            resident: self.resident.saturating_add(other.resident),
        }
    }
}

/// How long a path is: its names, and its bytes with a slash before each name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PathLen {
    pub names: usize,
    pub bytes: usize,
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// The root directory's inode number.
    pub const ROOT: Ino = 1;

    /// An empty root directory: mode 0755, root's, at the epoch.
    #[must_use]
    pub fn new() -> Self {
        let root = Inode {
            meta: Meta::root(0o755, Timestamp::default()),
            kind: Kind::Dir(Dir::default()),
            links: Vec::new(),
        };
        Self {
            inodes: OrdMap::unit(Self::ROOT, Slot(Arc::new(root))),
            next: Self::ROOT + 1,
            usage: Usage { inodes: 1, ..Usage::default() },
        }
    }

    /// What it takes up, kept as it changes.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Whether both are the same snapshot; `false` may also mean equal but not shared.
    #[must_use]
    pub fn same_snapshot(&self, other: &Self) -> bool {
        self.inodes.ptr_eq(&other.inodes)
    }

    /// The inode with this number.
    #[must_use]
    pub fn get(&self, ino: Ino) -> Option<&Inode> {
        self.inodes.get(&ino).map(|slot| &*slot.0)
    }

    /// The inode at `path`; links are not followed.
    #[must_use]
    pub fn lookup(&self, path: &AbsPath) -> Option<(Ino, &Inode)> {
        let mut ino = Self::ROOT;
        for name in path.components() {
            ino = self.get(ino)?.dir()?.get(name)?;
        }
        Some((ino, self.get(ino)?))
    }

    /// One path of the inode; none if it is no longer linked into the tree.
    #[must_use]
    pub fn path_of(&self, mut ino: Ino) -> Option<AbsPath> {
        let mut names = Vec::new();
        while ino != Self::ROOT {
            let (parent, name) = self.get(ino)?.links.first()?;
            names.push(name.as_bytes().to_vec());
            ino = *parent;
        }
        names.reverse();
        Some(AbsPath::new(names.join(&b'/')))
    }

    /// How long the path of a directory is; the root's is empty.
    pub(crate) fn len_of_path(&self, mut dir: Ino) -> PathLen {
        let mut len = PathLen::default();
        while let Some((parent, name)) = self.get(dir).and_then(|inode| inode.links.first()) {
            len.names += 1;
            len.bytes += 1 + name.as_bytes().len();
            dir = *parent;
        }
        len
    }

    /// How much longer the longest paths below a file are than its own.
    pub(crate) fn len_below(&self, ino: Ino) -> PathLen {
        let mut most = PathLen::default();
        let mut stack = vec![(ino, most)];
        while let Some((ino, here)) = stack.pop() {
            for (name, child) in self.get(ino).and_then(Inode::dir).into_iter().flat_map(Dir::iter)
            {
                let below = PathLen {
                    names: here.names + 1,
                    bytes: here.bytes + 1 + name.as_bytes().len(),
                };
                most.names = most.names.max(below.names);
                most.bytes = most.bytes.max(below.bytes);
                if self.get(child).is_some_and(Inode::is_dir) {
                    stack.push((child, below));
                }
            }
        }
        most
    }

    /// The directory a directory is in; the root's is the root.
    #[must_use]
    pub fn parent_of(&self, dir: Ino) -> Ino {
        self.get(dir)
            .and_then(|inode| inode.links.first())
            .map_or(Self::ROOT, |(parent, _)| *parent)
    }

    /// Every file with its path, a directory before what it holds, siblings by name.
    /// A file with several links comes once for each.
    pub fn walk(&self) -> impl Iterator<Item = (AbsPath, Ino, &Inode)> {
        self.walk_from(AbsPath::root(), Self::ROOT)
    }

    /// As [`Tree::walk`], from the file `ino` that lies at `path`, which comes first.
    pub fn walk_from(
        &self,
        path: AbsPath,
        ino: Ino,
    ) -> impl Iterator<Item = (AbsPath, Ino, &Inode)> {
        let mut stack = vec![(path, ino)];
        std::iter::from_fn(move || {
            let (path, ino) = stack.pop()?;
            let inode = self.get(ino)?;
            if let Kind::Dir(dir) = &inode.kind {
                let from = stack.len();
                stack.extend(dir.iter().map(|(name, ino)| (path.child(name), ino)));
                stack[from..].reverse();
            }
            Some((path, ino, inode))
        })
    }

    /// Makes a file and links it into `dir` as `name`.
    ///
    /// # Errors
    /// `EEXIST` if the name is taken, `ENOTDIR`/`ENOENT` if `dir` is none.
    pub fn create(&mut self, dir: Ino, name: Name, meta: Meta, kind: Kind) -> Result<Ino> {
        if self.dir(dir)?.entries.contains_key(&name) {
            return Err(Errno::EEXIST);
        }
        let ino = self.next;
        self.next += 1;
        let is_dir = matches!(kind, Kind::Dir(_));
        let inode = Inode { meta, kind, links: vec![(dir, name.clone())] };
        self.count(&inode, true);
        self.inodes.insert(ino, Slot(Arc::new(inode)));
        self.edit_dir(dir, |entries| {
            entries.entries.insert(name, ino);
            entries.subdirs += u32::from(is_dir);
        });
        Ok(ino)
    }

    /// Gives the file another name; directories have one only.
    ///
    /// # Errors
    /// `EEXIST`, `EPERM` for a directory, `ENOENT`.
    pub fn link(&mut self, ino: Ino, dir: Ino, name: Name) -> Result<()> {
        if self.dir(dir)?.entries.contains_key(&name) {
            return Err(Errno::EEXIST);
        }
        let inode = self.get_mut(ino).ok_or(Errno::ENOENT)?;
        if inode.is_dir() {
            return Err(Errno::EPERM);
        }
        inode.links.push((dir, name.clone()));
        self.edit_dir(dir, |entries| {
            entries.entries.insert(name, ino);
        });
        Ok(())
    }

    /// Takes the name away; what it named stays in the table without links until
    /// [`Tree::forget`]. Directories go with all they hold.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`.
    pub fn unlink(&mut self, dir: Ino, name: &[u8]) -> Result<Ino> {
        let ino = self.dir(dir)?.get(name).ok_or(Errno::ENOENT)?;
        let inode = self.get_mut(ino).ok_or(Errno::EIO)?;
        inode.links.retain(|(parent, n)| !(*parent == dir && n.as_bytes() == name));
        let is_dir = inode.is_dir();
        self.edit_dir(dir, |entries| {
            entries.entries.remove(name);
            entries.subdirs -= u32::from(is_dir);
        });
        Ok(ino)
    }

    /// Moves a name, replacing nothing: the target must be free.
    ///
    /// # Errors
    /// As [`Tree::unlink`] for the old name, `EEXIST` for the new one.
    pub fn rename(&mut self, from: Ino, old: &[u8], to: Ino, new: Name) -> Result<()> {
        if self.dir(to)?.entries.contains_key(&new) {
            return Err(Errno::EEXIST);
        }
        let ino = self.unlink(from, old)?;
        let inode = self.get_mut(ino).ok_or(Errno::EIO)?;
        let is_dir = inode.is_dir();
        inode.links.push((to, new.clone()));
        self.edit_dir(to, |entries| {
            entries.entries.insert(new, ino);
            entries.subdirs += u32::from(is_dir);
        });
        Ok(())
    }

    /// Drops an inode that has no name any more, and everything below it; does nothing for one
    /// that is still linked.
    pub fn forget(&mut self, ino: Ino) {
        let mut stack = vec![ino];
        while let Some(ino) = stack.pop() {
            let Some(inode) = self.inodes.get(&ino) else { continue };
            if ino == Self::ROOT || !inode.links.is_empty() {
                continue;
            }
            let inode = inode.clone();
            self.count(&inode, false);
            self.inodes.remove(&ino);
            for (name, child) in inode.dir().into_iter().flat_map(Dir::iter) {
                if let Some(child) = self.get_mut(child) {
                    child.links.retain(|(parent, n)| !(*parent == ino && n == name));
                }
                stack.push(child);
            }
        }
    }

    /// Unlinks and forgets in one go.
    ///
    /// # Errors
    /// As [`Tree::unlink`].
    pub fn remove(&mut self, dir: Ino, name: &[u8]) -> Result<()> {
        let ino = self.unlink(dir, name)?;
        self.forget(ino);
        Ok(())
    }

    /// Changes an inode's attributes.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn edit_meta(&mut self, ino: Ino, edit: impl FnOnce(&mut Meta)) -> Result<()> {
        edit(&mut self.get_mut(ino).ok_or(Errno::ENOENT)?.meta);
        Ok(())
    }

    /// Changes a regular file's content.
    ///
    /// # Errors
    /// `ENOENT`, `EISDIR`, or `EINVAL` for other kinds.
    pub fn edit_content<T>(
        &mut self,
        ino: Ino,
        edit: impl FnOnce(&mut crate::Content) -> T,
    ) -> Result<T> {
        let (before, after, out) = match &mut self.get_mut(ino).ok_or(Errno::ENOENT)?.kind {
            Kind::File(content) => {
                let before = (content.len(), content.resident());
                let out = edit(content);
                (before, (content.len(), content.resident()), out)
            }
            Kind::Dir(_) => return Err(Errno::EISDIR),
            _ => return Err(Errno::EINVAL),
        };
        self.usage.bytes = self.usage.bytes - before.0 + after.0;
        self.usage.resident = self.usage.resident - before.1 + after.1;
        Ok(out)
    }

    pub(crate) fn dir(&self, ino: Ino) -> Result<&Dir> {
        self.get(ino).ok_or(Errno::ENOENT)?.dir().ok_or(Errno::ENOTDIR)
    }

    fn get_mut(&mut self, ino: Ino) -> Option<&mut Inode> {
        self.inodes.get_mut(&ino).map(|slot| Arc::make_mut(&mut slot.0))
    }

    fn edit_dir(&mut self, ino: Ino, edit: impl FnOnce(&mut Dir)) {
        if let Some(Inode { kind: Kind::Dir(dir), .. }) = self.get_mut(ino) {
            edit(dir);
        }
    }

    fn count(&mut self, inode: &Inode, added: bool) {
        let (bytes, resident) = match &inode.kind {
            Kind::File(content) => (content.len(), content.resident()),
            _ => (0, 0),
        };
        let usage = &mut self.usage;
        if added {
            *usage = Usage {
                inodes: usage.inodes + 1,
                bytes: usage.bytes + bytes,
                resident: usage.resident + resident,
            };
        } else {
            *usage = Usage {
                inodes: usage.inodes - 1,
                bytes: usage.bytes - bytes,
                resident: usage.resident - resident,
            };
        }
    }
}
