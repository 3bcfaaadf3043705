//! The daemon in miniature, behind one synchronous facade of plain data.
//!
//! [`Engine`] holds a build context, base images, program modules and the build cache, and builds.
//! It knows neither the DOM nor JavaScript nor a wire format: the page's worker and the native
//! command drive it alike, and the same input gives the same image ID in both.
//!
//! It is synchronous. Where a step needs a program whose module has not been loaded,
//! [`Engine::build`] ends with [`BuildError::NotLoaded`]; its host loads the module and builds again,
//! and what was done comes from the cache.

mod archive;
mod base;
mod container;
mod context;
mod detail;
mod files;
mod mounts;
mod procfs;
mod programs;
mod recorder;
mod save;
mod terminal;

use std::sync::Arc;

use builder::{Cache, Event, Executor as _, Images as _, NoCache, NoNetwork, Outside, Request};
use vfs::Timestamp;

pub use archive::{OpenError, OpenedArchive, OpenedImage};
pub use base::{Catalogue, Recipe, RecipeError, familiar, make};
pub use builder::{
    BaseImage, Build, BuildError, Command, CommitPoint, CommitPoints, ConvertError, Described,
    Failure, FileChange, FileState, LayerSummary, Miss, NamedContext, Output, PointId, PointState,
    Ran, RunError, Step, StepKind, StepOutcome, StepResult, StepState,
};
pub use container::{Containers, startable};
pub use context::{Context, ContextError};
pub use detail::{ChangeDetail, changes_between, changes_of};
pub use dockerfile::{Parse, parse};
pub use files::{FileContent, FileDetail, files_at, read_file};
pub use image::{ChainId, Config, DiffId, Digest, ImageId, format_rfc3339};
pub use programs::{
    Compile, Halt, LoadError, Modules, OwnProgram, RunOwn, install, module_names, module_of,
    program_names,
};
pub use save::SaveError;
pub use shell::{Completion, Words, word_at};
pub use terminal::{Entry, Terminal, Turn, TurnEnd};
pub use wasi::Winsize;

/// News of a build, as it goes on.
pub use builder::Event as BuildEvent;

/// The virtual time at which every build starts: 2026-01-01T00:00:00Z.
///
/// It is a constant because image IDs hold times, and the same input must give the same image ID
/// on every machine and every day.
pub const EPOCH: Timestamp = Timestamp(1_767_225_600_000_000_000);

/// How many simple commands of a `RUN` can be visited; what comes after them is counted. A loop of a
/// million commands is not worth the memory.
pub const POINTS: usize = 1000;

/// What to build.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Path of the Dockerfile in the context; `Dockerfile` if empty.
    pub dockerfile: String,
    /// The Dockerfile's text where it does not lie in the context.
    pub text: Option<String>,
    /// `--target`.
    pub target: Option<String>,
    /// `--build-arg`.
    pub build_args: std::collections::BTreeMap<String, String>,
    /// `--no-cache`.
    pub no_cache: bool,
    /// `--no-cache-filter`: stages whose steps run although the cache has them.
    pub no_cache_filter: Vec<String>,
    /// `--label`.
    pub labels: std::collections::BTreeMap<String, String>,
    /// `--build-context`.
    pub contexts: std::collections::BTreeMap<String, NamedContext>,
    /// `--secret`: values by their ids.
    pub secrets: std::collections::BTreeMap<String, Vec<u8>>,
    /// `--add-host`: names and addresses.
    pub add_hosts: Vec<(String, String)>,
}

/// The engine.
pub struct Engine {
    context: Context,
    catalogue: Catalogue,
    containers: Containers,
    modules: Modules,
    cache: Cache,
    /// The real clock in microseconds.
    micros: Box<dyn Fn() -> u64>,
}

impl Engine {
    /// An engine with an empty context and no modules loaded.
    ///
    /// `micros` is the host's clock in microseconds; the times that are shown come from it, nothing
    /// that is built does.
    #[must_use]
    pub fn new(micros: impl Fn() -> u64 + 'static) -> Self {
        Self::with_compiler(micros, Arc::new(wasi::Module::compile))
    }

