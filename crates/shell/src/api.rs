//! What the embedder gives and gets.

use vfs::{Caller, Errno, Fs, OpenId};

/// External commands, and the embedder's hold on a running script.
pub trait Programs {
    /// Runs the file at `process.path` to its end; the shell has found it and checked that it may
    /// be executed.
    ///
    /// # Errors
    /// [`ExecError::Errno`] when `execve` would fail (`ENOEXEC` makes the shell read the file as a
    /// script), [`ExecError::Stopped`] when the program was stopped before its end.
    fn exec(&mut self, fs: &mut Fs, process: Process) -> Result<ExitStatus, ExecError>;

    /// Called before every command and every round of a loop.
    ///
    /// # Errors
    /// A [`Stop`] ends the script at once.
    fn tick(&mut self) -> Result<(), Stop> {
        Ok(())
    }

    /// Called after every simple command, also those of subshells and functions.
    fn ended(&mut self, _fs: &Fs, _command: &Ended<'_>) {}

    /// How many commands [`Self::ended`] has been told of.
    fn told(&self) -> usize {
        0
    }

    /// The filesystem went back to what it was when [`Self::told`] answered this: what has been
    /// told since did not happen.
    fn untell(&mut self, _told: usize) {}
}

/// A simple command that has ended.
pub struct Ended<'a> {
    /// As it ran: assignments and words, expanded.
    pub words: &'a [Vec<u8>],
    /// Its line in the script, from 1.
    pub line: u32,
    /// How many subshells deep: stages of pipelines, `$(...)`, `(...)`.
    pub subshell: u32,
    /// How it ended.
    pub status: ExitStatus,
    /// The shell's working directory, `$PWD`.
    pub cwd: &'a [u8],
    /// The exported variables.
    pub env: &'a dyn Fn() -> Vec<(Vec<u8>, Vec<u8>)>,
}

/// A program about to run.
#[derive(Clone, Debug)]
pub struct Process {
    /// The file to run, as it was found: absolute, or relative to `caller.cwd`.
    pub path: Vec<u8>,
    /// Arguments, the program's own name first.
    pub argv: Vec<Vec<u8>>,
    /// The environment, each name once.
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// User, working directory, umask.
    pub caller: Caller,
    /// Descriptors by number. They are lent: whoever runs the process [`Fs::dup`]s what it keeps
    /// or lets the process close, and the lender closes its own references afterwards.
    pub fds: Vec<(u32, OpenId)>,
    /// Signals that are ignored from the start (`trap '' TERM`).
    pub ignored: Vec<u8>,
    /// How deep shells are nested; a program that starts another one hands it on, so that a script
    /// that runs itself ends in a limit and not in a stack overflow.
    pub depth: u32,
}

/// How a process ended, as a shell's `$?` shows it: 0 to 255; 128 + n when signal n ended it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExitStatus(pub u8);

impl ExitStatus {
    /// 0.
    pub const SUCCESS: Self = Self(0);
    /// What a shell shows of a process that SIGPIPE ended.
    pub const SIGPIPE: Self = Self(141);

    /// Whether it is 0.
    #[must_use]
    pub fn success(self) -> bool {
        self.0 == 0
    }
}

/// Why a program did not run to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// `execve` failed.
    #[error("{0}")]
    Errno(#[from] Errno),
    /// It was stopped.
    #[error(transparent)]
    Stopped(#[from] Stop),
}

/// Why nothing goes on: not an exit status, because no process saw it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A pipe's end would have to wait for the other one (`EAGAIN` from the filesystem). Inside a
    /// pipeline the shell handles it; it leaves [`crate::run`] only when the pipe is the embedder's.
    #[error("waiting for the other end of a pipe")]
    Blocked,
    /// The embedder's budget, or one of the interpreter's own limits.
    #[error("{0}")]
    Limit(Limit),
    /// The embedder wants no more of it.
    #[error("cancelled")]
    Cancelled,
}

/// Which limit ended a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// Functions, subshells, substitutions, sourced files and shells within each other.
    #[error("nested deeper than {0} levels")]
    Depth(u32),
    /// Bytes that a command substitution or a stage of a pipeline wrote.
    #[error("a command wrote more than {0} bytes into a pipe or substitution")]
    PipeBytes(usize),
    /// Steps, as the embedder counts them.
    #[error("stopped after {0} steps")]
    Steps(u64),
    /// Virtual time in seconds, as the embedder counts it.
    #[error("stopped after {0} seconds")]
    Seconds(u64),
    /// Every process that could go on waits for another one.
    #[error("all processes of a pipeline wait for each other")]
    Deadlock,
}

/// Which shell is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Personality {
    /// dash 0.5.12, Debian's `/bin/sh`.
    Dash,
    /// BusyBox 1.35 ash, Alpine's `/bin/sh`.
    Ash,
    /// bash 5.2.
    Bash,
}

/// Where the commands come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// The text itself (`-c`).
    Command(Vec<u8>),
    /// A file, by its path.
    File(Vec<u8>),
    /// Descriptor 0.
    Stdin,
}

/// A shell to run.
#[derive(Clone, Debug)]
pub struct Start {
    /// Which shell.
    pub personality: Personality,
    /// `$0`, which also begins most of its messages.
    pub name: Vec<u8>,
    /// Its commands.
    pub script: Script,
    /// `$1` and on.
    pub args: Vec<Vec<u8>>,
    /// The environment; a later entry of the same name wins.
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// User, working directory, umask.
    pub caller: Caller,
    /// Descriptors, lent as in [`Process::fds`].
    pub fds: Vec<(u32, OpenId)>,
    /// Single-letter options that are on (`b"eux"`).
    pub options: Vec<u8>,
    /// Options by name that are on (`pipefail`).
    pub long_options: Vec<Vec<u8>>,
    /// See [`Process::ignored`].
    pub ignored: Vec<u8>,
    /// See [`Process::depth`].
    pub depth: u32,
}
