//! The machine that `docker` is called on: a filesystem with a shell, and `docker` in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use builder::{Command, Executor as _, RunError};
use engine::{Containers, Halt, Modules, OwnProgram};
use shell::{ExitStatus, Process};
use vfs::{
    AbsPath, Caller, Content, Errno, Fs, Kind, Limits, NodeId, OpenFlags, OpenId, ResolveFlags,
    Stream, Timestamp, Tree,
};

use crate::{Answer, Call, Files, NotLoaded, START, trees};

/// Answers `docker` commands: the daemon, or something that keeps a record of them.
pub trait Service: Send {
    /// Runs a command, as [`Daemon::docker`](crate::Daemon::docker).
    ///
    /// # Errors
    /// [`NotLoaded`].
    fn docker(&mut self, call: Call<'_>) -> Result<Answer, NotLoaded>;
}

impl Service for crate::Daemon {
    fn docker(&mut self, call: Call<'_>) -> Result<Answer, NotLoaded> {
        Self::docker(self, call)
    }
}

/// Why a script of the host did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// A program's module is missing. What the script did with `docker` until then is done.
    #[error(transparent)]
    NotLoaded(#[from] NotLoaded),
    /// A limit of ours ended it.
    #[error("the script {message}")]
    Stopped {
        /// Which limit, and what to do.
        message: String,
        /// What was printed until then.
        output: Vec<(Stream, Vec<u8>)>,
    },
}

/// The host machine.
pub struct Host {
    tree: Tree,
    modules: Modules,
    now: Timestamp,
}

/// Bytes of output that are kept of a script.
const OUTPUT: usize = 512 << 20;

/// Where `docker` stands.
const DOCKER: &str = "/usr/bin/docker";

/// A host machine's filesystem: this one with `docker` and our programs in it.
///
/// # Errors
/// Those of making a file, for example `ENOENT` where there is no `/usr/bin`.
pub(crate) fn with_docker(tree: Tree) -> Result<Tree, Errno> {
    let mut fs = Fs::new(tree, Limits::default());
    fs.set_now(START);
    engine::install(&mut fs)?;
    let flags = OpenFlags { write: true, create: true, ..OpenFlags::default() };
    let how = (flags, ResolveFlags::FOLLOW);
    let file = fs.open(&Caller::root(), NodeId::ROOT, DOCKER.as_bytes(), how, 0o755)?;
    let put = fs.put_content(file, Content::synthetic(0, 1 << 20));
    fs.close(file);
    put?;
    Ok(fs.into_root())
}

impl Host {
    /// A machine with this filesystem, to which `docker` is added, and these program modules.
    ///
    /// # Errors
    /// Those of making a file, for example `ENOENT` where there is no `/usr/bin`.
    pub fn new(tree: Tree, modules: Modules) -> Result<Self, Errno> {
        Ok(Self { tree: with_docker(tree)?, modules, now: START })
    }