    /// As [`Engine::new`], where the host compiles programs, for example because it keeps them.
    #[must_use]
    pub fn with_compiler(micros: impl Fn() -> u64 + 'static, compile: Compile) -> Self {
        let modules = Modules::new(compile);
        Self {
            context: Context::default(),
            catalogue: Catalogue::new(),
            containers: Containers::new(modules.clone(), vfs::Limits::default().console)
                .with_points(POINTS),
            modules,
            cache: Cache::default(),
            micros: Box::new(micros),
        }
    }

    /// The build context.
    pub fn context(&mut self) -> &mut Context {
        &mut self.context
    }

    /// Explains no miss by what was built before; the cache keeps its results.
    pub fn forget_last_build(&mut self) {
        self.cache.forget_last();
    }

    /// What `FROM` knows.
    #[must_use]
    pub fn references(&self) -> Vec<String> {
        self.catalogue.references()
    }

    /// Compiles and keeps a program module.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load_module(&mut self, name: &str, bytes: &[u8]) -> Result<(), LoadError> {
        self.modules.load(name, bytes)
    }

    /// The program modules, which a daemon can share.
    #[must_use]
    pub fn modules(&self) -> &Modules {
        &self.modules
    }

    /// Whether a program module has been loaded.
    #[must_use]
    pub fn has_module(&self, name: &str) -> bool {
        self.modules.get(name).is_some()
    }

    /// The base image that `FROM` would find.
    ///
    /// # Errors
    /// The registry's words, with what is known here.
    pub fn base_image(&mut self, reference: &str) -> Result<BaseImage, String> {
        self.catalogue.find(reference)
    }

    /// Runs one command in a fresh container over `command.root`, as `docker run --rm` does; with
    /// `console` as the number of bytes of output that are kept.
    ///
    /// # Errors
    /// [`RunError`]; a non-zero exit is an answer.
    pub fn run(&mut self, command: &Command<'_>, console: usize) -> Result<Ran, RunError> {
        Containers::new(self.modules.clone(), console).run(command)
    }

    /// Runs a command at a commit point of a build, such as the shell there ([`PointState::shell`])
    /// with `-c SCRIPT`. The build stays as it is; what the command changes is in its answer.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_at(&mut self, at: &PointState, args: &[String]) -> Result<Ran, RunError> {
        let command = Command {
            root: &at.tree,
            args,
            env: &at.env,
            cwd: &at.cwd,
            user: &at.user,
            mounts: &[],
            hosts: &[],
            seed: 0,
            time: EPOCH,
        };
        self.run(&command, vfs::Limits::default().console)
    }

    /// Builds what is in the context.
    ///
    /// # Errors
    /// [`BuildError`]. A step that fails is a [`Build`] without an image.
    pub fn build(
        &mut self,
        options: &BuildOptions,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Build, BuildError> {
        let name = if options.dockerfile.is_empty() { "Dockerfile" } else { &options.dockerfile };
        let text = match &options.text {
            Some(text) => text.clone(),
            None => self.context.text(name).ok_or_else(|| BuildError::Parse {
                message: format!(
                    "failed to read dockerfile: open {name}: no such file or directory"
                ),
                lines: None,
            })?,
        };
        let context = self
            .context
            .filtered(name)
            .map_err(|error| BuildError::Parse { message: error.to_string(), lines: None })?;
        let request = Request {
            target: options.target.as_deref(),
            build_args: options.build_args.clone(),
            labels: options.labels.clone(),
            contexts: options.contexts.clone(),
            secrets: options.secrets.clone(),
            add_hosts: options.add_hosts.clone(),
            no_cache: if options.no_cache {
                NoCache::All
            } else {
                NoCache::Stages(options.no_cache_filter.clone())
            },
            ..Request::new(&text, &context, EPOCH)
        };
        let mut outside = Outside {
            executor: &mut self.containers,
            images: &mut self.catalogue,
            network: &mut NoNetwork,
            micros: &*self.micros,
        };
        builder::build(&request, &mut outside, &mut self.cache, on_event)
    }
}
