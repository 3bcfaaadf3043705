//! `layerlab build`

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use engine::{Build, BuildError, BuildEvent, BuildOptions, Engine, StepState};

use crate::compiled::Compiled;
use crate::context::{self, ReadError};
use crate::modules::{self, ModuleError};
use crate::output::OutputError;
use crate::progress::Plain;

/// Arguments of `layerlab build`, those of `docker build` that apply.
#[derive(Args)]
pub struct BuildArguments {
    /// Name and optionally a tag ("name:tag")
    #[arg(short, long)]
    tag: Vec<String>,
    /// Name of the Dockerfile (default: "DIR/Dockerfile")
    #[arg(short, long)]
    file: Option<PathBuf>,
    /// Set type of progress output
    #[arg(long, value_enum, default_value_t = Progress::Plain)]
    progress: Progress,
    /// Set the target build stage to build
    #[arg(long)]
    target: Option<String>,
    /// Set build-time variables ("NAME=value")
    #[arg(long)]
    build_arg: Vec<String>,
    /// Do not use cache when building the image
    #[arg(long)]
    no_cache: bool,
    /// Suppress the build output and print the image ID on success
    #[arg(short, long)]
    quiet: bool,
    /// Write the image ("type=docker,dest=FILE"; type=oci is the same archive, type=tar its
    /// filesystem)
    #[arg(short, long)]
    output: Option<String>,
    /// The build context
    dir: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Progress {
    /// Line by line
    Plain,
    /// Nothing but errors
    Quiet,
}

/// Why a build could not be started.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Module(#[from] ModuleError),
    #[error("failed to read dockerfile: open {path}: {source}")]
    Dockerfile { path: String, source: std::io::Error },
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Builds; exits with 0, or 1 if there is no image.
pub fn run(arguments: &BuildArguments) -> ExitCode {
    match build(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("ERROR: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(arguments: &BuildArguments) -> Result<bool, Error> {
    let begun = Instant::now();
    let compiled = Compiled::of_user();
    let mut engine = Engine::with_compiler(
        move || u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX),
        Arc::new(move |bytes| compiled.get(bytes)),
    );
    context::read(engine.context(), &arguments.dir)?;
    let options = options(arguments)?;
    let quiet = arguments.quiet || matches!(arguments.progress, Progress::Quiet);
    let name = file_name(arguments);
    let mut progress = Plain::new(quiet);
    let end = loop {
        let mut on_event = |event: BuildEvent| progress.event(&event);
        match engine.build(&options, &mut on_event) {
            Err(BuildError::NotLoaded(module)) => {
                let bytes = modules::read(&module)?;
                engine.load_module(&module, &bytes).map_err(ModuleError::from)?;
            }
            end => break end,
        }
    };
    match end {
        Ok(build) => {
            let is_built = finish(arguments, &build, &mut progress, &name);
            if let Some(output) = arguments.output.as_ref().filter(|_| is_built) {
                crate::output::write(&mut engine, &build, &arguments.tag, output)?;
            }
            Ok(is_built)
        }
        Err(error) => {
            let text = engine.context().text(&name).or(options.text).unwrap_or_default();
            progress.refused(&error, &name, &text);
            Ok(false)
        }
    }
}

fn finish(arguments: &BuildArguments, build: &Build, progress: &mut Plain, name: &str) -> bool {
    if let (Some(step), Some(StepState::Failed(failure))) =
        (build.failed, build.failed.map(|step| &build.outcomes[step].state))
    {
        progress.failed(build, step, failure, name);
        return false;
    }
    let Some(image) = &build.image else { return false };
    let id = image.config.id();
    progress.exported(id, &arguments.tag);
    if arguments.quiet {
        println!("{id}");
    }
    true
}

fn options(arguments: &BuildArguments) -> Result<BuildOptions, Error> {
    let text = match &arguments.file {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .map_err(|source| Error::Dockerfile { path: path.display().to_string(), source })?,
        ),
        None => None,
    };
    let build_args = arguments.build_arg.iter().map(|arg| match arg.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        // As docker does: a name alone takes its value from the environment.
        None => (arg.clone(), std::env::var(arg).unwrap_or_default()),
    });
    Ok(BuildOptions {
        dockerfile: file_name(arguments),
        text,
        target: arguments.target.clone(),
        build_args: build_args.collect(),
        no_cache: arguments.no_cache,
        ..BuildOptions::default()
    })
}

/// The Dockerfile's name, as messages show it and as its `.dockerignore` is found.
fn file_name(arguments: &BuildArguments) -> String {
    arguments
        .file
        .as_deref()
        .and_then(|path| path.file_name())
        .map_or_else(|| "Dockerfile".to_owned(), |name| name.to_string_lossy().into_owned())
}
