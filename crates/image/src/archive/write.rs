//! Writing archives: one tar that is both an OCI layout and what `docker load` of any version
//! takes, as Docker writes since version 25.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use vfs::{AbsPath, Meta, Timestamp};

use super::blob_path;
use crate::oci::{Descriptor, DockerItem, IMAGE_NAME, Index, Manifest, REF_NAME, media_type};
use crate::tar_writer::write_file_header;
use crate::{Entry, EntryKind, Image, Layer, write_entries};

/// A file of an archive.
#[derive(Clone, Debug)]
pub enum ArchiveFile {
    /// JSON.
    Text(Vec<u8>),
    /// A layer, not compressed.
    Layer(Arc<Layer>),
}

impl ArchiveFile {
    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Layer(layer) => layer.tar_size,
        }
    }

    /// Writes its bytes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Text(text) => out.write_all(text),
            Self::Layer(layer) => layer.write_tar(out),
        }
    }
}

/// Writes images as one archive. It is a function of the images alone: what they share is there
/// once, files are ordered by name and dated 1970.
///
/// # Errors
/// Those of `out`.
pub fn write_archive(images: &[Image], out: &mut impl Write) -> io::Result<()> {
    let mut dirs = vec!["blobs", "blobs/sha256"].into_iter().peekable();
    for (path, file) in archive_files(images) {
        while let Some(dir) = dirs.next_if(|dir| **dir < *path) {
            let meta = Meta::root(0o755, Timestamp::default());
            let entry = Entry { path: AbsPath::new(dir), meta, kind: EntryKind::Dir };
            crate::tar_writer::write_one(&entry, out)?;
        }
        write_file_header(&AbsPath::new(&path), file.size(), out)?;
        file.write(out)?;
        let padding = file.size().next_multiple_of(512) - file.size();
        out.write_all(&[0; 512][..padding as usize])?;
    }
    write_entries([], out)
}

/// The files of an archive, by their paths in it.
#[must_use]
pub fn archive_files(images: &[Image]) -> BTreeMap<String, ArchiveFile> {
    let mut files = BTreeMap::new();
    let mut index = Index {
        schema_version: 2,
        media_type: media_type::INDEX.to_owned(),
        manifests: Vec::new(),
    };
    let mut items: Vec<DockerItem> = Vec::new();
    for image in images {
        let config = Descriptor::of(media_type::CONFIG, &image.config_json);
        let config_path = blob_path(&config.digest);
        files.insert(config_path.clone(), ArchiveFile::Text(image.config_json.clone()));
        let mut layers = Vec::new();
        for layer in &image.layers {
            layers.push(Descriptor::new(media_type::LAYER, layer.diff_id.0, layer.tar_size));
            files.insert(blob_path(&layer.diff_id.0), ArchiveFile::Layer(Arc::clone(layer)));
        }
        let item = DockerItem {
            config: config_path,
            repo_tags: Some(image.tags.clone()).filter(|tags| !tags.is_empty()),
            layers: layers.iter().map(|layer| blob_path(&layer.digest)).collect(),
        };
        let manifest = Manifest {
            schema_version: 2,
            media_type: media_type::MANIFEST.to_owned(),
            config,
            layers,
        };
        let manifest = json(&manifest);
        let mut descriptor = Descriptor::of(media_type::MANIFEST, &manifest);
        descriptor.platform = Some(image.platform());
        files.insert(blob_path(&descriptor.digest), ArchiveFile::Text(manifest));
        if image.tags.is_empty() {
            index.manifests.push(descriptor.clone());
        }
        for tag in &image.tags {
            let name = full_name(tag);
            let (_, version) = name.rsplit_once(':').unwrap_or((&name, "latest"));
            let annotations = [(IMAGE_NAME, name.as_str()), (REF_NAME, version)];
            descriptor.annotations =
                annotations.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
            index.manifests.push(descriptor.clone());
        }
        items.push(item);
    }
    let mut text = |path: &str, text| files.insert(path.to_owned(), ArchiveFile::Text(text));
    text("index.json", json(&index));
    text("manifest.json", json(&items));
    text("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
    files
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("strings, maps and numbers")
}

/// `alpine` is `docker.io/library/alpine:latest` (distribution/reference `normalize.go`).
fn full_name(tag: &str) -> String {
    let last = tag.rsplit('/').next().unwrap_or(tag);
    let tagged = if last.contains(':') { tag.to_owned() } else { format!("{tag}:latest") };
    match tagged.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => tagged,
        Some(_) => format!("docker.io/{tagged}"),
        None => format!("docker.io/library/{tagged}"),
    }
}

#[cfg(test)]
mod tests {
    use super::full_name;

    #[test]
    fn names_are_completed() {
        for (tag, expected) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("alpine:3.20", "docker.io/library/alpine:3.20"),
            ("me/app:1", "docker.io/me/app:1"),
            ("localhost/app", "localhost/app:latest"),
            ("host:5000/app", "host:5000/app:latest"),
            ("ghcr.io/a/b:c", "ghcr.io/a/b:c"),
        ] {
            assert_eq!(full_name(tag), expected);
        }
    }
}
