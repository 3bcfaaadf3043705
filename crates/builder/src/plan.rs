//! Which stages are built.

use std::collections::BTreeMap;

use dockerfile::{EnvList, ExpandError, Instruction, Kind, Lexer, Parse, Stage};

/// The stages that the target needs.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Which stage is the target.
    pub target: usize,
    /// Per stage, whether the target needs it.
    pub needed: Vec<bool>,
    /// Per stage, what it starts from.
    pub bases: Vec<Base>,
    /// The global `ARG`s, with the values they have in `FROM` lines.
    pub global_args: EnvList,
}

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// Nothing.
    Scratch,
    /// An earlier stage.
    Stage(usize),
    /// An image, by its reference.
    Image(String),
}

/// Why it is not clear what to build.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A variable in an `ARG` or `FROM` cannot be expanded.
    #[error("{error}")]
    Expand {
        /// The instruction.
        step: usize,
        /// Why.
        error: ExpandError,
    },
    /// A `FROM` names nothing.
    #[error("base name ({written}) should not be blank")]
    BlankBase {
        /// The instruction.
        step: usize,
        /// As it stands there.
        written: String,
    },
    /// `--target` names no stage.
    #[error("target stage {0:?} could not be found")]
    NoSuchTarget(String),
}

impl PlanError {
    /// The instruction it is about.
    #[must_use]
    pub fn step(&self) -> Option<usize> {
        match self {
            Self::Expand { step, .. } | Self::BlankBase { step, .. } => Some(*step),
            Self::NoSuchTarget(_) => None,
        }
    }
}

/// Decides what is built. `build_args` are the values given from outside.
pub(crate) fn plan(
    parse: &Parse,
    target: Option<&str>,
    build_args: &BTreeMap<String, String>,
    predefined: &EnvList,
) -> Result<Plan, PlanError> {
    let lexer = Lexer::new(parse.escape);
    let mut global_args = predefined.clone();
    let first_from = parse.stages.first().map_or(parse.instructions.len(), |stage| stage.from);
    for (step, instruction) in parse.instructions[..first_from].iter().enumerate() {
        let Kind::Arg(defs) = &instruction.kind else { continue };
        for def in defs {
            let value = match build_args.get(&def.key) {
                Some(given) => Some(given.clone()),
                None => def
                    .value
                    .as_ref()
                    .map(|value| lexer.word(value, &global_args))
                    .transpose()
                    .map_err(|error| PlanError::Expand { step, error })?,
            };
            if let Some(value) = value {
                global_args.set(&def.key, value);
            }
        }
    }
    let mut bases = Vec::new();
    for stage in &parse.stages {
        let step = stage.from;
        let base = lexer
            .word(&stage.base, &global_args)
            .map_err(|error| PlanError::Expand { step, error })?;
        if base.is_empty() {
            return Err(PlanError::BlankBase { step, written: stage.base.clone() });
        }
        let earlier = &parse.stages[..stage.index];
        bases.push(match find_by_name(earlier, &base) {
            Some(index) => Base::Stage(index),
            None if base == "scratch" => Base::Scratch,
            None => Base::Image(base),
        });
    }
    let target = match target {
        Some(name) => find_stage(&parse.stages, name)
            .ok_or_else(|| PlanError::NoSuchTarget(name.to_owned()))?,
        None => parse.stages.len().saturating_sub(1),
    };
    let mut needed = vec![false; parse.stages.len()];
    let mut todo = vec![target];
    while let Some(index) = todo.pop() {
        let Some(stage) = parse.stages.get(index) else { continue };
        if std::mem::replace(&mut needed[index], true) {
            continue;
        }
        if let Base::Stage(base) = bases[index] {
            todo.push(base);
        }
        let froms = parse.body(stage).iter().flat_map(sources_of);
        todo.extend(froms.filter_map(|name| find_stage(&parse.stages[..index], &name)));
    }
    Ok(Plan { target, needed, bases, global_args })
}

/// An earlier stage, by name (case does not matter) or number.
pub(crate) fn find_stage(stages: &[Stage], name: &str) -> Option<usize> {
    find_by_name(stages, name).or_else(|| name.parse().ok().filter(|index| *index < stages.len()))
}

fn find_by_name(stages: &[Stage], name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    stages.iter().rposition(|stage| stage.name.as_deref() == Some(&name))
}

/// What else an instruction takes files from.
fn sources_of(instruction: &Instruction) -> Vec<String> {
    match &instruction.kind {
        Kind::Copy(copy) => copy.from.iter().cloned().collect(),
        Kind::Run(run) => run
            .mounts(&mut |text| Ok(text.to_owned()))
            .unwrap_or_default()
            .into_iter()
            .map(|mount| mount.from)
            .filter(|from| !from.is_empty())
            .collect(),
        _ => Vec::new(),
    }
}
