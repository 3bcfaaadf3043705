//! Reads a directory of this machine as a build context.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use engine::{Context, ContextError};

/// A directory cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// This machine refuses.
    #[error("unable to prepare context: {path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine refuses.
    #[error("unable to prepare context: {0}")]
    Context(#[from] ContextError),
}

/// Puts the files, directories and symbolic links below `dir` into the context. Owners and times are
/// left behind, of the mode only whether a file is executable counts, so that the same files
/// give the same image on every machine; sockets and devices are left out.
///
/// # Errors
/// [`ReadError`].
pub fn read(context: &mut Context, dir: &Path) -> Result<(), ReadError> {
    read_dir(context, dir, "")
}

fn read_dir(context: &mut Context, dir: &Path, prefix: &str) -> Result<(), ReadError> {
    let io = |path: &Path, source| ReadError::Io { path: path.to_owned(), source };
    let mut entries = fs::read_dir(dir)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|source| io(dir, source))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(|source| io(&path, source))?;
        if kind.is_dir() {
            context.put_dir(&name)?;
            read_dir(context, &path, &format!("{name}/"))?;
        } else if kind.is_symlink() {
            let target = fs::read_link(&path).map_err(|source| io(&path, source))?;
            context.put_symlink(&name, &target.to_string_lossy())?;
        } else if kind.is_file() {
            let content = fs::read(&path).map_err(|source| io(&path, source))?;
            let executable = is_executable(&entry.metadata().map_err(|source| io(&path, source))?);
            context.put(&name, content, executable)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}
