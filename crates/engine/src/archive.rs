//! Images from archives: looked into layer by layer, and built upon.

use std::io::Read;
use std::sync::Arc;

use builder::{BaseImage, LayerInfo, LayerSummary};
use image::{
    ApplyError, ArchiveError, Image, ImageId, Platform, TarLimits, layer_changes, read_archive,
};
use vfs::{Change, Tree};

use crate::detail::{ChangeDetail, details};
use crate::{Engine, familiar};

/// What an archive holds.
#[derive(Clone, Debug)]
pub struct OpenedArchive {
    /// Its images; one that is there for several platforms comes once for each.
    pub images: Vec<Arc<OpenedImage>>,
    /// Platforms that an index lists and whose images are not in the archive.
    pub absent: Vec<Platform>,
}

/// An image that was read from an archive. Its layers' tars, their entries and the filesystems
/// share the files' contents, which are in memory once.
#[derive(Clone, Debug)]
pub struct OpenedImage {
    /// The image with its layers.
    pub image: Image,
    /// Figures of the layers, lowest first.
    pub layers: Vec<LayerSummary>,
    /// The filesystem after each layer.
    trees: Vec<Tree>,
}

/// Why an archive cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is none, or damaged.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A layer cannot be unpacked.
    #[error("image {id}: {error}")]
    Layer {
        /// The image.
        id: ImageId,
        /// What is wrong.
        error: ApplyError,
    },
}

impl OpenedImage {
    fn new(image: Image) -> Result<Self, ApplyError> {
        let mut tree = Tree::new();
        let (mut layers, mut trees) = (Vec::new(), Vec::new());
        for layer in &image.layers {
            let before = tree.clone();
            layer.apply(&mut tree)?;
            let changes = layer_changes(&before, &layer.entries);
            layers.push(LayerSummary::of(layer.diff_id, &before, &tree, &changes));
            trees.push(tree.clone());
        }
        Ok(Self { image, layers, trees })
    }

    /// The filesystem after all layers.
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.trees.last().cloned().unwrap_or_default()
    }

    /// What a layer changes, as [`layer_changes`] finds it: the first `limit` of the changes, and
    /// how many there are. A layer that the image does not have changes nothing.
    #[must_use]
    pub fn changes(&self, layer: usize, limit: usize) -> (Vec<ChangeDetail>, usize) {
        let (Some(after), Some(own)) = (self.trees.get(layer), self.image.layers.get(layer)) else {
            return (Vec::new(), 0);
        };
        let empty = Tree::new();
        let before = layer.checked_sub(1).map_or(&empty, |below| &self.trees[below]);
        let changes: Vec<Change> = layer_changes(before, &own.entries);
        (details(before, after, &changes[..limit.min(changes.len())]), changes.len())
    }

    /// Whether `FROM` means it by this reference, which is a familiar one.
    pub(crate) fn is_called(&self, reference: &str) -> bool {
        self.image.tags.iter().any(|tag| familiar(tag) == reference)
    }

    pub(crate) fn as_base(&self) -> BaseImage {
        let infos = self.image.layers.iter().zip(&self.layers);
        BaseImage {
            tree: self.tree(),
            config: self.image.config.clone(),
            layers: infos
                .map(|(layer, summary)| LayerInfo { diff_id: layer.diff_id, bytes: summary.bytes })
                .collect(),
        }
    }
}

impl Engine {
    /// Reads a `docker save` archive or an OCI layout in a tar, in one pass and in small pieces, so
    /// that no more than what its files hold comes into memory. From then on `FROM` finds its
    /// images by their names, before those of the catalogue.
    ///
    /// # Errors
    /// [`OpenError`]; then nothing of it is kept.
    pub fn open_archive(&mut self, input: impl Read) -> Result<OpenedArchive, OpenError> {
        let archive = read_archive(input, TarLimits::default())?;
        let opened = archive.images.into_iter().map(|image| {
            let id = image.id();
            match OpenedImage::new(image) {
                Ok(image) => Ok(Arc::new(image)),
                Err(error) => Err(OpenError::Layer { id, error }),
            }
        });
        let images: Vec<_> = opened.collect::<Result<_, _>>()?;
        self.catalogue.add(&images);
        Ok(OpenedArchive { images, absent: archive.absent })
    }

    /// The image of this id that was read from an archive.
    #[must_use]
    pub fn opened_image(&self, id: &ImageId) -> Option<&Arc<OpenedImage>> {
        self.catalogue.opened().iter().rev().find(|opened| opened.image.id() == *id)
    }
}
