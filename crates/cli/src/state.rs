//! The daemon's state in a directory: a journal of the commands that changed it.
//!
//! Everything the daemon does follows from its commands and what they read (its clock is virtual, its
//! random numbers are seeded), so the journal is the state: opening the directory carries the
//! commands out again. A command counts once its line ends in the journal; files that it read lie
//! beside the journal under their digests and are written first. So a machine that stops at any
//! moment loses at most the command that was under way, and nothing half-written is ever seen.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use daemon::{Answer, Call, Daemon, Files};
use engine::Modules;
use image::{Digest, Layer, TarLimits, export_tree};
use serde::{Deserialize, Serialize};
use vfs::Tree;

use crate::compiled::Compiled;
use crate::modules::{self, ModuleError};

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The directory cannot be read or written.
    #[error("{}: {source}; --state names a directory that can be written", path.display())]
    Directory {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another command uses it.
    #[error("{} is in use by another command; wait for its end", .0.display())]
    InUse(PathBuf),
    /// It was written by something else.
    #[error("{} line {line} is no command of a journal: {why}; move the directory away", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A program cannot be had.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// Standard input cannot be read.
    #[error("cannot read standard input: {0}")]
    Input(io::Error),
}

/// A command and what it read.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    args: Vec<String>,
    env: BTreeMap<String, String>,
    /// Digest of its standard input; none if it was empty.
    input: Option<String>,
    reads: Vec<Read>,
    /// Where it was called, if that mattered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory: Option<String>,
}

/// What one look at a file gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Read {
    path: String,
    directory: bool,
    /// A digest, or what went wrong.
    found: Result<String, String>,
}

/// The daemon with its journal.
pub struct State {
    daemon: Daemon,
    journal: Option<Journal>,
}

/// An open journal. It is locked as long as it is open.
struct Journal {
    dir: PathBuf,
    file: File,
}

impl State {
    /// Opens the state of a directory, which is made if it is not there; without one the state is
    /// empty and is not kept.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn open(dir: Option<PathBuf>) -> Result<Self, StateError> {
        let compiled = Compiled::of_user();
        let daemon = Daemon::new(Arc::new(move |bytes| compiled.get(bytes)));
        let Some(dir) = dir else { return Ok(Self { daemon, journal: None }) };
        let (journal, records) = Journal::open(dir)?;
        let mut state = Self { daemon, journal: None };
        for record in &records {
            let input = record.input.as_ref().map(|digest| journal.blob(digest)).transpose()?;
            let directory = record.directory.clone();
            let mut files =
                Recorded { journal: &journal, reads: &record.reads, directory, made: 0 };
            state.call(&record.args, &record.env, &input.unwrap_or_default(), &mut files)?;
        }
        state.journal = Some(journal);
        Ok(state)
    }

    /// The daemon itself, which nothing is written down of any more.
    pub fn into_daemon(self) -> Daemon {
        self.daemon
    }

    /// The modules of programs, which the host's shell shares.
    pub fn modules(&self) -> Modules {
        self.daemon.modules().clone()
    }

    /// Loads every program.
    ///
    /// # Errors
    /// [`StateError::Module`].
    pub fn load_all(&mut self) -> Result<(), StateError> {
        for name in engine::module_names() {
            let bytes = modules::read(name)?;
            self.daemon.load_module(name, &bytes).map_err(ModuleError::from)?;
        }
        Ok(())
    }

    /// The filesystem of an image of the catalogue.
    ///
    /// # Errors
    /// The registry's sentence.
    pub fn image(&mut self, reference: &str) -> Result<Tree, String> {
        self.daemon.base_tree(reference)
    }

    /// Runs a docker command, and writes it down if it changed something.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn docker(
        &mut self,
        args: &[String],
        env: &BTreeMap<String, String>,
        input: &[u8],
        files: &mut dyn Files,
    ) -> Result<Answer, StateError> {
        let (reads, blobs) = Default::default();
        let mut files = Recording { files, reads, blobs, directory: None };
        let answer = self.call(args, env, input, &mut files)?;
        let Recording { reads, blobs, directory, .. } = files;
        if let Some(journal) = self.journal.as_mut().filter(|_| answer.changed) {
            for blob in &blobs {
                journal.put(blob)?;
            }
            let input = if input.is_empty() { None } else { Some(journal.put(input)?) };
            // What decides is kept of the environment, nothing else of it.
            let env = env.iter().filter(|(name, _)| kept(args, name));
            let env = env.map(|(name, value)| (name.clone(), value.clone())).collect();
            journal.append(&Record { args: args.to_vec(), env, input, reads, directory })?;
        }
        Ok(answer)
    }

    /// Runs a docker command, loading the modules that it needs.
    fn call(
        &mut self,
        args: &[String],
        env: &BTreeMap<String, String>,
        input: &[u8],
        files: &mut dyn Again,
    ) -> Result<Answer, StateError> {
        loop {
            files.again();
            match self.daemon.docker(Call {
                args,
                env,
                input,
                files: files.as_files(),
                terminal: false,
            }) {
                Ok(answer) => return Ok(answer),
                Err(missing) => {
                    let bytes = modules::read(&missing.0)?;
                    self.daemon.load_module(&missing.0, &bytes).map_err(ModuleError::from)?;
                }
            }
        }
    }
}

/// Whether a command can depend on a variable: it is named by an argument, or chooses the builder.
fn kept(args: &[String], name: &str) -> bool {
    name == "DOCKER_BUILDKIT" || args.iter().any(|arg| arg.contains(name))
}

/// Files that can be read once more from the beginning.
trait Again {
    /// The command begins again.
    fn again(&mut self);
    fn as_files(&mut self) -> &mut dyn Files;
}

