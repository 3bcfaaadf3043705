//! The stages: what each begins with and takes files from, and which of them the target needs.

use std::collections::{BTreeSet, HashMap};

use dockerfile::{
    Instruction, Kind, Platform, canonical_image_name, parse, quote, with_suggestion,
};

use super::names::prefix;
use super::{ConvertError, Converter, StageState, at, empty_config};
use crate::graph::{Op, Vertex, VertexId};
use crate::request::NamedContext;
use crate::{BaseImage, Images};

/// A stage by its place: those of the file come first, in their order.
pub(super) type StageId = usize;

/// All stages, and those that are made for images which `--from` names.
#[derive(Debug, Default)]
pub(super) struct Stages {
    pub all: Vec<Stage>,
    by_name: HashMap<String, StageId>,
}

/// `dispatchState` in `dockerfile2llb/convert.go`.
#[derive(Debug, Default)]
pub(super) struct Stage {
    /// As the file names it, in lower case.
    pub given_name: Option<String>,
    /// As the progress shows it; empty where there is only one stage.
    pub name: String,
    /// What it begins with, variables expanded.
    pub base_name: String,
    /// The earlier stage it begins with.
    pub base: Option<StageId>,
    pub lines: (usize, usize),
    /// The step of its `FROM`; none for what only `--from` names.
    pub from_step: Option<usize>,
    pub commands: Vec<StageCommand>,
    /// The stages it takes files from, each with the lines of the instruction that does.
    deps: Vec<(StageId, (usize, usize))>,
    pub cmd_index: usize,
    pub cmd_total: usize,
    pub cmd_is_on_build: bool,
    pub ignore_cache: bool,
    /// Its instructions have been read.
    pub dispatched: bool,
    /// Its base image has been found.
    resolved: bool,
    triggers_done: bool,
    pub image_vertex: Option<VertexId>,
    pub state: StageState,
}

/// An instruction of a stage.
#[derive(Clone, Debug)]
pub(super) struct StageCommand {
    pub instruction: Instruction,
    pub step: usize,
    pub lines: (usize, usize),
    /// A trigger of the base.
    pub on_build: bool,
    /// The stages of `--from`, or of each `--mount`.
    pub sources: Vec<StageId>,
}

impl Stages {
    fn add(&mut self, mut stage: Stage) -> StageId {
        let id = self.all.len();
        stage.base = self.by_name.get(&stage.base_name).copied();
        if let Some(name) = &stage.given_name {
            self.by_name.insert(name.to_lowercase(), id);
        }
        self.all.push(stage);
        id
    }

    fn find(&self, name: &str) -> Option<StageId> {
        self.by_name.get(&name.to_lowercase()).copied()
    }

    fn names(&self) -> Vec<&str> {
        self.all.iter().map(|stage| stage.name.as_str()).filter(|name| !name.is_empty()).collect()
    }
}

