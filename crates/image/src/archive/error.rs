//! Why an archive is no image.

use vfs::AbsPath;

use crate::{ConfigError, DiffId, Digest, TarError};

/// Why an archive cannot be read as images.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The tar around everything.
    #[error(transparent)]
    Tar(#[from] TarError),
    /// A layer.
    #[error("layer {path}: {error}")]
    Layer {
        /// Where it is in the archive.
        path: AbsPath,
        /// What is wrong with it.
        error: TarError,
    },
    /// A configuration.
    #[error("{path}: {error}")]
    Config {
        /// Where it is in the archive.
        path: AbsPath,
        /// What is wrong with it.
        error: ConfigError,
    },
    /// A manifest or index.
    #[error("{path} is malformed: {error}")]
    Json {
        /// Where it is in the archive.
        path: AbsPath,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// Neither `manifest.json` nor `index.json`.
    #[error(
        "there are no images in it: neither manifest.json nor index.json is there; \
         make it with docker save, or import a filesystem with docker import"
    )]
    NoImages,
    /// Only the format of Docker before 1.10 is there.
    #[error(
        "not supported here: archives of Docker before 1.10, because they have no manifest.json; \
         load it into a newer Docker and save it again"
    )]
    TooOld,
    /// A folder that `skopeo copy ... dir:` made.
    #[error(
        "not supported here: skopeo's dir: layout, because only skopeo reads it; \
         make an archive of it with skopeo copy dir:FOLDER oci-archive:FILE"
    )]
    SkopeoDir,
    /// A file that a manifest names is missing.
    #[error("{wanted} is missing, which {by} names: the archive is incomplete")]
    Missing {
        /// The file.
        wanted: AbsPath,
        /// What names it.
        by: AbsPath,
    },
    /// A blob is not what its name says.
    #[error("{path} has the digest {actual}: it was damaged or changed")]
    Digest {
        /// The blob.
        path: AbsPath,
        /// Its digest.
        actual: Digest,
    },
    /// A blob has another size than its descriptor says.
    #[error("{path} has {actual} bytes and should have {expected}: it was damaged or changed")]
    Size {
        /// The blob.
        path: AbsPath,
        /// Its size.
        actual: u64,
        /// What the manifest says.
        expected: u64,
    },
    /// A layer is not the one the configuration names.
    #[error("layer {path} has the diff ID {actual}, the configuration says {expected}")]
    DiffId {
        /// The layer.
        path: AbsPath,
        /// Its diff ID.
        actual: DiffId,
        /// What the configuration says.
        expected: DiffId,
    },
    /// A manifest and a configuration disagree on how many layers there are.
    #[error("{path} names {manifest} layers, the configuration {config}")]
    LayerCount {
        /// The manifest.
        path: AbsPath,
        /// How many layers the manifest has.
        manifest: usize,
        /// How many diff IDs the configuration has.
        config: usize,
    },
    /// A file that should be text is larger than any text there is, or than all of them may be.
    #[error("{path} is too large: it would exceed the limit of {limit} bytes")]
    TooLarge {
        /// The file.
        path: AbsPath,
        /// The limit.
        limit: u64,
    },
    /// Indexes point to indexes without an end.
    #[error("{path} lies too deep: indexes point to indexes more than {limit} times")]
    TooDeep {
        /// The index.
        path: AbsPath,
        /// The limit.
        limit: usize,
    },
}
