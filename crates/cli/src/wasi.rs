//! `layerlab wasi`

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use clap::Args;
use vfs::{AbsPath, Caller, Errno, Fs, Limits, NodeId, ResolveFlags, Stream, Tree};
use wasi::{CompileError, Exit, Module, Preopen, Process, Stop};

use crate::compiled::Compiled;
use crate::transfer::{self, TransferError, timestamp};

/// Bytes of output that are passed on.
const OUTPUT: usize = 512 << 20;
/// What a program ends with that one of our limits has stopped: that of SIGKILL.
const STOPPED: u8 = 137;
/// Bytes of the pipe that stands for standard input while nothing is read from it.
const PIPE: usize = 65_536;

/// Arguments of `layerlab wasi`.
#[derive(Args)]
pub struct WasiArguments {
    /// Set a variable in the program's environment
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// Give the program a directory of this machine under a name; what it changes there is written
    /// back when it has ended
    #[arg(long, value_name = "HOST::GUEST")]
    dir: Vec<String>,
    /// The program: a WASI preview 1 command
    #[arg(value_name = "MODULE.wasm")]
    module: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// Why a program could not be run to its end.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("{path}: {source}", path = .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}", path = .path.display())]
    Compile { path: PathBuf, source: CompileError },
    #[error("--env {0:?}: not of the form NAME=VALUE")]
    Env(String),
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error("the filesystem cannot be made: {0}")]
    Fs(#[from] Errno),
    #[error("standard input: {0}")]
    Input(std::io::Error),
    #[error("cannot print: {0}")]
    Print(std::io::Error),
}

/// Runs the program; exits with its exit code.
pub fn run(arguments: &WasiArguments) -> ExitCode {
    match run_module(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("layerlab wasi: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_module(arguments: &WasiArguments) -> Result<u8, Error> {
    let path = &arguments.module;
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.clone(), source })?;
    let module = Compiled::of_user()
        .get(&bytes)
        .map_err(|source| Error::Compile { path: path.clone(), source })?;
    let env: Vec<(Vec<u8>, Vec<u8>)> = arguments
        .env
        .iter()
        .map(|entry| match entry.split_once('=') {
            Some((name, value)) => Ok((name.into(), value.into())),
            None => Err(Error::Env(entry.clone())),
        })
        .collect::<Result<_, _>>()?;
    let (fs, dirs) = filesystem(&arguments.dir)?;
    let before = fs.root().clone();
    let (end, fs) = run_over(&module, fs, |fs, stdin| {
        let program = path.file_name().unwrap_or(path.as_os_str()).as_encoded_bytes().to_vec();
        let args = arguments.args.iter().map(|arg| arg.clone().into_bytes());
        let argv = std::iter::once(program).chain(args).collect();
        let mut process = Process::new(argv, env.clone(), Caller::root());
        process.fds = vec![
            (0, stdin),
            (1, fs.open_console(Stream::Stdout)),
            (2, fs.open_console(Stream::Stderr)),
        ];
        process.preopens = dirs.iter().map(Shared::preopen).collect();
        process
    })?;
    print(&fs).map_err(Error::Print)?;
    write_back(&dirs, &before, fs.root())?;
    Ok(match end {
        Ok(exit) => {
            if let Exit::Signal { number, trap } = &exit {
                let why = trap.as_deref().unwrap_or("a signal that it raised");
                eprintln!("layerlab wasi: {} was ended by signal {number}: {why}", path.display());
            }
            exit.status()
        }
        Err(stop) => {
            eprintln!("layerlab wasi: {} was stopped here: {stop}", path.display());
            STOPPED
        }
    })
}

/// Runs the program; only when it turns out to read standard input, that is read and the program
/// run again, because nobody can say whether there will be any.
fn run_over(
    module: &Module,
    mut fs: Fs,
    process: impl Fn(&mut Fs, vfs::OpenId) -> Process,
) -> Result<(Result<Exit, Stop>, Fs), Error> {
    let start = fs.checkpoint();
    let (stdin, writer) = fs.pipe(PIPE);
    let first = Process { time_wins: true, ..process(&mut fs, stdin) };
    match wasi::run(module, &mut fs, first) {
        Err(Stop::Blocked) => {}
        end => {
            fs.close(writer);
            return Ok((end, fs));
        }
    }
    fs.restore(start);
    let mut input = Vec::new();
    if !std::io::stdin().is_terminal() {
        std::io::stdin().read_to_end(&mut input).map_err(Error::Input)?;
    }
    let stdin = fs.open_bytes(&input);
    let second = process(&mut fs, stdin);
    Ok((wasi::run(module, &mut fs, second), fs))
}

/// A directory of this machine that the program sees.
struct Shared {
    host: PathBuf,
    guest: String,
    at: AbsPath,
    node: NodeId,
}

impl Shared {
    fn preopen(&self) -> Preopen {
        Preopen { guest_name: self.guest.clone().into_bytes(), node: self.node, beneath: true }
    }
}

fn filesystem(dirs: &[String]) -> Result<(Fs, Vec<Shared>), Error> {
    let mut fs = Fs::new(Tree::new(), Limits { console: OUTPUT, ..Limits::default() });
    let now = timestamp(SystemTime::now());
    fs.set_now(now);
    fs.seed(now.0.unsigned_abs() ^ u64::from(std::process::id()) << 32);
    let mut shared = Vec::new();
    for (number, dir) in dirs.iter().enumerate() {
        let (host, guest) = dir.split_once("::").unwrap_or((dir, dir));
        let at = AbsPath::new(format!("/{number}"));
        transfer::make_dir(&mut fs, &at)?;
        transfer::copy_in(&mut fs, host.as_ref(), &at)?;
        let flags = ResolveFlags::NOFOLLOW;
        let spot = fs.resolve(&Caller::root(), NodeId::ROOT, at.as_bytes(), flags)?;
        let node = spot.existing()?;
        shared.push(Shared { host: host.into(), guest: guest.to_owned(), at, node });
    }
    Ok((fs, shared))
}

fn write_back(dirs: &[Shared], before: &Tree, after: &Tree) -> Result<(), TransferError> {
    dirs.iter().try_for_each(|dir| transfer::copy_out(before, after, &dir.at, &dir.host))
}

fn print(fs: &Fs) -> std::io::Result<()> {
    let (mut stdout, mut stderr) = (std::io::stdout().lock(), std::io::stderr().lock());
    for (stream, bytes) in fs.console().output() {
        match stream {
            Stream::Stdout => stdout.write_all(bytes)?,
            Stream::Stderr => {
                stdout.flush()?;
                stderr.write_all(bytes)?;
            }
        }
    }
    stdout.flush()
}
