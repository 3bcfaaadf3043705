//! Numbers and layouts of `wasi_snapshot_preview1.witx`.

use vfs::{FileType, Stat, Timestamp};

/// The module whose imports the calls are.
pub(crate) const MODULE: &str = "wasi_snapshot_preview1";

/// Rights: what may be done with a descriptor.
pub(crate) mod rights {
    #![allow(missing_docs, reason = "the names of the specification")]
    pub const FD_DATASYNC: u64 = 1 << 0;
    pub const FD_READ: u64 = 1 << 1;
    pub const FD_SEEK: u64 = 1 << 2;
    pub const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub const FD_SYNC: u64 = 1 << 4;
    pub const FD_TELL: u64 = 1 << 5;
    pub const FD_WRITE: u64 = 1 << 6;
    pub const FD_ADVISE: u64 = 1 << 7;
    pub const FD_ALLOCATE: u64 = 1 << 8;
    pub const PATH_CREATE_DIRECTORY: u64 = 1 << 9;
    pub const PATH_CREATE_FILE: u64 = 1 << 10;
    pub const PATH_LINK_SOURCE: u64 = 1 << 11;
    pub const PATH_LINK_TARGET: u64 = 1 << 12;
    pub const PATH_OPEN: u64 = 1 << 13;
    pub const FD_READDIR: u64 = 1 << 14;
    pub const PATH_READLINK: u64 = 1 << 15;
    pub const PATH_RENAME_SOURCE: u64 = 1 << 16;
    pub const PATH_RENAME_TARGET: u64 = 1 << 17;
    pub const PATH_FILESTAT_GET: u64 = 1 << 18;
    pub const PATH_FILESTAT_SET_SIZE: u64 = 1 << 19;
    pub const PATH_FILESTAT_SET_TIMES: u64 = 1 << 20;
    pub const FD_FILESTAT_GET: u64 = 1 << 21;
    pub const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub const FD_FILESTAT_SET_TIMES: u64 = 1 << 23;
    pub const PATH_SYMLINK: u64 = 1 << 24;
    pub const PATH_REMOVE_DIRECTORY: u64 = 1 << 25;
    pub const PATH_UNLINK_FILE: u64 = 1 << 26;
    pub const POLL_FD_READWRITE: u64 = 1 << 27;

    /// Everything that makes sense for a regular file.
    pub const FILE: u64 = FD_DATASYNC
        | FD_READ
        | FD_SEEK
        | FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_TELL
        | FD_WRITE
        | FD_ADVISE
        | FD_ALLOCATE
        | FD_FILESTAT_GET
        | FD_FILESTAT_SET_SIZE
        | FD_FILESTAT_SET_TIMES
        | POLL_FD_READWRITE;
    /// Everything that makes sense for a directory.
    pub const DIR: u64 = FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_READDIR
        | FD_FILESTAT_GET
        | FD_FILESTAT_SET_TIMES
        | PATH_CREATE_DIRECTORY
        | PATH_CREATE_FILE
        | PATH_LINK_SOURCE
        | PATH_LINK_TARGET
        | PATH_OPEN
        | PATH_READLINK
        | PATH_RENAME_SOURCE
        | PATH_RENAME_TARGET
        | PATH_FILESTAT_GET
        | PATH_FILESTAT_SET_SIZE
        | PATH_FILESTAT_SET_TIMES
        | PATH_SYMLINK
        | PATH_REMOVE_DIRECTORY
        | PATH_UNLINK_FILE;
    /// A terminal does not seek: that is how wasi-libc's `isatty` knows one.
    pub const TERMINAL: u64 = FILE & !(FD_SEEK | FD_TELL);
}

/// `fdflags`.
pub(crate) mod fdflags {
    pub const APPEND: u16 = 1 << 0;
    pub const NONBLOCK: u16 = 1 << 2;
    /// All there are: also `dsync`, `rsync` and `sync`, which memory need not wait for.
    pub const ALL: u16 = 0b1_1111;
}

/// `oflags`.
pub(crate) mod oflags {
    pub const CREAT: u32 = 1 << 0;
    pub const DIRECTORY: u32 = 1 << 1;
    pub const EXCL: u32 = 1 << 2;
    pub const TRUNC: u32 = 1 << 3;
    pub const ALL: u32 = 0b1111;
}

/// `fstflags`: which times to set, and whether to the present.
pub(crate) mod fstflags {
    pub const ATIM: u32 = 1 << 0;
    pub const ATIM_NOW: u32 = 1 << 1;
    pub const MTIM: u32 = 1 << 2;
    pub const MTIM_NOW: u32 = 1 << 3;
    pub const ALL: u32 = 0b1111;
}

/// `clockid`.
pub(crate) mod clock {
    pub const REALTIME: u32 = 0;
    pub const MONOTONIC: u32 = 1;
    pub const PROCESS_CPUTIME: u32 = 2;
    pub const THREAD_CPUTIME: u32 = 3;
}

/// The `filetype` of a file; preview 1 has none for a named pipe.
pub(crate) fn filetype(kind: FileType) -> u8 {
    match kind {
        FileType::Fifo => 0,
        FileType::BlockDevice => 1,
        FileType::CharDevice => 2,
        FileType::Dir => 3,
        FileType::File => 4,
        FileType::Socket => 6,
        FileType::Symlink => 7,
    }
}

/// The `filestat` of a file.
pub(crate) fn filestat(stat: &Stat) -> [u8; 64] {
    let mut out = [0; 64];
    out[0..8].copy_from_slice(&u64::from(stat.dev).to_le_bytes());
    out[8..16].copy_from_slice(&stat.ino.to_le_bytes());
    out[16] = filetype(stat.file_type);
    out[24..32].copy_from_slice(&u64::from(stat.nlink).to_le_bytes());
    out[32..40].copy_from_slice(&stat.size.to_le_bytes());
    out[40..48].copy_from_slice(&timestamp(stat.meta.atime).to_le_bytes());
    out[48..56].copy_from_slice(&timestamp(stat.meta.mtime).to_le_bytes());
    out[56..64].copy_from_slice(&timestamp(stat.meta.ctime).to_le_bytes());
    out
}

/// A `timestamp`; it has no sign, so what lies before 1970 is 0.
pub(crate) fn timestamp(time: Timestamp) -> u64 {
    time.0.max(0) as u64
}
