//! The file operation behind `COPY`, `ADD` of local files, and `WORKDIR`.
//!
//! The rules are those of BuildKit's `solver/llbsolver/file/backend.go` (`docopy`) over
//! `tonistiigi/fsutil/copy/copy.go`.

use vfs::{
    AbsPath, Caller, Errno, FileType, Fs, Kind, NodeId, OpenFlags, ResolveFlags, SetTime,
    Timestamp, Tree,
};

use crate::glob::{self, BadPattern};

/// A source that was found, before it is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// As the path was written or matched: its last component names the copy.
    pub named: AbsPath,
    /// Where it is after following links.
    pub path: AbsPath,
}

/// Why files could not be copied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// A source without wildcards is not there.
    #[error("\"{0}\": not found")]
    NotFound(AbsPath),
    /// A wildcard is malformed.
    #[error("{0}")]
    Pattern(#[from] BadPattern),
    /// A file would take the place of a directory.
    #[error("cannot replace to directory {0} with file")]
    FileOntoDirectory(AbsPath),
    /// A directory would take the place of a file.
    #[error("cannot copy to non-directory: {0}")]
    DirectoryOntoFile(AbsPath),
    /// The filesystem refused, for example because it is full.
    #[error("{path}: {}", errno_text(*.errno))]
    Refused {
        /// Where.
        path: AbsPath,
        /// Why.
        errno: Errno,
    },
}

fn errno_text(errno: Errno) -> String {
    errno.to_string().to_lowercase()
}

/// How files are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyOptions {
    /// `--chown` as (uid, gid): what is copied, and the directories made for it, belong to them.
    pub owner: Option<(u32, u32)>,
    /// `--chmod`.
    pub mode: Option<ChangeMode>,
}

/// What `--chmod` does to a mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeMode {
    /// An octal number.
    Set(u32),
}

/// Finds what a source names in `tree`: `..` and `/` are taken from the root and stopped there,
/// wildcards match per component, links in the path and at its end are followed.
/// A wildcard that matches nothing selects nothing.
///
/// # Errors
/// [`CopyError::NotFound`] for a source without wildcards, [`CopyError::Pattern`].
pub fn select(tree: &Tree, source: &str) -> Result<Vec<Selected>, CopyError> {
    let fs = Fs::new(tree.clone(), vfs::Limits::default());
    let named = AbsPath::new(source);
    if !glob::has_wildcard(source) {
        let path = follow(&fs, &named).ok_or_else(|| CopyError::NotFound(named.clone()))?;
        return Ok(vec![Selected { named, path }]);
    }
    let mut found = vec![AbsPath::root()];
    for pattern in named.components() {
        let mut next = Vec::new();
        for dir in found {
            let Some(node) = node_at(&fs, &dir) else { continue };
            for entry in fs.list(node).unwrap_or_default() {
                if glob::matches(pattern, entry.name.as_bytes())? {
                    next.push(dir.child(&entry.name));
                }
            }
        }
        found = next;
    }
    let selected = found.into_iter().filter_map(|named| {
        let path = follow(&fs, &named)?;
        Some(Selected { named, path })
    });
    Ok(selected.collect())
}

/// Copies what was selected in `from` to `dest` in `to`.
///
/// `dest` is absolute; whether it ends with a slash matters. New directories and changed ones are
/// dated `now`, copies keep their times.
///
/// # Errors
/// [`CopyError`]; `to` may then hold a part and should be dropped.
pub fn copy(
    from: &Tree,
    selected: &[Selected],
    to: Tree,
    dest: &str,
    options: &CopyOptions,
    now: Timestamp,
) -> Result<Tree, CopyError> {
    let mut copier = Copier {
        from,
        fs: Fs::new(to, vfs::Limits::default()),
        options,
        root: Caller { umask: 0, ..Caller::root() },
    };
    copier.fs.set_now(now);
    for source in selected {
        copier.copy_to(source, dest)?;
    }
    Ok(copier.fs.into_root())
}

