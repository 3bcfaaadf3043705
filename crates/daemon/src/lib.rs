//! The Docker daemon in miniature, and `docker`, the command that talks to it.
//!
//! [`Daemon`] holds images with their names, containers with their own filesystems, volumes and the
//! build cache. [`Daemon::docker`] runs one `docker` command against them: it gets its arguments and
//! the files around it, and answers with what is printed and the exit status. It reads no clock: a
//! virtual one goes on by what commands take, so the same commands give the same answers and the
//! same ids everywhere.
//!
//! Containers run to their end when they are started; a container whose end lies in the future of the
//! virtual clock is shown as running until then.

mod attach;
mod background;
mod containers;
mod docker;
mod files;
mod host;
mod images;
mod layers;
mod names;
mod overview;
mod progress;
mod reference;
mod terminals;
mod transfer;
mod trees;

use std::collections::BTreeMap;
use std::sync::Arc;

use builder::{BaseImage, Cache, Images as _, Output};
use engine::{Catalogue, Compile, LoadError, Modules};
use image::Digest;
use vfs::{Stream, Timestamp, Tree};

pub use attach::{Attach, AttachedProcess};
pub use background::Background;
pub use containers::{Bind, Container, Containers, Status, VolumeMount};
pub use docker::reads_input;
pub use files::Files;
pub use host::{Host, HostError, Service};
pub use images::{ImageStore, StoredImage};
pub use overview::{ContainerRow, ContainerView, ImageRow, Overview};
pub use progress::{Progress, Sources, Style};
pub use reference::Reference;
pub use terminals::{ChangedFile, Shown, Terminals, Waits};
pub use transfer::{Transfer, of_tree as transfers};

/// What a `docker` command is called with.
pub struct Call<'a> {
    /// The arguments behind `docker`.
    pub args: &'a [String],
    /// Its environment; `DOCKER_BUILDKIT` chooses the builder.
    pub env: &'a BTreeMap<String, String>,
    /// What it reads from standard input.
    pub input: &'a [u8],
    /// The files it can read and write.
    pub files: &'a mut dyn Files,
    /// Whether it is called at a terminal, to which a container's process can be attached.
    pub terminal: bool,
}

/// What a `docker` command did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What it printed, in order.
    pub output: Vec<(Stream, Vec<u8>)>,
    /// Its exit status.
    pub status: u8,
    /// Whether it may have changed the daemon's state.
    pub changed: bool,
    /// A process that goes on at the terminal; its exit status is the command's.
    pub attach: Option<Attach>,
    /// It has asked a question and the terminal has no answer yet: call it again with one as its
    /// input. Nothing has changed.
    pub asks: bool,
}

/// A command needs a program whose module has not been loaded: load it and call again. Nothing has
/// changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("program module {0} is not loaded yet")]
pub struct NotLoaded(pub String);

/// The daemon.
pub struct Daemon {
    state: State,
    modules: Modules,
    catalogue: Catalogue,
}

/// Everything a command can change. It shares what is large, so that a copy is cheap.
#[derive(Clone, Debug, Default)]
struct State {
    images: ImageStore,
    containers: Containers,
    volumes: BTreeMap<String, Tree>,
    /// What is mounted of the host, by path, as containers last had it.
    binds: BTreeMap<String, Tree>,
    cache: Cache,
    layers: layers::Layers,
    now: Timestamp,
    /// How many ids were given out.
    ids: u64,
}

impl State {
    /// Removes a container, and with it the volumes that nobody named.
    fn remove_container(&mut self, id: &str, with_volumes: bool) {
        let Some(gone) = self.containers.remove(id) else { return };
        for mount in gone.volumes.iter().filter(|mount| with_volumes && mount.is_anonymous()) {
            self.volumes.remove(&mount.name);
        }
    }

    /// Whether a container, running or not, has the volume.
    fn uses_volume(&self, name: &str) -> bool {
        let mut all = self.containers.newest_first();
        all.any(|container| container.volumes.iter().any(|mount| mount.name == name))
    }
}

impl Daemon {
    /// A daemon without images and containers, whose host compiles programs.
    #[must_use]
    pub fn new(compile: Compile) -> Self {
        Self::with_modules(Modules::new(compile))
    }

