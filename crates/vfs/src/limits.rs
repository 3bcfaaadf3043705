//! How much a filesystem may hold.

/// Limits of an [`crate::Fs`]; a call that would pass one fails and changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of content held in memory, over all mounts (`ENOSPC`); synthetic content is free.
    pub resident: u64,
    /// Number of files, over all mounts (`EDQUOT`).
    pub inodes: u64,
    /// Size of one file in bytes (`EFBIG`).
    pub file_size: u64,
    /// Open files at one time (`ENFILE`).
    pub open_files: usize,
    /// Bytes the console keeps; what comes after is counted and dropped. BuildKit's log limit.
    pub console: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            resident: 1 << 30,
            inodes: 2_000_000,
            file_size: 512 << 20,
            open_files: 4096,
            console: 2 << 20,
        }
    }
}
