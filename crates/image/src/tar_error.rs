//! How much a tar may hold, and why one is refused.

use std::io;

/// How much a tar may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TarLimits {
    /// Bytes of all files together; holes of sparse files are none.
    pub bytes: u64,
    /// Number of entries.
    pub entries: u64,
    /// Length of one file, with its holes.
    pub file: u64,
    /// Bytes of one header's long name, long link or PAX records (Go: 1 MiB as well).
    pub header: u64,
}

impl Default for TarLimits {
    fn default() -> Self {
        let vfs = vfs::Limits::default();
        Self { bytes: vfs.resident, entries: vfs.inodes, file: vfs.file_size, header: 1 << 20 }
    }
}

/// Why a tar is refused.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// The bytes could not be read or decompressed.
    #[error("the archive cannot be read: {0}")]
    Input(#[from] io::Error),
    /// It ends too early.
    #[error("the archive ends inside {inside}: it was cut off, get it again")]
    Truncated {
        /// The entry, or what else was being read.
        inside: String,
    },
    /// A header is malformed.
    #[error("the header at byte {offset} of the archive is invalid: {why}")]
    Header {
        /// Where the header begins.
        offset: u64,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A name is not one inside the root.
    #[error("the archive holds {name:?}, which {why}; nothing of it is used")]
    Name {
        /// The name as the archive has it.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A kind of entry that Docker refuses too.
    #[error("{name:?} has the type {kind:?}, which is no kind of file")]
    Kind {
        /// The entry.
        name: String,
        /// The type flag.
        kind: char,
    },
    /// More than the limits allow.
    #[error("the archive is too large: {what} would exceed the limit of {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// The limit, in bytes or entries.
        limit: u64,
    },
}

impl TarError {
    /// The same error once more; what the input said is kept as its text.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Input(error) => Self::Input(io::Error::new(error.kind(), error.to_string())),
            Self::Truncated { inside } => Self::Truncated { inside: inside.clone() },
            Self::Header { offset, why } => Self::Header { offset: *offset, why },
            Self::Name { name, why } => Self::Name { name: name.clone(), why },
            Self::Kind { name, kind } => Self::Kind { name: name.clone(), kind: *kind },
            Self::TooLarge { what, limit } => Self::TooLarge { what: what.clone(), limit: *limit },
        }
    }
}
