//! From a parsed Dockerfile to the graph of what the build does, before anything runs.
//!
//! The passes are those of BuildKit's `dockerfile2llb/convert.go`: stages and their bases, the stages
//! that the target needs, base images and their triggers, then every instruction. So an error in any
//! instruction that is needed is found before the first command runs, and is the one that BuildKit
//! reports.

mod add;
mod command;
mod config;
mod epoch;
mod mounts;
mod names;
mod stages;
mod state;

pub(crate) use command::with_shell;
pub(crate) use config::check_signal;

use std::collections::{BTreeMap, HashMap};

use dockerfile::{EnvList, Instruction, Kind, Lexer, Parse};
use image::Config;
use vfs::Timestamp;

use crate::graph::{Graph, Input, Op, Vertex, VertexId};
use crate::step::{step_of, steps_without_plan};
use crate::{BaseImage, Images, Request, Step};
use stages::{StageId, Stages};
pub(crate) use state::StageState;

/// A Dockerfile as a graph.
#[derive(Debug, Default)]
pub(crate) struct Conversion {
    pub graph: Graph,
    pub steps: Vec<Step>,
    /// For each step, what holds after it; none for those that the target does not need.
    pub after: Vec<Option<StageState>>,
    /// The images that stages begin with.
    pub images: HashMap<VertexId, BaseImage>,
    /// What is built.
    pub target: StageState,
    /// `SOURCE_DATE_EPOCH`: the time that everything made in this build gets.
    pub epoch: Option<Timestamp>,
}

impl Conversion {
    /// The image that a name in `FROM` stands for, as it was found.
    pub fn image_of(&self, name: &str) -> Option<&BaseImage> {
        let canonical = dockerfile::canonical_image_name(name).ok()?;
        self.images.iter().find_map(|(vertex, image)| match &self.graph.get(*vertex).op {
            Op::Image { reference } if *reference == canonical => Some(image),
            _ => None,
        })
    }
}

/// Why nothing can be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConvertError {
    /// In BuildKit's words.
    pub message: String,
    /// The lines it is about, first and last of each place.
    pub lines: Vec<(usize, usize)>,
    /// The step it belongs to.
    pub step: Option<usize>,
}

impl ConvertError {
    /// An error about the file as a whole.
    fn anywhere(message: impl Into<String>) -> Self {
        Self { message: message.into(), lines: Vec::new(), step: None }
    }
}

/// Converts.
///
/// # Errors
/// [`ConvertError`]; the steps are then those of the file.
pub(crate) fn convert(
    parse: &Parse,
    request: &Request<'_>,
    images: &mut dyn Images,
) -> Result<Conversion, (Vec<Step>, ConvertError)> {
    let mut converter = match Converter::new(parse, request) {
        Ok(converter) => converter,
        Err(error) => return Err((steps_without_plan(parse), error)),
    };
    match converter.run(images) {
        Ok(()) => Ok(converter.out),
        Err(error) => {
            let steps = std::mem::take(&mut converter.out.steps);
            let steps = if steps.is_empty() { steps_without_plan(parse) } else { steps };
            Err((steps, error))
        }
    }
}

struct Converter<'a> {
    parse: &'a Parse,
    request: &'a Request<'a>,
    lexer: Lexer,
    /// The arguments before the first `FROM`, and those that the builder gives.
    globals: EnvList,
    build_args: BTreeMap<String, String>,
    stages: Stages,
    out: Conversion,
}

impl<'a> Converter<'a> {
    fn new(parse: &'a Parse, request: &'a Request<'a>) -> Result<Self, ConvertError> {
        let lexer = Lexer::new(parse.escape);
        let mut build_args = request.build_args.clone();
        let mut globals = predefined(parse, request);
        for (step, instruction) in parse.meta_args().enumerate() {
            let Kind::Arg(defs) = &instruction.kind else { continue };
            for def in defs {
                let value = match (build_args.get(&def.key), &def.value) {
                    (Some(given), _) => Some(given.clone()),
                    (None, Some(default)) => Some(
                        lexer
                            .word(default, &globals)
                            .map_err(|error| at(instruction, step, error.to_string()))?,
                    ),
                    (None, None) => None,
                };
                if let Some(value) = value {
                    globals.set(&def.key, value);
                }
            }
        }
        let epoch = epoch::resolve(parse, request, &mut globals, &mut build_args)?;
        let out = Conversion { epoch, ..Conversion::default() };
        Ok(Self { parse, request, lexer, globals, build_args, stages: Stages::default(), out })
    }

    fn run(&mut self, images: &mut dyn Images) -> Result<(), ConvertError> {
        self.find_stages()?;
        let target = self.target()?;
        self.find_sources()?;
        let needed = self.resolve_stages(target, images)?;
        self.number_steps();
        for id in 0..self.stages.all.len() {
            if needed.contains(&id) && !self.stages.all[id].dispatched {
                self.stage(id)?;
            }
        }
        let mut state = self.stages.all[target].state.clone();
        state.config.config.labels.extend(self.request.labels.clone());
        self.out.target = state;
        Ok(())
    }

