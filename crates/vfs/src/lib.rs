//! A layered POSIX filesystem in memory.
//!
//! [`Tree`] is a filesystem as a value: a persistent table of inodes whose clone is a snapshot in
//! O(1) and whose [`Tree::diff`] costs what changed.
//! [`Fs`] is what a process sees: trees mounted into one namespace, resolved with the kernel's
//! rules for a [`Caller`], and the table of open files with pipes, devices and the console.
//! It is a plain value too, so whoever runs a process can move it into the process and take it
//! back, or keep a [`Checkpoint`] and roll everything back.
//!
//! The crate knows no Docker, no tar, no WASI and no clock: the time that changes record is the one
//! last given to [`Fs::set_now`].

mod change;
mod content;
mod cred;
mod diff;
mod errno;
mod fs;
mod inode;
mod limits;
mod open;
mod path;
mod pipe;
mod resolve;
mod tree;

pub use content::Content;
pub use cred::{Access, Caller, Cred};
pub use diff::{Change, ChangeKind, DiffOptions};
pub use errno::{Errno, Result};
pub use fs::{Checkpoint, DirEntry, Fs, MountFlags, NodeId, SetTime};
pub use inode::{Dir, FileType, Ino, Inode, Kind, Meta, Rdev, Stat, Timestamp, Xattrs};
pub use limits::{Limit, Limits};
pub use open::{Console, OpenFlags, OpenId, Stream, Whence};
pub use path::{AbsPath, NAME_MAX, Name, PATH_MAX};
pub use resolve::{Located, ResolveFlags};
pub use tree::{Tree, Usage};
