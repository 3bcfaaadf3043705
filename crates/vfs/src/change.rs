//! The calls that change names and attributes.

use crate::tree::PathLen;
use crate::{
    Access, Caller, Content, Cred, Dir, Errno, FileType, Fs, Inode, Kind, Located, Meta, Name,
    NodeId, Rdev, ResolveFlags, Result, SetTime, Usage,
};

impl Fs {
    /// `mkdirat`.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EEXIST`, `EACCES`, `EROFS`, `EDQUOT`.
    pub fn mkdir(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        mode: u32,
        flags: ResolveFlags,
    ) -> Result<NodeId> {
        let flags = ResolveFlags { follow: false, ..flags };
        // A trailing slash is allowed here although nothing exists yet.
        let spot = self.resolve(caller, at, trim_slashes(path), flags)?;
        self.make(caller, &spot, Kind::Dir(Dir::default()), mode & 0o1777)
    }

    /// `mknodat` for devices, fifos, sockets and empty regular files; only root makes devices.
    ///
    /// # Errors
    /// As [`Fs::mkdir`]; `EPERM` for a device, `EINVAL` for a directory or link.
    pub fn mknod(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        kind: FileType,
        mode: u32,
        rdev: Rdev,
    ) -> Result<NodeId> {
        let kind = match kind {
            FileType::File => Kind::File(Content::default()),
            FileType::Fifo => Kind::Fifo,
            FileType::Socket => Kind::Socket,
            FileType::CharDevice | FileType::BlockDevice if caller.cred.uid != 0 => {
                return Err(Errno::EPERM);
            }
            FileType::CharDevice => Kind::CharDevice(rdev),
            FileType::BlockDevice => Kind::BlockDevice(rdev),
            FileType::Dir | FileType::Symlink => return Err(Errno::EINVAL),
        };
        let spot = self.resolve(caller, at, path, ResolveFlags::NOFOLLOW)?;
        self.make(caller, &spot, kind, mode & 0o7777)
    }

    /// `symlinkat`: a link at `path` that points to `target`, which need not exist.
    ///
    /// # Errors
    /// As [`Fs::mkdir`]; `ENOENT` for an empty target.
    pub fn symlink(
        &mut self,
        caller: &Caller,
        target: &[u8],
        at: NodeId,
        path: &[u8],
        flags: ResolveFlags,
    ) -> Result<NodeId> {
        if target.is_empty() {
            return Err(Errno::ENOENT);
        }
        let flags = ResolveFlags { follow: false, ..flags };
        let spot = self.resolve(caller, at, path, flags)?;
        let node = self.make(caller, &spot, Kind::Symlink(target.into()), 0)?;
        // A link's mode is 0777 whatever the umask.
        self.tree_mut(node)?.edit_meta(node.ino, |meta| meta.mode = 0o777)?;
        Ok(node)
    }

    /// `linkat`: another name for a file that exists.
    ///
    /// # Errors
    /// As [`Fs::resolve`] for both; `EPERM` for a directory, `EXDEV`, `EEXIST`, `EACCES`, `EROFS`.
    pub fn link(
        &mut self,
        caller: &Caller,
        old: (NodeId, &[u8], ResolveFlags),
        new: (NodeId, &[u8], ResolveFlags),
    ) -> Result<()> {
        let node = self.resolve(caller, old.0, old.1, old.2)?.existing()?;
        let spot = self.resolve(caller, new.0, new.1, ResolveFlags { follow: false, ..new.2 })?;
        if spot.node.is_some() {
            return Err(Errno::EEXIST);
        }
        if spot.must_be_dir {
            return Err(Errno::ENOENT);
        }
        let name = spot.entry()?.clone();
        if spot.parent.dev != node.dev {
            return Err(Errno::EXDEV);
        }
        self.may_change_dir(caller, spot.parent)?;
        if self.inode(node)?.is_dir() {
            return Err(Errno::EPERM);
        }
        self.room_for_path(spot.parent, &name, PathLen::default())?;
        self.tree_mut(spot.parent)?.link(node.ino, spot.parent.ino, name)?;
        self.changed_dir(spot.parent)?;
        self.changed_inode(node)
    }

    /// `unlinkat` without `AT_REMOVEDIR`: takes a name that is no directory away.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EISDIR`, `EACCES`, `EPERM` (sticky directory), `EBUSY`, `EROFS`.
    pub fn unlink(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        flags: ResolveFlags,
    ) -> Result<()> {
        let flags = ResolveFlags { follow: false, ..flags };
        let spot = self.resolve(caller, at, path, flags)?;
        let node = spot.existing()?;
        if self.inode(node)?.is_dir() {
            return Err(Errno::EISDIR);
        }
        self.take_away(caller, &spot, node)
    }

