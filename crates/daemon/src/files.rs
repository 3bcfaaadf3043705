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

    /// The directory in which the command is called, as an absolute path.
    fn working_directory(&mut self) -> String;

    /// Does to a directory what was done to it in a container that had it mounted.
    ///
    /// # Errors
    /// A sentence that names the path.
    fn write_back(&mut self, path: &str, before: &Tree, after: &Tree) -> Result<(), String>;
}
