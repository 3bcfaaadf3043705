//! What the daemon has, as plain data for those who draw it.

use builder::Output;
use console::tables::displayable_ports;
use engine::{ChangeDetail, changes_between};
use image::{Config, ImageId};

use crate::containers::seconds_between;
use crate::docker::image_name;
use crate::{Container, Daemon, StoredImage};

/// Everything that lists show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Images, newest first. Those that are only steps of others are left out.
    pub images: Vec<ImageRow>,
    /// Containers, newest first.
    pub containers: Vec<ContainerRow>,
    /// Names of the volumes.
    pub volumes: Vec<String>,
}

/// An image in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRow {
    /// Its id, `sha256:...`.
    pub id: String,
    /// `name:tag`; none for a dangling image.
    pub names: Vec<String>,
    /// Seconds since it was made.
    pub age: u64,
    /// Bytes of all its layers.
    pub bytes: u64,
    /// Bytes of the layers that no other image has: what removing it would free.
    pub own_bytes: u64,
    /// Its layers, lowest first: their digests and bytes.
    pub layers: Vec<(String, u64)>,
    /// How many containers were made from it.
    pub containers: usize,
}

/// A container in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerRow {
    /// Its id: 64 digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its image as `docker ps` shows it.
    pub image: String,
    /// Program and arguments.
    pub command: String,
    /// `Up 3 seconds`, `Exited (0) 2 minutes ago`.
    pub status: String,
    /// Whether it runs.
    pub running: bool,
    /// Its exit code, once it has one.
    pub exit_code: Option<u8>,
    /// Bytes that it added to its image.
    pub bytes: u64,
    /// Ports as `docker ps` shows them.
    pub ports: String,
}

/// A container from the inside.
#[derive(Clone, Debug)]
pub struct ContainerView {
    /// What it printed.
    pub logs: Output,
    /// What it changed of its image, ordered by path.
    pub changes: Vec<ChangeDetail>,
    /// How many changes there are; `changes` stops at the limit.
    pub changes_total: usize,
}

impl Daemon {
    /// Everything that lists show.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let state = &self.state;
        let shown = |image: &&std::sync::Arc<StoredImage>| {
            !state.images.has_children(&image.id) || !state.images.names(&image.id).is_empty()
        };
        let images = state.images.all();
        Overview {
            images: images.iter().filter(shown).map(|image| self.image_row(image)).collect(),
            containers: state.containers.newest_first().map(|c| self.container_row(c)).collect(),
            volumes: state.volumes.keys().cloned().collect(),
        }
    }

    fn image_row(&self, image: &StoredImage) -> ImageRow {
        let state = &self.state;
        let users = state.images.layer_users();
        let mut chain = Vec::new();
        let mut own_bytes = 0;
        for layer in &image.layers {
            chain.push(layer.diff_id);
            if let Some((bytes, 1)) = users.get(&chain) {
                own_bytes += bytes;
            }
        }
        ImageRow {
            id: image.id.to_string(),
            names: state.images.names(&image.id).iter().map(ToString::to_string).collect(),
            age: seconds_between(image.created(), state.now) as u64,
            bytes: image.size(),
            own_bytes,
            layers: image.layers.iter().map(|l| (l.diff_id.to_string(), l.bytes)).collect(),
            containers: state.containers.newest_first().filter(|c| c.image == image.id).count(),
        }
    }

    fn container_row(&self, container: &Container) -> ContainerRow {
        let now = self.state.now;
        ContainerRow {
            id: container.id.clone(),
            name: container.name.clone(),
            image: image_name(&self.state, container),
            command: container.command().join(" "),
            status: container.status_text(now),
            running: container.is_running(now),
            exit_code: container.exit_code(now),
            bytes: container.size(),
            ports: displayable_ports(&container.ports),
        }
    }

    /// The configuration of an image that a user means, with the sizes of its layers.
    #[must_use]
    pub fn image_config(&self, name: &str) -> Option<(Config, Vec<u64>)> {
        let image = self.state.images.find(name)?;
        Some((image.config.clone(), image.layers.iter().map(|layer| layer.bytes).collect()))
    }

    /// A container that a user means, with at most `limit` of its changes.
    #[must_use]
    pub fn container_view(&self, name: &str, limit: usize) -> Option<ContainerView> {
        let container = self.state.containers.find(name)?;
        let (changes, changes_total) = changes_between(&container.base, &container.tree, limit);
        Some(ContainerView { logs: container.logs.clone(), changes, changes_total })
    }

    /// Keeps an image that was built elsewhere under a name.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn keep(&mut self, image: builder::BaseImage, name: &str) -> Result<ImageId, String> {
        let reference = crate::Reference::parse(name)?;
        let image = self.state.images.add(StoredImage::of_base(image));
        self.state.images.tag(reference, image.id);
        Ok(image.id)
    }
}
