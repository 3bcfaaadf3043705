//! A build, from the text to the image.

use std::sync::Arc;

use dockerfile::lint::{Finding, LintOptions, LintReport, lint};
use dockerfile::{Diagnostic, EnvList, Lines, Parse, parse};
use image::{Config, ImageId};
use vfs::Tree;

use crate::convert::{Conversion, convert};
use crate::graph::Described;
use crate::solve::{End, solve};
use crate::step::steps_without_plan;
use crate::{
    BaseImage, Cache, CommitPoints, ConvertError, Failure, Output, Outside, Request, Step,
    StepResult, StepState,
};

/// News of a build.
#[derive(Clone, Debug)]
pub enum Event {
    /// The file was read; no step has begun.
    Started {
        /// Every instruction.
        steps: Vec<Step>,
    },
    /// A step has come further.
    Step {
        /// Its index.
        step: usize,
        /// How far.
        state: StepState,
        /// What it made, once it has made a layer.
        result: Option<Arc<StepResult>>,
    },
}

/// A build that came to its end.
#[derive(Clone, Debug)]
pub struct Build {
    /// The text as it was read.
    pub parse: Parse,
    /// Every instruction.
    pub steps: Vec<Step>,
    /// What came of each, by the same index.
    pub outcomes: Vec<StepOutcome>,
    /// All operations that the target needs, in BuildKit's order; empty where the file could not be
    /// converted.
    pub definition: Vec<Described>,
    /// What the build checks found, in the order in which BuildKit comes to it.
    pub warnings: Vec<Finding>,
    /// The image; none if a step failed.
    pub image: Option<BaseImage>,
    /// The step that failed.
    pub failed: Option<usize>,
}

/// What came of a step.
#[derive(Clone, Debug)]
pub struct StepOutcome {
    /// How it ended.
    pub state: StepState,
    /// What it made, if it makes a layer and did.
    pub result: Option<Arc<StepResult>>,
    /// The image that would end with it; none if it was not reached.
    pub config: Option<Config>,
    /// The filesystem after it; none if it was not reached or failed.
    pub tree: Option<Tree>,
    /// The simple commands of a `RUN`, also of one that failed.
    pub points: CommitPoints,
}

impl StepOutcome {
    /// Of a step that nothing has come of yet.
    pub(crate) fn not_reached() -> Self {
        Self {
            state: StepState::NotReached,
            result: None,
            config: None,
            tree: None,
            points: CommitPoints::default(),
        }
    }

    /// The id of the image that would end with it.
    #[must_use]
    pub fn image_id(&self) -> Option<ImageId> {
        self.config.as_ref().map(Config::id)
    }
}

/// Why nothing was built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The text is wrong; all diagnostics are in the parse.
    #[error("{message}")]
    Parse {
        /// The message of the first error.
        message: String,
        /// The lines it is about.
        lines: Option<(usize, usize)>,
    },
    /// It is not clear what to build.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// A program's module has to be fetched first; the build can be tried again then.
    #[error("program module {0} is not loaded yet")]
    NotLoaded(String),
}

impl BuildError {
    /// The lines it is about, first and last of each place.
    #[must_use]
    pub fn lines(&self) -> Vec<Lines> {
        let all = match self {
            Self::Parse { lines, .. } => lines.iter().copied().collect(),
            Self::Convert(error) => error.lines.clone(),
            Self::NotLoaded(_) => Vec::new(),
        };
        all.into_iter().map(|(start, end)| Lines::new(start, end)).collect()
    }
}

