//! The namespace a process sees.

use crate::open::OpenFiles;
use crate::pipe::Pipes;
use crate::tree::PathLen;
use crate::{
    AbsPath, Access, Caller, Console, Errno, FileType, Ino, Inode, Kind, Limit, Limits, Name,
    OpenId, ResolveFlags, Result, Stat, Timestamp, Tree, Usage,
};

/// A file in an [`Fs`]: which mount, which inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Index of the mount; 0 is the root filesystem.
    pub dev: u32,
    /// Inode number in that mount's tree.
    pub ino: Ino,
}

/// The device of nodes that stand for an open file without a node of its own, such as a pipe.
pub(crate) const OPEN_FILE: u32 = u32::MAX - 1;

impl NodeId {
    /// The root directory.
    pub const ROOT: Self = Self { dev: 0, ino: Tree::ROOT };
}

/// How a tree is mounted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MountFlags {
    /// Its links `pipe:[N]` lead to the open file N, as those in the kernel's `/proc/PID/fd` do.
    pub open_file_links: bool,
    /// Changes answer `EROFS`.
    pub read_only: bool,
}

#[derive(Clone, Debug)]
struct Mount {
    tree: Tree,
    /// The directory or file of the tree that is seen at the mount point.
    root: Ino,
    /// What it covers; none for the root filesystem.
    at: Option<NodeId>,
    flags: MountFlags,
}

/// Trees mounted into one namespace, and the open files of the processes in it.
#[derive(Clone, Debug)]
pub struct Fs {
    mounts: Vec<Mount>,
    pub(crate) open: OpenFiles,
    pub(crate) pipes: Pipes,
    pub(crate) console: Console,
    pub(crate) limits: Limits,
    now: Timestamp,
    random: u64,
    /// The open file whose read or write last answered `EAGAIN`.
    pub(crate) waits_for: Option<OpenId>,
    limit_reached: Option<Limit>,
}

/// Everything an [`Fs`] was at one moment.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    mounts: Vec<Mount>,
    open: OpenFiles,
    pipes: Pipes,
    console: crate::open::ConsoleMark,
    now: Timestamp,
    random: u64,
    limit_reached: Option<Limit>,
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// Its name; `.` and `..` are not listed.
    pub name: Name,
    /// What it names.
    pub node: NodeId,
    /// The kind of file.
    pub file_type: FileType,
}

/// A time for [`Fs::utimes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetTime {
    /// Leave it.
    Keep,
    /// The filesystem's time.
    Now,
    /// This time.
    At(Timestamp),
}

impl Default for Fs {
    fn default() -> Self {
        Self::new(Tree::new(), Limits::default())
    }
}

impl Fs {
    /// A namespace with `root` at `/`.
    #[must_use]
    pub fn new(root: Tree, limits: Limits) -> Self {
        let flags = MountFlags::default();
        Self {
            mounts: vec![Mount { tree: root, root: Tree::ROOT, at: None, flags }],
            open: OpenFiles::default(),
            pipes: Pipes::default(),
            console: Console::default(),
            limits,
            now: Timestamp::default(),
            random: 0,
            waits_for: None,
            limit_reached: None,
        }
    }

    /// The root filesystem: a snapshot, if cloned.
    #[must_use]
    pub fn root(&self) -> &Tree {
        &self.mounts[0].tree
    }

    /// Puts another state of the root filesystem in its place. Open files and working directories
    /// go on where their inodes are in both. What was mounted is nowhere until
    /// [`Fs::mount_again`] says where it is now.
    pub fn set_root(&mut self, root: Tree) {
        for mount in &mut self.mounts {
            mount.at = None;
        }
        self.mounts[0].tree = root;
    }

    /// Ends the namespace and gives its root filesystem back.
    #[must_use]
    pub fn into_root(mut self) -> Tree {
        self.mounts.swap_remove(0).tree
    }

    /// The time that changes record from now on.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// The time that changes record.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Starts the sequence that [`Fs::random`] and `/dev/urandom` give.
    pub fn seed(&mut self, seed: u64) {
        self.random = seed;
    }

