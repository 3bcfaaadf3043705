//! Descriptors, manifests and indexes (OCI image-spec `descriptor.md`, `manifest.md`,
//! `image-index.md`), and Docker's `manifest.json`.
//!
//! The keys stand in the order of the specification's own Go types and annotations are sorted, so
//! that the same image is written as the same bytes.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Config, Digest};

/// Media types, by what they are of.
pub(crate) mod media_type {
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
}

/// The annotation that names an image for containerd and Docker, with its registry.
pub(crate) const IMAGE_NAME: &str = "io.containerd.image.name";
/// The annotation that names an image in a layout: its tag.
pub(crate) const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// The annotation of what is no image but says something about one.
pub(crate) const ATTESTATION: &str = "vnd.docker.reference.type";

/// Points to a blob.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    #[serde(default)]
    pub media_type: String,
    #[serde(with = "digest_text")]
    pub digest: Digest,
    pub size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "nullable")]
    pub annotations: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self::new(media_type, Digest::of(bytes), bytes.len() as u64)
    }

    pub fn new(media_type: &str, digest: Digest, size: u64) -> Self {
        let media_type = media_type.to_owned();
        Self { media_type, digest, size, annotations: BTreeMap::new(), platform: None }
    }

    pub fn is_index(&self) -> bool {
        [media_type::INDEX, media_type::DOCKER_LIST].contains(&self.media_type.as_str())
    }
}

/// What an image runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// CPU architecture by Go's name: `amd64`, `arm64`.
    pub architecture: String,
    /// Operating system by Go's name: `linux`.
    pub os: String,
    /// Variant of the architecture: `v7`, `v8`; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

impl Default for Platform {
    fn default() -> Self {
        Self { architecture: "amd64".into(), os: "linux".into(), variant: String::new() }
    }
}

impl Platform {
    /// The platform of a configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let (architecture, os) = (config.architecture.clone(), config.os.clone());
        Self { architecture, os, variant: config.variant.clone() }
    }

    /// Reads `os/architecture[/variant]`, or an architecture alone, which is one of Linux.
    ///
    /// # Errors
    /// The text, where it is neither.
    pub fn parse(text: &str) -> Result<Self, ParsePlatformError> {
        let parts: Vec<&str> = text.split('/').collect();
        let (os, architecture, variant) = match parts.as_slice() {
            [architecture] => ("linux", *architecture, ""),
            [os, architecture] => (*os, *architecture, ""),
            [os, architecture, variant] => (*os, *architecture, *variant),
            _ => return Err(ParsePlatformError(text.to_owned())),
        };
        if os.is_empty() || architecture.is_empty() {
            return Err(ParsePlatformError(text.to_owned()));
        }
        let (os, architecture) = (os.to_lowercase(), architecture.to_lowercase());
        // What other systems call them (containerd/platforms `database.go`).
        let (architecture, variant) = match (architecture.as_str(), variant) {
            ("x86_64" | "x86-64" | "amd64", "" | "v1") => ("amd64", ""),
            ("x86_64" | "x86-64", variant) => ("amd64", variant),
            ("i386", _) => ("386", ""),
            ("aarch64" | "arm64", "" | "8" | "v8") => ("arm64", ""),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "") => ("arm", "v7"),
            (other, variant) => (other, variant),
        };
        Ok(Self { architecture: architecture.to_owned(), os, variant: variant.to_owned() })
    }

    /// Whether an image for this platform runs on `host`.
    #[must_use]
    pub fn runs_on(&self, host: &Self) -> bool {
        // Normalized, `arm64/v8` is `arm64`.
        let same = |p: &Self| Self::parse(&p.to_string()).unwrap_or_else(|_| p.clone());
        same(self) == same(host)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if self.variant.is_empty() { Ok(()) } else { write!(f, "/{}", self.variant) }
    }
}

/// The text is no platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no platform: it must read like linux/amd64 or linux/arm/v7")]
pub struct ParsePlatformError(String);

/// One image: its configuration and layers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub schema_version: u32,
    #[serde(default)]
    pub media_type: String,
    pub config: Descriptor,
    #[serde(default, deserialize_with = "nullable")]
    pub layers: Vec<Descriptor>,
}

/// Several images, for example one for each platform.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Index {
    pub schema_version: u32,
    #[serde(default)]
    pub media_type: String,
    #[serde(default, deserialize_with = "nullable")]
    pub manifests: Vec<Descriptor>,
}

/// One image of Docker's `manifest.json` (moby `image/tarexport`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DockerItem {
    pub config: String,
    /// `null` for none, as Docker writes it.
    pub repo_tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    pub layers: Vec<String>,
}

fn nullable<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

mod digest_text {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::Digest;

    pub fn serialize<S: Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(digest)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_have_aliases() {
        for (text, expected) in [
            ("linux/amd64", "linux/amd64"),
            ("x86_64", "linux/amd64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/aarch64", "linux/arm64"),
            ("Linux/armhf", "linux/arm/v7"),
            ("linux/arm/v6", "linux/arm/v6"),
            ("windows/amd64", "windows/amd64"),
        ] {
            assert_eq!(Platform::parse(text).unwrap().to_string(), expected, "{text}");
        }
        for bad in ["", "/", "linux/", "a/b/c/d"] {
            assert!(Platform::parse(bad).is_err(), "{bad}");
        }
        let v8 = Platform { variant: "v8".into(), ..Platform::parse("arm64").unwrap() };
        assert!(v8.runs_on(&Platform::parse("arm64").unwrap()));
        assert!(!v8.runs_on(&Platform::default()));
    }
}
