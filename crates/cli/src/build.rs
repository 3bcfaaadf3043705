//! `layerlab build`

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, ValueEnum};
use daemon::{Sources, Style};
use engine::{Build, BuildError, BuildEvent, BuildOptions, Engine, StepState, familiar};

use crate::compiled::Compiled;
use crate::context::{self, ReadError};
use crate::modules::{self, ModuleError};
use crate::output::OutputError;

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
    /// As BuildKit's display on a terminal stands at the end
    Tty,
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
    let name = file_name(arguments);
    let mut progress = progress(&mut engine, arguments, &options);
    let end = loop {
        let mut on_event = |event: BuildEvent| eprint!("{}", progress.event(&event));
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
            let is_built = finish(arguments, &build, &mut progress);
            if let Some(output) = arguments.output.as_ref().filter(|_| is_built) {
                crate::output::write(&mut engine, &build, &arguments.tag, output)?;
            }
            Ok(is_built)
        }
        Err(error) => {
            let text = engine.context().text(&name).or(options.text).unwrap_or_default();
            eprint!("{}", progress.refused(&error, &text));
            Ok(false)
        }
    }
}

/// How the build is shown.
fn progress(
    engine: &mut Engine,
    arguments: &BuildArguments,
    options: &BuildOptions,
) -> daemon::Progress {
    let style = match arguments.progress {
        _ if arguments.quiet => Style::Quiet,
        Progress::Quiet => Style::Quiet,
        Progress::Plain => Style::Plain,
        Progress::Tty => Style::Tty(80),
    };
    let name = options.dockerfile.clone();
    let text = options.text.clone().or_else(|| engine.context().text(&name));
    let ignore = engine.context().text(".dockerignore");
    // What cannot be read is said by the build.
    let context = engine.context().filtered(&name).map(|tree| daemon::transfers(&tree));
    let sources = Sources {
        name,
        dockerfile: text.map_or(0, |text| text.len()),
        ignore: ignore.map(|text| text.len()),
        context: context.unwrap_or_default(),
    };
    daemon::Progress::new(style, sources)
}

fn finish(arguments: &BuildArguments, build: &Build, progress: &mut daemon::Progress) -> bool {
    if let (Some(step), Some(StepState::Failed(failure))) =
        (build.failed, build.failed.map(|step| &build.outcomes[step].state))
    {
        eprint!("{}", progress.failed(build, step, failure));
        return false;
    }
    let Some(image) = &build.image else { return false };
    let id = image.config.id();
    let names = arguments.tag.iter().map(|tag| {
        let name = familiar(tag);
        let path = if name.contains('/') { name } else { format!("library/{name}") };
        format!("docker.io/{path}")
    });
    eprint!("{}", progress.exported(id, &names.collect::<Vec<_>>()));
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
