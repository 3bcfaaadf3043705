//! The contents of layers, by their diff IDs, for `docker save`.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::Catalogue;
use image::{DiffId, Image, Layer};
use vfs::{Change, Timestamp, Tree};

use crate::StoredImage;

/// Where a layer's content comes from.
#[derive(Clone, Debug)]
enum Source {
    /// It was read from an archive.
    Whole(Arc<Layer>),
    /// It is the difference to this filesystem.
    Changes { newer: Tree, changes: Arc<[Change]>, time: Timestamp },
}

/// The layers that the daemon made or read. What it holds of them is shared with the filesystems of the
/// images; a tar is made when it is asked for.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    sources: BTreeMap<DiffId, Source>,
}

impl Layers {
    /// Notes a layer that leads to `newer` by these changes.
    pub fn note(&mut self, id: DiffId, newer: &Tree, changes: Arc<[Change]>, time: Timestamp) {
        self.sources.entry(id).or_insert_with(|| Source::Changes {
            newer: newer.clone(),
            changes,
            time,
        });
    }

    /// Notes the layers of an image that was read.
    pub fn note_image(&mut self, image: &Image) {
        for layer in &image.layers {
            self.sources.entry(layer.diff_id).or_insert_with(|| Source::Whole(Arc::clone(layer)));
        }
    }

    /// The image with the contents of its layers, those of its base from the catalogue.
    ///
    /// # Errors
    /// A sentence that names a layer whose content is not known.
    pub fn archive(
        &self,
        stored: &StoredImage,
        tags: Vec<String>,
        catalogue: &Catalogue,
    ) -> Result<Image, String> {
        let layers = stored.layers.iter().map(|info| self.get(info.diff_id, catalogue));
        let layers = layers.collect::<Result<_, _>>()?;
        let mut image = Image::new(stored.config.clone(), layers, tags);
        if let Some(json) = &stored.config_json {
            image.config_json.clone_from(json);
        }
        Ok(image)
    }

    fn get(&self, id: DiffId, catalogue: &Catalogue) -> Result<Arc<Layer>, String> {
        let layer = match self.sources.get(&id) {
            Some(Source::Whole(layer)) => return Ok(Arc::clone(layer)),
            Some(Source::Changes { newer, changes, time }) => {
                Layer::of_changes(newer, changes, *time)
            }
            None => {
                let layer = catalogue.layer(id);
                return layer.ok_or_else(|| format!("the content of layer {id} is not known here"));
            }
        };
        match layer.diff_id == id {
            true => Ok(Arc::new(layer)),
            false => {
                Err(format!("the content of layer {id} has another digest: {}", layer.diff_id))
            }
        }
    }
}