    /// Reads the instructions of a stage.
    fn stage(&mut self, id: StageId) -> Result<(), ConvertError> {
        self.init(id);
        let stage = &mut self.stages.all[id];
        stage.dispatched = true;
        stage.state.begin();
        if let Some(from) = stage.from_step {
            let state = stage.state.clone();
            self.put_after(from, state);
        }
        let commands = std::mem::take(&mut self.stages.all[id].commands);
        for command in &commands {
            self.stages.all[id].cmd_is_on_build = command.on_build;
            let mut state = std::mem::take(&mut self.stages.all[id].state);
            let done = self.instruction(id, &mut state, command);
            self.stages.all[id].state = state;
            done.map_err(|message| ConvertError {
                message,
                lines: vec![command.lines],
                step: Some(command.step),
            })?;
            let state = self.stages.all[id].state.clone();
            self.put_after(command.step, state);
        }
        self.stages.all[id].commands = commands;
        Ok(())
    }

    fn put_after(&mut self, step: usize, state: StageState) {
        if self.out.after.len() < self.out.steps.len() {
            self.out.after.resize_with(self.out.steps.len(), || None);
        }
        if let Some(after) = self.out.after.get_mut(step) {
            *after = Some(state);
        }
    }

    fn add(&mut self, vertex: Vertex) -> VertexId {
        self.out.graph.add(vertex)
    }

    /// A vertex that no instruction stands for.
    fn add_internal(&mut self, op: Op, name: &str, step: usize) -> VertexId {
        let name = format!("[internal] {name}");
        self.add(Vertex { op, name, lines: None, step, ignore_cache: false })
    }

    /// The main context.
    fn context(&mut self, step: usize) -> Input {
        Some(self.add_internal(Op::Local { name: String::new() }, "load build context", step))
    }

    /// The list of steps: what stands in the file, and behind each `FROM` the triggers of its base.
    fn number_steps(&mut self) {
        let mut steps = Vec::new();
        for (index, instruction) in self.parse.instructions.iter().enumerate() {
            let stage = self.parse.stages.iter().rfind(|stage| stage.from <= index);
            let number = steps.len();
            steps.push(step_of(instruction, stage));
            let Some(stage) = stage else { continue };
            let id = stage.index;
            if stage.from == index {
                self.stages.all[id].from_step = Some(number);
                let lines = steps[number].lines;
                for command in self.stages.all[id].commands.iter_mut().filter(|c| c.on_build) {
                    command.step = steps.len();
                    command.lines = lines;
                    let mut step = step_of(&command.instruction, Some(stage));
                    (step.lines, step.trigger) = (lines, true);
                    steps.push(step);
                }
            } else {
                let commands = &mut self.stages.all[id].commands;
                let triggers = commands.iter().take_while(|command| command.on_build).count();
                if let Some(command) = commands.get_mut(triggers + index - stage.body.start) {
                    command.step = number;
                }
            }
        }
        self.out.after = vec![None; steps.len()];
        self.out.steps = steps;
        // Images were named before the steps had numbers.
        for stage in &self.stages.all {
            if let (Some(vertex), Some(step)) = (stage.image_vertex, stage.from_step) {
                self.out.graph.set_step(vertex, step);
                self.out.steps[step].vertex = Some(self.out.graph.get(vertex).name.clone());
            }
        }
    }
}

/// An error at an instruction.
fn at(instruction: &Instruction, step: usize, message: String) -> ConvertError {
    let lines = instruction.lines();
    ConvertError { message, lines: vec![(lines.start, lines.end)], step: Some(step) }
}

/// The build arguments that exist without being given; in a stage they must still be declared
/// (`defaultArgs` in `dockerfile2llb/platform.go`).
fn predefined(parse: &Parse, request: &Request<'_>) -> EnvList {
    let last = parse.stages.last().and_then(|stage| stage.name.as_deref());
    let target = request.target.or(last).unwrap_or("default");
    let mut args = EnvList::default();
    for side in ["BUILD", "TARGET"] {
        args.set(format!("{side}PLATFORM"), "linux/amd64");
        args.set(format!("{side}OS"), "linux");
        args.set(format!("{side}OSVERSION"), "");
        args.set(format!("{side}ARCH"), "amd64");
        args.set(format!("{side}VARIANT"), "");
    }
    args.set("TARGETSTAGE", target);
    let given: Vec<_> = request
        .build_args
        .iter()
        .filter(|(name, _)| args.has(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in given {
        args.set(name, value);
    }
    args
}

/// The configuration of an image without a base.
fn empty_config() -> Config {
    Config {
        architecture: "amd64".into(),
        os: "linux".into(),
        config: image::ContainerConfig { working_dir: "/".into(), ..Default::default() },
        ..Config::default()
    }
}
