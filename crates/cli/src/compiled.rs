//! Compiled programs, kept on disk by the digest of their module.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use engine::Digest;
use wasi::{CompileError, Module};

/// How many builds of this command keep their compiled programs.
const BUILDS: usize = 4;

/// A folder of compiled programs. Where it cannot be used, programs are compiled each time.
pub struct Compiled {
    folder: Option<PathBuf>,
}

impl Compiled {
    /// The user's own: `layerlab/compiled` in `XDG_CACHE_HOME` or `~/.cache`, below it a folder for
    /// this build of the command, since no other may read what this one writes.
    pub fn of_user() -> Self {
        let cache = std::env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
        let folder = cache.zip(build_key()).and_then(|(cache, key)| {
            let all = cache.join("layerlab/compiled");
            prepare(&all, &key).ok()
        });
        Self { folder }
    }

    /// The program with these bytes.
    ///
    /// # Errors
    /// As [`Module::compile`].
    pub fn get(&self, bytes: &[u8]) -> Result<Module, CompileError> {
        let Some(folder) = &self.folder else { return Module::compile(bytes) };
        let digest = Digest::of(bytes).to_string();
        let path = folder.join(digest.trim_start_matches("sha256:"));
        if let Ok(artifact) = fs::read(&path) {
            // SAFETY: only this build of the command writes to the folder, which is the user's own
            // and closed to others; files come into it complete, by a rename.
            if let Ok(module) = unsafe { Module::deserialize(&artifact) } {
                return Ok(module);
            }
        }
        let module = Module::compile(bytes)?;
        // It runs all the same if it cannot be kept.
        let _ = module.serialize().map(|artifact| write(&path, &artifact));
        Ok(module)
    }
}

/// What tells this build of the command from others: size and time of its file.
fn build_key() -> Option<String> {
    let metadata = std::env::current_exe().and_then(fs::metadata).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{:x}-{:x}", metadata.len(), modified.as_nanos()))
}

/// Makes the folder of this build, and takes away those of the builds that came long before it.
fn prepare(all: &Path, key: &str) -> io::Result<PathBuf> {
    let own = all.join(key);
    if own.is_dir() {
        return Ok(own);
    }
    let mut others: Vec<_> = fs::read_dir(all)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    others.sort();
    others.reverse();
    for (_, old) in others.iter().skip(BUILDS - 1) {
        fs::remove_dir_all(old)?;
    }
    fs::create_dir_all(&own)?;
    close_to_others(&own)?;
    Ok(own)
}

#[cfg(unix)]
fn close_to_others(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

fn write(path: &Path, artifact: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension(std::process::id().to_string());
    fs::write(&temporary, artifact)?;
    fs::rename(&temporary, path)
}
