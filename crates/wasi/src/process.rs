//! What a process is given and how it ends.

use std::sync::Arc;

use vfs::{Caller, Fs, NodeId, OpenId};

/// One run of a program.
pub struct Process {
    /// Arguments, the program's name first.
    pub argv: Vec<Vec<u8>>,
    /// Environment as (name, value), in the order the program sees it.
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// User, working directory and umask. The program may change the latter two for itself.
    pub caller: Caller,
    /// Descriptors it begins with. One reference to each file is the process's own: [`crate::run()`]
    /// closes it. Where a preopen has the number, only the process's children see the file,
    /// and paths such as `/dev/fd/3`.
    pub fds: Vec<(u32, OpenId)>,
    /// Directories it begins with, as descriptors 3, 4, ...: wasi-libc looks for them without gaps.
    pub preopens: Vec<Preopen>,
    /// What it may use.
    pub limits: ProcessLimits,
    /// Who runs programs for it; without, `spawn` answers `nosys`.
    pub spawn: Option<Box<dyn Spawn>>,
    /// Asked at host calls whether the process is to be stopped.
    pub interrupt: Option<Interrupt>,
    /// Its number.
    pub pid: u32,
    /// The number of the process that started it.
    pub ppid: u32,
    /// Whether a time that is waited for comes before what a pipe may bring: where the other end of
    /// the pipe is outside and may never write.
    pub time_wins: bool,
    /// The terminal's size, for the case that the console is a terminal.
    pub winsize: Winsize,
}

/// Whether to stop; see [`Process::interrupt`].
pub type Interrupt = Arc<dyn Fn() -> bool + Send + Sync>;

impl Process {
    /// A process in `caller`'s working directory, without descriptors: `.` and `/` are open to it
    /// as 3 and 4, and paths may lead out of `.`.
    #[must_use]
    pub fn new(argv: Vec<Vec<u8>>, env: Vec<(Vec<u8>, Vec<u8>)>, caller: Caller) -> Self {
        let preopens = vec![
            // wasi-libc strips both names to nothing and lets the later preopen win, so `/` is last.
            Preopen { guest_name: b".".to_vec(), node: caller.cwd, beneath: false },
            Preopen { guest_name: b"/".to_vec(), node: NodeId::ROOT, beneath: false },
        ];
        Self {
            argv,
            env,
            caller,
            fds: Vec::new(),
            preopens,
            limits: ProcessLimits::default(),
            spawn: None,
            interrupt: None,
            pid: 1,
            ppid: 0,
            time_wins: false,
            winsize: Winsize::default(),
        }
    }
}

/// A directory that is open when the process starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preopen {
    /// Its name in the program.
    pub guest_name: Vec<u8>,
    /// The directory.
    pub node: NodeId,
    /// Whether paths that lead out of it are refused (`perm`).
    pub beneath: bool,
}

/// Rows and columns of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Winsize {
    /// Rows.
    pub rows: u16,
    /// Columns.
    pub columns: u16,
}

impl Default for Winsize {
    fn default() -> Self {
        Self { rows: 24, columns: 80 }
    }
}

/// How much a process may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessLimits {
    /// Linear memory in bytes. A process that has more at a host call or at its end is stopped;
    /// beyond [`crate::MAX_MEMORY`] memory does not grow at all.
    pub memory: u64,
    /// Number of host calls.
    pub calls: u64,
    /// Number of loop turns and function calls; counted natively only.
    pub steps: u64,
    /// Number of descriptors open at one time; one more answers `mfile`.
    pub descriptors: usize,
}

impl Default for ProcessLimits {
    fn default() -> Self {
        Self { memory: 512 << 20, calls: 1 << 32, steps: 1 << 40, descriptors: 1024 }
    }
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By returning or by `proc_exit`; a shell shows the low 8 bits.
    Code(u32),
    /// By a signal: one it raised, SIGPIPE, or what a trap is the counterpart of.
    Signal {
        /// Linux's number.
        number: u8,
        /// The trap in the words of the WebAssembly engine.
        trap: Option<String>,
    },
}

impl Exit {
    /// `$?` in a shell.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Code(code) => (code & 0xff) as u8,
            Self::Signal { number, .. } => 128 + (number & 0x7f),
        }
    }
}

/// Why a program was ended from outside. What it did to the filesystem stands unless the caller
/// rolls it back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// It read from an empty or wrote to a full pipe whose other end belongs to a program that has
    /// not run yet.
    #[error("waits for the other end of a pipe")]
    Blocked,
    /// It used up what [`ProcessLimits`] gives.
    #[error("limit reached: {0}")]
    Limit(Limit),
    /// [`Process::interrupt`] said so.
    #[error("interrupted")]
    Interrupted,
    /// The engine could not start it.
    #[error("module does not start: {0}")]
    Start(String),
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// [`ProcessLimits::memory`]; the kernel would have sent SIGKILL (status 137).
    #[error("memory of the process, {0} bytes")]
    Memory(u64),
    /// [`ProcessLimits::calls`].
    #[error("host calls of the process, {0}")]
    Calls(u64),
    /// [`ProcessLimits::steps`].
    #[error("steps of the process, {0}")]
    Steps(u64),
}

/// Runs programs for a process, to their end.
pub trait Spawn: Send {
    /// Finds and runs a program; answers its status as a shell shows it.
    ///
    /// # Errors
    /// [`SpawnError`].
    fn spawn(&mut self, fs: &mut Fs, request: SpawnRequest) -> Result<u8, SpawnError>;
}

/// What to run.
#[derive(Clone, Debug)]
pub struct SpawnRequest {
    /// Arguments; `argv[0]` is to be looked up in the `PATH` of `env` if it has no slash.
    pub argv: Vec<Vec<u8>>,
    /// Environment as (name, value).
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// User, umask and working directory.
    pub caller: Caller,
    /// Descriptors with one reference each, which whoever runs the program gives back.
    pub fds: Vec<(u32, OpenId)>,
    /// The process that asks.
    pub ppid: u32,
}

/// Why a program was not run to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpawnError {
    /// It did not start: `ENOENT` not found, `EACCES` not executable, `ENOEXEC` of unknown format.
    #[error(transparent)]
    Errno(#[from] vfs::Errno),
    /// It was stopped, and with it the process that asked.
    #[error(transparent)]
    Stop(#[from] Stop),
}
