//! The containers that the daemon has.

use std::collections::BTreeMap;

use builder::Output;
use console::human_duration;
use console::tables::Port;
use image::{ContainerConfig, ImageId};
use vfs::{AbsPath, Timestamp, Tree};

use crate::{Background, names};

/// A container.
#[derive(Clone, Debug)]
pub struct Container {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its name, without a slash.
    pub name: String,
    /// The image it was made from.
    pub image: ImageId,
    /// That image as the user named it.
    pub image_name: String,
    /// When it was made.
    pub created: Timestamp,
    /// How it runs: the image's, with what was given for this container.
    pub config: ContainerConfig,
    /// Its filesystem as its image has it.
    pub base: Tree,
    /// Its filesystem as it is.
    pub tree: Tree,
    /// How far it is.
    pub status: Status,
    /// What it printed.
    pub logs: Output,
    /// Up to which byte of that it had printed at which time, in order.
    pub log_times: Vec<(usize, Timestamp)>,
    /// What its process does while it runs in the background.
    pub background: Option<Background>,
    /// `--rm`
    pub auto_remove: bool,
    /// `--interactive --tty`: its process can be attached to a terminal.
    pub terminal: bool,
    /// The volumes that are mounted, in this order.
    pub volumes: Vec<VolumeMount>,
    /// The directories and files of the host that are mounted, in this order.
    pub binds: Vec<Bind>,
    /// Published ports.
    pub ports: Vec<Port>,
    /// `--hostname`; the beginning of the id otherwise.
    pub host_name: String,
}

/// A volume in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeMount {
    /// Where it is mounted.
    pub target: AbsPath,
    /// Its name.
    pub name: String,
    /// Changes are refused.
    pub read_only: bool,
}

impl VolumeMount {
    /// Whether nobody named it: its name is 64 digits then.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        is_anonymous(&self.name)
    }
}

/// Whether a volume's name is one that nobody gave.
#[must_use]
pub fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A directory or file of the host in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// Where it is mounted.
    pub target: AbsPath,
    /// Its absolute path on the host.
    pub source: String,
    /// It is a file.
    pub is_file: bool,
    /// Changes are refused.
    pub read_only: bool,
}

impl Bind {
    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.source.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }
}

/// How far a container is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It never ran.
    #[default]
    Created,
    /// It was started; it has ended when the clock has reached `ended`.
    Started {
        /// When.
        at: Timestamp,
        /// When it ends or ended.
        ended: Timestamp,
        /// What it ends with.
        code: u8,
    },
}

impl Container {
    /// Program and arguments.
    #[must_use]
    pub fn command(&self) -> Vec<String> {
        let parts = [&self.config.entrypoint, &self.config.cmd];
        parts.into_iter().flatten().flatten().cloned().collect()
    }

    /// Whether it runs at this time.
    #[must_use]
    pub fn is_running(&self, now: Timestamp) -> bool {
        matches!(self.status, Status::Started { ended, .. } if now < ended)
    }

    /// Its exit code, once it has one.
    #[must_use]
    pub fn exit_code(&self, now: Timestamp) -> Option<u8> {
        match self.status {
            Status::Started { ended, code, .. } if ended <= now => Some(code),
            _ => None,
        }
    }

    /// `created`, `running` or `exited`, as `docker inspect` and `--filter status=` have it.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> &'static str {
        match self.status {
            Status::Created => "created",
            Status::Started { ended, .. } if now < ended => "running",
            Status::Started { .. } => "exited",
        }
    }

    /// As `docker ps` shows it: `Up 3 seconds`, `Exited (127) 2 minutes ago`.
    #[must_use]
    pub fn status_text(&self, now: Timestamp) -> String {
        match self.status {
            Status::Created => "Created".to_owned(),
            Status::Started { at, ended, .. } if now < ended => {
                format!("Up {}", human_duration(seconds_between(at, now)))
            }
            Status::Started { ended, code, .. } => {
                format!("Exited ({code}) {} ago", human_duration(seconds_between(ended, now)))
            }
        }
    }

    /// Bytes of the files that it has and its image has not, or not so.
    #[must_use]
    pub fn size(&self) -> u64 {
        let added = self.base.diff(&self.tree);
        let bytes =
            added.iter().filter_map(|change| match &self.tree.lookup(&change.path)?.1.kind {
                vfs::Kind::File(content) => Some(content.len()),
                _ => None,
            });
        bytes.sum()
    }
}

/// Seconds from one time to a later one.
#[must_use]
pub fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    to.0.saturating_sub(from.0) as f64 / 1e9
}

/// Containers by their ids.
#[derive(Clone, Debug, Default)]
pub struct Containers {
    all: BTreeMap<String, Container>,
    /// In the order in which they were made.
    order: Vec<String>,
}

impl Containers {
    /// Keeps a container.
    pub fn add(&mut self, container: Container) {
        self.order.push(container.id.clone());
        self.all.insert(container.id.clone(), container);
    }

    /// The container that a user means: by name, or by id or its beginning.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&Container> {
        let name = text.strip_prefix('/').unwrap_or(text);
        if let Some(named) = self.all.values().find(|container| container.name == name) {
            return Some(named);
        }
        let mut fitting = self
            .all
            .values()
            .filter(|container| !text.is_empty() && container.id.starts_with(text));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }

    /// The container of that id, to change it.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Container> {
        self.all.get_mut(id)
    }

    /// Removes a container.
    pub fn remove(&mut self, id: &str) -> Option<Container> {
        self.order.retain(|other| other != id);
        self.all.remove(id)
    }

    /// All, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Container> {
        self.order.iter().rev().filter_map(|id| self.all.get(id))
    }

    /// A name that no other container has.
    #[must_use]
    pub fn free_name(&self, id: &str) -> String {
        (0..)
            .map(|attempt| names::generated(id, attempt))
            .find(|name| self.all.values().all(|container| container.name != *name))
            .unwrap_or_default()
    }

    /// The first container of an image.
    #[must_use]
    pub fn of_image(&self, id: &ImageId) -> Option<&Container> {
        self.newest_first().find(|container| container.image == *id)
    }
}