impl Converter<'_> {
    /// `buildDispatchStates`
    pub(super) fn find_stages(&mut self) -> Result<(), ConvertError> {
        for stage in &self.parse.stages {
            let from = self.parse.from_of(stage);
            let fail = |message: String| at(from, stage.from, message);
            let base_name = self
                .lexer
                .word(&stage.base, &self.globals)
                .map_err(|error| fail(error.to_string()))?;
            if base_name.is_empty() {
                return Err(fail(format!("base name ({}) should not be blank", stage.base)));
            }
            if let Some(given) = &stage.platform {
                self.check_platform(given).map_err(fail)?;
            }
            let is_context =
                stage.name.as_ref().is_some_and(|name| self.request.contexts.contains_key(name));
            let name = stage.name.clone();
            let id = self.stages.add(Stage {
                name: name.clone().unwrap_or_else(|| format!("stage-{}", stage.index)),
                given_name: name,
                base_name,
                lines: (from.lines().start, from.lines().end),
                ignore_cache: self.request.no_cache.covers(stage.name.as_deref().unwrap_or("")),
                ..Stage::default()
            });
            let body = self.parse.body(stage);
            let entry = &mut self.stages.all[id];
            if is_context {
                // A context of its name stands for the stage: what it would do does not matter.
                (entry.base, entry.base_name) = (None, entry.name.clone());
            } else {
                let own = usize::from(entry.base_name != "scratch" && entry.base.is_none());
                entry.cmd_total = own + body.iter().filter(|line| is_counted(line)).count();
            }
        }
        Ok(())
    }

    fn check_platform(&self, given: &str) -> Result<(), String> {
        let expansion = self
            .lexer
            .expand(given, &self.globals)
            .map_err(|error| format!("failed to process arguments for platform : {error}"))?;
        let names: Vec<&str> = self.globals.iter().map(|(name, _)| name).collect();
        let suggest = |message: String| {
            expansion.unmatched.iter().fold(message.clone(), |found, name| {
                if found == message {
                    with_suggestion(message.clone(), name, &names, true)
                } else {
                    found
                }
            })
        };
        if expansion.text.is_empty() {
            return Err(suggest(format!("empty platform value from expression {given}")));
        }
        let platform = Platform::parse(&expansion.text)
            .map_err(|error| format!("failed to parse platform {given}: {}", suggest(error)))?;
        if (platform.os.as_str(), platform.arch.as_str()) != ("linux", "amd64") {
            return Err(format!(
                "not supported here: platform {platform}, because all images here are linux/amd64; \
                 leave --platform out"
            ));
        }
        Ok(())
    }

    /// `resolveTarget`
    pub(super) fn target(&self) -> Result<StageId, ConvertError> {
        match self.request.target.filter(|name| !name.is_empty()) {
            None => Ok(self.stages.all.len() - 1),
            Some(name) => self.stages.find(name).ok_or_else(|| {
                let message = format!("target stage {} could not be found", quote(name));
                ConvertError::anywhere(with_suggestion(message, name, &self.stages.names(), true))
            }),
        }
    }

    /// `buildStageDependencyGraph`
    pub(super) fn find_sources(&mut self) -> Result<(), ConvertError> {
        for stage in &self.parse.stages {
            let id = stage.index;
            for instruction in self.parse.body(stage) {
                let lines = (instruction.lines().start, instruction.lines().end);
                let sources = self.sources_of(instruction).map_err(ConvertError::anywhere)?;
                let entry = &mut self.stages.all[id];
                entry.deps.extend(sources.iter().map(|source| (*source, lines)));
                entry.commands.push(StageCommand {
                    instruction: instruction.clone(),
                    step: 0,
                    lines,
                    on_build: false,
                    sources,
                });
            }
        }
        self.check_circles()?;
        if self.stages.all.len() == 1 {
            self.stages.all[0].name.clear();
        }
        Ok(())
    }

    /// The stages that an instruction takes files from (`toCommand`); images that it names become
    /// stages of their own.
    fn sources_of(&mut self, instruction: &Instruction) -> Result<Vec<StageId>, String> {
        let lines = (instruction.lines().start, instruction.lines().end);
        let image = |stages: &mut Stages, name: &str| {
            stages.find(name).unwrap_or_else(|| {
                stages.add(Stage { base_name: name.to_owned(), lines, ..Stage::default() })
            })
        };
        match &instruction.kind {
            Kind::Copy(copy) => {
                let Some(from) = &copy.from else { return Ok(Vec::new()) };
                let plain = self.lexer.word(from, &()).map_err(|error| error.to_string())?;
                if plain != *from {
                    return Err("variable expansion is not supported for --from, define a new \
                                stage with FROM using ARG from global scope as a workaround"
                        .to_owned());
                }
                match from.parse::<i64>() {
                    Err(_) => Ok(vec![image(&mut self.stages, from)]),
                    Ok(index) => match usize::try_from(index) {
                        Ok(index) if index < self.stages.all.len() => Ok(vec![index]),
                        _ => Err(format!("invalid stage index {index}")),
                    },
                }
            }
            // Whatever its type, a mount without `from` counts as one from scratch here, so that a
            // file with a mount is shown as one of several stages.
            Kind::Run(run) => Ok(run
                .mount_sources()
                .iter()
                .map(|from| if from.is_empty() { "scratch" } else { from })
                .map(|from| image(&mut self.stages, from))
                .collect()),
            _ => Ok(Vec::new()),
        }
    }

    /// `validateCircularDependency`
    fn check_circles(&self) -> Result<(), ConvertError> {
        let mut visited = vec![false; self.stages.all.len()];
        for id in 0..self.stages.all.len() {
            let mut path = vec![false; self.stages.all.len()];
            let mut lines = Vec::new();
            if self.visit(id, &mut visited, &mut path, &mut lines) {
                let name = &self.stages.all[id].name;
                let message = format!("circular dependency detected on stage: {name}");
                return Err(ConvertError { message, lines, step: None });
            }
        }
        Ok(())
    }

    fn visit(
        &self,
        id: StageId,
        visited: &mut [bool],
        path: &mut [bool],
        lines: &mut Vec<(usize, usize)>,
    ) -> bool {
        if std::mem::replace(&mut visited[id], true) {
            return false;
        }
        path[id] = true;
        for (dep, place) in &self.stages.all[id].deps {
            lines.push(*place);
            if path[*dep] || self.visit(*dep, visited, path, lines) {
                return true;
            }
            lines.pop();
        }
        path[id] = false;
        false
    }

    /// Finds the stages that the target needs with their images and triggers (`resolveStages`). A
    /// trigger may need further stages.
    pub(super) fn resolve_stages(
        &mut self,
        target: StageId,
        images: &mut dyn Images,
    ) -> Result<BTreeSet<StageId>, ConvertError> {
        loop {
            let needed = self.reachable(target);
            for id in 0..self.stages.all.len() {
                let stage = &mut self.stages.all[id];
                if stage.base.is_some() || stage.dispatched || stage.resolved {
                    continue;
                }
                stage.resolved = needed.contains(&id);
                self.find_base(id, needed.contains(&id), images).map_err(|message| {
                    let lines = self.stages.all[id].lines;
                    let mut all = self.parse.instructions.iter();
                    let step = all.position(|instruction| instruction.lines().start == lines.0);
                    ConvertError { message, lines: vec![lines], step }
                })?;
            }
            let mut more = false;
            for id in &needed {
                more |= self.triggers(*id)?;
            }
            if !more {
                return Ok(needed);
            }
        }
    }

    fn reachable(&self, target: StageId) -> BTreeSet<StageId> {
        let mut needed = BTreeSet::new();
        let mut todo = vec![target];
        while let Some(id) = todo.pop() {
            if needed.insert(id) {
                let stage = &self.stages.all[id];
                todo.extend(stage.base);
                todo.extend(stage.deps.iter().map(|(dep, _)| *dep));
            }
        }
        needed
    }

    /// `resolveBaseImage`
    fn find_base(
        &mut self,
        id: StageId,
        needed: bool,
        images: &mut dyn Images,
    ) -> Result<(), String> {
        let from_file = id < self.parse.stages.len();
        // A context of the stage's own name stands for all that the stage would make.
        let is_context = self.stages.all[id]
            .given_name
            .as_ref()
            .is_some_and(|name| self.request.contexts.contains_key(name));
        let written = self.stages.all[id].base_name.clone();
        let context = self.request.contexts.get(&written).cloned();
        if written == "scratch" && context.is_none() {
            let stage = &mut self.stages.all[id];
            stage.state = StageState::on_image(None, empty_config());
            stage.dispatched = !from_file;
            return Ok(());
        }
        self.stages.all[id].dispatched = !from_file;
        let reference = match &context {
            Some(NamedContext::Files(_)) => {
                let op = Op::Local { name: written.clone() };
                let name = format!("[context {written}] load from client");
                let lines = None;
                let vertex = Vertex { op, name, lines, step: 0, ignore_cache: false };
                let vertex = self.add(vertex);
                let stage = &mut self.stages.all[id];
                stage.state = StageState::on_image(Some(vertex), empty_config());
                stage.image_vertex = Some(vertex);
                stage.dispatched |= is_context;
                return Ok(());
            }
            Some(NamedContext::Image(reference)) => reference.clone(),
            None => written,
        };
        let canonical = canonical_image_name(&reference).map_err(|error| {
            format!("failed to parse stage name {}: {error}", quote(&reference))
        })?;
        let mut shown = canonical.clone();
        let mut base = None;
        if needed {
            let found = images.find(&reference)?;
            if let Some(digest) = images.digest(&reference).filter(|_| !shown.contains('@')) {
                shown = format!("{shown}@{digest}");
            }
            base = Some(found);
        }
        let has_layers = |image: &BaseImage| {
            !image.layers.is_empty() || image.config.history.iter().any(|entry| !entry.empty_layer)
        };
        if base.as_ref().is_some_and(|image| !has_layers(image)) {
            // An image without layers is scratch with a configuration.
            let config = base.map(|image| image.config).unwrap_or_default();
            self.stages.all[id].state = StageState::on_image(None, config);
            return Ok(());
        }
        let text = match &context {
            Some(_) => format!("[context {}] {shown}", self.stages.all[id].base_name),
            None => prefix(&mut self.stages.all[id], &format!("FROM {shown}")),
        };
        let Some(base) = base else { return Ok(()) };
        let lines = Some(self.stages.all[id].lines);
        let op = Op::Image { reference: canonical };
        let vertex = self.add(Vertex { op, name: text, lines, step: 0, ignore_cache: false });
        let stage = &mut self.stages.all[id];
        stage.state = StageState::on_image(Some(vertex), base.config.clone());
        stage.image_vertex = Some(vertex);
        stage.dispatched |= is_context;
        self.out.images.insert(self.out.graph.unique(vertex), base);
        Ok(())
    }

    /// Takes over what the base stage has made (`dispatchState.init`).
    pub(super) fn init(&mut self, id: StageId) {
        if let Some(base) = self.stages.all[id].base {
            self.stages.all[id].state = StageState::on_stage(&self.stages.all[base].state);
        }
    }

    /// Puts the triggers of the base before the instructions of a stage; true where they take files
    /// from other stages (`initOnBuildTriggers`).
    fn triggers(&mut self, id: StageId) -> Result<bool, ConvertError> {
        let stage = &mut self.stages.all[id];
        if std::mem::replace(&mut stage.triggers_done, true) {
            return Ok(false);
        }
        let mut expressions = std::mem::take(&mut stage.state.config.config.on_build);
        if let Some(base) = stage.base {
            let own = self.stages.all[base].commands.iter().filter(|command| !command.on_build);
            expressions = own
                .filter_map(|command| match &command.instruction.kind {
                    Kind::Onbuild(trigger) => Some(trigger.expression.clone()),
                    _ => None,
                })
                .collect();
        }
        let lines = self.stages.all[id].lines;
        let step = self.parse.stages.get(id).map(|stage| stage.from);
        let fail = |message: String| ConvertError { message, lines: vec![lines], step };
        let mut commands = Vec::new();
        let mut more = false;
        for expression in expressions {
            let parsed = parse(&format!("FROM scratch\n{expression}\n"));
            if let Some(error) = parsed.first_error() {
                return Err(fail(error.cause.clone()));
            }
            let [_, instruction] = parsed.instructions.as_slice() else {
                return Err(fail("onbuild trigger should be a single expression".to_owned()));
            };
            let sources = self.sources_of(instruction).map_err(fail)?;
            more |= !sources.is_empty();
            self.stages.all[id].deps.extend(sources.iter().map(|source| (*source, lines)));
            commands.push(StageCommand {
                instruction: instruction.clone(),
                step: 0,
                lines,
                on_build: true,
                sources,
            });
        }
        let stage = &mut self.stages.all[id];
        stage.cmd_total += commands.len();
        commands.append(&mut stage.commands);
        stage.commands = commands;
        Ok(more)
    }
}

/// Whether an instruction counts in `[2/4]`.
fn is_counted(instruction: &Instruction) -> bool {
    matches!(instruction.kind, Kind::Run(_) | Kind::Copy(_) | Kind::Add(_) | Kind::Workdir(_))
}
