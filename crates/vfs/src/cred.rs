//! Who makes a call.

use crate::{Errno, Inode, NodeId, Result};

/// User and groups of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cred {
    /// User id; 0 is root and passes every check but that of executing a file nobody may execute.
    pub uid: u32,
    /// Primary group id, given to the files it makes.
    pub gid: u32,
    /// Supplementary group ids.
    pub groups: Vec<u32>,
}

impl Cred {
    /// root, in root's group.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Whether it belongs to the group.
    #[must_use]
    pub fn in_group(&self, gid: u32) -> bool {
        self.gid == gid || self.groups.contains(&gid)
    }

    /// Checks the permission bits as the kernel does: the first class that fits decides.
    ///
    /// # Errors
    /// `EACCES`.
    pub fn check(&self, inode: &Inode, access: Access) -> Result<()> {
        let meta = &inode.meta;
        if self.uid == 0 {
            let executable = meta.mode & 0o111 != 0 || inode.is_dir();
            return if access.contains(Access::EXECUTE) && !executable {
                Err(Errno::EACCES)
            } else {
                Ok(())
            };
        }
        let class = if self.uid == meta.uid {
            meta.mode >> 6
        } else if self.in_group(meta.gid) {
            meta.mode >> 3
        } else {
            meta.mode
        };
        if class & access.0 == access.0 { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// Whether it may change the attributes of what `uid` owns.
    #[must_use]
    pub fn owns(&self, inode: &Inode) -> bool {
        self.uid == 0 || self.uid == inode.meta.uid
    }
}

/// What one wants to do with a file: bits of `access(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access(u32);

impl Access {
    /// Nothing: only that it exists.
    pub const EXISTS: Self = Self(0);
    /// Execute, or search a directory.
    pub const EXECUTE: Self = Self(1);
    /// Write, or change a directory's entries.
    pub const WRITE: Self = Self(2);
    /// Read, or list a directory.
    pub const READ: Self = Self(4);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What a path call needs to know of the process that makes it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// User and groups.
    pub cred: Cred,
    /// Where relative paths begin.
    pub cwd: NodeId,
    /// Mode bits that new files do not get.
    pub umask: u32,
}

impl Caller {
    /// root at `/` with umask 022.
    #[must_use]
    pub fn root() -> Self {
        Self { cred: Cred::root(), cwd: NodeId::ROOT, umask: 0o022 }
    }
}
