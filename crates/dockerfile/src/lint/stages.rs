//! Checks that follow the build: which stages are needed, and each from its base to its last instruction.

use std::collections::{BTreeSet, HashMap};

use super::variables::Declared;
use super::{Checked, Linter, rules};
use crate::diagnostic::{Diagnostic, Pass};
use crate::expand::{EnvList, Lexer};
use crate::instruction::{Instruction, Kind};
use crate::parse::{Parse, parse};
use crate::quote::quote;
use crate::reference::check_image_name;
use crate::span::{Lines, Span};
use crate::stage::Stage;
use crate::suggest::with_suggestion;
use crate::syntax::Node;

/// What is known in the middle of a stage.
#[derive(Clone, Default)]
pub(super) struct State {
    /// Which stage it is.
    pub stage: usize,
    pub env: EnvList,
    pub declared: Declared,
    pub has_shell: bool,
    pub workdir_set: bool,
    /// The working directory; the root where only the base image knows.
    pub workdir: String,
    pub cmd: Option<usize>,
    pub entrypoint: Option<usize>,
    pub healthcheck: Option<usize>,
}

/// The stages by name and number, as a name or number means them.
pub(super) struct Names<'a> {
    /// Of several stages with one name, the last has it.
    by_name: HashMap<&'a str, usize>,
    count: usize,
}

/// What an instruction takes files from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A stage of this file.
    Stage(usize),
    /// An image.
    Image,
    /// A number that no stage has.
    NoStage(i64),
}

impl<'a> Names<'a> {
    fn new(stages: &'a [Stage]) -> Self {
        let named = stages.iter().filter_map(|stage| Some((stage.name.as_deref()?, stage.index)));
        Names { by_name: named.collect(), count: stages.len() }
    }

    /// What `--from=name` means.
    pub fn source(&self, name: &str) -> Source {
        if let Ok(number) = name.parse::<i64>() {
            let index = usize::try_from(number).ok().filter(|index| *index < self.count);
            return index.map_or(Source::NoStage(number), Source::Stage);
        }
        self.mounted(name)
    }

    /// What `from=name` of a mount means: there, a number is a name like any other.
    pub fn mounted(&self, name: &str) -> Source {
        match self.by_name.get(name.to_lowercase().as_str()) {
            Some(index) => Source::Stage(*index),
            None => Source::Image,
        }
    }

    /// What an instruction takes files from.
    fn sources_of(&self, instruction: &Instruction) -> impl Iterator<Item = Source> {
        let copied = copied_from(instruction).map(|name| self.source(name));
        copied.into_iter().chain(mounted_from(instruction).map(|name| self.mounted(name)))
    }
}

/// A stage ready to be followed.
struct Planned {
    /// The stage of this file it starts from.
    above: Option<usize>,
    /// The base as it is called, variables expanded.
    base: String,
    /// The `ONBUILD` instructions of its base, which run before its own.
    triggers: Vec<Instruction>,
}

