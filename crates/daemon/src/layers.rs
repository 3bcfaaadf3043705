//! The contents of layers, by their diff IDs, for `docker save`.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::Recipe;
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

/// The layers that the daemon has seen. What it holds of them is shared with the filesystems of the
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

    /// Notes the layers of the catalogue that an image is built on.
    ///
    /// # Errors
    /// A sentence about a recipe that is none.
    pub fn note_bases(&mut self, stored: &StoredImage, recipes: &[Recipe]) -> Result<(), String> {
        let lowest = stored.layers.first().map(|layer| layer.diff_id.to_string());
        let is_base = |recipe: &&Recipe| {
            recipe.layers.first().is_some_and(|layer| Some(&layer.diff_id) == lowest.as_ref())
        };
        for recipe in recipes.iter().filter(is_base) {
            let trees = recipe.trees().map_err(|error| error.to_string())?;
            let mut below = Tree::new();
            for ((tree, time), layer) in trees.into_iter().zip(&recipe.layers) {
                let id =
                    layer.diff_id.parse().map_err(|_| format!("{} is no digest", layer.diff_id))?;
                let changes = below.diff_with_parents(&tree);
                self.note(DiffId(id), &tree, changes.into(), time);
                below = tree;
            }
        }
        Ok(())
    }

    /// The image with the contents of its layers.
    ///
    /// # Errors
    /// A sentence that names a layer whose content is not known.
    pub fn archive(&self, stored: &StoredImage, tags: Vec<String>) -> Result<Image, String> {
        let layers =
            stored.layers.iter().map(|info| self.get(info.diff_id)).collect::<Result<_, _>>()?;
        let mut image = Image::new(stored.config.clone(), layers, tags);
        if let Some(json) = &stored.config_json {
            image.config_json.clone_from(json);
        }
        Ok(image)
    }

    fn get(&self, id: DiffId) -> Result<Arc<Layer>, String> {
        let layer = match self.sources.get(&id) {
            Some(Source::Whole(layer)) => return Ok(Arc::clone(layer)),
            Some(Source::Changes { newer, changes, time }) => {
                Layer::of_changes(newer, changes, *time)
            }
            None => return Err(format!("the content of layer {id} is not known here")),
        };
        match layer.diff_id == id {
            true => Ok(Arc::new(layer)),
            false => {
                Err(format!("the content of layer {id} has another digest: {}", layer.diff_id))
            }
        }
    }
}
