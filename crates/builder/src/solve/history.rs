//! Configurations with the times and layers that carrying out the build has given them.

use image::Config;

use super::Solver;
use crate::BaseImage;
use crate::convert::StageState;

impl Solver<'_, '_> {
    /// The configuration of the image that ends with this state.
    pub(super) fn config(&self, state: &StageState) -> Config {
        let mut config = state.config.clone();
        let epoch = self.conversion.epoch;
        let inherited = config.history.len().saturating_sub(state.recorded.len());
        for (entry, at) in config.history[inherited..].iter_mut().zip(&state.recorded) {
            entry.created = epoch.or_else(|| Some(self.made(*at)?.time));
        }
        let made = self.made(state.at);
        config.created = epoch.or_else(|| made.as_ref().map(|made| made.time));
        let layers = made.map(|made| made.layers).unwrap_or_default();
        config.rootfs.diff_ids = layers.iter().map(|layer| layer.diff_id).collect();
        config
    }

    /// The image that was built.
    pub(super) fn image(&self) -> BaseImage {
        let target = &self.conversion.target;
        let config = self.config(target);
        let made = self.made(target.at).unwrap_or_else(|| self.scratch());
        BaseImage { tree: made.tree, config, layers: made.layers }
    }
}