/// Files whose answers are noted.
struct Recording<'a> {
    files: &'a mut dyn Files,
    reads: Vec<Read>,
    blobs: Vec<Vec<u8>>,
    directory: Option<String>,
}

impl Recording<'_> {
    fn note(&mut self, path: &str, directory: bool, found: Result<Vec<u8>, String>) {
        let found = found.map(|bytes| {
            let digest = Digest::of(&bytes).hex();
            self.blobs.push(bytes);
            digest
        });
        self.reads.push(Read { path: path.to_owned(), directory, found });
    }
}

impl Again for Recording<'_> {
    fn again(&mut self) {
        self.reads.clear();
        self.blobs.clear();
    }

    fn as_files(&mut self) -> &mut dyn Files {
        self
    }
}

impl Files for Recording<'_> {
    fn directory(&mut self, path: &str) -> Result<Tree, String> {
        let found = self.files.directory(path);
        let tar = found.clone().and_then(|tree| {
            let mut tar = Vec::new();
            export_tree(&tree, &mut tar).map_err(|error| error.to_string())?;
            Ok(tar)
        });
        self.note(path, true, tar);
        found
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        let found = self.files.read(path);
        self.note(path, false, found.clone());
        found
    }

    fn write(&mut self, path: &str, content: &[u8]) -> Result<(), String> {
        self.files.write(path, content)
    }

    fn put_tree(&mut self, path: &str, tree: &Tree) -> Result<(), String> {
        self.files.put_tree(path, tree)
    }

    fn working_directory(&mut self) -> String {
        let directory = self.files.working_directory();
        self.directory = Some(directory.clone());
        directory
    }

    fn write_back(&mut self, path: &str, before: &Tree, after: &Tree) -> Result<(), String> {
        self.files.write_back(path, before, after)
    }
}

/// Files as they were when a command ran first; nothing is written again.
struct Recorded<'a> {
    journal: &'a Journal,
    reads: &'a [Read],
    directory: Option<String>,
    /// How many of them the command has made.
    made: usize,
}

impl Recorded<'_> {
    fn next(&mut self, path: &str, directory: bool) -> Result<Vec<u8>, String> {
        let changed = || format!("open {path}: not in the journal");
        let read = self.reads.get(self.made).ok_or_else(changed)?;
        self.made += 1;
        if read.path != path || read.directory != directory {
            return Err(changed());
        }
        let digest = read.found.clone()?;
        self.journal.blob(&digest).map_err(|error| error.to_string())
    }
}

impl Again for Recorded<'_> {
    fn again(&mut self) {
        self.made = 0;
    }

    fn as_files(&mut self) -> &mut dyn Files {
        self
    }
}

impl Files for Recorded<'_> {
    fn directory(&mut self, path: &str) -> Result<Tree, String> {
        let tar = self.next(path, true)?;
        let layer =
            Layer::read(&tar[..], TarLimits::default()).map_err(|error| error.to_string())?;
        let mut tree = Tree::new();
        layer.apply(&mut tree).map_err(|error| error.to_string())?;
        Ok(tree)
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        self.next(path, false)
    }

    fn write(&mut self, _: &str, _: &[u8]) -> Result<(), String> {
        Ok(())
    }

    fn put_tree(&mut self, _: &str, _: &Tree) -> Result<(), String> {
        Ok(())
    }

    fn working_directory(&mut self) -> String {
        self.directory.clone().unwrap_or_else(|| "/".to_owned())
    }

    fn write_back(&mut self, _: &str, _: &Tree, _: &Tree) -> Result<(), String> {
        Ok(())
    }
}

impl Journal {
    /// Opens a journal and reads what it holds. What stands behind its last whole line was being
    /// written when the machine stopped, and is cut off.
    fn open(dir: PathBuf) -> Result<(Self, Vec<Record>), StateError> {
        let path = dir.join("journal");
        let failed = |source| StateError::Directory { path: path.clone(), source };
        fs::create_dir_all(dir.join("blobs")).map_err(failed)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StateError::InUse(dir)),
            Err(fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
        let text = fs::read(&path).map_err(failed)?;
        let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(failed)?;
        let mut records = Vec::new();
        for (index, line) in text[..whole].split(|&byte| byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            records.push(serde_json::from_slice(line).map_err(|error| StateError::Journal {
                path: path.clone(),
                line: index + 1,
                why: error.to_string(),
            })?);
        }
        Ok((Self { dir, file }, records))
    }

    fn append(&mut self, record: &Record) -> Result<(), StateError> {
        let failed = |source| StateError::Directory { path: self.dir.join("journal"), source };
        let mut line = serde_json::to_vec(record).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).and_then(|()| self.file.sync_data()).map_err(failed)
    }

    /// Keeps bytes under their digest.
    fn put(&self, bytes: &[u8]) -> Result<String, StateError> {
        let digest = Digest::of(bytes).hex();
        let path = self.path_of(&digest);
        let failed = |source| StateError::Directory { path: path.clone(), source };
        if !path.exists() {
            let aside = path.with_extension("new");
            let write = |to: &Path| {
                let mut file = File::create(to)?;
                file.write_all(bytes)?;
                file.sync_data()?;
                fs::rename(to, &path)
            };
            write(&aside).map_err(failed)?;
        }
        Ok(digest)
    }

    fn blob(&self, digest: &str) -> Result<Vec<u8>, StateError> {
        let path = self.path_of(digest);
        fs::read(&path).map_err(|source| StateError::Directory { path, source })
    }

    fn path_of(&self, digest: &str) -> PathBuf {
        self.dir.join("blobs").join(digest)
    }
}
