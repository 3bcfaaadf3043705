//! The user's files.

use std::collections::BTreeMap;
use std::rc::Rc;

use thiserror::Error;

use super::content::Content;
use super::origin::Origin;
use super::path::FilePath;

/// A Dockerfile and the build context around it. Cloning shares the files' text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// What the user calls it.
    pub name: Rc<str>,
    /// The build context; the Dockerfile is always among them.
    pub files: BTreeMap<FilePath, File>,
    /// The file in the editor.
    pub open: FilePath,
    /// Where it came from.
    pub origin: Option<Origin>,
    /// Whether the user has not changed it yet: then leaving it loses nothing.
    pub untouched: bool,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What is in it.
    pub content: Content,
    /// Whether it may be executed.
    pub executable: bool,
}

/// Why a file could not be made, renamed or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FileError {
    /// Another file has that name.
    #[error("there is already a file of that name")]
    Taken,
    /// A file stands where a directory would have to be, or the other way round.
    #[error("the path leads through a file")]
    ThroughFile,
    /// The Dockerfile keeps its name and place.
    #[error("the Dockerfile stays where it is")]
    Dockerfile,
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
}

impl File {
    /// A text file that may not be executed.
    pub fn text(text: &str) -> Self {
        Self { content: Content::Text(text.into()), executable: false }
    }
}

impl Project {
    /// A project of these files, and of a Dockerfile if there is none among them.
    pub fn new(name: &str, files: BTreeMap<FilePath, File>) -> Self {
        let open = FilePath::dockerfile();
        let mut project = Self { name: name.into(), files, open, origin: None, untouched: false };
        project.files.entry(FilePath::dockerfile()).or_insert_with(|| File::text("FROM scratch\n"));
        project
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.content.len() as u64).sum()
    }

    /// What is other than in `old`: the files that differ, and the paths that are gone.
    pub fn since<'a>(
        &'a self,
        old: Option<&'a Self>,
    ) -> (impl Iterator<Item = (&'a FilePath, &'a File)>, impl Iterator<Item = &'a FilePath>) {
        let before = move |path: &FilePath| old.and_then(|old| old.files.get(path));
        let put = self.files.iter().filter(move |(path, file)| before(path) != Some(*file));
        let all = old.into_iter().flat_map(|old| old.files.keys());
        (put, all.filter(|path| !self.files.contains_key(*path)))
    }

    /// Paths in the order in which they are shown: the Dockerfile first.
    pub fn paths(&self) -> Vec<FilePath> {
        let mut paths: Vec<FilePath> = self.files.keys().cloned().collect();
        paths.sort_by_key(|path| (!path.is_dockerfile(), path.clone()));
        paths
    }

    /// Adds an empty file and opens it.
    ///
    /// # Errors
    /// When its name is taken, or leads through a file.
    pub fn create(&mut self, path: FilePath) -> Result<(), FileError> {
        self.place_is_free(&path)?;
        self.files.insert(path.clone(), File::text(""));
        self.open = path;
        Ok(())
    }

    /// Gives a file another name.
    ///
    /// # Errors
    /// When there is no such file, it is the Dockerfile, or the new name is taken.
    pub fn rename(&mut self, from: &FilePath, to: FilePath) -> Result<(), FileError> {
        if from == &to {
            return Ok(());
        }
        if from.is_dockerfile() {
            return Err(FileError::Dockerfile);
        }
        let file = self.files.remove(from).ok_or(FileError::Missing)?;
        if let Err(error) = self.place_is_free(&to) {
            self.files.insert(from.clone(), file);
            return Err(error);
        }
        self.files.insert(to.clone(), file);
        if &self.open == from {
            self.open = to;
        }
        Ok(())
    }

    /// Takes a file out, and gives it back for an undo.
    ///
    /// # Errors
    /// When there is no such file, or it is the Dockerfile.
    pub fn delete(&mut self, path: &FilePath) -> Result<File, FileError> {
        if path.is_dockerfile() {
            return Err(FileError::Dockerfile);
        }
        let file = self.files.remove(path).ok_or(FileError::Missing)?;
        if &self.open == path {
            self.open = FilePath::dockerfile();
        }
        Ok(file)
    }

    fn place_is_free(&self, path: &FilePath) -> Result<(), FileError> {
        let inside = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        for taken in self.files.keys() {
            if taken == path {
                return Err(FileError::Taken);
            }
            if inside(taken.as_str(), path.as_str()) || inside(path.as_str(), taken.as_str()) {
                return Err(FileError::ThroughFile);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn path(text: &str) -> FilePath {
        FilePath::parse(text).expect("a path")
    }

    #[test]
    fn files_come_and_go() {
        let mut project = sample::project();
        project.create(path("src/a.txt")).expect("free");
        assert_eq!(project.open, path("src/a.txt"));
        assert_eq!(project.create(path("src/a.txt")), Err(FileError::Taken));
        assert_eq!(project.create(path("src")), Err(FileError::ThroughFile));
        assert_eq!(project.create(path("src/a.txt/b")), Err(FileError::ThroughFile));
        project.create(path("src2")).expect("a longer name is no child");

        project.rename(&path("src/a.txt"), path("src")).expect("its own directory is gone");
        assert_eq!(project.rename(&path("src"), path("src2")), Err(FileError::Taken));
        assert!(project.files.contains_key(&path("src")), "a refused rename loses nothing");

        project.delete(&path("src")).expect("there");
        assert_eq!(project.delete(&path("src")), Err(FileError::Missing));
    }

    #[test]
    fn the_dockerfile_stays() {
        let mut project = sample::project();
        let dockerfile = FilePath::dockerfile();
        assert_eq!(project.delete(&dockerfile), Err(FileError::Dockerfile));
        assert_eq!(project.rename(&dockerfile, path("x")), Err(FileError::Dockerfile));
        assert_eq!(project.paths().first(), Some(&dockerfile));
    }

    #[test]
    fn a_closed_file_gives_way_to_the_dockerfile() {
        let mut project = sample::project();
        project.open = path("app.js");
        project.delete(&path("app.js")).expect("there");
        assert_eq!(project.open, FilePath::dockerfile());
    }
}
