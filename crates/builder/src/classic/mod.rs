//! The classic builder: every instruction is a container and an image of its own
//! (moby `daemon/builder/dockerfile`).
//!
//! [`build`] goes through the file from its first line to its target and keeps the image of every step
//! with [`Store`]. A step is taken from the cache if the store has an image made from the same parent
//! with the same [`Key`]; after the first step that is not, every later one of the stage runs. What is
//! done is told as [`Event`]s, in the order in which it is printed.

mod args;
mod context;
mod instruction;
mod sources;

use std::collections::HashMap;

use dockerfile::{EnvList, Environment as _, Instruction, Kind, Lexer, Parse, Pass, parse};
use image::{Config, ContainerConfig, History, ImageId, RootFs};
use vfs::{DiffOptions, Stream, Timestamp, Tree};

pub use self::context::context;

use self::args::BuildArgs;
use crate::{BaseImage, Executor, Network, NoCache, Output, Request, StepResult};

/// Everything that decides whether a step is taken from the cache, and nothing else
/// (`daemon/internal/image/cache/compare.go`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The image that the step works on; none for `scratch`.
    pub parent: Option<ImageId>,
    /// The container that would carry it out. Its command says what is done: `/bin/sh -c make`,
    /// `|1 a=b /bin/sh -c make` where build arguments are visible, `/bin/sh -c #(nop)  ENV a=b`,
    /// `/bin/sh -c #(nop) COPY file:DIGEST in /dest `.
    pub container: ContainerConfig,
}

/// An image that the store has.
#[derive(Clone, Debug)]
pub struct StepImage {
    /// Its id.
    pub id: ImageId,
    /// The image.
    pub image: BaseImage,
    /// What it was made by, if the classic builder made it.
    pub key: Option<Key>,
}

/// The images and containers of a daemon.
pub trait Store {
    /// The image of a name, fetched if it is not there.
    ///
    /// # Errors
    /// A sentence as the registry would give it.
    fn find(&mut self, reference: &str) -> Result<StepImage, String>;

    /// The newest image that was made by this key.
    fn made_by(&self, key: &Key) -> Option<StepImage>;

    /// Keeps an image, and the layer it adds if it adds one.
    fn keep(&mut self, image: &StepImage, layer: Option<&StepResult>);

    /// The id of a new container.
    fn new_container(&mut self) -> String;
}

/// What is printed.
#[derive(Clone, Debug)]
pub enum Event {
    /// `Step 1/4 : FROM alpine`
    Step {
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        total: usize,
        /// The instruction, as written.
        text: String,
    },
    /// `# Executing 2 build triggers`
    Triggers(usize),
    /// ` ---> Using cache`
    UsingCache,
    /// ` ---> Running in`
    Running(String),
    /// What the command printed.
    Output(Output),
    /// ` ---> Removed intermediate container`
    Removed(String),
    /// ` ---> ` and the image; none for `scratch`.
    Image(Option<ImageId>),
    /// A line that warns.
    Warning(String),
}

/// What to build, besides the request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `--rm=false`: containers stay.
    pub keep_containers: bool,
    /// `--force-rm`: also that of a step that fails goes.
    pub force_remove: bool,
}

/// Why there is no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The daemon refuses the file before the first step.
    #[error("Error response from daemon: {0}")]
    Refused(String),
    /// A step failed.
    #[error("{0}")]
    Failed(String),
    /// The command of a `RUN` ended with this status.
    #[error("The command '{command}' returned a non-zero code: {code}")]
    Command {
        /// The command, its words joined by blanks.
        command: String,
        /// The status.
        code: i32,
        /// Its container, unless it was removed.
        container: Option<Box<FailedContainer>>,
    },
    /// A program's module has to be fetched first; the build can be tried again then.
    #[error("program module {0} is not loaded yet")]
    NotLoaded(String),
}

/// The container that a failed step leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedContainer {
    /// Its id.
    pub id: String,
    /// The image it was made from.
    pub image: Option<ImageId>,
    /// How it ran.
    pub config: ContainerConfig,
    /// What it printed.
    pub output: Output,
}

impl Error {
    fn failed(message: impl std::fmt::Display) -> Self {
        Self::Failed(message.to_string())
    }
}

/// What the builder works with.
pub struct Outside<'a> {
    /// Runs commands.
    pub executor: &'a mut dyn Executor,
    /// Images and containers.
    pub store: &'a mut dyn Store,
    /// Answers downloads.
    pub network: &'a mut dyn Network,
}

