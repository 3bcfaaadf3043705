//! Reading archives: `docker save` of any version since 1.10, and OCI layouts.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use vfs::AbsPath;

use super::{ArchiveError, blob_path};
use crate::layer::NoLayer;
use crate::oci::{ATTESTATION, Descriptor, DockerItem, IMAGE_NAME, Index, Manifest, REF_NAME};
use crate::tar_header::is_header;
use crate::tar_reader::Outer;
use crate::{
    Compression, Digest, Image, Layer, Platform, TarError, TarLimits, TarReader, decompress,
};

/// The largest manifest or configuration (the same as in Docker and containerd).
const TEXT_LIMIT: u64 = 8 << 20;
/// All manifests and configurations of an archive together.
const TEXTS_LIMIT: u64 = 64 << 20;
/// How deep indexes may point to indexes.
const DEPTH_LIMIT: usize = 4;

/// The images of an archive.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// All that are complete, in the archive's order. An image that is there for several platforms
    /// comes once for each.
    pub images: Vec<Image>,
    /// Platforms that an index lists and whose images are not in the archive.
    pub absent: Vec<Platform>,
    /// The first file that an image was left out for, and what names it.
    incomplete: Option<(AbsPath, AbsPath)>,
}

impl Archive {
    /// Leaves out the image of a platform, for want of a file.
    fn leave_out(&mut self, platform: &Platform, missing: &AbsPath, named_by: &AbsPath) {
        self.absent.push(platform.clone());
        self.incomplete.get_or_insert_with(|| (missing.clone(), named_by.clone()));
    }

    /// The image `name` (any where there is none given) for `platform`: a name, a tag alone, or the
    /// beginning of an image ID.
    ///
    /// An image that is there for one platform only is taken whatever that is, as `docker load`
    /// does; of several the one that runs on `platform`.
    #[must_use]
    pub fn choose(&self, name: Option<&str>, platform: &Platform) -> Option<&Image> {
        let is_named = |image: &&Image| match name {
            None => true,
            Some(name) => {
                let tagged = format!("{name}:latest");
                image.tags.iter().any(|tag| has_tag(tag, name) || *tag == tagged)
                    || image.id().0.hex().starts_with(name)
            }
        };
        let mut named = self.images.iter().filter(is_named);
        let first = named.next()?;
        let mut rest = named.peekable();
        if rest.peek().is_none() || first.platform().runs_on(platform) {
            return Some(first);
        }
        rest.find(|image| image.platform().runs_on(platform)).or(Some(first))
    }
}

/// Reads a `docker save` archive or an OCI layout in a tar, which may be compressed.
///
/// # Errors
/// [`ArchiveError`]; what no image needs is not looked at.
pub fn read_archive(input: impl Read, limits: TarLimits) -> Result<Archive, ArchiveError> {
    let (_, input) = decompress(input).map_err(TarError::from)?;
    let mut reader = ArchiveReader::new(limits);
    let mut tar = TarReader::new(input, limits);
    while let Some((path, outer)) = tar.next_outer()? {
        match outer {
            Outer::File(size) => {
                let mut body = tar.body(size);
                reader.add(path.clone(), &mut body)?;
                tar.skip_rest(&path, size)?;
            }
            Outer::Link(target) => reader.add_link(path, target),
            Outer::Other => {}
        }
    }
    reader.finish()
}

/// Takes the files of an archive in any order: of a tar, or of a folder.
pub struct ArchiveReader {
    limits: TarLimits,
    texts: BTreeMap<AbsPath, Vec<u8>>,
    layers: BTreeMap<AbsPath, Result<Arc<Layer>, NoLayer>>,
    links: BTreeMap<AbsPath, AbsPath>,
    /// Files that are no layer, and larger than a text or more than all texts may be.
    large: BTreeMap<AbsPath, u64>,
    /// Bytes that further texts may have.
    text_left: u64,
}

impl ArchiveReader {
    /// Takes no more than `limits`, in all layers together.
    #[must_use]
    pub fn new(limits: TarLimits) -> Self {
        let (texts, layers) = (BTreeMap::new(), BTreeMap::new());
        let (links, large) = (BTreeMap::new(), BTreeMap::new());
        Self { limits, texts, layers, links, large, text_left: TEXTS_LIMIT }
    }

