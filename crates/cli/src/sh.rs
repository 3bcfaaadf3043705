//! `layerlab sh`

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgGroup, Args, ValueEnum};
use engine::{Command, EPOCH, Engine, Output, RunError};
use vfs::{AbsPath, Errno, Fs, Limits, Stream, Timestamp, Tree};

use crate::compiled::Compiled;
use crate::dump::dump;
use crate::modules::{self, ModuleError};
use crate::transfer::{self, TransferError};

/// The image of the container: Debian's layout.
const IMAGE: &str = "debian:bookworm-slim";
/// Where the script runs.
const DIR: &str = "/work";
/// All the environment there is.
const ENVIRONMENT: [&str; 3] = ["PATH=/usr/bin:/bin", "HOME=/root", "LC_ALL=C.UTF-8"];
/// Bytes of output that are passed on.
const OUTPUT: usize = 512 << 20;
/// What a script ends with that one of our limits has stopped: that of SIGKILL.
const STOPPED: u8 = 137;

/// Arguments of `layerlab sh`.
#[derive(Args)]
#[command(group(ArgGroup::new("what").required(true).args(["command", "script"])))]
pub struct ShArguments {
    /// Which shell reads the script
    #[arg(long, value_enum, default_value_t = Shell::Sh)]
    shell: Shell,
    /// Copy what DIR holds into the working directory
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Print what the working directory holds afterwards, as one line of JSON
    #[arg(long)]
    dump: bool,
    /// Run CMD
    #[arg(short, value_name = "CMD", allow_hyphen_values = true)]
    command: Option<String>,
    /// Run a file: one of this machine, else one that DIR holds
    #[arg(value_name = "SCRIPT")]
    script: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    /// dash, as Debian has it
    Sh,
    /// bash
    Bash,
    /// BusyBox ash, as Alpine has it
    Ash,
}

/// Why a script could not be run.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{0}")]
    Image(String),
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error("{path}: {source}; SCRIPT is a file of this machine, or of the directory after --root", path = .path.display())]
    Script { path: PathBuf, source: std::io::Error },
    #[error("the container cannot be made: {0}")]
    Container(#[from] Errno),
    #[error(transparent)]
    Module(#[from] ModuleError),
    #[error("cannot print: {0}")]
    Print(#[from] std::io::Error),
}

/// Runs the script; exits with its status.
pub fn run(arguments: &ShArguments) -> ExitCode {
    match run_script(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("layerlab sh: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_script(arguments: &ShArguments) -> Result<u8, Error> {
    let compiled = Compiled::of_user();
    let mut engine = Engine::with_compiler(|| 0, Arc::new(move |bytes| compiled.get(bytes)));
    let container = Container::new(&mut engine, arguments)?;
    let env = ENVIRONMENT.map(str::to_owned);
    let command = Command {
        root: &container.root,
        args: &container.args,
        env: &env,
        cwd: DIR,
        user: "",
        mounts: &[],
        hosts: &[],
        seed: 0,
        time: container.time,
    };
    let end = loop {
        match engine.run(&command, OUTPUT) {
            Err(RunError::NotLoaded(module)) => {
                let bytes = modules::read(&module)?;
                engine.load_module(&module, &bytes).map_err(ModuleError::from)?;
            }
            end => break end,
        }
    };
    let (status, root) = match end {
        Ok(ran) => {
            print(&ran.output)?;
            (u8::try_from(ran.exit_code).unwrap_or(u8::MAX), Some(ran.root))
        }
        Err(RunError::Stopped { message, output, .. }) => {
            print(&output)?;
            eprintln!("layerlab sh: the script {message}");
            (STOPPED, None)
        }
        Err(RunError::NotLoaded(_)) => unreachable!("the loop loads modules"),
    };
    if let Some(root) = root.filter(|_| arguments.dump) {
        println!("{}", dump(&root, &AbsPath::new(DIR), container.script.as_ref()));
    }
    Ok(status)
}

/// A container before its command runs.
struct Container {
    root: Tree,
    args: Vec<String>,
    /// The script's file, if it came from outside the directory that was copied.
    script: Option<AbsPath>,
    time: Timestamp,
}

impl Container {
    fn new(engine: &mut Engine, arguments: &ShArguments) -> Result<Self, Error> {
        let base = engine.base_image(IMAGE).map_err(Error::Image)?;
        let mut fs = Fs::new(base.tree, Limits::default());
        fs.set_now(EPOCH);
        engine::install(&mut fs)?;
        let dir = AbsPath::new(DIR);
        transfer::make_dir(&mut fs, &dir)?;
        let mut time = EPOCH;
        if let Some(from) = &arguments.root {
            let newest = transfer::copy_in(&mut fs, from, &dir)?;
            // What the script makes is newer than what it found.
            time = time.max(Timestamp::from_secs(newest.secs().saturating_add(1)));
        }
        let shell = match arguments.shell {
            Shell::Sh => "sh",
            Shell::Bash => "bash",
            Shell::Ash => "ash",
        };
        let mut args = vec![shell.to_owned()];
        let mut script = None;
        match (&arguments.command, &arguments.script) {
            (Some(command), _) => args.extend(["-c".to_owned(), command.clone()]),
            (None, Some(path)) => {
                let (name, content) = read_script(path, arguments.root.as_deref())?;
                let target = dir.join(&name);
                if let Some(content) = content {
                    transfer::put_file(&mut fs, &target, content)?;
                }
                script = Some(target);
                args.push(name);
            }
            (None, None) => unreachable!("clap requires one of them"),
        }
        Ok(Self { root: fs.into_root(), args, script, time })
    }
}

/// The name under which a script runs, and its text unless the copied directory has it there.
fn read_script(path: &Path, root: Option<&Path>) -> Result<(String, Option<Vec<u8>>), Error> {
    match std::fs::read(path) {
        Ok(content) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            Ok((name.to_string_lossy().into_owned(), Some(content)))
        }
        Err(_) if root.is_some_and(|root| path.is_relative() && root.join(path).is_file()) => {
            Ok((path.to_string_lossy().into_owned(), None))
        }
        Err(source) => Err(Error::Script { path: path.to_owned(), source }),
    }
}

fn print(output: &Output) -> std::io::Result<()> {
    let (mut stdout, mut stderr) = (std::io::stdout().lock(), std::io::stderr().lock());
    for (stream, bytes) in &output.runs {
        match stream {
            Stream::Stdout => stdout.write_all(bytes)?,
            Stream::Stderr => {
                // In the order in which they were written, where both go to one place.
                stdout.flush()?;
                stderr.write_all(bytes)?;
            }
        }
    }
    stdout.flush()
}