/// Builds; the id of the last step's image, none for `scratch` alone.
///
/// # Errors
/// [`Error`]. The images of the steps before stay.
pub fn build(
    request: &Request<'_>,
    options: Options,
    outside: &mut Outside<'_>,
    on_event: &mut dyn FnMut(Event),
) -> Result<Option<ImageId>, Error> {
    let parse = parse(request.text);
    if let Some(error) = parse.first_error() {
        return Err(Error::Refused(refusal(&parse, error)));
    }
    let last = match request.target {
        None => parse.stages.len() - 1,
        Some(name) => parse
            .stages
            .iter()
            .position(|stage| stage.name.as_deref() == Some(&name.to_lowercase()))
            .or_else(|| name.parse().ok().filter(|at| *at < parse.stages.len()))
            .ok_or_else(|| Error::Refused(format!("target stage {name:?} could not be found")))?,
    };
    let labels = !request.labels.is_empty();
    let mut builder = Builder {
        request,
        options,
        outside,
        on_event,
        lexer: Lexer::new(parse.escape),
        total: parse.instructions.len() + usize::from(labels),
        number: 0,
        args: BuildArgs::new(&request.build_args),
        stages: HashMap::new(),
        stage: Stage::default(),
    };
    for instruction in parse.meta_args() {
        builder.announce(instruction);
        if let Kind::Arg(defs) = &instruction.kind {
            builder.meta_args(defs)?;
        }
    }
    for (index, stage) in parse.stages.iter().enumerate().take(last + 1) {
        builder.stage(&parse, index, stage.body.clone())?;
        if index == last && labels {
            builder.add_labels()?;
        }
        let made = builder.stage.clone();
        builder.stages.insert(index.to_string(), made.clone());
        builder.stages.extend(stage.name.clone().map(|name| (name, made)));
    }
    builder.warn_of_unused_args();
    Ok(builder.stage.image)
}

/// What the daemon says of a file that cannot be read: the parser's errors have a prefix, those of
/// instructions begin with their line.
fn refusal(parse: &Parse, error: &dockerfile::Diagnostic) -> String {
    if parse.instructions.is_empty() && error.lines.is_none() {
        return "the Dockerfile (Dockerfile) cannot be empty".to_owned();
    }
    match (error.pass, error.prefix_line) {
        (Pass::Parser, None) => format!("failed to parse Dockerfile: {error}"),
        _ => error.to_string(),
    }
}

/// A stage under way.
#[derive(Clone, Debug, Default)]
struct Stage {
    /// The image of the last step.
    image: Option<ImageId>,
    tree: Tree,
    layers: Vec<crate::LayerInfo>,
    /// Its configuration and history; the container's part is what later steps and the image have.
    config: Config,
    /// `CMD` was given in this stage, so an `ENTRYPOINT` leaves it alone.
    cmd_set: bool,
    /// A step did not come from the cache, so no later one does.
    busted: bool,
    /// The virtual time of its last step.
    time: Timestamp,
}

/// A build under way.
struct Builder<'a, 'b> {
    request: &'a Request<'a>,
    options: Options,
    outside: &'a mut Outside<'b>,
    on_event: &'a mut dyn FnMut(Event),
    lexer: Lexer,
    total: usize,
    number: usize,
    args: BuildArgs,
    /// Stages that are over, by name and number.
    stages: HashMap<String, Stage>,
    stage: Stage,
}

/// What a step changed.
struct Made {
    tree: Tree,
    output: Output,
    time: Timestamp,
}

impl Builder<'_, '_> {
    fn tell(&mut self, event: Event) {
        (self.on_event)(event);
    }

    fn announce(&mut self, instruction: &Instruction) {
        self.announce_text(instruction.text().trim().to_owned());
    }

    fn announce_text(&mut self, text: String) {
        self.number += 1;
        let (number, total) = (self.number, self.total);
        self.tell(Event::Step { number, total, text });
    }

    fn stage(
        &mut self,
        parse: &Parse,
        index: usize,
        body: std::ops::Range<usize>,
    ) -> Result<(), Error> {
        let stage = &parse.stages[index];
        self.announce(parse.from_of(stage));
        self.from(&stage.base, stage.platform.as_deref())?;
        let triggers = std::mem::take(&mut self.stage.config.config.on_build);
        if !triggers.is_empty() {
            self.tell(Event::Triggers(triggers.len()));
            for text in &triggers {
                let trigger = dockerfile::parse(&format!("FROM scratch\n{text}\n"));
                if let Some(error) = trigger.first_error() {
                    return Err(Error::failed(error));
                }
                for instruction in trigger.instructions.iter().skip(1) {
                    self.instruction(instruction)?;
                }
            }
        }
        self.tell(Event::Image(self.stage.image));
        for instruction in &parse.instructions[body] {
            self.announce(instruction);
            self.instruction(instruction)?;
            self.tell(Event::Image(self.stage.image));
        }
        Ok(())
    }

