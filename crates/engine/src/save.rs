//! A build's image with its layers, to be saved.

use std::sync::Arc;

use image::{DiffId, Image, Layer};

use crate::{Build, Engine};

/// Why an image cannot be saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaveError {
    /// The build failed.
    #[error("there is no image to save, the build failed")]
    NoImage,
    /// A layer is neither the build's nor one of the catalogue's.
    #[error("the content of layer {0} is not known here")]
    UnknownLayer(DiffId),
}

impl Engine {
    /// The image of a build with the tars of its layers, as `docker save` writes it (see
    /// [`image::write_archive`]).
    ///
    /// # Errors
    /// [`SaveError`].
    pub fn saved(&self, build: &Build, tags: &[String]) -> Result<Image, SaveError> {
        let config = build.image.as_ref().ok_or(SaveError::NoImage)?.config.clone();
        let mut layers = Vec::new();
        for id in &config.rootfs.diff_ids {
            let layer = layer_of_step(build, *id).map(Arc::new);
            let layer = layer.or_else(|| self.catalogue.layer(*id));
            layers.push(layer.ok_or(SaveError::UnknownLayer(*id))?);
        }
        Ok(Image::new(config, layers, tags.to_vec()))
    }
}

fn layer_of_step(build: &Build, id: DiffId) -> Option<Layer> {
    let mut results = build.outcomes.iter().filter_map(|outcome| outcome.result.as_ref());
    let result = results.find(|result| result.layer.diff_id == id)?;
    let layer = Layer::of_changes(&result.tree, &result.changes, result.time);
    Some(layer).filter(|layer| layer.diff_id == id)
}
