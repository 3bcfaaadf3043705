//! The images that the daemon has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use builder::{BaseImage, LayerInfo};
use image::{Config, DiffId, Digest, ImageId};
use vfs::{Timestamp, Tree};

use crate::Reference;

/// An image.
#[derive(Clone, Debug)]
pub struct StoredImage {
    /// Digest of its configuration.
    pub id: ImageId,
    /// Its configuration.
    pub config: Config,
    /// The configuration's bytes, where somebody else wrote them.
    pub config_json: Option<Vec<u8>>,
    /// Its layers, lowest first.
    pub layers: Vec<LayerInfo>,
    /// Its filesystem.
    pub tree: Tree,
    /// The image it was made from, where the daemon noted it: the classic builder and `commit` do.
    pub parent: Option<ImageId>,
    /// What the classic builder made it by: later builds find it in the cache by that.
    pub made_by: Option<builder::classic::Key>,
}

impl StoredImage {
    /// An image that a build made or the catalogue has.
    #[must_use]
    pub fn of_base(base: BaseImage) -> Self {
        let BaseImage { tree, config, layers } = base;
        Self {
            id: config.id(),
            config,
            config_json: None,
            layers,
            tree,
            parent: None,
            made_by: None,
        }
    }

    /// As a build takes it.
    #[must_use]
    pub fn as_base(&self) -> BaseImage {
        BaseImage {
            tree: self.tree.clone(),
            config: self.config.clone(),
            layers: self.layers.clone(),
        }
    }

    /// Bytes of the files in all layers, as `docker images` shows them.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.layers.iter().map(|layer| layer.bytes).sum()
    }

    /// The digest by which the modelled registry has it: that of a manifest of its configuration and its
    /// layers as they are, without compression.
    #[must_use]
    pub fn registry_digest(&self) -> Digest {
        let layers = self.layers.iter().map(|layer| {
            serde_json::json!({
                "mediaType": "application/vnd.oci.image.layer.v1.tar",
                "digest": layer.diff_id.to_string(),
                "size": layer.bytes,
            })
        });
        let manifest = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": self.id.to_string(),
            },
            "layers": layers.collect::<Vec<_>>(),
        });
        Digest::of(manifest.to_string().as_bytes())
    }

    /// When it was made.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.config.created.unwrap_or_default()
    }
}

/// Images by their ids, and their names.
#[derive(Clone, Debug, Default)]
pub struct ImageStore {
    images: BTreeMap<ImageId, Arc<StoredImage>>,
    tags: BTreeMap<Reference, ImageId>,
    /// The repositories that images were pulled from.
    pulled: BTreeSet<(ImageId, String)>,
    /// In the order in which they came.
    order: Vec<ImageId>,
}

impl ImageStore {
    /// Keeps an image; one that is there already stays as it is.
    pub fn add(&mut self, image: StoredImage) -> Arc<StoredImage> {
        let id = image.id;
        if !self.images.contains_key(&id) {
            self.order.push(id);
        }
        Arc::clone(self.images.entry(id).or_insert_with(|| Arc::new(image)))
    }

    /// Gives an image a name; another image that had it loses it.
    pub fn tag(&mut self, reference: Reference, id: ImageId) {
        self.tags.insert(reference, id);
    }

    /// Takes a name away.
    pub fn untag(&mut self, reference: &Reference) {
        self.tags.remove(reference);
    }

    /// Notes from where an image was pulled.
    pub fn note_pull(&mut self, reference: &Reference, id: ImageId) {
        self.pulled.insert((id, reference.name.clone()));
    }

    /// Forgets from where an image was pulled, and answers it as [`Self::digests`].
    pub fn forget_pulls(&mut self, id: &ImageId) -> Vec<String> {
        let digests = self.digests(id);
        self.pulled.retain(|(of, _)| of != id);
        digests
    }

    /// `name@sha256:...` for each repository that an image was pulled from.
    #[must_use]
    pub fn digests(&self, id: &ImageId) -> Vec<String> {
        let Some(image) = self.images.get(id) else { return Vec::new() };
        let names = self.pulled.iter().filter(|(of, _)| of == id).map(|(_, name)| name);
        names.map(|name| format!("{name}@{}", image.registry_digest())).collect()
    }

    /// The image of that id.
    #[must_use]
    pub fn get(&self, id: &ImageId) -> Option<Arc<StoredImage>> {
        self.images.get(id).cloned()
    }

    /// The image that a user means: by name, or by an id or its beginning.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Arc<StoredImage>> {
        if let Some(id) = Reference::parse(text).ok().and_then(|name| self.tags.get(&name)) {
            return self.get(id);
        }
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut fitting = self.images.values().filter(|image| hex(&image.id).starts_with(digits));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(Arc::clone(one)),
            _ => None,
        }
    }

    /// Names of an image, in order.
    #[must_use]
    pub fn names(&self, id: &ImageId) -> Vec<Reference> {
        self.tags.iter().filter(|(_, of)| *of == id).map(|(name, _)| name.clone()).collect()
    }

    /// All images, newest first as `docker images` lists them.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<StoredImage>> {
        let mut all: Vec<_> = self.order.iter().rev().filter_map(|id| self.get(id)).collect();
        all.sort_by_key(|image| std::cmp::Reverse(image.created()));
        all
    }

    /// Whether an image is a step of a build that a later image was made from.
    #[must_use]
    pub fn has_children(&self, id: &ImageId) -> bool {
        self.images.values().any(|image| image.parent == Some(*id))
    }

    /// Whether nobody has a name for it, and it is not below another image.
    #[must_use]
    pub fn is_dangling(&self, id: &ImageId) -> bool {
        self.names(id).is_empty() && !self.has_children(id)
    }

    /// Removes an image, and below it those that have neither name nor other children and that
    /// `keep` does not hold; answers their ids, first the image itself.
    pub fn remove(&mut self, id: ImageId, keep: &BTreeSet<ImageId>) -> Vec<ImageId> {
        let mut gone = Vec::new();
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(image) = self.images.remove(&id) else { break };
            self.order.retain(|other| *other != id);
            gone.push(id);
            next = image.parent.filter(|parent| self.is_dangling(parent) && !keep.contains(parent));
        }
        gone
    }

    /// Bytes of all layers, each counted once.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.layer_users().values().map(|(bytes, _)| bytes).sum()
    }

    /// For every chain of layers its last layer's bytes and how many images have it.
    #[must_use]
    pub fn layer_users(&self) -> BTreeMap<Vec<DiffId>, (u64, usize)> {
        let mut users: BTreeMap<Vec<DiffId>, (u64, usize)> = BTreeMap::new();
        for image in self.images.values() {
            for count in 1..=image.layers.len() {
                let chain = image.layers[..count].iter().map(|layer| layer.diff_id).collect();
                let entry = users.entry(chain).or_insert((image.layers[count - 1].bytes, 0));
                entry.1 += 1;
            }
        }
        users
    }
}

/// The hexadecimal digits of an id.
pub fn hex(id: &ImageId) -> String {
    id.0.hex()
}