    /// The same with program modules that an engine has.
    #[must_use]
    pub fn with_modules(modules: Modules) -> Self {
        Self {
            state: State { now: START, ..State::default() },
            modules,
            catalogue: Catalogue::new(),
        }
    }

    /// Compiles and keeps a program module.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load_module(&mut self, name: &str, bytes: &[u8]) -> Result<(), LoadError> {
        self.modules.load(name, bytes)
    }

    /// The modules, which the host's own shell shares.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    /// The filesystem of an image of the catalogue, which is not pulled for that.
    ///
    /// # Errors
    /// The registry's sentence.
    pub fn base_tree(&mut self, reference: &str) -> Result<Tree, String> {
        Ok(self.catalogue.find(reference)?.tree)
    }

    /// The virtual time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state.now
    }

    /// Lets the virtual time go on to here.
    pub fn set_now(&mut self, now: Timestamp) {
        self.state.now = self.state.now.max(now);
    }

    /// What could be the next word of a `docker` command after these words, which begins with `word`;
    /// none where that is a file.
    #[must_use]
    pub fn complete(&self, before: &[String], word: &str) -> Option<Vec<String>> {
        docker::complete(self, before, word)
    }

    /// Runs a `docker` command. A command that cannot go on for lack of a module leaves everything
    /// as it was.
    ///
    /// # Errors
    /// [`NotLoaded`].
    pub fn docker(&mut self, call: Call<'_>) -> Result<Answer, NotLoaded> {
        let before = self.state.clone();
        let answer = docker::run(self, call);
        if answer.as_ref().map_or(true, |answer| answer.asks) {
            self.state = before;
        }
        answer
    }

    /// A new id of 64 hexadecimal digits.
    fn new_id(&mut self, what: &str) -> String {
        self.state.ids += 1;
        Digest::of(format!("{what} {}", self.state.ids).as_bytes()).hex()
    }

    /// The image of a name: one of ours, else one of the catalogue, which is then pulled. The second
    /// part says whether it was.
    fn find_or_pull(&mut self, name: &str) -> Result<(Arc<StoredImage>, bool), String> {
        if let Some(image) = self.state.images.find(name) {
            return Ok((image, false));
        }
        Ok((self.pull(&Reference::parse(name)?)?, true))
    }

    /// Takes an image from the catalogue.
    fn pull(&mut self, reference: &Reference) -> Result<Arc<StoredImage>, String> {
        let base = self.catalogue.find(&reference.to_string()).map_err(|error| {
            // As the registry's client says it, with what there is instead.
            let known = error.find(" (").map_or("", |at| &error[at..]);
            match reference.registry() {
                Some(host) => {
                    format!(
                        "Get \"https://{host}/v2/\": dial tcp: lookup {host}: no such host{known}"
                    )
                }
                None if self.catalogue.references().iter().any(|other| {
                    other.rsplit_once(':').is_some_and(|(name, _)| name == reference.name)
                }) =>
                {
                    format!("manifest for {reference} not found: manifest unknown{known}")
                }
                None => format!(
                    "pull access denied for {}, repository does not exist or may require 'docker \
                     login': denied: requested access to the resource is denied{known}",
                    reference.name
                ),
            }
        })?;
        let image = self.state.images.add(StoredImage::of_base(base));
        self.state.images.tag(reference.clone(), image.id);
        self.state.images.note_pull(reference, image.id);
        Ok(image)
    }
}

/// The virtual time at which a daemon starts: 2026-10-01T00:00:00Z, later than the base images were
/// made, so that they are some weeks old.
pub const START: Timestamp = Timestamp(1_790_812_800_000_000_000);

/// Base images as the daemon's builds find them: its own before those of the catalogue.
struct Bases<'a> {
    store: &'a ImageStore,
    catalogue: &'a mut Catalogue,
}

impl builder::Images for Bases<'_> {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        match self.store.find(reference) {
            Some(image) => Ok(image.as_base()),
            None => self.catalogue.find(reference),
        }
    }

    fn digest(&mut self, reference: &str) -> Option<Digest> {
        match self.store.find(reference) {
            Some(_) => None,
            None => self.catalogue.digest(reference),
        }
    }
}

/// Appends one output to another.
fn append(to: &mut Output, more: Output) {
    to.runs.extend(more.runs);
    to.dropped += more.dropped;
}