impl Linter<'_> {
    pub(super) fn stages(&mut self) -> Checked<()> {
        let parse = self.parse;
        let lexer = Lexer::new(parse.escape);
        self.default_base_names(&lexer);
        let globals = self.globals(&lexer, true)?;
        let names = Names::new(&parse.stages);
        let mut plan: Vec<Planned> = Vec::new();
        // A name means the nearest stage above that has it.
        let mut named: HashMap<&str, usize> = HashMap::new();
        for stage in &parse.stages {
            let base = self.base(stage, &lexer, &globals)?;
            let above = named.get(base.as_str()).copied();
            plan.push(Planned { above, base, triggers: Vec::new() });
            if let Some(name) = &stage.name {
                named.insert(name, stage.index);
            }
        }
        let target = self.target(&names)?;
        self.sources(&names)?;
        self.circles(&names)?;
        let needed = self.needed(&names, &mut plan, target)?;
        let all = self.options.all_stages || self.options.keep_going;
        self.image_names(&plan, &needed, &names)?;
        let mut done: Vec<State> = Vec::new();
        for (stage, planned) in parse.stages.iter().zip(&plan) {
            let mut state = self.start(stage, planned, &done);
            if all || needed.contains(&stage.index) {
                for instruction in &planned.triggers {
                    self.step(instruction, stage.from, &mut state, &lexer, &globals, &names)?;
                }
                for at in stage.body.clone() {
                    let instruction = &parse.instructions[at];
                    self.step(instruction, at, &mut state, &lexer, &globals, &names)?;
                }
            }
            done.push(state);
        }
        Ok(())
    }

    /// The stage to build.
    fn target(&mut self, names: &Names) -> Checked<usize> {
        let stages = &self.parse.stages;
        let last = stages.len().saturating_sub(1);
        let Some(name) = self.options.target else { return Ok(last) };
        if let Some(index) = names.by_name.get(name.to_lowercase().as_str()) {
            return Ok(*index);
        }
        let known: Vec<&str> = stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
        let cause = format!("target stage {} could not be found", quote(name));
        let cause = with_suggestion(cause, name, &known, true);
        self.stop(Diagnostic {
            pass: Pass::Stages,
            span: Span::default(),
            lines: None,
            cause,
            prefix_line: None,
        })?;
        Ok(last)
    }

    /// A number behind `--from` must be that of a stage.
    fn sources(&mut self, names: &Names) -> Checked<()> {
        let parse = self.parse;
        for instruction in parse.stages.iter().flat_map(|stage| parse.body(stage)) {
            let source = copied_from(instruction).map(|name| names.source(name));
            if let Some(Source::NoStage(number)) = source {
                self.error_without_lines(instruction, format!("invalid stage index {number}"))?;
            }
        }
        Ok(())
    }

    /// An error that BuildKit has no place to point at for.
    fn error_without_lines(&mut self, instruction: &Instruction, cause: String) -> Checked<()> {
        let (span, lines) = (instruction.span(), None);
        self.stop(Diagnostic { pass: Pass::Stages, span, lines, cause, prefix_line: None })
    }

    /// No stage may copy from one that copies from it.
    fn circles(&mut self, names: &Names) -> Checked<()> {
        let parse = self.parse;
        let mut seen = vec![false; parse.stages.len()];
        let mut on_path = vec![false; parse.stages.len()];
        for first in 0..parse.stages.len() {
            let mut path: Vec<(usize, std::vec::IntoIter<(usize, &Instruction)>)> = Vec::new();
            // The instructions that lead to each stage of the path, none to the first.
            let mut ways: Vec<Option<&Instruction>> = Vec::new();
            let mut way = None;
            let mut enter = Some(first);
            loop {
                if let Some(index) = enter.take().filter(|index| !seen[*index]) {
                    (seen[index], on_path[index]) = (true, true);
                    let body = parse.body(&parse.stages[index]).iter();
                    let edges = body.flat_map(|instruction| {
                        names.sources_of(instruction).filter_map(move |source| match source {
                            Source::Stage(index) => Some((index, instruction)),
                            _ => None,
                        })
                    });
                    path.push((index, edges.collect::<Vec<_>>().into_iter()));
                    ways.push(way.take());
                }
                let Some((index, edges)) = path.last_mut() else { break };
                match edges.next() {
                    Some((next, instruction)) if on_path[next] => {
                        let stage = &parse.stages[first];
                        let name = stage.name.clone();
                        let name = name.unwrap_or_else(|| format!("stage-{}", stage.index));
                        let cause = format!("circular dependency detected on stage: {name}");
                        let way = ways.iter().flatten().copied().chain([instruction]);
                        let lines = way.map(Instruction::lines);
                        let lines = lines.reduce(|one, other| {
                            Lines::new(one.start.min(other.start), one.end.max(other.end))
                        });
                        let span = instruction.span();
                        return self.stop(Diagnostic {
                            pass: Pass::Stages,
                            span,
                            lines,
                            cause,
                            prefix_line: None,
                        });
                    }
                    Some((next, instruction)) => {
                        enter = Some(next);
                        way = Some(instruction);
                    }
                    None => {
                        on_path[*index] = false;
                        path.pop();
                        ways.pop();
                    }
                }
            }
        }
        Ok(())
    }

    /// The stages that the target needs: its bases, and what is copied or mounted from. Finds their triggers too.
    fn needed(
        &mut self,
        names: &Names,
        plan: &mut [Planned],
        target: usize,
    ) -> Checked<BTreeSet<usize>> {
        let parse = self.parse;
        let mut needed = BTreeSet::new();
        let mut open = vec![target];
        while let Some(index) = open.pop() {
            let Some(stage) = parse.stages.get(index).filter(|_| needed.insert(index)) else {
                continue;
            };
            plan[index].triggers = self.triggers(stage, &plan[index])?;
            let body = plan[index].triggers.iter().chain(parse.body(stage));
            let sources = body.flat_map(|instruction| names.sources_of(instruction));
            open.extend(sources.filter_map(|source| match source {
                Source::Stage(index) => Some(index),
                _ => None,
            }));
            open.extend(plan[index].above);
        }
        Ok(needed)
    }

    /// The `ONBUILD` instructions of a stage's base.
    fn triggers(&mut self, stage: &Stage, planned: &Planned) -> Checked<Vec<Instruction>> {
        let parse = self.parse;
        let from = parse.from_of(stage);
        let expressions: Vec<String> = match planned.above {
            Some(above) => {
                let body = parse.body(&parse.stages[above]).iter();
                let expression = |instruction: &Instruction| match &instruction.kind {
                    Kind::Onbuild(onbuild) => Some(onbuild.expression.clone()),
                    _ => None,
                };
                body.filter_map(expression).collect()
            }
            None => {
                let find = self.options.base_image.filter(|_| planned.base != "scratch");
                find.and_then(|find| find(&planned.base)).map_or(Vec::new(), |base| base.onbuild)
            }
        };
        // They stand where the stage begins, and what the comments above it ask for goes for them.
        let place = Node { span: from.span(), lines: from.node.lines, ..Node::default() };
        if !expressions.is_empty() {
            self.allows(&rules::UNDEFINED_VAR, from);
        }
        let mut triggers = Vec::new();
        for expression in expressions {
            // Reading it costs more than its bytes.
            self.cost = self.cost.saturating_add(expression.len() + 100);
            if self.is_spent(from)? {
                break;
            }
            let trigger = parse_trigger(&expression);
            match trigger {
                Ok(trigger) => {
                    let node = Node { keyword: trigger.node.keyword, ..place.clone() };
                    triggers.push(Instruction { kind: trigger.kind, node });
                }
                Err(cause) => self.error_at(from, cause)?,
            }
        }
        Ok(triggers)
    }

    /// What is an image's name must be one.
    fn image_names(
        &mut self,
        plan: &[Planned],
        needed: &BTreeSet<usize>,
        names: &Names,
    ) -> Checked<()> {
        let parse = self.parse;
        let all = self.options.all_stages || self.options.keep_going;
        for (stage, planned) in parse.stages.iter().zip(plan) {
            let is_image = planned.above.is_none() && planned.base != "scratch";
            if is_image && !planned.base.is_empty() && (all || needed.contains(&stage.index)) {
                self.image_name(&planned.base, parse.from_of(stage))?;
            }
            if !all && !needed.contains(&stage.index) {
                continue;
            }
            for instruction in parse.body(stage) {
                for name in mounted_from(instruction).filter(|name| !name.contains('$')) {
                    if names.mounted(name) == Source::Image
                        && let Err(cause) = check_image_name(name)
                    {
                        let cause = format!("failed to parse stage name {}: {cause}", quote(name));
                        self.error_without_lines(instruction, cause)?;
                    }
                }
                let copied = copied_from(instruction);
                if let Some(name) = copied.filter(|name| names.source(name) == Source::Image) {
                    self.image_name(name, instruction)?;
                }
            }
        }
        Ok(())
    }

    /// What a stage takes over from its base.
    fn start(&mut self, stage: &Stage, planned: &Planned, done: &[State]) -> State {
        if let Some(above) = planned.above.and_then(|above| done.get(above)) {
            let (cmd, entrypoint, healthcheck) = (None, None, None);
            return State { stage: stage.index, cmd, entrypoint, healthcheck, ..above.clone() };
        }
        let find = self.options.base_image.filter(|_| planned.base != "scratch");
        let known = find.and_then(|find| find(&planned.base)).unwrap_or_default();
        if let Some(actual) = &known.platform
            && stage.platform.is_none()
            && (actual.os != "linux" || actual.arch != "amd64")
        {
            let from = self.parse.from_of(stage);
            let values = [planned.base.as_str(), &actual.to_string(), "linux/amd64"];
            self.report(&rules::INVALID_BASE_IMAGE_PLATFORM, from, &values, from.span(), None);
        }
        let mut env = known.env;
        if !env.has("PATH") {
            env.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        }
        State {
            stage: stage.index,
            env,
            has_shell: known.has_shell,
            workdir: "/".to_owned(),
            ..State::default()
        }
    }
}

