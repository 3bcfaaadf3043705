//! Changes to files: what `COPY`, `ADD` and `WORKDIR` do to a filesystem.
//!
//! The rules are those of BuildKit's `solver/llbsolver/file/backend.go` over
//! `tonistiigi/fsutil/copy/copy.go`.

mod copy;
mod mode;
mod select;
mod unpack;

pub(crate) use copy::{CopyOptions, copy, make_dirs, put_file};
pub use mode::ChangeMode;
pub(crate) use select::{Selected, files_of, select};
pub(crate) use unpack::{is_archive, unpack};

use dockerfile::{DirMatches, Ignore, IgnoreError};
use vfs::{AbsPath, Caller, Errno, Fs, NodeId, ResolveFlags};

/// Why files could not be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A source without wildcards is not there.
    #[error("\"{0}\": not found")]
    NotFound(AbsPath),
    /// A file would take the place of a directory.
    #[error("cannot replace to directory {0} with file")]
    FileOntoDirectory(AbsPath),
    /// A directory would take the place of a file.
    #[error("cannot copy to non-directory: {0}")]
    DirectoryOntoFile(AbsPath),
    /// A pattern of `--exclude` or `--parents` is malformed.
    #[error("invalid {kind}patterns: {patterns:?}: {error}")]
    Pattern {
        /// `exclude` or `include`.
        kind: &'static str,
        /// All of them.
        patterns: Vec<String>,
        /// What is wrong.
        error: IgnoreError,
    },
    /// An archive ends early or is malformed.
    #[error("{path}: {cause}")]
    Archive {
        /// The archive.
        path: AbsPath,
        /// What is wrong.
        cause: String,
    },
    /// The filesystem refused, for example because it is full.
    #[error("{path}: {}", errno_text(*.errno))]
    Refused {
        /// Where.
        path: AbsPath,
        /// Why.
        errno: Errno,
    },
}

fn errno_text(errno: Errno) -> String {
    errno.to_string().to_lowercase()
}

/// What `--parents` and `--exclude` leave of a source. Paths are relative to the source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    include: Option<Ignore>,
    exclude: Option<Ignore>,
}

impl Filter {
    /// A filter of these patterns, in the syntax of `.dockerignore`.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, FileError> {
        let compile = |kind, patterns: &[String]| {
            let compiled = (!patterns.is_empty()).then(|| Ignore::new(patterns)).transpose();
            compiled.map_err(|error| FileError::Pattern {
                kind,
                patterns: patterns.to_vec(),
                error,
            })
        };
        Ok(Self { include: compile("include", include)?, exclude: compile("exclude", exclude)? })
    }

    /// Whether the file at `path` is taken, and what a walk needs to know of it for what it holds.
    /// The source itself, whose path is empty, always is.
    pub fn takes(&self, path: &str, parent: &Passed) -> (bool, Passed) {
        if path.is_empty() {
            return (true, Passed::default());
        }
        let mut passed = Passed::default();
        let mut taken = true;
        if let Some(include) = &self.include {
            let (matched, dir) = include.matches_below(path, parent.include.as_ref());
            (taken, passed.include) = (matched, Some(dir));
        }
        if let Some(exclude) = &self.exclude {
            let (matched, dir) = exclude.matches_below(path, parent.exclude.as_ref());
            (taken, passed.exclude) = (taken && !matched, Some(dir));
        }
        (taken, passed)
    }

    /// Whether there are patterns of what to take.
    pub fn has_include(&self) -> bool {
        self.include.is_some()
    }
}

/// What the patterns of a [`Filter`] said of a directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passed {
    include: Option<DirMatches>,
    exclude: Option<DirMatches>,
}

/// Who changes files: root, whose modes no mask restricts.
fn caller() -> Caller {
    Caller { umask: 0, ..Caller::root() }
}

/// The file at a path whose links are not followed at the end.
fn node_at(fs: &Fs, path: &AbsPath) -> Option<NodeId> {
    fs.resolve(&caller(), NodeId::ROOT, path.as_bytes(), ResolveFlags::NOFOLLOW).ok()?.node
}

/// Where the path leads inside `fs`, links followed from its root, its end missing or not.
pub(crate) fn resolved(fs: &Fs, path: &AbsPath) -> AbsPath {
    let spot = fs.resolve(&caller(), NodeId::ROOT, path.as_bytes(), ResolveFlags::FOLLOW);
    if let Ok(spot) = spot {
        return match spot.node {
            Some(node) => fs.path_of(node).unwrap_or_else(|_| path.clone()),
            None => match (fs.path_of(spot.parent), &spot.name) {
                (Ok(parent), Some(name)) => parent.child(name),
                _ => path.clone(),
            },
        };
    }
    // Something above the end is missing: resolve that first.
    match path.parent() {
        Some(parent) => resolved(fs, &parent).join(path.file_name()),
        None => path.clone(),
    }
}