    /// Takes a file. What looks like a tar is read as a layer at once, so that no more than what it
    /// holds is kept in memory.
    ///
    /// # Errors
    /// [`ArchiveError::Tar`] where `input` fails. Of a layer that is wrong the error comes when an
    /// image needs it.
    pub fn add(&mut self, path: AbsPath, input: &mut dyn Read) -> Result<(), ArchiveError> {
        let mut start = Vec::new();
        (&mut *input).take(512).read_to_end(&mut start).map_err(TarError::from)?;
        let is_layer = Compression::detect(&start) != Compression::None
            || start.first().is_some_and(|&b| b == 0)
            || is_header(&start);
        let mut input = io::Cursor::new(start).chain(input);
        if is_layer {
            let layer = Layer::read_blob(&mut input, self.limits).map(|layer| self.shared(layer));
            self.layers.insert(path, layer);
            return Ok(());
        }
        let limit = TEXT_LIMIT.min(self.text_left);
        let mut text = Vec::new();
        input.by_ref().take(limit + 1).read_to_end(&mut text).map_err(TarError::from)?;
        if text.len() as u64 > limit {
            let limit = if limit == TEXT_LIMIT { TEXT_LIMIT } else { TEXTS_LIMIT };
            self.large.insert(path, limit);
        } else {
            self.text_left -= text.len() as u64;
            self.texts.insert(path, text);
        }
        Ok(())
    }

    /// The layer, in memory once where the archive holds it several times, and counted.
    fn shared(&mut self, layer: Layer) -> Arc<Layer> {
        let mut layers = self.layers.values().filter_map(|layer| layer.as_ref().ok());
        match layers.find(|known| known.diff_id == layer.diff_id) {
            Some(known) if known.blob == layer.blob => Arc::clone(known),
            Some(known) => Arc::new(known.stored_as(layer.blob)),
            None => {
                let bytes: u64 = layer.entries.iter().map(crate::Entry::size).sum();
                self.limits.bytes = self.limits.bytes.saturating_sub(bytes);
                let entries = layer.entries.len() as u64;
                self.limits.entries = self.limits.entries.saturating_sub(entries);
                Arc::new(layer)
            }
        }
    }

    /// Takes a link to another file of the archive.
    pub fn add_link(&mut self, path: AbsPath, target: AbsPath) {
        self.links.insert(path, target);
    }