/// Builds.
///
/// # Errors
/// [`BuildError`]. A step that fails is a [`Build`] without an image.
pub fn build(
    request: &Request<'_>,
    outside: &mut Outside<'_>,
    cache: &mut Cache,
    on_event: &mut dyn FnMut(Event),
) -> Result<Build, BuildError> {
    let parse = parse(request.text);
    if let Some(error) = parse.foreign_syntax().as_ref().or(parse.first_error()) {
        on_event(Event::Started { steps: steps_without_plan(&parse) });
        return Err(text_error(error));
    }
    let converted = convert(&parse, request, outside.images);
    let checked = check(&parse, request, converted.as_ref().ok());
    let conversion = match converted {
        Ok(conversion) => conversion,
        Err((steps, error)) => {
            on_event(Event::Started { steps: steps.clone() });
            // An error of one instruction is that step's failure: it is shown where it stands.
            return match error.step {
                Some(step) if step < steps.len() => {
                    Ok(stopped(parse, steps, checked.findings, (step, error.message), on_event))
                }
                _ => Err(error.into()),
            };
        }
    };
    on_event(Event::Started { steps: conversion.steps.clone() });
    if let Some(error) = checked.error {
        return Err(text_error(&error));
    }
    let definition = conversion.graph.definition(conversion.target.at);
    let solved = solve(request, &conversion, &definition, outside, cache, on_event);
    let (image, failed) = match solved.end {
        Ok(()) => (solved.image, None),
        Err(End::Failed(step)) => (None, Some(step)),
        Err(End::NotLoaded(module)) => return Err(BuildError::NotLoaded(module)),
    };
    Ok(Build {
        parse,
        steps: conversion.steps,
        outcomes: solved.outcomes,
        definition,
        warnings: checked.findings,
        image,
        failed,
    })
}

/// What a build would do, without doing it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Every instruction.
    pub steps: Vec<Step>,
    /// All operations that the target needs, in BuildKit's order.
    pub definition: Vec<Described>,
    /// The image's configuration; what the build adds to the history has no time yet, and there are no
    /// layers.
    pub config: Config,
    /// What the build checks found.
    pub warnings: Vec<Finding>,
}

/// Why a build cannot be planned, and what the build checks found until then.
#[derive(Clone, Debug)]
pub struct PlanError {
    /// Why.
    pub error: BuildError,
    /// The findings.
    pub warnings: Vec<Finding>,
}

/// Plans a build: reads the text, finds the images, and looks at every instruction that is needed.
///
/// # Errors
/// [`PlanError`].
pub fn plan(request: &Request<'_>, images: &mut dyn crate::Images) -> Result<Plan, PlanError> {
    let parse = parse(request.text);
    if let Some(error) = parse.foreign_syntax().as_ref().or(parse.first_error()) {
        let warnings = check(&parse, request, None).findings;
        return Err(PlanError { error: text_error(error), warnings });
    }
    let converted = convert(&parse, request, images).map_err(|(_, error)| error);
    let checked = check(&parse, request, converted.as_ref().ok());
    let warnings = checked.findings;
    match (converted, checked.error) {
        (Err(error), _) => Err(PlanError { error: error.into(), warnings }),
        (Ok(_), Some(error)) => Err(PlanError { error: text_error(&error), warnings }),
        (Ok(conversion), None) => Ok(Plan {
            definition: conversion.graph.definition(conversion.target.at),
            config: conversion.target.config,
            steps: conversion.steps,
            warnings,
        }),
    }
}

fn text_error(error: &Diagnostic) -> BuildError {
    let lines = error.lines.map(|lines| (lines.start, lines.end));
    BuildError::Parse { message: error.to_string(), lines }
}

/// The build checks, with what is known of the base images.
fn check(parse: &Parse, request: &Request<'_>, conversion: Option<&Conversion>) -> LintReport {
    let base_image = |name: &str| {
        let image = conversion?.image_of(name)?;
        let config = &image.config.config;
        Some(dockerfile::lint::BaseImage {
            env: EnvList::from_entries(&config.env),
            has_shell: !config.shell.is_empty(),
            platform: None,
            onbuild: config.on_build.clone(),
        })
    };
    let options = LintOptions {
        build_args: Some(&request.build_args),
        target: request.target,
        ignore: request.ignore,
        base_image: Some(&base_image),
        ..LintOptions::default()
    };
    lint(parse, &options)
}

/// A build that an instruction ends before anything has run.
fn stopped(
    parse: Parse,
    steps: Vec<Step>,
    warnings: Vec<Finding>,
    (failed, message): (usize, String),
    on_event: &mut dyn FnMut(Event),
) -> Build {
    let outcomes: Vec<_> = (0..steps.len())
        .map(|step| {
            let state = if step == failed {
                StepState::Failed(Failure {
                    exit_code: None,
                    message: message.clone(),
                    output: Output::default(),
                    micros: 0,
                })
            } else {
                StepState::NotReached
            };
            on_event(Event::Step { step, state: state.clone(), result: None });
            StepOutcome { state, ..StepOutcome::not_reached() }
        })
        .collect();
    Build {
        parse,
        steps,
        outcomes,
        definition: Vec::new(),
        warnings,
        image: None,
        failed: Some(failed),
    }
}
