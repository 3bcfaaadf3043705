//! Images as the OCI image specification and Docker have them.
//!
//! A layer is the difference of two [`vfs::Tree`]s written as a tar ([`write_layer`]); its digest is
//! the [`DiffId`]. An image is a [`Config`] that names the layers; the digest of its JSON is the
//! [`ImageId`]. The crate knows no Dockerfile, no store and no clock.

mod config;
mod digest;
mod layer;
mod time;

pub use config::{Config, ContainerConfig, Healthcheck, History, RootFs};
pub use digest::{ChainId, DiffId, Digest, ImageId, ParseDigestError, Sha256Writer, chain};
pub use layer::{LayerDigest, layer_digest, write_layer};
pub use time::{ParseTimeError, format_rfc3339, parse_rfc3339};