    /// Puts the images together and checks every digest.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn finish(self) -> Result<Archive, ArchiveError> {
        let mut archive = Archive::default();
        let index_path = AbsPath::new("index.json");
        let items_path = AbsPath::new("manifest.json");
        let (has_index, has_items) =
            (self.texts.contains_key(&index_path), self.texts.contains_key(&items_path));
        if has_index {
            let index: Index = self.json(&index_path, &index_path)?;
            self.index(&index, &index_path, &[], 0, &mut archive)?;
        }
        if has_items {
            for item in self.docker_items(&items_path)? {
                self.docker_item(&item, &items_path, &mut archive)?;
            }
        }
        if !has_index && !has_items {
            let is_old = self.texts.contains_key(&AbsPath::new("repositories"));
            return Err(if is_old { ArchiveError::TooOld } else { ArchiveError::NoImages });
        }
        match archive.incomplete.take() {
            Some((wanted, by)) if archive.images.is_empty() => {
                Err(ArchiveError::Missing { wanted, by })
            }
            _ => Ok(archive),
        }
    }

    fn docker_items(&self, path: &AbsPath) -> Result<Vec<DockerItem>, ArchiveError> {
        let items: Result<_, _> = self.json(path, path);
        // `skopeo copy ... dir:` names a single manifest like Docker's list of them.
        match items {
            Err(_) if self.json::<Manifest>(path, path).is_ok() => Err(ArchiveError::SkopeoDir),
            items => items,
        }
    }

    fn index(
        &self,
        index: &Index,
        path: &AbsPath,
        tags: &[String],
        depth: usize,
        archive: &mut Archive,
    ) -> Result<(), ArchiveError> {
        if depth > DEPTH_LIMIT {
            return Err(ArchiveError::TooDeep { path: path.clone(), limit: DEPTH_LIMIT });
        }
        for descriptor in &index.manifests {
            let unknown = descriptor.platform.as_ref().is_some_and(|p| p.os == "unknown");
            if unknown || descriptor.annotations.contains_key(ATTESTATION) {
                continue;
            }
            let mut names = tags.to_vec();
            names.extend(names_of(descriptor));
            let at = AbsPath::new(blob_path(&descriptor.digest));
            let is_here = self.texts.contains_key(&at);
            if let Some(platform) = descriptor.platform.as_ref().filter(|_| !is_here) {
                archive.leave_out(platform, &at, path);
                continue;
            }
            self.check(&at, descriptor, path)?;
            if descriptor.is_index() {
                let inner: Index = self.json(&at, path)?;
                self.index(&inner, &at, &names, depth + 1, archive)?;
            } else {
                let manifest: Manifest = self.json(&at, path)?;
                self.manifest(&manifest, &at, names, descriptor.platform.as_ref(), archive)?;
            }
        }
        Ok(())
    }

    fn manifest(
        &self,
        manifest: &Manifest,
        path: &AbsPath,
        tags: Vec<String>,
        platform: Option<&Platform>,
        archive: &mut Archive,
    ) -> Result<(), ArchiveError> {
        let blob = |descriptor: &Descriptor| AbsPath::new(blob_path(&descriptor.digest));
        let config = blob(&manifest.config);
        let layers: Vec<AbsPath> = manifest.layers.iter().map(blob).collect();
        // `docker save` of a store with several platforms writes what was pulled of them.
        let is_missing = |at: &AbsPath| {
            let at = self.followed(at);
            !self.texts.contains_key(at) && !self.layers.contains_key(at)
        };
        if let Some(platform) = platform
            && let Some(missing) = std::iter::once(&config).chain(&layers).find(|at| is_missing(at))
        {
            archive.leave_out(platform, missing, path);
            return Ok(());
        }
        self.check(&config, &manifest.config, path)?;
        for (at, descriptor) in layers.iter().zip(&manifest.layers) {
            self.check(at, descriptor, path)?;
        }
        self.image(&config, &layers, path, tags, archive)
    }

    fn docker_item(
        &self,
        item: &DockerItem,
        path: &AbsPath,
        archive: &mut Archive,
    ) -> Result<(), ArchiveError> {
        let config = AbsPath::new(&item.config);
        let layers: Vec<AbsPath> = item.layers.iter().map(AbsPath::new).collect();
        let tags = item.repo_tags.clone().unwrap_or_default();
        let text = self.text(&config, path)?;
        // Its name is the image ID, with or without `.json`.
        let name = String::from_utf8_lossy(config.file_name()).into_owned();
        let hex = name.strip_suffix(".json").unwrap_or(&name);
        if let Ok(expected) = format!("sha256:{hex}").parse::<Digest>()
            && expected != Digest::of(text)
        {
            return Err(ArchiveError::Digest { path: config, actual: Digest::of(text) });
        }
        self.image(&config, &layers, path, tags, archive)
    }

    /// Adds an image, or its names to one that is there.
    fn image(
        &self,
        config: &AbsPath,
        layers: &[AbsPath],
        path: &AbsPath,
        tags: Vec<String>,
        archive: &mut Archive,
    ) -> Result<(), ArchiveError> {
        let json = self.text(config, path)?;
        if let Some(known) = archive.images.iter_mut().find(|image| image.config_json == json) {
            for tag in tags.into_iter().filter(|tag| !known.tags.contains(tag)).collect::<Vec<_>>()
            {
                known.tags.push(tag);
            }
            return Ok(());
        }
        let mut found = Vec::new();
        for at in layers {
            match self.layers.get(self.followed(at)) {
                Some(Ok(layer)) => found.push(Arc::clone(layer)),
                Some(Err(no_layer)) => {
                    let error = TarError::again(&no_layer.error);
                    return Err(ArchiveError::Layer { path: at.clone(), error });
                }
                None => {
                    let (wanted, by) = (at.clone(), path.clone());
                    return Err(ArchiveError::Missing { wanted, by });
                }
            }
        }
        let mut image = Image::from_json(json.to_vec(), found)
            .map_err(|error| ArchiveError::Config { path: config.clone(), error })?;
        let diff_ids = &image.config.rootfs.diff_ids;
        if diff_ids.len() != layers.len() {
            let (manifest, config) = (layers.len(), diff_ids.len());
            return Err(ArchiveError::LayerCount { path: path.clone(), manifest, config });
        }
        for ((at, layer), expected) in layers.iter().zip(&image.layers).zip(diff_ids) {
            if layer.diff_id != *expected {
                let (path, actual, expected) = (at.clone(), layer.diff_id, *expected);
                return Err(ArchiveError::DiffId { path, actual, expected });
            }
        }
        image.tags = tags;
        archive.images.push(image);
        Ok(())
    }

    /// Checks a blob against its descriptor.
    fn check(
        &self,
        at: &AbsPath,
        descriptor: &Descriptor,
        by: &AbsPath,
    ) -> Result<(), ArchiveError> {
        let (actual, size) = match self.layers.get(self.followed(at)) {
            Some(Ok(layer)) => (layer.blob.digest, layer.blob.size),
            // What was cut off is told so, with the image that needs the layer, and so is what was
            // made as it is.
            Some(Err(NoLayer { error: TarError::Truncated { .. }, .. })) => return Ok(()),
            Some(Err(no_layer)) => match no_layer.digest {
                Some(actual) if actual != descriptor.digest => {
                    return Err(ArchiveError::Digest { path: at.clone(), actual });
                }
                _ => return Ok(()),
            },
            None => {
                let text = self.text(at, by)?;
                (Digest::of(text), text.len() as u64)
            }
        };
        if actual != descriptor.digest {
            return Err(ArchiveError::Digest { path: at.clone(), actual });
        }
        if size != descriptor.size {
            let (path, expected) = (at.clone(), descriptor.size);
            return Err(ArchiveError::Size { path, actual: size, expected });
        }
        Ok(())
    }

    fn text(&self, at: &AbsPath, by: &AbsPath) -> Result<&[u8], ArchiveError> {
        let at = self.followed(at);
        if let Some(limit) = self.large.get(at) {
            return Err(ArchiveError::TooLarge { path: at.clone(), limit: *limit });
        }
        self.texts
            .get(at)
            .map(Vec::as_slice)
            .ok_or_else(|| ArchiveError::Missing { wanted: at.clone(), by: by.clone() })
    }

    fn json<T: DeserializeOwned>(&self, at: &AbsPath, by: &AbsPath) -> Result<T, ArchiveError> {
        serde_json::from_slice(self.text(at, by)?)
            .map_err(|error| ArchiveError::Json { path: at.clone(), error })
    }

    /// The file that a link leads to: Docker before 25 saved a layer that two images share once.
    fn followed<'a>(&'a self, mut at: &'a AbsPath) -> &'a AbsPath {
        for _ in 0..DEPTH_LIMIT {
            match self.links.get(at) {
                Some(target) => at = target,
                None => break,
            }
        }
        at
    }
}

/// The names a descriptor gives an image: as Docker shows it, and a tag alone where that is not in
/// the name (umoci tags an image anew and leaves its name as it was).
fn names_of(descriptor: &Descriptor) -> Vec<String> {
    let mut names = Vec::new();
    if let Some(name) = descriptor.annotations.get(IMAGE_NAME) {
        let short = name.strip_prefix("docker.io/").unwrap_or(name);
        names.push(short.strip_prefix("library/").unwrap_or(short).to_owned());
    }
    if let Some(tag) = descriptor.annotations.get(REF_NAME)
        && !names.iter().any(|name| has_tag(name, tag))
    {
        names.push(tag.clone());
    }
    names
}

/// Whether `tag` is the name or what stands behind its colon.
fn has_tag(name: &str, tag: &str) -> bool {
    name.strip_suffix(tag).is_some_and(|rest| rest.is_empty() || rest.ends_with(':'))
}
