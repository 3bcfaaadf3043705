//! How much a filesystem may hold.

use std::fmt;

use crate::{Errno, PATH_MAX, Usage};

/// Limits of an [`crate::Fs`], and of whatever else fills a tree. A call that would pass one fails
/// and changes nothing; [`crate::Fs::limit_reached`] tells which it was.
///
/// The defaults are the playground's. What is counted per process, such as its descriptors
/// (`EMFILE`), is counted by whoever runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sizes of all files, over all mounts: that of the disk (`ENOSPC`).
    pub bytes: u64,
    /// Bytes of content held in memory, over all mounts (`ENOSPC`); holes and synthetic content are
    /// free.
    pub resident: u64,
    /// Number of files, over all mounts (`EDQUOT`).
    pub inodes: u64,
    /// Size of one file in bytes (`EFBIG`).
    pub file_size: u64,
    /// Names in the path of a file, from the root of its own filesystem (`ENAMETOOLONG`). The path
    /// is also shorter than [`crate::PATH_MAX`], so that every file can be named and stand in a tar.
    pub depth: usize,
    /// Open files at one time (`ENFILE`).
    pub open_files: usize,
    /// Bytes the console keeps; what comes after is counted and dropped. BuildKit's log limit.
    pub console: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 4 << 30,
            resident: 1 << 30,
            inodes: 2_000_000,
            file_size: 1 << 30,
            depth: 1024,
            open_files: 4096,
            console: 2 << 20,
        }
    }
}

impl Limits {
    /// Whether a filesystem may take up as much as this.
    ///
    /// # Errors
    /// The limit that would be passed.
    pub fn check(&self, usage: Usage) -> Result<(), Limit> {
        match usage {
            Usage { inodes, .. } if inodes > self.inodes => Err(Limit::Files(self.inodes)),
            Usage { bytes, .. } if bytes > self.bytes => Err(Limit::Bytes(self.bytes)),
            Usage { resident, .. } if resident > self.resident => {
                Err(Limit::Resident(self.resident))
            }
            _ => Ok(()),
        }
    }

    /// Whether a file may have a path of so many names, and so many bytes with a slash before each.
    ///
    /// # Errors
    /// [`Limit::Depth`].
    pub fn check_path(&self, names: usize, bytes: usize) -> Result<(), Limit> {
        let fits = names <= self.depth && bytes < PATH_MAX;
        if fits { Ok(()) } else { Err(Limit::Depth(self.depth)) }
    }
}

/// A limit that a call would have passed, in words for whoever asks why it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// [`Limits::bytes`].
    #[error("the filesystem is full: here it holds at most {}", Binary(*.0))]
    Bytes(u64),
    /// [`Limits::resident`].
    #[error("the filesystem is full: here files hold at most {} of data", Binary(*.0))]
    Resident(u64),
    /// [`Limits::inodes`].
    #[error("there are too many files: here a filesystem has at most {0}")]
    Files(u64),
    /// [`Limits::file_size`].
    #[error("a file is too large: here it has at most {}", Binary(*.0))]
    FileSize(u64),
    /// [`Limits::depth`].
    #[error("directories lie too deep: here a path has at most {0} names and {max} bytes", max = PATH_MAX - 1)]
    Depth(usize),
    /// [`Limits::open_files`].
    #[error("too many files are open: here at most {0} at a time")]
    OpenFiles(usize),
}

impl Limit {
    /// What the call answers.
    #[must_use]
    pub fn errno(self) -> Errno {
        match self {
            Self::Bytes(_) | Self::Resident(_) => Errno::ENOSPC,
            Self::Files(_) => Errno::EDQUOT,
            Self::FileSize(_) => Errno::EFBIG,
            Self::Depth(_) => Errno::ENAMETOOLONG,
            Self::OpenFiles(_) => Errno::ENFILE,
        }
    }
}

/// A number of bytes in the largest unit that it is a multiple of.
struct Binary(u64);

impl fmt::Display for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        match units.into_iter().find(|(shift, _)| self.0 > 0 && self.0.is_multiple_of(1 << shift)) {
            Some((shift, unit)) => write!(f, "{} {unit}", self.0 >> shift),
            None => write!(f, "{} bytes", self.0),
        }
    }
}