    /// Begins a stage.
    fn from(&mut self, base: &str, platform: Option<&str>) -> Result<(), Error> {
        self.args.begin_stage();
        let word = |text: &str, env: &EnvList| self.lexer.word(text, env).map_err(Error::failed);
        let env = self.args.meta();
        let name = word(base, &env)?;
        if name.is_empty() {
            return Err(Error::failed(format!("base name ({base}) should not be blank")));
        }
        if let Some(platform) = platform {
            let platform = word(platform, &env)?;
            if platform.is_empty() {
                return Err(Error::failed(
                    "failed to parse platform : \"\" is an invalid OS component of \"\": OSAndVersion \
                     specifier component must match \
                     \"^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.%-]*)((?:\\\\+[A-Za-z0-9_.%-]+)*)\\\\))?$\": \
                     invalid argument",
                ));
            }
        }
        self.stage = match self.stages.get(&name.to_lowercase()) {
            Some(stage) => Stage { cmd_set: false, busted: false, ..stage.clone() },
            None if name == "scratch" => Stage {
                config: Config {
                    architecture: "amd64".into(),
                    os: "linux".into(),
                    ..Config::default()
                },
                time: self.request.start,
                ..Stage::default()
            },
            None => {
                let found = self.outside.store.find(&name).map_err(Error::Failed)?;
                let start = self.request.start;
                Stage {
                    image: Some(found.id),
                    time: found.image.config.created.map_or(start, |time| time.max(start)),
                    tree: found.image.tree,
                    layers: found.image.layers,
                    config: found.image.config,
                    ..Stage::default()
                }
            }
        };
        let env = &mut self.stage.config.config.env;
        if EnvList::from_entries(&*env).get("PATH").is_none() {
            env.push(format!("PATH={DEFAULT_PATH}"));
        }
        Ok(())
    }

    /// Takes the step from the cache, if it is there.
    fn probe(&mut self, container: &ContainerConfig) -> bool {
        let ignores = !matches!(self.request.no_cache, NoCache::None);
        if self.stage.busted || ignores {
            self.stage.busted = true;
            return false;
        }
        let key = Key { parent: self.stage.image, container: container.clone() };
        let Some(found) = self.outside.store.made_by(&key) else {
            self.stage.busted = true;
            return false;
        };
        self.tell(Event::UsingCache);
        let stage = &mut self.stage;
        stage.time = found.image.config.created.map_or(stage.time, |time| time.max(stage.time));
        stage.image = Some(found.id);
        stage.tree = found.image.tree;
        stage.layers = found.image.layers;
        stage.config = found.image.config;
        true
    }

    /// When a step begins: a second after the files of the context at the earliest.
    fn now(&self) -> Timestamp {
        let earliest = Timestamp(self.request.start.0.saturating_add(1_000_000_000));
        self.stage.time.max(earliest)
    }

    /// Makes the image of a step: the container's command is what the history says.
    fn commit(&mut self, container: ContainerConfig, made: Option<Made>) {
        let parent = self.stage.image;
        let time = made.as_ref().map_or_else(|| self.now(), |made| made.time);
        let key = crate::Key(image::Digest::of(format!("{parent:?} {:?}", container.cmd)));
        let layer = made.map(|Made { tree, output, time }| {
            // The graph driver also keeps a directory of which only the time differs.
            let trees = (self.stage.tree.clone(), tree);
            StepResult::by(trees, DiffOptions::UPPER_DIR, output, time, key)
        });
        // A layer with nothing in it is left out.
        let layer = layer.filter(|layer| !layer.changes.is_empty());
        let stage = &mut self.stage;
        stage.time = time;
        if let Some(layer) = &layer {
            stage.tree = layer.tree.clone();
            stage.layers.push(layer.layer.clone());
        }
        stage.config.created = Some(time);
        stage.config.history.push(History {
            created: Some(time),
            created_by: container.cmd.clone().unwrap_or_default().join(" "),
            author: stage.config.author.clone(),
            empty_layer: layer.is_none(),
            ..History::default()
        });
        let diff_ids = stage.layers.iter().map(|layer| layer.diff_id).collect();
        stage.config.rootfs = RootFs { diff_ids };
        let image = BaseImage {
            tree: stage.tree.clone(),
            config: stage.config.clone(),
            layers: stage.layers.clone(),
        };
        let id = image.config.id();
        stage.image = Some(id);
        let made = StepImage { id, image, key: Some(Key { parent, container }) };
        self.outside.store.keep(&made, layer.as_ref());
    }

    fn warn_of_unused_args(&mut self) {
        let unused = self.args.unused();
        if !unused.is_empty() {
            self.tell(Event::Warning(format!(
                "[Warning] One or more build-args [{}] were not consumed",
                unused.join(" ")
            )));
        }
    }
}

/// The `PATH` of an image that sets none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A command's standard output and standard error as its container's log has them: the classic builder
/// prints what goes to standard error in red.
#[must_use]
pub fn printed(output: &Output) -> Vec<u8> {
    let mut out = Vec::new();
    for (stream, bytes) in &output.runs {
        match stream {
            Stream::Stdout => out.extend_from_slice(bytes),
            Stream::Stderr => {
                for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                    out.extend_from_slice(b"\x1b[91m");
                    out.extend_from_slice(line);
                    out.extend_from_slice(b"\x1b[0m");
                }
            }
        }
    }
    out
}