/// Makes a directory and its parents with mode 0755, as `WORKDIR` does; existing ones stay as they
/// are.
///
/// # Errors
/// [`CopyError::Refused`], for example where a file is in the way.
pub fn make_dirs(
    to: Tree,
    path: &AbsPath,
    owner: (u32, u32),
    now: Timestamp,
) -> Result<Tree, CopyError> {
    let options = CopyOptions { owner: Some(owner), mode: None };
    let mut copier = Copier {
        from: &Tree::new(),
        fs: Fs::new(to, vfs::Limits::default()),
        options: &options,
        root: Caller { umask: 0, ..Caller::root() },
    };
    copier.fs.set_now(now);
    copier.make_dirs(path)?;
    Ok(copier.fs.into_root())
}

struct Copier<'a> {
    from: &'a Tree,
    fs: Fs,
    options: &'a CopyOptions,
    root: Caller,
}

impl Copier<'_> {
    fn copy_to(&mut self, source: &Selected, dest: &str) -> Result<(), CopyError> {
        let Some((_, inode)) = self.from.lookup(&source.path) else {
            return Err(CopyError::NotFound(source.named.clone()));
        };
        let is_dir = inode.is_dir();
        let clean = AbsPath::new(dest);
        let into = dest.ends_with('/') || dest.ends_with("/.");
        let parent = if into { Some(clean.clone()) } else { clean.parent() };
        if let Some(parent) = parent {
            self.make_dirs(&parent)?;
        }
        let mut target = self.resolved(&clean);
        if is_dir {
            return self.copy_dir(&source.path, &target, true);
        }
        if self.is_dir(&target) {
            target = target.join(source.named.file_name());
            if self.is_dir(&target) {
                return Err(CopyError::FileOntoDirectory(target));
            }
        }
        self.copy_file(&source.path, &target)
    }

    /// Copies the contents of a directory into one that is there or is made.
    fn copy_dir(&mut self, from: &AbsPath, target: &AbsPath, top: bool) -> Result<(), CopyError> {
        let Some((_, inode)) = self.from.lookup(from) else { return Ok(()) };
        let existed = match node_at(&self.fs, target) {
            Some(node) if !self.fs.inode(node).is_ok_and(vfs::Inode::is_dir) => {
                return Err(CopyError::DirectoryOntoFile(target.clone()));
            }
            Some(_) => true,
            None => {
                self.call(target, |fs, root, path| {
                    fs.mkdir(root, NodeId::ROOT, path, 0o755, ResolveFlags::NOFOLLOW)
                })?;
                false
            }
        };
        let entries: Vec<_> = inode
            .dir()
            .into_iter()
            .flat_map(vfs::Dir::iter)
            .map(|(name, _)| name.clone())
            .collect();
        for name in entries {
            let (child, to) = (from.child(&name), target.child(&name));
            match self.from.lookup(&child) {
                Some((_, inode)) if inode.is_dir() => self.copy_dir(&child, &to, false)?,
                Some(_) if self.is_dir(&to) => return Err(CopyError::FileOntoDirectory(to)),
                _ => self.copy_file(&child, &to)?,
            }
        }
        // The directory that was named keeps its attributes if it was there.
        if !(top && existed) {
            self.set_meta(from, target)?;
        }
        Ok(())
    }

    fn copy_file(&mut self, from: &AbsPath, target: &AbsPath) -> Result<(), CopyError> {
        let Some((_, inode)) = self.from.lookup(from) else { return Ok(()) };
        if node_at(&self.fs, target).is_some() {
            self.call(target, |fs, root, path| {
                fs.unlink(root, NodeId::ROOT, path, ResolveFlags::NOFOLLOW)
            })?;
        }
        let at = NodeId::ROOT;
        match &inode.kind {
            Kind::File(content) => {
                let content = content.clone();
                self.call(target, |fs, root, path| {
                    let how = OpenFlags {
                        write: true,
                        create: true,
                        exclusive: true,
                        ..OpenFlags::default()
                    };
                    let file = fs.open(root, at, path, (how, ResolveFlags::NOFOLLOW), 0o644)?;
                    let put = fs.put_content(file, content);
                    fs.close(file);
                    put
                })?;
            }
            Kind::Symlink(link) => {
                self.call(target, |fs, root, path| {
                    fs.symlink(root, link, at, path, ResolveFlags::NOFOLLOW)
                })?;
            }
            // A socket has nothing that could be copied.
            Kind::Socket => return Ok(()),
            Kind::CharDevice(_) | Kind::BlockDevice(_) | Kind::Fifo => {
                let (kind, rdev) = (inode.file_type(), inode.rdev());
                self.call(target, |fs, root, path| fs.mknod(root, at, path, kind, 0o644, rdev))?;
            }
            Kind::Dir(_) => unreachable!("directories are copied by copy_dir"),
        }
        self.set_meta(from, target)
    }

    /// Gives the copy its owner, mode and time.
    fn set_meta(&mut self, from: &AbsPath, target: &AbsPath) -> Result<(), CopyError> {
        let Some((_, inode)) = self.from.lookup(from) else { return Ok(()) };
        let (meta, is_link) = (inode.meta.clone(), inode.file_type() == FileType::Symlink);
        let (uid, gid) = self.options.owner.unwrap_or((meta.uid, meta.gid));
        let mode = match &self.options.mode {
            Some(ChangeMode::Set(mode)) => *mode,
            None => meta.mode,
        };
        self.call(target, |fs, root, path| {
            let (at, flags) = (NodeId::ROOT, ResolveFlags::NOFOLLOW);
            fs.chown(root, at, path, (Some(uid), Some(gid)), flags)?;
            if !is_link {
                fs.chmod(root, at, path, mode, flags)?;
            }
            fs.utimes(root, at, path, (SetTime::At(meta.atime), SetTime::At(meta.mtime)), flags)
        })
    }

    fn make_dirs(&mut self, path: &AbsPath) -> Result<(), CopyError> {
        let mut here = AbsPath::root();
        for name in path.components() {
            here = self.resolved(&here.join(name));
            if node_at(&self.fs, &here).is_some() {
                continue;
            }
            let mode = match &self.options.mode {
                Some(ChangeMode::Set(mode)) => *mode,
                None => 0o755,
            };
            let (uid, gid) = self.options.owner.unwrap_or((0, 0));
            self.call(&here, |fs, root, path| {
                let (at, flags) = (NodeId::ROOT, ResolveFlags::NOFOLLOW);
                fs.mkdir(root, at, path, 0o755, flags)?;
                fs.chown(root, at, path, (Some(uid), Some(gid)), flags)?;
                fs.chmod(root, at, path, mode, flags)
            })?;
        }
        Ok(())
    }

    /// Where the path leads inside the destination, links followed, its end missing or not.
    fn resolved(&self, path: &AbsPath) -> AbsPath {
        let spot = self.fs.resolve(&self.root, NodeId::ROOT, path.as_bytes(), ResolveFlags::FOLLOW);
        let Ok(spot) = spot else { return path.clone() };
        match spot.node {
            Some(node) => self.fs.path_of(node).unwrap_or_else(|_| path.clone()),
            None => match (self.fs.path_of(spot.parent), &spot.name) {
                (Ok(parent), Some(name)) => parent.child(name),
                _ => path.clone(),
            },
        }
    }

    fn is_dir(&self, path: &AbsPath) -> bool {
        node_at(&self.fs, path)
            .is_some_and(|node| self.fs.inode(node).is_ok_and(vfs::Inode::is_dir))
    }

    fn call<T>(
        &mut self,
        path: &AbsPath,
        call: impl FnOnce(&mut Fs, &Caller, &[u8]) -> vfs::Result<T>,
    ) -> Result<T, CopyError> {
        call(&mut self.fs, &self.root, path.as_bytes())
            .map_err(|errno| CopyError::Refused { path: path.clone(), errno })
    }
}

fn node_at(fs: &Fs, path: &AbsPath) -> Option<NodeId> {
    fs.resolve(&Caller::root(), NodeId::ROOT, path.as_bytes(), ResolveFlags::NOFOLLOW).ok()?.node
}

fn follow(fs: &Fs, path: &AbsPath) -> Option<AbsPath> {
    let spot =
        fs.resolve(&Caller::root(), NodeId::ROOT, path.as_bytes(), ResolveFlags::FOLLOW).ok()?;
    fs.path_of(spot.node?).ok()
}
