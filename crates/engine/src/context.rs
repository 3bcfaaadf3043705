//! The build context: files on the host, and what `.dockerignore` leaves of them.

use builder::without_ignored;
use dockerfile::{Ignore, IgnoreError};
use vfs::{
    AbsPath, Caller, Content, Errno, Fs, Kind, Limits, NodeId, OpenFlags, ResolveFlags, SetTime,
    Timestamp, Tree,
};

/// The time of every file of a context.
///
/// A page knows no file times, and a checkout sets them to now: so that the same files give the
/// same image everywhere, all of them get this one.
const FILE_TIME: Timestamp = crate::EPOCH;

/// The files a build may copy.
#[derive(Clone)]
pub struct Context {
    files: Fs,
    /// The last filtered tree with what it was made of.
    filtered: Option<(Tree, String, Tree)>,
}

/// Why a context cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// A file cannot be put there.
    #[error("{path}: {errno}")]
    File {
        /// Its path.
        path: String,
        /// Why.
        errno: Errno,
    },
    /// A pattern of `.dockerignore` is wrong.
    #[error("failed to read dockerignore patterns: {0}")]
    Ignore(#[from] IgnoreError),
}

impl Default for Context {
    fn default() -> Self {
        Self { files: Fs::new(Tree::new(), Limits::default()), filtered: None }
    }
}

impl Context {
    /// Puts a file, with the directories above it; what was at its path is replaced.
    ///
    /// # Errors
    /// [`ContextError::File`], for example where a file is in the way of a directory.
    pub fn put(
        &mut self,
        path: &str,
        content: Vec<u8>,
        executable: bool,
    ) -> Result<(), ContextError> {
        let mode = if executable { 0o755 } else { 0o644 };
        self.at(path, |fs, at, path| {
            let how =
                OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
            let (root, nofollow) = (caller(), ResolveFlags::NOFOLLOW);
            let file = fs.open(&root, at, path, (how, nofollow), mode)?;
            let put = fs.put_content(file, Content::from(content));
            fs.close(file);
            put?;
            fs.chmod(&root, at, path, mode, nofollow)?;
            let time = SetTime::At(FILE_TIME);
            fs.utimes(&root, at, path, (time, time), nofollow)
        })
    }

    /// Its files, ordered by path: where they are, what they hold, whether they may be executed.
    pub fn files(&self) -> impl Iterator<Item = (String, Vec<u8>, bool)> {
        self.files.root().walk().filter_map(|(path, _, inode)| match &inode.kind {
            Kind::File(content) => {
                let path = path.to_string().trim_start_matches('/').to_owned();
                Some((path, content.to_vec(), inode.meta.mode & 0o100 != 0))
            }
            _ => None,
        })
    }

    /// Puts a directory.
    ///
    /// # Errors
    /// [`ContextError::File`].
    pub fn put_dir(&mut self, path: &str) -> Result<(), ContextError> {
        self.at(&format!("{path}/."), |_, _, _| Ok(()))
    }

    /// Puts a symbolic link.
    ///
    /// # Errors
    /// [`ContextError::File`].
    pub fn put_symlink(&mut self, path: &str, target: &str) -> Result<(), ContextError> {
        self.at(path, |fs, at, path| {
            fs.symlink(&caller(), target.as_bytes(), at, path, ResolveFlags::NOFOLLOW)?;
            let time = SetTime::At(FILE_TIME);
            fs.utimes(&caller(), at, path, (time, time), ResolveFlags::NOFOLLOW)
        })
    }

    /// Takes a file away, and the directories that it leaves empty; one that is not there is fine.
    pub fn remove(&mut self, path: &str) {
        let (root, flags) = (caller(), ResolveFlags::NOFOLLOW);
        let mut path = AbsPath::new(path);
        let mut gone = self.files.unlink(&root, NodeId::ROOT, path.as_bytes(), flags).is_ok();
        while let Some(dir) = path.parent().filter(|dir| gone && !dir.is_root()) {
            gone = self.files.rmdir(&root, NodeId::ROOT, dir.as_bytes(), flags).is_ok();
            path = dir;
        }
    }

