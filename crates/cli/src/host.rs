//! `layerlab host`

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::Args;
use daemon::{Answer, Call, Host, HostError, NotLoaded, Service};
use vfs::{AbsPath, Errno, Fs, Limits, Stream};

use crate::docker::EngineName;
use crate::modules::ModuleError;
use crate::state::{State, StateError};
use crate::terminal;
use crate::transfer::{self, TransferError};

/// The image whose layout the host has.
const IMAGE: &str = "debian:bookworm-slim";
/// Where the current directory's files are.
const DIR: &str = "/root/work";
/// What a script ends with that one of our limits has stopped: that of SIGKILL.
const STOPPED: u8 = 137;

/// Arguments of `layerlab host`.
#[derive(Args)]
pub struct HostArguments {
    /// Keep images, containers and volumes in DIR; without it they are gone afterwards
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Which builder `docker build` is
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    /// Run CMD
    #[arg(short, value_name = "CMD", allow_hyphen_values = true, conflicts_with = "script")]
    command: Option<String>,
    /// Run a file; without one and without CMD what standard input holds, at a terminal line by line
    #[arg(value_name = "SCRIPT")]
    script: Option<PathBuf>,
}

/// Why a script could not be run.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("{0}")]
    Image(String),
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error("the host cannot be made: {0}")]
    Host(#[from] Errno),
    #[error("{}: {source}; SCRIPT is a file of this machine", path.display())]
    Script { path: PathBuf, source: std::io::Error },
    #[error("cannot read or print: {0}")]
    Stream(#[from] std::io::Error),
    #[error(transparent)]
    Module(#[from] ModuleError),
    #[error("the terminal: {0}")]
    Terminal(Box<dyn std::error::Error>),
}

/// Runs a script on the host machine; exits with its status.
pub fn run(arguments: &HostArguments) -> ExitCode {
    match run_script(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("layerlab host: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The daemon with its journal, as the host's `docker` reaches it.
struct Journaled(State);

impl Service for Journaled {
    fn docker(&mut self, call: Call<'_>) -> Result<Answer, NotLoaded> {
        let Call { args, env, input, files, .. } = call;
        // What keeps the journal from being written is an answer like any other.
        Ok(self.0.docker(args, env, input, files).unwrap_or_else(|error| Answer {
            output: vec![(Stream::Stderr, format!("layerlab host: {error}\n").into_bytes())],
            status: 1,
            ..Answer::default()
        }))
    }
}

fn run_script(arguments: &HostArguments) -> Result<u8, Error> {
    let mut state = State::open(arguments.state.clone())?;
    // A script is not begun again when it turns out to need a program: all are there first.
    state.load_all()?;
    let tree = state.image(IMAGE).map_err(Error::Image)?;
    let mut fs = Fs::new(tree, Limits::default());
    fs.set_now(daemon::START);
    transfer::make_dir(&mut fs, &AbsPath::new(DIR))?;
    transfer::copy_in(&mut fs, Path::new("."), &AbsPath::new(DIR))?;
    let mut input = Vec::new();
    let mut args = vec!["bash".to_owned()];
    match (&arguments.command, &arguments.script) {
        (Some(command), _) => args.extend(["-c".to_owned(), command.clone()]),
        (None, Some(path)) => {
            let text = std::fs::read(path)
                .map_err(|source| Error::Script { path: path.clone(), source })?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let target = AbsPath::new("/root").join(&name);
            transfer::put_file(&mut fs, &target, text)?;
            args.push(target.to_string());
        }
        (None, None) => {}
    }
    let builder = match arguments.engine {
        Some(engine) => Some(engine.as_variable().to_owned()),
        None => std::env::var("DOCKER_BUILDKIT").ok(),
    };
    // Without a script, standard input is one.
    if args.len() == 1 && std::io::stdin().is_terminal() {
        if arguments.state.is_none() {
            let files = fs.into_root();
            return terminal::run(state.into_daemon(), files, DIR, builder.as_deref())
                .map(|()| 0)
                .map_err(Error::Terminal);
        }
        eprintln!(
            "With --state, what is written is run when Ctrl-D ends it; without, line by line."
        );
    }
    if args.len() == 1 || !std::io::stdin().is_terminal() {
        std::io::stdin().lock().read_to_end(&mut input)?;
    }
    let mut host = Host::new(fs.into_root(), state.modules())?;
    let mut env =
        ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "USER=root"]
            .map(str::to_owned)
            .to_vec();
    env.extend(builder.map(|value| format!("DOCKER_BUILDKIT={value}")));
    let service = Arc::new(Mutex::new(Journaled(state)));
    let (output, status) = match host.run(&args, &env, DIR, input, service) {
        Ok(answer) => (answer.output, answer.status),
        Err(HostError::Stopped { message, output }) => {
            let text = format!("layerlab host: the script {message}\n").into_bytes();
            (output.into_iter().chain([(Stream::Stderr, text)]).collect(), STOPPED)
        }
        Err(HostError::NotLoaded(missing)) => {
            return Err(Error::Image(missing.to_string()));
        }
    };
    let (mut stdout, mut stderr) = (std::io::stdout().lock(), std::io::stderr().lock());
    for (stream, bytes) in &output {
        let written = match stream {
            Stream::Stdout => stdout.write_all(bytes).and_then(|()| stdout.flush()),
            Stream::Stderr => stderr.write_all(bytes),
        };
        // Nobody reads on: the script is done all the same.
        if written.is_err() {
            break;
        }
    }
    Ok(status)
}
