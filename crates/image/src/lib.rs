//! Images as the OCI image specification and Docker have them.
//!
//! A [`Layer`] is the difference of two [`vfs::Tree`]s as a tar; its digest is the [`DiffId`]. Read
//! from any tool, compressed in any way, it keeps the bytes it had. [`apply_layer`] puts its entries
//! onto a tree, [`layer_changes`] tells what it changes. An [`Image`] is a [`Config`] that names the
//! layers; the digest of its JSON is the [`ImageId`]. [`read_archive`] and [`write_archive`] are
//! `docker load` and `docker save`, [`export_tree`] and [`Image::import`] `docker export` and
//! `docker import`. [`Analysis`] finds what layers waste, and [`report`] says it.
//!
//! The crate knows no Dockerfile, no store and no clock, and keeps nothing that an archive claims
//! before it has come: sizes, paths, links and digests of others are checked ([`TarLimits`]).

mod analysis;
mod apply;
mod archive;
mod changes;
mod compression;
mod config;
mod digest;
mod dive;
mod entry;
mod image;
mod layer;
mod oci;
mod pax;
pub mod report;
mod sparse;
mod tar_error;
mod tar_header;
mod tar_reader;
mod tar_writer;
mod time;

pub use analysis::{Analysis, Hidden, LayerBytes, Wasted};
pub use apply::{ApplyError, apply_layer, unpack};
pub use archive::{
    Archive, ArchiveError, ArchiveFile, ArchiveReader, archive_files, read_archive, write_archive,
};
pub use changes::layer_changes;
pub use compression::{Bomb, Compression, decompress};
pub use config::{Config, ConfigError, ContainerConfig, Healthcheck, History, RootFs};
pub use digest::{ChainId, DiffId, Digest, ImageId, ParseDigestError, Sha256Writer, chain};
pub use dive::{DiveMetric, DivePath, dive_metric};
pub use entry::{Entry, EntryKind, Whiteout};
pub use image::Image;
pub use layer::{Blob, Layer};
pub use oci::{ParsePlatformError, Platform};
pub use tar_error::{TarError, TarLimits};
pub use tar_reader::TarReader;
pub use tar_writer::{LayerDigest, export_tree, layer_digest, write_entries, write_layer};
pub use time::{ParseTimeError, format_rfc3339, parse_rfc3339};