    /// The next bytes of a sequence that the seed determines.
    pub fn random(&mut self, buf: &mut [u8]) {
        for chunk in buf.chunks_mut(8) {
            self.random = self.random.wrapping_add(1);
            let word = crate::content::splitmix64(self.random).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }

    /// Remembers everything: trees, open files, pipes, console. Cheap: trees are shared.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            mounts: self.mounts.clone(),
            open: self.open.clone(),
            pipes: self.pipes.clone(),
            console: self.console.mark(),
            now: self.now,
            random: self.random,
            limit_reached: self.limit_reached,
        }
    }

    /// Goes back to what was, the clock and the random sequence included.
    pub fn restore(&mut self, checkpoint: Checkpoint) {
        let Checkpoint { mounts, open, pipes, console, now, random, limit_reached } = checkpoint;
        self.console.rewind(console);
        (self.mounts, self.open, self.pipes) = (mounts, open, pipes);
        (self.now, self.random, self.limit_reached) = (now, random, limit_reached);
    }

    /// The limit that a call last ran into; none if none did.
    #[must_use]
    pub fn limit_reached(&self) -> Option<Limit> {
        self.limit_reached
    }

    /// Mounts the file or directory `root` of `tree` over what is at `at`; answers the mount's
    /// number for [`Fs::mounted`].
    ///
    /// # Errors
    /// As [`Fs::resolve`]; `ENOENT` if either is missing, `ENOTDIR` if one is a directory and the
    /// other is not.
    pub fn mount(
        &mut self,
        at: &AbsPath,
        tree: Tree,
        root: &AbsPath,
        flags: MountFlags,
    ) -> Result<u32> {
        let caller = Caller::root();
        let at =
            self.resolve(&caller, NodeId::ROOT, at.as_bytes(), ResolveFlags::FOLLOW)?.existing()?;
        let (root, inode) = tree.lookup(root).ok_or(Errno::ENOENT)?;
        if inode.is_dir() != self.inode(at)?.is_dir() {
            return Err(Errno::ENOTDIR);
        }
        self.mounts.push(Mount { tree, root, at: Some(at), flags });
        Ok(self.mounts.len() as u32 - 1)
    }

    /// Mounts what [`Fs::set_root`] has taken from its place.
    ///
    /// # Errors
    /// As [`Fs::mount`].
    pub fn mount_again(&mut self, dev: u32, at: &AbsPath) -> Result<()> {
        let caller = Caller::root();
        let spot = self.resolve(&caller, NodeId::ROOT, at.as_bytes(), ResolveFlags::FOLLOW)?;
        let at = spot.existing()?;
        self.mounts.get_mut(dev as usize).ok_or(Errno::EINVAL)?.at = Some(at);
        Ok(())
    }

    /// Puts another filesystem into the place of a mounted one, and answers that one. Files that
    /// are open in it must have the same inode numbers in both.
    pub fn replace_mounted(&mut self, dev: u32, tree: Tree) -> Option<Tree> {
        let mount = self.mounts.get_mut(dev as usize)?;
        Some(std::mem::replace(&mut mount.tree, tree))
    }

    /// The tree of a mount, for example to keep a cache mount after the command.
    #[must_use]
    pub fn mounted(&self, dev: u32) -> Option<&Tree> {
        self.mounts.get(dev as usize).map(|mount| &mount.tree)
    }

    /// The inode.
    ///
    /// # Errors
    /// `ENOENT` if it is gone.
    pub fn inode(&self, node: NodeId) -> Result<&Inode> {
        self.mounts
            .get(node.dev as usize)
            .and_then(|mount| mount.tree.get(node.ino))
            .ok_or(Errno::ENOENT)
    }

    /// What `stat` answers for an inode.
    ///
    /// # Errors
    /// `ENOENT`.
    pub fn stat_node(&self, node: NodeId) -> Result<Stat> {
        if let Some(id) = OpenId::of_node(node) {
            return self.fstat(id);
        }
        let inode = self.inode(node)?;
        Ok(Stat {
            dev: node.dev,
            ino: node.ino,
            file_type: inode.file_type(),
            nlink: if self.is_removed(node)? { 0 } else { inode.nlink() },
            size: inode.size(),
            rdev: inode.rdev(),
            meta: inode.meta.clone(),
        })
    }

    /// `fstatat`.
    ///
    /// # Errors
    /// As [`Fs::resolve`], and `ENOENT`.
    pub fn stat(
        &self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        flags: ResolveFlags,
    ) -> Result<Stat> {
        self.stat_node(self.resolve(caller, at, path, flags)?.existing()?)
    }

    /// `readlinkat`.
    ///
    /// # Errors
    /// As [`Fs::resolve`], `ENOENT`, and `EINVAL` if it is no link.
    pub fn readlink(
        &self,
        caller: &Caller,
        at: NodeId,
        path: &[u8],
        flags: ResolveFlags,
    ) -> Result<Vec<u8>> {
        let flags = ResolveFlags { follow: false, ..flags };
        let node = self.resolve(caller, at, path, flags)?.existing()?;
        match &self.inode(node)?.kind {
            Kind::Symlink(target) => Ok(target.to_vec()),
            _ => Err(Errno::EINVAL),
        }
    }

    /// `faccessat`: whether the caller may do this with the file.
    ///
    /// # Errors
    /// As [`Fs::resolve`], `ENOENT`, `EACCES`, `EROFS`.
    pub fn access(&self, caller: &Caller, at: NodeId, path: &[u8], access: Access) -> Result<()> {
        let node = self.resolve(caller, at, path, ResolveFlags::FOLLOW)?.existing()?;
        if let Some(id) = OpenId::of_node(node) {
            return self.access_mode(id).map(|_| ());
        }
        caller.cred.check(self.inode(node)?, access)?;
        if access == Access::WRITE {
            self.writable_mount(node)?;
        }
        Ok(())
    }

    /// The entries of a directory by name, without `.` and `..`; mounts are seen through.
    ///
    /// # Errors
    /// `ENOTDIR`, `ENOENT`.
    pub fn list(&self, node: NodeId) -> Result<Vec<DirEntry>> {
        let dir = self.inode(node)?.dir().ok_or(Errno::ENOTDIR)?;
        dir.iter()
            .map(|(name, ino)| {
                let node = self.cross(NodeId { dev: node.dev, ino });
                let file_type = self.inode(node)?.file_type();
                Ok(DirEntry { name: name.clone(), node, file_type })
            })
            .collect()
    }

    /// `getcwd`: the absolute path of a directory.
    ///
    /// # Errors
    /// `ENOENT` if it has been removed.
    pub fn path_of(&self, node: NodeId) -> Result<AbsPath> {
        let mount = self.mounts.get(node.dev as usize).ok_or(Errno::ENOENT)?;
        let inner = mount.tree.path_of(node.ino).ok_or(Errno::ENOENT)?;
        let Some(at) = mount.at else { return Ok(inner) };
        let root = mount.tree.path_of(mount.root).ok_or(Errno::ENOENT)?;
        let below = inner.as_bytes().strip_prefix(root.as_bytes()).unwrap_or_default();
        let below = below.strip_prefix(b"/").unwrap_or(below);
        Ok(self.path_of(at)?.join(below))
    }

    /// Reads the whole of a regular file.
    ///
    /// # Errors
    /// As [`Fs::resolve`], `ENOENT`, `EACCES`, `EISDIR`, `EINVAL` for other kinds.
    pub fn read_file(&self, caller: &Caller, at: NodeId, path: &[u8]) -> Result<Vec<u8>> {
        let node = self.resolve(caller, at, path, ResolveFlags::FOLLOW)?.existing()?;
        let inode = self.inode(node)?;
        caller.cred.check(inode, Access::READ)?;
        match &inode.kind {
            Kind::File(content) => Ok(content.to_vec()),
            Kind::Dir(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Whether it is a directory that was removed while something still refers to it: nothing can
    /// be made in it any more.
    /// Where a link of `/proc/PID/fd` leads, if it is one of an open file that has no path.
    pub(crate) fn open_file_link(&self, link: NodeId, target: &[u8]) -> Option<NodeId> {
        let mount = self.mounts.get(link.dev as usize)?;
        let number = target.strip_prefix(b"pipe:[")?.strip_suffix(b"]")?;
        let id: u32 = std::str::from_utf8(number).ok()?.parse().ok()?;
        mount.flags.open_file_links.then_some(NodeId { dev: OPEN_FILE, ino: id.into() })
    }

    pub(crate) fn is_removed(&self, node: NodeId) -> Result<bool> {
        let inode = self.inode(node)?;
        Ok(inode.is_dir() && inode.links.is_empty() && node.ino != Tree::ROOT)
    }

    /// The entry `name` of a directory, mounts crossed.
    pub(crate) fn child_of(&self, dir: NodeId, name: &[u8]) -> Option<NodeId> {
        let ino = self.inode(dir).ok()?.dir()?.get(name)?;
        Some(self.cross(NodeId { dev: dir.dev, ino }))
    }

    /// `..` of a directory, mounts crossed.
    pub(crate) fn parent_of(&self, dir: NodeId) -> NodeId {
        let mount = &self.mounts[dir.dev as usize];
        match mount.at {
            Some(at) if dir.ino == mount.root => self.parent_of(at),
            _ => NodeId { dev: dir.dev, ino: mount.tree.parent_of(dir.ino) },
        }
    }

    /// Whether something is mounted there or it is a mount's root.
    pub(crate) fn is_mount_point(&self, node: NodeId) -> bool {
        self.mounts[1..].iter().enumerate().any(|(i, mount)| {
            mount.at == Some(node) || (node.dev == i as u32 + 1 && node.ino == mount.root)
        })
    }

    /// The tree to change; the mount must be writable.
    pub(crate) fn tree_mut(&mut self, node: NodeId) -> Result<&mut Tree> {
        self.writable_mount(node)?;
        Ok(&mut self.mounts[node.dev as usize].tree)
    }

    /// The tree to drop unlinked inodes from, whatever the mount's flags.
    pub(crate) fn tree_for_cleanup(&mut self, node: NodeId) -> &mut Tree {
        &mut self.mounts[node.dev as usize].tree
    }

    pub(crate) fn writable_mount(&self, node: NodeId) -> Result<()> {
        let mount = self.mounts.get(node.dev as usize).ok_or(Errno::ENOENT)?;
        if mount.flags.read_only { Err(Errno::EROFS) } else { Ok(()) }
    }

    /// How much there is room for, and how much of that is left: bytes, then inodes.
    #[must_use]
    pub fn room(&self) -> [(u64, u64); 2] {
        let used = self.mounts.iter().fold(Usage::default(), |sum, mount| sum + mount.tree.usage());
        let Limits { bytes, inodes, .. } = self.limits;
        [(bytes, bytes.saturating_sub(used.bytes)), (inodes, inodes.saturating_sub(used.inodes))]
    }

    /// Notes a limit that a call would have passed, and makes its error number of it.
    pub(crate) fn limited<T>(&mut self, outcome: Result<T, Limit>) -> Result<T> {
        outcome.map_err(|limit| {
            self.limit_reached = Some(limit);
            limit.errno()
        })
    }

    /// Checks that so much more fits.
    pub(crate) fn room_for(&mut self, more: Usage) -> Result<()> {
        let usage = self.mounts.iter().fold(more, |sum, mount| sum + mount.tree.usage());
        self.limited(self.limits.check(usage))
    }

    /// Checks that a file may be `len` bytes long.
    pub(crate) fn room_for_len(&mut self, len: u64) -> Result<()> {
        let most = self.limits.file_size;
        self.limited(if len > most { Err(Limit::FileSize(most)) } else { Ok(()) })
    }

    /// Checks that a name in the directory `dir` lies not too deep, with what is below it: `below`
    /// says how many more names and bytes the paths there have.
    pub(crate) fn room_for_path(&mut self, dir: NodeId, name: &Name, below: PathLen) -> Result<()> {
        let above = self.mounts[dir.dev as usize].tree.len_of_path(dir.ino);
        let names = above.names + 1 + below.names;
        let bytes = above.bytes + 1 + name.as_bytes().len() + below.bytes;
        self.limited(self.limits.check_path(names, bytes))
    }

    fn cross(&self, node: NodeId) -> NodeId {
        match self.mounts.iter().rposition(|mount| mount.at == Some(node)) {
            Some(dev) => self.cross(NodeId { dev: dev as u32, ino: self.mounts[dev].root }),
            None => node,
        }
    }
}
