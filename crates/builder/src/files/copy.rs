//! Copying files from one filesystem into another (`fsutil/copy/copy.go`).

use std::collections::HashMap;
use std::sync::Arc;

use vfs::{
    AbsPath, Caller, Content, FileType, Fs, Ino, Inode, Kind, NodeId, OpenFlags, ResolveFlags,
    SetTime, Timestamp, Tree, Xattrs,
};

use super::{ChangeMode, FileError, Filter, Passed, Selected, caller, node_at, resolved};

/// How files are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CopyOptions {
    /// `--chown` as (uid, gid): what is copied, and the directories made for it, belong to them.
    pub owner: Option<(u32, u32)>,
    /// `--chmod`.
    pub mode: Option<ChangeMode>,
    /// The time that copies and new directories get; if none, copies keep theirs.
    pub created: Option<Timestamp>,
}

/// Copies what was selected in `from` to `dest` in `to`.
///
/// `dest` is absolute; whether it ends with a slash matters. New directories and changed ones are
/// dated `now`, copies keep their times.
///
/// # Errors
/// [`FileError`]; `to` may then hold a part and should be dropped.
pub(crate) fn copy(
    from: &Tree,
    selected: &[Selected],
    to: Tree,
    dest: &str,
    (options, filter): (&CopyOptions, &Filter),
    now: Timestamp,
) -> Result<Tree, FileError> {
    let mut copier = Copier::new(from, to, options, filter, now);
    for source in selected {
        copier.copy_to(source, dest)?;
    }
    Ok(copier.finish())
}

/// Makes a directory and its parents with mode 0755, as `WORKDIR` does; existing ones stay as they
/// are.
///
/// # Errors
/// [`FileError::Refused`], for example where a file is in the way.
pub(crate) fn make_dirs(
    to: Tree,
    path: &AbsPath,
    options: &CopyOptions,
    now: Timestamp,
) -> Result<Tree, FileError> {
    let (none, filter) = (Tree::new(), Filter::default());
    let mut copier = Copier::new(&none, to, options, &filter, now);
    let path = resolved(&copier.fs, path);
    copier.make_dirs(&path)?;
    Ok(copier.finish())
}

/// Puts a file of root's with this content at `path`, whose directory must be there.
///
/// # Errors
/// [`FileError::Refused`].
pub(crate) fn put_file(
    to: Tree,
    path: &AbsPath,
    (content, mode): (Content, u32),
    now: Timestamp,
) -> Result<Tree, FileError> {
    let (options, none, filter) = (CopyOptions::default(), Tree::new(), Filter::default());
    let mut copier = Copier::new(&none, to, &options, &filter, now);
    copier.write(path, content)?;
    copier.call(path, |fs, root, path| {
        fs.chmod(root, NodeId::ROOT, path, mode, ResolveFlags::NOFOLLOW)
    })?;
    Ok(copier.finish())
}

struct Copier<'a> {
    from: &'a Tree,
    fs: Fs,
    options: &'a CopyOptions,
    filter: &'a Filter,
    /// Where files with several names were copied to: their other names are linked.
    links: HashMap<Ino, AbsPath>,
    /// The directories above the one being copied, which are made when something in them is taken.
    above: Vec<Above>,
    xattrs: Vec<(AbsPath, Arc<Xattrs>)>,
    root: Caller,
}

struct Above {
    from: AbsPath,
    to: AbsPath,
    made: bool,
}

impl<'a> Copier<'a> {
    fn new(
        from: &'a Tree,
        to: Tree,
        options: &'a CopyOptions,
        filter: &'a Filter,
        now: Timestamp,
    ) -> Self {
        let mut fs = Fs::new(to, vfs::Limits::default());
        fs.set_now(options.created.unwrap_or(now));
        let (links, above, xattrs) = (HashMap::new(), Vec::new(), Vec::new());
        Self { from, fs, options, filter, links, above, xattrs, root: caller() }
    }

    fn finish(self) -> Tree {
        let mut tree = self.fs.into_root();
        for (path, xattrs) in self.xattrs {
            if let Some((ino, _)) = tree.lookup(&path) {
                // The inode has just been found.
                let _ = tree.edit_meta(ino, |meta| meta.xattrs = Some(xattrs));
            }
        }
        tree
    }

