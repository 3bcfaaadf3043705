//! `layerlab docker`

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use vfs::Stream;

use crate::host_files::HostFiles;
use crate::state::{State, StateError};

/// Arguments of `layerlab docker`.
#[derive(Args)]
pub struct DockerArguments {
    /// Keep images, containers and volumes in DIR; without it they are gone afterwards
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Which builder `docker build` is; DOCKER_BUILDKIT=0 also chooses the classic one
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    /// What follows `docker`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    args: Vec<String>,
}

/// The two builders.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    /// An image of every step
    Classic,
    /// A graph of steps
    Buildkit,
}

impl EngineName {
    /// As `DOCKER_BUILDKIT` says it.
    pub fn as_variable(self) -> &'static str {
        match self {
            Self::Classic => "0",
            Self::Buildkit => "1",
        }
    }
}

/// Runs one docker command; exits with its status.
pub fn run(arguments: &DockerArguments) -> ExitCode {
    match run_command(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("layerlab docker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_command(arguments: &DockerArguments) -> Result<u8, StateError> {
    let mut state = State::open(arguments.state.clone())?;
    // Values that are no text cannot be handed on.
    let mut env: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    if let Some(engine) = arguments.engine {
        env.insert("DOCKER_BUILDKIT".into(), engine.as_variable().into());
    }
    let mut input = Vec::new();
    if daemon::reads_input(&arguments.args) && !std::io::stdin().is_terminal() {
        std::io::stdin().lock().read_to_end(&mut input).map_err(StateError::Input)?;
    }
    let answer = state.docker(&arguments.args, &env, &input, &mut HostFiles)?;
    let (mut stdout, mut stderr) = (std::io::stdout().lock(), std::io::stderr().lock());
    for (stream, bytes) in &answer.output {
        let written = match stream {
            Stream::Stdout => stdout.write_all(bytes).and_then(|()| stdout.flush()),
            Stream::Stderr => stderr.write_all(bytes),
        };
        // Nobody reads on, such as `head`: the command is done all the same.
        if written.is_err() {
            break;
        }
    }
    Ok(answer.status)
}