    /// `rmdir`: removes an empty directory.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `ENOTDIR`, `ENOTEMPTY`, `EINVAL` for `.`, `EBUSY` for `/` or a mount
    /// point, `EACCES`, `EPERM`, `EROFS`.
    pub fn rmdir(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        flags: ResolveFlags,
    ) -> Result<()> {
        let flags = ResolveFlags { follow: false, ..flags };
        let last = trim_slashes(path).rsplit(|&b| b == b'/').next().unwrap_or_default().to_vec();
        let spot = self.resolve(caller, at, trim_slashes(path), flags)?;
        let node = spot.existing()?;
        match (last.as_slice(), self.inode(node)?.dir()) {
            (b".", _) => return Err(Errno::EINVAL),
            (b"..", _) => return Err(Errno::ENOTEMPTY),
            (b"", _) => return Err(Errno::EBUSY),
            (_, None) => return Err(Errno::ENOTDIR),
            (_, Some(dir)) if !dir.is_empty() => return Err(Errno::ENOTEMPTY),
            _ => {}
        }
        self.take_away(caller, &spot, node)
    }

    /// `renameat`: moves a name, replacing what has the new one.
    ///
    /// # Errors
    /// As [`Fs::resolve`] for both; `EXDEV`, `EINVAL` (into itself), `EISDIR`, `ENOTDIR`,
    /// `ENOTEMPTY`, `EBUSY`, `EACCES`, `EPERM`, `EROFS`.
    pub fn rename(
        &mut self,
        caller: &Caller,
        old: (NodeId, &[u8], ResolveFlags),
        new: (NodeId, &[u8], ResolveFlags),
    ) -> Result<()> {
        let no_follow = |flags| ResolveFlags { follow: false, ..flags };
        let from = self.resolve(caller, old.0, old.1, no_follow(old.2))?;
        let moves_dir = from.node.is_some_and(|node| self.inode(node).is_ok_and(Inode::is_dir));
        // `mv dir new/` names a directory that does not exist yet.
        let new_path = if moves_dir { trim_slashes(new.1) } else { new.1 };
        // Both directories must be there before either name is asked for.
        let to = self.resolve(caller, new.0, new_path, no_follow(new.2))?;
        let node = from.existing()?;
        let (Some(old_name), Some(new_name)) = (from.name.clone(), to.name.clone()) else {
            return Err(Errno::EBUSY);
        };
        if to.must_be_dir && !moves_dir {
            return Err(Errno::ENOTDIR);
        }
        if from.parent.dev != to.parent.dev || node.dev != from.parent.dev {
            return Err(if self.is_mount_point(node) { Errno::EBUSY } else { Errno::EXDEV });
        }
        if moves_dir && self.is_inside(to.parent, node) {
            return Err(Errno::EINVAL);
        }
        if to.node.is_some_and(|target| target != node && self.is_inside(from.parent, target)) {
            return Err(Errno::ENOTEMPTY);
        }
        self.may_remove(caller, from.parent, node)?;
        if to.node == Some(node) {
            return Ok(());
        }
        if from.parent != to.parent || new_name.as_bytes().len() > old_name.as_bytes().len() {
            self.room_for_move(node, to.parent, &new_name)?;
        }
        if let Some(target) = to.node {
            match (moves_dir, self.inode(target)?.dir()) {
                (false, Some(_)) => return Err(Errno::EISDIR),
                (true, None) => return Err(Errno::ENOTDIR),
                (true, Some(dir)) if !dir.is_empty() => return Err(Errno::ENOTEMPTY),
                _ => {}
            }
            self.may_remove(caller, to.parent, target)?;
            let gone = self.tree_mut(to.parent)?.unlink(to.parent.ino, new_name.as_bytes())?;
            self.drop_if_unused(NodeId { dev: to.parent.dev, ino: gone });
        } else {
            self.may_change_dir(caller, to.parent)?;
        }
        self.tree_mut(from.parent)?.rename(
            from.parent.ino,
            old_name.as_bytes(),
            to.parent.ino,
            new_name,
        )?;
        self.changed_dir(from.parent)?;
        self.changed_dir(to.parent)?;
        self.changed_inode(node)
    }

    /// `fchmodat`.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EPERM` unless owner or root, `EROFS`, `EOPNOTSUPP` for a link itself.
    pub fn chmod(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        mode: u32,
        flags: ResolveFlags,
    ) -> Result<()> {
        let node = self.resolve(caller, at, path, flags)?.existing()?;
        self.chmod_node(caller, node, mode)
    }

