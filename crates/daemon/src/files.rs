//! The files around a `docker` command.

use vfs::Tree;

/// What `docker` reads and writes on the machine it is called on.
pub trait Files {
    /// A directory as a build context: all that is in it.
    ///
    /// # Errors
    /// A sentence that names the path.
    fn directory(&mut self, path: &str) -> Result<Tree, String>;

    /// The content of a file.
    ///
    /// # Errors
    /// A sentence that names the path.
    fn read(&mut self, path: &str) -> Result<Vec<u8>, String>;

    /// Writes a file.
    ///
    /// # Errors
    /// A sentence that names the path.
    fn write(&mut self, path: &str, content: &[u8]) -> Result<(), String>;

    /// Copies a file or directory of a container to a path, or from there: `docker cp`.
    ///
    /// # Errors
    /// A sentence that names the path.
    fn put_tree(&mut self, path: &str, tree: &Tree) -> Result<(), String>;
}

/// No files at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn directory(&mut self, path: &str) -> Result<Tree, String> {
        Err(missing(path))
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        Err(missing(path))
    }

    fn write(&mut self, path: &str, _: &[u8]) -> Result<(), String> {
        Err(missing(path))
    }

    fn put_tree(&mut self, path: &str, _: &Tree) -> Result<(), String> {
        Err(missing(path))
    }
}

fn missing(path: &str) -> String {
    format!("open {path}: no such file or directory")
}
