//! An image: its configuration and its layers.

use std::sync::Arc;

use vfs::{Timestamp, Tree};

use crate::{
    Analysis, ApplyError, ChainId, Config, ConfigError, ContainerConfig, Digest, Entry, History,
    ImageId, Layer, Platform, RootFs, apply_layer,
};

/// An image with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Image {
    /// The configuration as its author wrote it, whose digest is the image ID.
    pub config_json: Vec<u8>,
    /// The configuration, read.
    pub config: Config,
    /// The layers, lowest first.
    pub layers: Vec<Arc<Layer>>,
    /// Its names, as `alpine:3.20`.
    pub tags: Vec<String>,
}

impl Image {
    /// An image that we made.
    #[must_use]
    pub fn new(config: Config, layers: Vec<Arc<Layer>>, tags: Vec<String>) -> Self {
        Self { config_json: config.to_json(), config, layers, tags }
    }

    /// An image somebody made.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn from_json(json: Vec<u8>, layers: Vec<Arc<Layer>>) -> Result<Self, ConfigError> {
        let config = Config::from_json(&json)?;
        Ok(Self { config_json: json, config, layers, tags: Vec::new() })
    }

    /// What `docker import` makes of a tar: one layer and no history but `message`.
    #[must_use]
    pub fn import(tar: Layer, config: ContainerConfig, message: &str, created: Timestamp) -> Self {
        let platform = Platform::default();
        let config = Config {
            architecture: platform.architecture,
            os: platform.os,
            created: Some(created),
            config,
            rootfs: RootFs { diff_ids: vec![tar.diff_id] },
            history: vec![History {
                created: Some(created),
                comment: message.to_owned(),
                ..History::default()
            }],
            ..Config::default()
        };
        Self::new(config, vec![Arc::new(tar)], Vec::new())
    }

    /// The configuration for people to read, with all that its author wrote.
    #[must_use]
    pub fn pretty_config(&self) -> String {
        match serde_json::from_slice::<serde_json::Value>(&self.config_json) {
            Ok(value) => format!("{value:#}"),
            Err(_) => String::from_utf8_lossy(&self.config_json).into_owned(),
        }
    }

    /// The image ID.
    #[must_use]
    pub fn id(&self) -> ImageId {
        ImageId(Digest::of(&self.config_json))
    }

    /// The chain ID of all layers; none where there are none.
    #[must_use]
    pub fn chain_id(&self) -> Option<ChainId> {
        ChainId::of(&self.config.rootfs.diff_ids)
    }

    /// What it runs on.
    #[must_use]
    pub fn platform(&self) -> Platform {
        Platform::of(&self.config)
    }

    /// The filesystem after its first `layers` layers.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn tree_after(&self, layers: usize) -> Result<Tree, ApplyError> {
        let mut tree = Tree::new();
        for layer in self.layers.iter().take(layers) {
            apply_layer(&mut tree, &layer.entries)?;
        }
        Ok(tree)
    }

    /// Where its bytes are, and which of them nobody sees.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn analysis(&self) -> Result<Analysis, ApplyError> {
        let layers: Vec<&[Entry]> =
            self.layers.iter().map(|layer| layer.entries.as_slice()).collect();
        Analysis::of(&layers)
    }

    /// The filesystem of a container of it.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn tree(&self) -> Result<Tree, ApplyError> {
        self.tree_after(self.layers.len())
    }
}
