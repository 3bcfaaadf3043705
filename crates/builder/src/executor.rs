//! What the builder asks of the outside: to run a command, and to find a base image.

use image::{Config, DiffId};
use vfs::{Stream, Timestamp, Tree};

/// Runs the commands of `RUN`. The builder knows neither shell nor programs.
pub trait Executor {
    /// Runs a command to its end in a container over `command.root`.
    ///
    /// # Errors
    /// [`RunError`] when it did not come to an end; a non-zero exit is an answer.
    fn run(&mut self, command: &Command<'_>) -> Result<Ran, RunError>;
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
    /// The virtual time at which it starts.
    pub time: Timestamp,
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
    /// The virtual time at which it ended.
    pub time: Timestamp,
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    },
}

/// Finds base images.
pub trait Images {
    /// The image that a reference of `FROM` or `--from` names, as it was written there.
    ///
    /// # Errors
    /// A sentence as the registry would give it.
    fn find(&mut self, reference: &str) -> Result<BaseImage, String>;
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
