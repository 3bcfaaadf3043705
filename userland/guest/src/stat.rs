//! The status of a file, with everything a Unix `stat` has.

/// What `stat(2)` tells about a file; times are nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Device the file lives on.
    pub dev: u64,
    /// Inode number.
    pub ino: u64,
    /// Number of hard links.
    pub nlink: u64,
    /// Type and permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// The device a device node stands for: major in the upper 32 bits, minor in the lower.
    pub rdev: u64,
    /// Length in bytes.
    pub size: u64,
    /// Room taken, in blocks of 512 bytes.
    pub blocks: u64,
    /// Last access.
    pub atime: i64,
    /// Last change of the content.
    pub mtime: i64,
    /// Last change of the status.
    pub ctime: i64,
}

/// The size of a filesystem, and how much of it is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes.
    pub size: u64,
    /// Bytes that are free.
    pub free: u64,
    /// Inodes.
    pub nodes: u64,
    /// Inodes that are free.
    pub free_nodes: u64,
}

/// The type of a file, from the upper bits of its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Regular file.
    File,
    /// Directory.
    Dir,
    /// Symbolic link.
    Symlink,
    /// Character device.
    Char,
    /// Block device.
    Block,
    /// Named pipe.
    Fifo,
    /// Socket.
    Socket,
    /// None of those.
    Unknown,
}

impl Stat {
    /// The type of the file.
    pub fn kind(&self) -> Kind {
        match self.mode & 0o170000 {
            0o100000 => Kind::File,
            0o040000 => Kind::Dir,
            0o120000 => Kind::Symlink,
            0o020000 => Kind::Char,
            0o060000 => Kind::Block,
            0o010000 => Kind::Fifo,
            0o140000 => Kind::Socket,
            _ => Kind::Unknown,
        }
    }

    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind() == Kind::Dir
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind() == Kind::File
    }

    /// Whether it is a symbolic link.
    pub fn is_symlink(&self) -> bool {
        self.kind() == Kind::Symlink
    }

    /// The permission bits with set-uid, set-gid and sticky.
    pub fn perm(&self) -> u32 {
        self.mode & 0o7777
    }

    /// Whether both describe one and the same file.
    pub fn same_file(&self, other: &Stat) -> bool {
        self.dev == other.dev && self.ino == other.ino
    }
}
