//! What the builder asks of the outside: to run a command, to find a base image, to download a
//! file.

use std::sync::Arc;

use image::{Config, DiffId, Digest};
use vfs::{AbsPath, Stream, Timestamp, Tree};

/// Runs the commands of `RUN`. The builder knows neither shell nor programs.
pub trait Executor {
    /// Runs a command to its end in a container over `command.root`.
    ///
    /// # Errors
    /// [`RunError`] when it did not come to an end; a non-zero exit is an answer.
    fn run(&mut self, command: &Command<'_>) -> Result<Ran, RunError>;

    /// Whether a command could be started: its user is known, its program is there.
    ///
    /// # Errors
    /// What runc says where it could not.
    fn startable(&self, _command: &Command<'_>) -> Result<(), String> {
        Ok(())
    }
}

/// A command to run.
#[derive(Clone, Debug)]
pub struct Command<'a> {
    /// The filesystem it starts with.
    pub root: &'a Tree,
    /// Program and arguments.
    pub args: &'a [String],
    /// `NAME=value`.
    pub env: &'a [String],
    /// Absolute working directory.
    pub cwd: &'a str,
    /// As the `USER` instruction names it; empty for root.
    pub user: &'a str,
    /// What is mounted over its filesystem, in this order.
    pub mounts: &'a [Mount],
    /// `--add-host`: names and addresses for `/etc/hosts`.
    pub hosts: &'a [(String, String)],
    /// Where its random numbers begin.
    pub seed: u64,
    /// The virtual time at which it starts.
    pub time: Timestamp,
}

/// Something mounted into a command's filesystem. Where its target is missing it is made, and what
/// was made for it and not used is removed afterwards.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Where.
    pub target: AbsPath,
    /// What: the file or directory `source` of this filesystem.
    pub tree: Tree,
    /// See `tree`; the root for all of it.
    pub source: AbsPath,
    /// Changes are refused.
    pub read_only: bool,
    /// A directory in memory of this many bytes at most; 0 for no limit of its own.
    pub tmpfs: Option<u64>,
}

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The filesystem it leaves.
    pub root: Tree,
    /// 0 for success; 128 + n when signal n ended it.
    pub exit_code: i32,
    /// What it printed.
    pub output: Output,
    /// The filesystems of [`Command::mounts`] as it leaves them, in the same order.
    pub mounts: Vec<Tree>,
    /// The virtual time at which it ended.
    pub time: Timestamp,
    /// The simple commands that it consisted of.
    pub points: CommitPoints,
}

/// The state that one simple command of a `RUN` leaves. Its filesystem is a snapshot and shares
/// everything that did not change.
#[derive(Clone, Debug)]
pub struct CommitPoint {
    /// As it ran: its words, expanded.
    pub words: Vec<String>,
    /// Its line in the script, from 1.
    pub line: u32,
    /// How many subshells deep: stages of pipelines, `$(...)`, `(...)`.
    pub subshell: u32,
    /// How it ended.
    pub exit_code: u8,
    /// The filesystem, without what is mounted over it.
    pub tree: Tree,
    /// The shell's working directory.
    pub cwd: String,
    /// The exported variables, `NAME=value`.
    pub env: Arc<[String]>,
    /// The virtual time.
    pub time: Timestamp,
    /// How many bytes had been printed.
    pub printed: usize,
}

/// The commit points of one command, in the order in which they came to be.
#[derive(Clone, Debug, Default)]
pub struct CommitPoints {
    /// The first ones.
    pub list: Arc<[CommitPoint]>,
    /// How many came after the limit and were not kept.
    pub dropped: u64,
}

/// What a command printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Runs of bytes of one stream, in the order they were written.
    pub runs: Vec<(Stream, Vec<u8>)>,
    /// Bytes that came after the limit and were dropped.
    pub dropped: u64,
}

impl Output {
    /// The last `lines` lines of both streams together.
    #[must_use]
    pub fn tail(&self, lines: usize) -> String {
        let all: Vec<u8> = self.runs.iter().flat_map(|run| run.1.iter().copied()).collect();
        let text = String::from_utf8_lossy(&all);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let skip = text.lines().count().saturating_sub(lines);
        text.lines().skip(skip).collect::<Vec<_>>().join("\n")
    }
}

/// Why a command did not come to an end.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// A program's module has to be fetched first; the build can be tried again then.
    #[error("program module {0} is not loaded yet")]
    NotLoaded(String),
    /// A limit of ours ended it: which, and what to do.
    #[error("{message}")]
    Stopped {
        /// Which limit, and what to do.
        message: String,
        /// What had been printed until then.
        output: Output,
        /// The simple commands that had ended until then.
        points: CommitPoints,
    },
}

/// Finds base images.
pub trait Images {
    /// The image that a reference of `FROM` or `--from` names, as it was written there.
    ///
    /// # Errors
    /// A sentence as the registry would give it.
    fn find(&mut self, reference: &str) -> Result<BaseImage, String>;

    /// The digest under which a registry has the image, which is shown behind its name; none for an
    /// image that comes from no registry.
    fn digest(&mut self, _reference: &str) -> Option<Digest> {
        None
    }
}

/// Answers downloads.
pub trait Network {
    /// The file at a URL.
    ///
    /// # Errors
    /// A sentence, as the client would give it.
    fn get(&mut self, url: &str) -> Result<Download, String>;
}

/// A file from the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Download {
    /// Its content.
    pub content: Vec<u8>,
    /// When it was last changed, if the server says so.
    pub modified: Option<Timestamp>,
}

/// No network at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNetwork;

impl Network for NoNetwork {
    fn get(&mut self, url: &str) -> Result<Download, String> {
        Err(format!(
            "not supported here: {url}, because there is no network; put the file into the build \
             context and COPY it"
        ))
    }
}

/// An image to build on.
#[derive(Clone, Debug)]
pub struct BaseImage {
    /// Its filesystem.
    pub tree: Tree,
    /// Its configuration.
    pub config: Config,
    /// Its layers, lowest first.
    pub layers: Vec<LayerInfo>,
}

/// What is known of a layer without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerInfo {
    /// Digest of its tar.
    pub diff_id: DiffId,
    /// Sum of the sizes of the regular files in it, in bytes, as `docker history` counts.
    pub bytes: u64,
}
