//! The files of this machine, as `docker` reads and writes them.

use std::path::Path;

use daemon::Files;
use vfs::{AbsPath, Fs, Limits, Tree};

use crate::transfer;

/// This machine's files; relative paths begin at the current directory.
pub struct HostFiles;

impl Files for HostFiles {
    fn directory(&mut self, path: &str) -> Result<Tree, String> {
        let mut fs = Fs::new(Tree::new(), Limits::default());
        transfer::copy_in(&mut fs, Path::new(path), &AbsPath::root())
            .map_err(|error| error.to_string())?;
        Ok(fs.into_root())
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(path).map_err(|error| sentence("open", path, &error))
    }

    fn write(&mut self, path: &str, content: &[u8]) -> Result<(), String> {
        std::fs::write(path, content).map_err(|error| sentence("open", path, &error))
    }

    fn put_tree(&mut self, path: &str, tree: &Tree) -> Result<(), String> {
        let target = Path::new(path);
        let only = tree.walk().map(|(path, _, _)| path).nth(1);
        let Some(only) = only else { return Ok(()) };
        let name = String::from_utf8_lossy(only.file_name()).into_owned();
        // Into a directory that is there; otherwise under the name that is given.
        let parent = if target.is_dir() {
            target.to_owned()
        } else {
            let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
            parent.unwrap_or(Path::new(".")).to_owned()
        };
        let out = |to: &Path| {
            transfer::copy_out(&Tree::new(), tree, &AbsPath::root(), to)
                .map_err(|error| error.to_string())
        };
        if target.is_dir() || target.file_name().is_some_and(|own| *own == *name) {
            return out(&parent);
        }
        // Under another name: beside the target first, so that nothing else is replaced.
        let aside = parent.join(format!(".layerlab-{}", std::process::id()));
        let failed = |error: std::io::Error| sentence("open", path, &error);
        std::fs::create_dir(&aside).map_err(failed)?;
        let moved =
            out(&aside).and_then(|()| std::fs::rename(aside.join(&name), target).map_err(failed));
        std::fs::remove_dir_all(&aside).map_err(failed)?;
        moved
    }

    fn working_directory(&mut self) -> String {
        std::env::current_dir().map_or_else(|_| "/".to_owned(), |dir| dir.display().to_string())
    }

    fn write_back(&mut self, path: &str, before: &Tree, after: &Tree) -> Result<(), String> {
        std::fs::create_dir_all(path).map_err(|error| sentence("mkdir", path, &error))?;
        transfer::copy_out(before, after, &AbsPath::root(), Path::new(path))
            .map_err(|error| error.to_string())
    }
}

fn sentence(what: &str, path: &str, error: &std::io::Error) -> String {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    format!("{what} {path}: {why}")
}