    fn copy_to(&mut self, source: &Selected, dest: &str) -> Result<(), FileError> {
        let is_dir = self.source(&source.path)?.is_dir();
        let parent = match dest.rsplit_once('/') {
            Some((_, "" | ".")) | None => dest,
            Some((parent, _)) => parent,
        };
        let parent = resolved(&self.fs, &AbsPath::new(parent));
        self.make_dirs(&parent)?;
        let mut target = resolved(&self.fs, &AbsPath::new(dest));
        if !is_dir && self.is_dir(&target) {
            target = target.join(source.named.file_name());
        }
        match (is_dir, self.exists(&target), target.parent()) {
            (true, false, _) => self.make_dirs(&target)?,
            (_, _, Some(parent)) => self.make_dirs(&parent)?,
            (_, _, None) => {}
        }
        self.links.clear();
        self.copy_one(&source.path, "", &target, (false, &Passed::default()))
    }

    /// Copies the file or directory `from`, which is `relative` to the source, to `target`.
    /// `overwrite` says whether a directory that is there gets the attributes of the source's.
    fn copy_one(
        &mut self,
        from: &AbsPath,
        relative: &str,
        target: &AbsPath,
        (overwrite, parent): (bool, &Passed),
    ) -> Result<(), FileError> {
        let inode = self.source(from)?;
        let (taken, passed) = self.filter.takes(relative, parent);
        if taken {
            self.make_above()?;
        }
        let set_attributes = if inode.is_dir() {
            let made = self.copy_dir(from, relative, target, (overwrite, taken, &passed))?;
            if !overwrite || self.filter.has_include() { made } else { taken }
        } else if taken {
            self.copy_file(from, target)?;
            true
        } else {
            return Ok(());
        };
        if set_attributes {
            self.set_attributes(inode, target)
        } else if taken && self.is_dir(target) {
            // A directory that was there keeps all but its times.
            self.set_times(inode, target)
        } else {
            Ok(())
        }
    }

