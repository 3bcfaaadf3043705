//! `layerlab build --output`: writes what was built.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use engine::{Build, Engine, SaveError};
use image::ApplyError;
use thiserror::Error;

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The value of the option is malformed.
    #[error("invalid value {0}")]
    Field(String),
    /// No file is named.
    #[error("output needs dest=FILE")]
    NoFile,
    /// A type that Docker may know and we do not have.
    #[error(
        "not supported here: output type {0:?}, because an image is written to a file only (docker, oci, tar)"
    )]
    Type(String),
    /// The image has no layers that could be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// Its layers cannot be applied.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The file cannot be written.
    #[error("cannot write {path}: {error}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Writes the image of `build` as the option says: `type=docker,dest=FILE` and so on, in the order
/// of keys and with the meaning that `docker buildx build` gives them.
pub fn write(
    engine: &mut Engine,
    build: &Build,
    tags: &[String],
    option: &str,
) -> Result<(), OutputError> {
    let (mut kind, mut path) = ("docker", None);
    for field in option.split(',') {
        match field.split_once('=') {
            Some(("type", value)) => kind = value,
            Some(("dest", value)) => path = Some(PathBuf::from(value)),
            _ => return Err(OutputError::Field(field.to_owned())),
        }
    }
    let path = path.ok_or(OutputError::NoFile)?;
    let tags: Vec<String> = tags.iter().map(|tag| with_version(tag)).collect();
    let image = engine.saved(build, &tags)?;
    let failed = |error| OutputError::Write { path: path.clone(), error };
    let tree = match kind {
        "docker" | "oci" => None,
        "tar" => Some(image.tree()?),
        other => return Err(OutputError::Type(other.to_owned())),
    };
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&path).map_err(failed)?);
    match tree {
        None => image::write_archive(std::slice::from_ref(&image), &mut out),
        Some(tree) => image::export_tree(&tree, &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(failed)
}

/// A name without a tag is the latest.
fn with_version(tag: &str) -> String {
    let last = tag.rsplit('/').next().unwrap_or(tag);
    if last.contains(':') { tag.to_owned() } else { format!("{tag}:latest") }
}