    /// `fchmod`.
    ///
    /// # Errors
    /// As [`Fs::chmod`].
    pub fn chmod_node(&mut self, caller: &Caller, node: NodeId, mode: u32) -> Result<()> {
        let inode = self.inode(node)?;
        if !caller.cred.owns(inode) {
            return Err(Errno::EPERM);
        }
        if inode.file_type() == FileType::Symlink {
            return Err(Errno::EOPNOTSUPP);
        }
        let mut mode = mode & 0o7777;
        if caller.cred.uid != 0 && !inode.is_dir() && !caller.cred.in_group(inode.meta.gid) {
            mode &= !0o2000;
        }
        self.tree_mut(node)?.edit_meta(node.ino, |meta| meta.mode = mode)?;
        self.changed_inode(node)
    }

    /// `fchownat`; `None` leaves the user or the group as it is.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EPERM` unless root (or an owner who gives the file to one of their
    /// groups), `EROFS`.
    pub fn chown(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        (uid, gid): (Option<u32>, Option<u32>),
        flags: ResolveFlags,
    ) -> Result<()> {
        let node = self.resolve(caller, at, path, flags)?.existing()?;
        let inode = self.inode(node)?;
        let Cred { uid: who, .. } = caller.cred;
        if who != 0 {
            let keeps_user = uid.is_none_or(|uid| uid == inode.meta.uid);
            let own_group = gid.is_none_or(|gid| caller.cred.in_group(gid));
            if !(who == inode.meta.uid && keeps_user && own_group) {
                return Err(Errno::EPERM);
            }
        }
        let plain_file = inode.file_type() == FileType::File;
        self.tree_mut(node)?.edit_meta(node.ino, |meta| {
            meta.uid = uid.unwrap_or(meta.uid);
            meta.gid = gid.unwrap_or(meta.gid);
            if plain_file {
                clear_set_ids(meta);
            }
        })?;
        self.changed_inode(node)
    }

    /// `utimensat`.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EPERM`/`EACCES` without the right, `EROFS`.
    pub fn utimes(
        &mut self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        (atime, mtime): (SetTime, SetTime),
        flags: ResolveFlags,
    ) -> Result<()> {
        let node = self.resolve(caller, at, path, flags)?.existing()?;
        self.utimes_node(caller, node, atime, mtime)
    }

    /// `futimens`.
    ///
    /// # Errors
    /// As [`Fs::utimes`].
    pub fn utimes_node(
        &mut self,
        caller: &Caller,
        node: NodeId,
        atime: SetTime,
        mtime: SetTime,
    ) -> Result<()> {
        let inode = self.inode(node)?;
        if !caller.cred.owns(inode) {
            if [atime, mtime].iter().any(|time| matches!(time, SetTime::At(_))) {
                return Err(Errno::EPERM);
            }
            caller.cred.check(inode, Access::WRITE)?;
        }
        let now = self.now();
        let pick = |set, old| match set {
            SetTime::Keep => old,
            SetTime::Now => now,
            SetTime::At(time) => time,
        };
        self.tree_mut(node)?.edit_meta(node.ino, |meta| {
            meta.atime = pick(atime, meta.atime);
            meta.mtime = pick(mtime, meta.mtime);
        })?;
        self.changed_inode(node)
    }

    /// `truncate` by path.
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `EACCES`, `EISDIR`, `EINVAL`, `EFBIG`, `ENOSPC`, `EROFS`.
    pub fn truncate(&mut self, caller: &Caller, at: NodeId, path: &[u8], len: u64) -> Result<()> {
        let node = self.resolve(caller, at, path, ResolveFlags::FOLLOW)?.existing()?;
        caller.cred.check(self.inode(node)?, Access::WRITE)?;
        self.set_len(node, len, caller.cred.uid == 0)
    }

    /// Sets the length of a regular file whose right to write has been checked.
    pub(crate) fn set_len(&mut self, node: NodeId, len: u64, by_root: bool) -> Result<()> {
        let old = match &self.inode(node)?.kind {
            Kind::File(content) => content.len(),
            Kind::Dir(_) => return Err(Errno::EISDIR),
            _ => return Err(Errno::EINVAL),
        };
        self.room_for_len(len)?;
        self.room_for(Usage { bytes: len.saturating_sub(old), ..Usage::default() })?;
        let now = self.now();
        let tree = self.tree_mut(node)?;
        tree.edit_content(node.ino, |content| content.set_len(len))?;
        tree.edit_meta(node.ino, |meta| {
            (meta.mtime, meta.ctime) = (now, now);
            if !by_root {
                clear_set_ids(meta);
            }
        })
    }

