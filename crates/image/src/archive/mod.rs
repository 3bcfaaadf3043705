//! Images as files: `docker save` archives and OCI layouts.

mod error;
mod read;
mod write;

pub use error::ArchiveError;
pub use read::{Archive, ArchiveReader, read_archive};
pub use write::{ArchiveFile, archive_files, write_archive};

/// Where a blob lies in a layout.
fn blob_path(digest: &crate::Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}