    /// Runs a command there, such as `bash -c SCRIPT`, whose `docker` is `service`.
    ///
    /// # Errors
    /// [`HostError`].
    pub fn run(
        &mut self,
        args: &[String],
        env: &[String],
        cwd: &str,
        input: Vec<u8>,
        service: Arc<Mutex<dyn Service>>,
    ) -> Result<Answer, HostError> {
        let run = move |fs: &mut Fs, process: &Process| match service.lock() {
            Ok(mut service) => docker(fs, process, &mut *service),
            Err(_) => Ok(ExitStatus(1)),
        };
        let own = OwnProgram { name: "docker".to_owned(), run: Arc::new(Mutex::new(run)) };
        let command = Command {
            root: &self.tree,
            args,
            env,
            cwd,
            user: "",
            mounts: &[],
            hosts: &[],
            seed: 0,
            time: self.now,
        };
        let containers = Containers::new(self.modules.clone(), OUTPUT);
        match containers.with_input(input).with_own(own).run(&command) {
            Ok(ran) => {
                self.tree = ran.root;
                self.now = ran.time;
                let status = u8::try_from(ran.exit_code).unwrap_or(u8::MAX);
                Ok(Answer { output: ran.output.runs, status, changed: true, ..Answer::default() })
            }
            Err(RunError::NotLoaded(module)) => Err(NotLoaded(module).into()),
            Err(RunError::Stopped { message, output, .. }) => {
                Err(HostError::Stopped { message, output: output.runs })
            }
        }
    }
}

/// Runs `docker` as a process of the host.
fn docker(fs: &mut Fs, process: &Process, service: &mut dyn Service) -> Result<ExitStatus, Halt> {
    let answer = call(fs, process, false, &mut |call| service.docker(call));
    let answer = answer.map_err(|NotLoaded(module)| Halt::NotLoaded(module))?;
    print(fs, process, &answer.output);
    Ok(ExitStatus(answer.status))
}

/// Calls `docker` with what its process was given.
pub(crate) fn call(
    fs: &mut Fs,
    process: &Process,
    terminal: bool,
    docker: &mut dyn FnMut(Call<'_>) -> Result<Answer, NotLoaded>,
) -> Result<Answer, NotLoaded> {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let args: Vec<String> = process.argv.iter().skip(1).map(text).collect();
    let env: BTreeMap<String, String> =
        process.env.iter().map(|(name, value)| (text(name), text(value))).collect();
    let stdin = process.fds.iter().find(|fd| fd.0 == 0).map(|fd| fd.1);
    let terminal = terminal && stdin.is_some_and(|id| fs.is_terminal(id));
    // At a terminal, only questions are answered.
    let reads = crate::reads_input(&args) && (!terminal || args.iter().any(|arg| arg == "prune"));
    let input = stdin.filter(|_| reads).map(|id| read_all(fs, id)).unwrap_or_default();
    let cwd = fs.path_of(process.caller.cwd).unwrap_or_else(|_| AbsPath::root());
    let mut files = FsFiles { fs, cwd };
    docker(Call { args: &args, env: &env, input: &input, files: &mut files, terminal })
}

/// Prints what `docker` answered to its process's standard output and standard error.
pub(crate) fn print(fs: &mut Fs, process: &Process, output: &[(Stream, Vec<u8>)]) {
    for (stream, bytes) in output {
        let number = if *stream == Stream::Stderr { 2 } else { 1 };
        let file = process.fds.iter().find(|fd| fd.0 == number).map(|fd| fd.1);
        let mut rest = &bytes[..];
        while let Some(id) = file
            && !rest.is_empty()
        {
            match fs.write(id, rest) {
                Ok(written) if written > 0 => rest = &rest[written..],
                // Nobody reads on: as with `docker images | head -1`.
                _ => break,
            }
        }
    }
}

/// What there is to read now.
fn read_all(fs: &mut Fs, id: OpenId) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read) = fs.read(id, &mut buffer) {
        if read == 0 {
            break;
        }
        all.extend_from_slice(&buffer[..read]);
    }
    all
}

/// The host's files.
struct FsFiles<'a> {
    fs: &'a mut Fs,
    cwd: AbsPath,
}

impl FsFiles<'_> {
    /// The path from the root, with `.` and `..` taken out.
    fn at(&self, path: &str) -> AbsPath {
        let start = if path.starts_with('/') { AbsPath::root() } else { self.cwd.clone() };
        path.split('/').fold(start, |at, part| match part {
            "" | "." => at,
            ".." => at.parent().unwrap_or_else(AbsPath::root),
            part => at.join(part),
        })
    }
}

impl Files for FsFiles<'_> {
    fn directory(&mut self, path: &str) -> Result<Tree, String> {
        let at = self.at(path);
        trees::subtree(self.fs.root(), &at)
            .ok_or_else(|| format!("lstat {path}: no such file or directory"))
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        match self.fs.root().lookup(&self.at(path)).map(|(_, inode)| &inode.kind) {
            Some(Kind::File(content)) => Ok(content.to_vec()),
            Some(_) => Err(format!("read {path}: is a directory")),
            None => Err(format!("open {path}: no such file or directory")),
        }
    }

    fn write(&mut self, path: &str, content: &[u8]) -> Result<(), String> {
        let at = self.at(path);
        trees::write(self.fs, &at, content)
            .map_err(|errno| format!("open {path}: {}", errno.to_string().to_lowercase()))
    }

    fn put_tree(&mut self, path: &str, tree: &Tree) -> Result<(), String> {
        let at = self.at(path);
        trees::place(self.fs, tree, &at)
            .map_err(|errno| format!("open {path}: {}", errno.to_string().to_lowercase()))
    }

    fn working_directory(&mut self) -> String {
        self.cwd.to_string()
    }

    fn write_back(&mut self, path: &str, before: &Tree, after: &Tree) -> Result<(), String> {
        let at = self.at(path);
        trees::redo(self.fs, &at, before, after)
            .map_err(|errno| format!("open {path}: {}", errno.to_string().to_lowercase()))
    }
}