    /// Takes everything away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// A file as text; invalid UTF-8 is replaced.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        match &self.files.root().lookup(&AbsPath::new(path))?.1.kind {
            Kind::File(content) => Some(String::from_utf8_lossy(&content.to_vec()).into_owned()),
            _ => None,
        }
    }

    /// The context without what is ignored: by `NAME.dockerignore` beside the Dockerfile `NAME` if
    /// that exists, else by `.dockerignore`.
    ///
    /// # Errors
    /// [`ContextError::Ignore`].
    pub fn filtered(&mut self, dockerfile: &str) -> Result<Tree, ContextError> {
        let all = self.files.root().clone();
        if let Some((source, name, tree)) = &self.filtered
            && source.same_snapshot(&all)
            && name == dockerfile
        {
            return Ok(tree.clone());
        }
        let text = self
            .text(&format!("{dockerfile}.dockerignore"))
            .or_else(|| self.text(".dockerignore"))
            .unwrap_or_default();
        let tree = without_ignored(&all, &Ignore::parse(&text)?);
        self.filtered = Some((all, dockerfile.to_owned(), tree.clone()));
        Ok(tree)
    }

    fn at(
        &mut self,
        path: &str,
        put: impl FnOnce(&mut Fs, NodeId, &[u8]) -> Result<(), Errno>,
    ) -> Result<(), ContextError> {
        let error = |errno| ContextError::File { path: path.to_owned(), errno };
        self.files.set_now(FILE_TIME);
        let is_dir = path.ends_with("/.");
        let whole = AbsPath::new(path);
        let parents = if is_dir { Some(whole.clone()) } else { whole.parent() };
        let mut dir = AbsPath::root();
        for name in parents.iter().flat_map(AbsPath::components) {
            dir = dir.join(name);
            match self.files.mkdir(
                &caller(),
                NodeId::ROOT,
                dir.as_bytes(),
                0o755,
                ResolveFlags::NOFOLLOW,
            ) {
                Ok(_) | Err(Errno::EEXIST) => {}
                Err(errno) => return Err(error(errno)),
            }
        }
        put(&mut self.files, NodeId::ROOT, whole.as_bytes()).map_err(error)
    }
}

fn caller() -> Caller {
    Caller { umask: 0, ..Caller::root() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(tree: &Tree) -> Vec<String> {
        tree.walk().skip(1).map(|(path, ..)| path.to_string()).collect()
    }

    #[test]
    fn ignored_files_are_not_sent() {
        let mut context = Context::default();
        for path in
            ["Dockerfile", "app.js", "node_modules/a/index.js", "node_modules/keep", "x.log"]
        {
            context.put(path, b"x".to_vec(), false).unwrap();
        }
        context
            .put(".dockerignore", b"node_modules\n!node_modules/keep\n*.log\n".to_vec(), false)
            .unwrap();
        let expected =
            ["/.dockerignore", "/Dockerfile", "/app.js", "/node_modules", "/node_modules/keep"];
        assert_eq!(paths(&context.filtered("Dockerfile").unwrap()), expected);
        context.put("Dockerfile.dockerignore", b"app.js".to_vec(), false).unwrap();
        assert!(!paths(&context.filtered("Dockerfile").unwrap()).contains(&"/app.js".to_owned()));
        context.put("Dockerfile.dockerignore", b"!".to_vec(), false).unwrap();
        let error = context.filtered("Dockerfile").unwrap_err().to_string();
        assert!(error.contains("illegal exclusion pattern"), "{error}");
    }

    #[test]
    fn files_come_and_go() {
        let mut context = Context::default();
        context.put("a/b/c.sh", b"1".to_vec(), true).unwrap();
        context.put("a/b/c.sh", b"22".to_vec(), false).unwrap();
        assert_eq!(context.text("a/b/c.sh").as_deref(), Some("22"));
        assert!(context.put("a/b/c.sh/d", vec![], false).is_err());
        context.remove("a/b/c.sh");
        assert_eq!(paths(&context.filtered("Dockerfile").unwrap()), [""; 0]);
    }
}