/// The one instruction that a trigger is.
fn parse_trigger(expression: &str) -> Result<Instruction, String> {
    let Parse { mut instructions, diagnostics, .. } = parse(expression);
    // That it stands in no stage is no matter.
    let error = diagnostics.into_iter().find(|error| {
        error.pass == Pass::Parser
            || (error.pass == Pass::Instructions && error.prefix_line.is_some())
    });
    match (error, instructions.len()) {
        (Some(error), _) => Err(error.cause),
        (None, 1) => Ok(instructions.remove(0)),
        _ => Err("onbuild trigger should be a single expression".to_owned()),
    }
}

/// The name behind the `--from` of a `COPY`.
fn copied_from(instruction: &Instruction) -> Option<&str> {
    match &instruction.kind {
        Kind::Copy(copy) => copy.from.as_deref(),
        _ => None,
    }
}

/// The names behind `from=` in the mounts of a `RUN`.
fn mounted_from(instruction: &Instruction) -> impl Iterator<Item = &str> {
    let mounts = match &instruction.kind {
        Kind::Run(run) => run.mounts.as_slice(),
        _ => &[],
    };
    let fields = mounts.iter().flat_map(|mount| mount.split(','));
    fields.filter_map(|field| field.strip_prefix("from=")).filter(|name| !name.is_empty())
}