    /// True where the directory was made for this.
    fn copy_dir(
        &mut self,
        from: &AbsPath,
        relative: &str,
        target: &AbsPath,
        (overwrite, taken, passed): (bool, bool, &Passed),
    ) -> Result<bool, FileError> {
        let made = taken && self.make_dir(from, target, overwrite)?;
        self.above.push(Above { from: from.clone(), to: target.clone(), made: taken });
        let names: Vec<_> = self
            .source(from)?
            .dir()
            .into_iter()
            .flat_map(vfs::Dir::iter)
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            let below =
                if relative.is_empty() { name.to_string() } else { format!("{relative}/{name}") };
            self.copy_one(&from.child(&name), &below, &target.child(&name), (true, passed))?;
        }
        self.above.pop();
        Ok(made)
    }

    /// Makes the directories above what is taken that were not taken themselves.
    fn make_above(&mut self) -> Result<(), FileError> {
        for at in 0..self.above.len() {
            let Above { from, to, made } = &self.above[at];
            if *made {
                continue;
            }
            let (from, to) = (from.clone(), to.clone());
            if self.make_dir(&from, &to, true)? {
                self.set_attributes(self.source(&from)?, &to)?;
            }
            self.above[at].made = true;
        }
        Ok(())
    }

    /// Makes one directory; false where it was there.
    fn make_dir(
        &mut self,
        from: &AbsPath,
        target: &AbsPath,
        overwrite: bool,
    ) -> Result<bool, FileError> {
        let (at, flags) = (NodeId::ROOT, ResolveFlags::NOFOLLOW);
        if !self.exists(target) {
            self.call(target, |fs, root, path| fs.mkdir(root, at, path, 0o755, flags))?;
            return Ok(true);
        }
        if !self.is_dir(target) {
            return Err(FileError::DirectoryOntoFile(target.clone()));
        }
        if overwrite {
            let mode = self.source(from)?.meta.mode;
            self.call(target, |fs, root, path| fs.chmod(root, at, path, mode, flags))?;
        }
        Ok(false)
    }

    fn copy_file(&mut self, from: &AbsPath, target: &AbsPath) -> Result<(), FileError> {
        let found = self.from.lookup(from);
        let (ino, inode) = found.ok_or_else(|| FileError::NotFound(from.clone()))?;
        let (at, flags) = (NodeId::ROOT, ResolveFlags::NOFOLLOW);
        if self.is_dir(target) {
            return Err(FileError::FileOntoDirectory(target.clone()));
        }
        if self.exists(target) {
            self.call(target, |fs, root, path| fs.unlink(root, at, path, flags))?;
        }
        match &inode.kind {
            Kind::File(content) => {
                let first = (inode.nlink() > 1).then_some(ino);
                if let Some(other) = first.and_then(|ino| self.links.get(&ino).cloned()) {
                    return self.call(target, |fs, root, path| {
                        fs.link(root, (at, other.as_bytes(), flags), (at, path, flags))
                    });
                }
                self.write(target, content.clone())?;
                if let Some(ino) = first {
                    self.links.insert(ino, target.clone());
                }
                Ok(())
            }
            Kind::Symlink(link) => {
                self.call(target, |fs, root, path| fs.symlink(root, link, at, path, flags))?;
                Ok(())
            }
            Kind::CharDevice(_) | Kind::BlockDevice(_) | Kind::Fifo | Kind::Socket => {
                let (kind, rdev) = (inode.file_type(), inode.rdev());
                self.call(target, |fs, root, path| fs.mknod(root, at, path, kind, 0o644, rdev))?;
                Ok(())
            }
            Kind::Dir(_) => unreachable!("directories are copied by copy_dir"),
        }
    }

    fn write(&mut self, target: &AbsPath, content: Content) -> Result<(), FileError> {
        self.call(target, |fs, root, path| {
            let how = OpenFlags { write: true, create: true, truncate: true, ..Default::default() };
            let file = fs.open(root, NodeId::ROOT, path, (how, ResolveFlags::NOFOLLOW), 0o644)?;
            let put = fs.put_content(file, content);
            fs.close(file);
            put
        })
    }

    /// Gives the copy its owner, mode, time and extended attributes.
    fn set_attributes(&mut self, inode: &Inode, target: &AbsPath) -> Result<(), FileError> {
        let meta = &inode.meta;
        let (uid, gid) = self.options.owner.unwrap_or((meta.uid, meta.gid));
        let mode = match &self.options.mode {
            Some(change) => change.apply(meta.mode, inode.is_dir()),
            None => meta.mode,
        };
        let is_link = inode.file_type() == FileType::Symlink;
        if let Some(xattrs) = &meta.xattrs {
            self.xattrs.push((target.clone(), Arc::clone(xattrs)));
        }
        self.call(target, |fs, root, path| {
            let (at, flags) = (NodeId::ROOT, ResolveFlags::NOFOLLOW);
            fs.chown(root, at, path, (Some(uid), Some(gid)), flags)?;
            if is_link { Ok(()) } else { fs.chmod(root, at, path, mode, flags) }
        })?;
        self.set_times(inode, target)
    }

    fn set_times(&mut self, inode: &Inode, target: &AbsPath) -> Result<(), FileError> {
        let (atime, mtime) = match self.options.created {
            Some(created) => (created, created),
            None => (inode.meta.atime, inode.meta.mtime),
        };
        let times = (SetTime::At(atime), SetTime::At(mtime));
        self.call(target, |fs, root, path| {
            fs.utimes(root, NodeId::ROOT, path, times, ResolveFlags::NOFOLLOW)
        })
    }

    /// Makes a directory whose path holds no links, and those above it.
    fn make_dirs(&mut self, path: &AbsPath) -> Result<(), FileError> {
        let mode = self.options.mode.as_ref().map_or(0o755, ChangeMode::of_parents);
        let (uid, gid) = self.options.owner.unwrap_or((0, 0));
        let mut here = AbsPath::root();
        for name in path.components() {
            here = here.join(name);
            if self.is_dir(&here) {
                continue;
            }
            self.call(&here, |fs, root, path| {
                let (at, flags) = (NodeId::ROOT, ResolveFlags::NOFOLLOW);
                fs.mkdir(root, at, path, 0o755, flags).map_err(|errno| match errno {
                    vfs::Errno::EEXIST => vfs::Errno::ENOTDIR,
                    other => other,
                })?;
                fs.chown(root, at, path, (Some(uid), Some(gid)), flags)?;
                fs.chmod(root, at, path, mode, flags)
            })?;
        }
        Ok(())
    }

    fn source(&self, path: &AbsPath) -> Result<&'a Inode, FileError> {
        let found = self.from.lookup(path);
        found.map(|(_, inode)| inode).ok_or_else(|| FileError::NotFound(path.clone()))
    }

    fn exists(&self, path: &AbsPath) -> bool {
        node_at(&self.fs, path).is_some()
    }

    fn is_dir(&self, path: &AbsPath) -> bool {
        node_at(&self.fs, path)
            .is_some_and(|node| self.fs.inode(node).is_ok_and(vfs::Inode::is_dir))
    }

    fn call<T>(
        &mut self,
        path: &AbsPath,
        call: impl FnOnce(&mut Fs, &Caller, &[u8]) -> vfs::Result<T>,
    ) -> Result<T, FileError> {
        call(&mut self.fs, &self.root, path.as_bytes())
            .map_err(|errno| FileError::Refused { path: path.clone(), errno })
    }
}