    /// Makes a file at a place where there is none yet.
    pub(crate) fn make(
        &mut self,
        caller: &Caller,
        spot: &Located,
        kind: Kind,
        mode: u32,
    ) -> Result<NodeId> {
        if spot.node.is_some() {
            return Err(Errno::EEXIST);
        }
        if spot.must_be_dir && !matches!(kind, Kind::Dir(_)) {
            return Err(Errno::ENOENT);
        }
        let name: Name = spot.entry()?.clone();
        self.may_change_dir(caller, spot.parent)?;
        self.room_for_path(spot.parent, &name, PathLen::default())?;
        self.room_for(Usage { inodes: 1, ..Usage::default() })?;
        let parent = &self.inode(spot.parent)?.meta;
        let mut meta = Meta::root(mode & !caller.umask, self.now());
        (meta.uid, meta.gid) = (caller.cred.uid, caller.cred.gid);
        if parent.mode & 0o2000 != 0 {
            meta.gid = parent.gid;
            if matches!(kind, Kind::Dir(_)) {
                meta.mode |= 0o2000;
            }
        }
        let ino = self.tree_mut(spot.parent)?.create(spot.parent.ino, name, meta, kind)?;
        self.changed_dir(spot.parent)?;
        Ok(NodeId { dev: spot.parent.dev, ino })
    }

    /// Checks that what moves lies not too deep in its new place, with all that is below it.
    fn room_for_move(&mut self, node: NodeId, to: NodeId, name: &Name) -> Result<()> {
        let moves_dir = self.inode(node)?.is_dir();
        let below = match self.mounted(node.dev) {
            Some(tree) if moves_dir => tree.len_below(node.ino),
            _ => PathLen::default(),
        };
        self.room_for_path(to, name, below)
    }

    fn take_away(&mut self, caller: &Caller, spot: &Located, node: NodeId) -> Result<()> {
        if self.is_mount_point(node) {
            return Err(Errno::EBUSY);
        }
        let name = spot.entry()?.clone();
        self.may_remove(caller, spot.parent, node)?;
        self.tree_mut(spot.parent)?.unlink(spot.parent.ino, name.as_bytes())?;
        self.changed_dir(spot.parent)?;
        self.changed_inode(node)?;
        self.drop_if_unused(node);
        Ok(())
    }

    /// Drops an inode that has neither a name nor an open file.
    pub(crate) fn drop_if_unused(&mut self, node: NodeId) {
        if !self.open.uses(node) {
            self.tree_for_cleanup(node).forget(node.ino);
        }
    }

    fn may_change_dir(&self, caller: &Caller, dir: NodeId) -> Result<()> {
        if self.is_removed(dir)? {
            return Err(Errno::ENOENT);
        }
        caller.cred.check(self.inode(dir)?, Access::WRITE.and(Access::EXECUTE))?;
        self.writable_mount(dir)
    }

    /// In a sticky directory only the file's or the directory's owner may remove a name.
    fn may_remove(&self, caller: &Caller, dir: NodeId, node: NodeId) -> Result<()> {
        self.may_change_dir(caller, dir)?;
        let parent: &Inode = self.inode(dir)?;
        let sticky = parent.meta.mode & 0o1000 != 0;
        if sticky && !caller.cred.owns(parent) && !caller.cred.owns(self.inode(node)?) {
            return Err(Errno::EPERM);
        }
        Ok(())
    }

    fn is_inside(&self, mut dir: NodeId, of: NodeId) -> bool {
        loop {
            if dir == of {
                return true;
            }
            let up = self.parent_of(dir);
            if up == dir {
                return false;
            }
            dir = up;
        }
    }

    fn changed_dir(&mut self, dir: NodeId) -> Result<()> {
        let now = self.now();
        self.tree_mut(dir)?.edit_meta(dir.ino, |meta| (meta.mtime, meta.ctime) = (now, now))
    }

    fn changed_inode(&mut self, node: NodeId) -> Result<()> {
        let now = self.now();
        self.tree_mut(node)?.edit_meta(node.ino, |meta| meta.ctime = now)
    }
}

/// A change of owner, or of content by anybody but root, takes setuid and (for group-executable files) setgid away.
pub(crate) fn clear_set_ids(meta: &mut Meta) {
    meta.mode &= !0o4000;
    if meta.mode & 0o010 != 0 {
        meta.mode &= !0o2000;
    }
}

fn trim_slashes(path: &[u8]) -> &[u8] {
    let end =
        path.iter().rposition(|&b| b != b'/').map_or(usize::from(!path.is_empty()), |i| i + 1);
    &path[..end]
}
