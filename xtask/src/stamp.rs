//! Steps that are done again only when what they read has changed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::project::Project;

/// Folders that hold what is built or installed, never sources.
const NOT_SOURCES: [&str; 5] = ["target", "node_modules", "dist", "test-results", ".git"];

/// The inputs of a step, and the record of those it was last done with.
pub struct Stamp {
    record: PathBuf,
    hash: Sha256,
}

impl Stamp {
    /// A stamp for the step called `name`, with no inputs yet.
    pub fn new(project: &Project, name: &str) -> Self {
        let record = project.target.join("xtask/stamps").join(name);
        Self { record, hash: Sha256::new() }
    }

    /// Adds a text, such as a version or an option, to the inputs.
    pub fn text(mut self, text: &str) -> Self {
        self.feed(text.as_bytes());
        self
    }

    /// Adds a file, or every source file below a folder, to the inputs; it need not exist.
    pub fn path(mut self, path: impl AsRef<Path>) -> Result<Self> {
        for file in source_files(path.as_ref())? {
            let content =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            self.feed(file.as_os_str().as_encoded_bytes());
            self.feed(&content);
        }
        Ok(self)
    }

    /// Does the work unless it was done with the same inputs and every output is still there.
    pub fn unless_done(self, outputs: &[PathBuf], work: impl FnOnce() -> Result<()>) -> Result<()> {
        let current = hex(&self.hash.finalize());
        let done = fs::read_to_string(&self.record).is_ok_and(|recorded| recorded == current)
            && outputs.iter().all(|output| output.exists());
        if done {
            return Ok(());
        }
        work()?;
        write(&self.record, current.as_bytes())
    }

    /// The length goes first, so that no two lists of inputs give the same bytes.
    fn feed(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
    }
}

/// The first 16 hexadecimal digits of the SHA-256 of files' names and contents, below `folder`.
pub fn content_name(folder: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for file in all_files(folder)? {
        let name = file.strip_prefix(folder).unwrap_or(&file);
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        for bytes in [name.as_os_str().as_encoded_bytes(), &content] {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        }
    }
    let mut digits = hex(&hash.finalize());
    digits.truncate(16);
    Ok(digits)
}

/// Every file below a folder, in the order of their names.
pub fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    files(folder, &|_| true)
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

fn source_files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    files(path, &|name| !NOT_SOURCES.contains(&name))
}

fn files(folder: &Path, enter: &impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", folder.display()));
        }
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()
        .with_context(|| format!("cannot read {}", folder.display()))?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if enter(&name) {
                found.extend(files(&path, enter)?);
            }
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
