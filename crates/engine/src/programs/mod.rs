//! Which program runs, and running it.
//!
//! The file that was found decides, as the kernel's `binfmt` does: a WebAssembly module runs; `#!`
//! runs its interpreter; anything else whose base name is a program of ours, an ELF `ls` of an
//! imported image as well as a modelled `/usr/bin/ls`, runs our program of that name. A modelled or
//! ELF program that we do not have says so and exits with 126.

mod install;
mod modules;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use shell::{
    Ended, ExecError, ExitStatus, Limit, Personality, Process, Programs, Script, Start, Stop,
};
use vfs::{AbsPath, Caller, Errno, FileType, Fs, Kind, NodeId, OpenId, ResolveFlags};

use crate::procfs;
use crate::recorder::Recorder;

pub use install::install;
pub use modules::{Compile, LoadError, Modules, module_names, module_of, program_names};

/// The names under which a modelled file is the interpreter in `crates/shell`.
const SHELLS: [&str; 5] = ["sh", "dash", "bash", "ash", "busybox"];

/// How many steps of shells one command may take before it is stopped.
const MAX_STEPS: u64 = 1_000_000;
/// How many steps it counts for to start a program, so that loops that start programs end in time.
const START_STEPS: u64 = 50;
/// How many interpreters may name each other after `#!`, as in the kernel.
const MAX_INTERPRETERS: u32 = 4;
/// What one program may use. A loop that calls the host ends after some seconds in a browser.
const LIMITS: wasi::ProcessLimits = wasi::ProcessLimits {
    memory: 512 << 20,
    calls: 10_000_000,
    steps: 2_000_000_000,
    descriptors: 1024,
};

/// A program that whoever runs a container brings along: it stands in the container as a modelled
/// file of its name.
#[derive(Clone)]
pub struct OwnProgram {
    /// Its file's name.
    pub name: String,
    /// Runs it.
    pub run: Arc<Mutex<RunOwn>>,
}

/// See [`OwnProgram::run`].
pub type RunOwn = dyn FnMut(&mut Fs, &Process) -> Result<ExitStatus, Halt> + Send;

/// Why everything that runs in a container was stopped, to be run again later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// This module has not been loaded.
    NotLoaded(String),
    /// A program of the embedder's waits for something that the embedder knows.
    Held,
    /// A program of the embedder's reads a terminal that has no line.
    Reads,
}

/// Runs the processes of one container.
#[derive(Clone)]
pub struct Runner {
    modules: Modules,
    own: Option<OwnProgram>,
    recorder: Option<Recorder>,
    /// The number of the mount at `/proc`.
    proc: Option<u32>,
    steps: Arc<AtomicU64>,
    size: wasi::Winsize,
    halted: Arc<Mutex<Option<Halt>>>,
}

/// What a file is to the one who executes it.
enum Binary {
    Wasm(Vec<u8>),
    Script {
        interpreter: Vec<u8>,
        argument: Option<Vec<u8>>,
    },
    Shell(Personality),
    Program(&'static str),
    /// Text: the shell reads it as a script.
    Text,
    /// A program of the image that is modelled or made for another machine.
    Foreign,
}

impl Runner {
    /// A runner with a fresh step budget.
    #[must_use]
    pub fn new(modules: Modules) -> Self {
        let (steps, halted) = Default::default();
        let size = wasi::Winsize::default();
        Self { modules, own: None, recorder: None, proc: None, steps, size, halted }
    }

    /// The same with a program of the embedder's.
    #[must_use]
    pub fn with_own(self, own: Option<OwnProgram>) -> Self {
        Self { own, ..self }
    }

    /// The same over a container whose `/proc` is this mount (`procfs`).
    #[must_use]
    pub fn with_proc(self, proc: Option<u32>) -> Self {
        Self { proc, ..self }
    }

    /// The same, recording simple commands.
    #[must_use]
    pub fn with_recorder(self, recorder: Recorder) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    /// The same at a terminal of this size.
    #[must_use]
    pub fn with_size(self, size: wasi::Winsize) -> Self {
        Self { size, ..self }
    }

    /// What stopped a process that is to run again, if something did.
    #[must_use]
    pub fn halted(&self) -> Option<Halt> {
        self.halted.lock().map(|halt| halt.clone()).unwrap_or_default()
    }

    fn count(&self, steps: u64) -> Result<(), Stop> {
        let before = self.steps.fetch_add(steps, Ordering::Relaxed);
        if before < MAX_STEPS { Ok(()) } else { Err(Stop::Limit(Limit::Steps(MAX_STEPS))) }
    }

    fn execute(&mut self, fs: &mut Fs, process: Process) -> Result<ExitStatus, ExecError> {
        let Some(dev) = self.proc else { return self.execute_file(fs, process) };
        let before = procfs::enter(fs, dev, &process);
        let end = self.execute_file(fs, process);
        if let Some(before) = before {
            procfs::leave(fs, dev, before);
        }
        end
    }

    fn execute_file(&mut self, fs: &mut Fs, mut process: Process) -> Result<ExitStatus, ExecError> {
        for _ in 0..=MAX_INTERPRETERS {
            match classify(fs, &process)? {
                Binary::Script { interpreter, argument } => {
                    let rest = process.argv.split_off(1.min(process.argv.len()));
                    let script = std::mem::replace(&mut process.path, interpreter.clone());
                    process.argv = std::iter::once(interpreter)
                        .chain(argument)
                        .chain(std::iter::once(script))
                        .chain(rest)
                        .collect();
                }
                Binary::Shell(personality) => {
                    let process = applet(process);
                    return shell::main(fs, self, process, personality).map_err(ExecError::Stopped);
                }
                Binary::Wasm(bytes) => {
                    let module = self.modules.compiled(&bytes).map_err(|_| Errno::ENOEXEC)?;
                    return self.run_module(fs, &module, process);
                }
                Binary::Program(module) => {
                    let Some(module) = self.modules.get(module) else {
                        return Err(self.halt(Halt::NotLoaded(module.to_owned())));
                    };
                    return self.run_module(fs, &module, applet(process));
                }
                Binary::Text => return Err(Errno::ENOEXEC.into()),
                Binary::Foreign => return self.run_foreign(fs, &process),
            }
        }
        Err(Errno::ELOOP.into())
    }

    fn run_foreign(&mut self, fs: &mut Fs, process: &Process) -> Result<ExitStatus, ExecError> {
        let own = self.own.as_ref().filter(|own| own.name == base_name(&process.path));
        // A program that starts itself would wait for itself.
        let Some(mut run) = own.and_then(|own| own.run.try_lock().ok()) else {
            return Ok(refuse(fs, process));
        };
        run(fs, process).map_err(|halt| self.halt(halt))
    }

    /// Stops everything.
    fn halt(&self, halt: Halt) -> ExecError {
        if halt == Halt::Reads {
            return Stop::Blocked.into();
        }
        if let Ok(mut halted) = self.halted.lock() {
            *halted = Some(halt);
        }
        ExecError::Stopped(Stop::Cancelled)
    }

    fn run_module(
        &mut self,
        fs: &mut Fs,
        module: &wasi::Module,
        process: Process,
    ) -> Result<ExitStatus, ExecError> {
        self.count(START_STEPS)?;
        let Process { argv, env, caller, fds, depth, ignored, .. } = process;
        let name =
            String::from_utf8_lossy(argv.first().map_or(&b""[..], Vec::as_slice)).into_owned();
        let stderr = descriptor(&fds, 2);
        // The descriptors are lent to us; the process closes its own.
        let own = fds
            .iter()
            .map(|(number, id)| Ok((*number, fs.dup(*id)?)))
            .collect::<Result<_, Errno>>()?;
        let spawn: Box<dyn wasi::Spawn> =
            Box::new(Spawner { runner: self.clone(), depth: depth + 1, ignored });
        let process = wasi::Process {
            fds: own,
            spawn: Some(spawn),
            limits: LIMITS,
            winsize: self.size,
            ..wasi::Process::new(argv, env, caller)
        };
        match wasi::run(module, fs, process) {
            Ok(exit) => {
                if let wasi::Exit::Signal { trap: Some(trap), .. } = &exit {
                    write_all(fs, stderr, format!("{name}: {trap}\n").as_bytes());
                }
                Ok(ExitStatus(exit.status()))
            }
            Err(wasi::Stop::Blocked) => Err(Stop::Blocked.into()),
            Err(wasi::Stop::Interrupted) => Err(Stop::Cancelled.into()),
            // The kernel ends a process that takes too much memory with SIGKILL.
            Err(wasi::Stop::Limit(limit @ wasi::Limit::Memory(_))) => {
                write_all(fs, stderr, format!("{name}: killed: {limit}\n").as_bytes());
                Ok(ExitStatus(137))
            }
            Err(wasi::Stop::Limit(wasi::Limit::Calls(steps) | wasi::Limit::Steps(steps))) => {
                Err(Stop::Limit(Limit::Steps(steps)).into())
            }
            Err(wasi::Stop::Start(why)) => {
                write_all(fs, stderr, format!("{name}: cannot be started: {why}\n").as_bytes());
                Ok(ExitStatus(126))
            }
        }
    }
}

impl Programs for Runner {
    fn exec(&mut self, fs: &mut Fs, process: Process) -> Result<ExitStatus, ExecError> {
        self.execute(fs, process)
    }

    fn tick(&mut self) -> Result<(), Stop> {
        if let Some(limit) = self.recorder.as_ref().and_then(Recorder::passed) {
            return Err(Stop::Limit(limit));
        }
        self.count(1)
    }

    fn ended(&mut self, fs: &Fs, command: &Ended<'_>) {
        if let Some(recorder) = &self.recorder {
            recorder.note(fs, command);
        }
    }

    fn told(&self) -> usize {
        self.recorder.as_ref().map_or(0, Recorder::count)
    }

    fn untell(&mut self, told: usize) {
        if let Some(recorder) = &self.recorder {
            recorder.forget(told);
        }
    }
}

/// Starts the programs that a program starts: `env`, `xargs`, `find -exec`.
struct Spawner {
    runner: Runner,
    depth: u32,
    ignored: Vec<u8>,
}

/// How deep programs may start each other.
const MAX_DEPTH: u32 = 32;

impl wasi::Spawn for Spawner {
    fn spawn(&mut self, fs: &mut Fs, request: wasi::SpawnRequest) -> Result<u8, wasi::SpawnError> {
        let lent = request.fds.clone();
        let result = self.start(fs, request);
        for (_, id) in lent {
            fs.close(id);
        }
        result
    }
}

impl Spawner {
    fn start(&mut self, fs: &mut Fs, request: wasi::SpawnRequest) -> Result<u8, wasi::SpawnError> {
        if self.depth > MAX_DEPTH {
            return Err(Errno::EAGAIN.into());
        }
        let name = request.argv.first().ok_or(Errno::EINVAL)?;
        let path = find(fs, &request.caller, &request.env, name)?;
        let mut process = Process {
            path,
            argv: request.argv,
            env: request.env,
            caller: request.caller,
            fds: request.fds,
            ignored: self.ignored.clone(),
            depth: self.depth,
        };
        let mut end = self.runner.execute(fs, process.clone());
        if matches!(end, Err(ExecError::Errno(Errno::ENOEXEC))) {
            // As execvp does: what has no known format is given to the shell.
            let script = std::mem::replace(&mut process.path, b"/bin/sh".to_vec());
            process.argv.splice(0..1, [b"/bin/sh".to_vec(), script]);
            end = self.runner.execute(fs, process);
        }
        match end {
            Ok(status) => Ok(status.0),
            Err(ExecError::Errno(errno)) => Err(errno.into()),
            Err(ExecError::Stopped(Stop::Blocked)) => Err(wasi::Stop::Blocked.into()),
            Err(ExecError::Stopped(Stop::Limit(Limit::Steps(steps)))) => {
                Err(wasi::Stop::Limit(wasi::Limit::Calls(steps)).into())
            }
            Err(ExecError::Stopped(_)) => Err(wasi::Stop::Interrupted.into()),
        }
    }
}

/// Where a command is: itself if it has a slash, else the first executable file in `PATH`.
///
/// # Errors
/// `ENOENT`; `EACCES` if all that was found may not be executed.
pub fn find(
    fs: &Fs,
    caller: &Caller,
    env: &[(Vec<u8>, Vec<u8>)],
    name: &[u8],
) -> Result<Vec<u8>, Errno> {
    let executable = |path: &[u8]| -> Result<(), Errno> {
        let stat = fs.stat(caller, caller.cwd, path, ResolveFlags::FOLLOW)?;
        if stat.file_type != FileType::File {
            return Err(Errno::EACCES);
        }
        fs.access(caller, caller.cwd, path, vfs::Access::EXECUTE)
    };
    if name.contains(&b'/') {
        return executable(name).map(|()| name.to_vec());
    }
    let path = env.iter().rfind(|(key, _)| key == b"PATH").map(|(_, value)| value.as_slice());
    let mut denied = false;
    for dir in path.unwrap_or(b"/bin:/usr/bin").split(|&b| b == b':') {
        let dir = if dir.is_empty() { b"." } else { dir };
        let candidate = [dir, b"/", name].concat();
        match executable(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(Errno::EACCES) => denied = true,
            Err(_) => {}
        }
    }
    Err(if denied { Errno::EACCES } else { Errno::ENOENT })
}

fn classify(fs: &Fs, process: &Process) -> Result<Binary, Errno> {
    let caller = &process.caller;
    let spot = fs.resolve(caller, caller.cwd, &process.path, ResolveFlags::FOLLOW)?;
    let node = spot.existing()?;
    fs.access(caller, caller.cwd, &process.path, vfs::Access::EXECUTE)?;
    let Kind::File(content) = &fs.inode(node)?.kind else { return Err(Errno::EACCES) };
    let mut head = [0; 256];
    let head = if content.is_synthetic() {
        &[][..]
    } else {
        let n = content.read_at(0, &mut head);
        &head[..n]
    };
    if head.starts_with(b"\0asm") {
        return Ok(Binary::Wasm(content.to_vec()));
    }
    if let Some(line) = head.strip_prefix(b"#!") {
        return Ok(script(line));
    }
    let called = base_name(&process.path);
    let found = fs.path_of(node).unwrap_or_else(|_| AbsPath::root());
    let beside = found.parent().unwrap_or_else(AbsPath::root).join("busybox");
    let beside = fs.resolve(caller, NodeId::ROOT, beside.as_bytes(), ResolveFlags::NOFOLLOW);
    // BusyBox's programs are links to it, hard ones in its own image.
    let found = match beside.ok().and_then(|spot| spot.node) {
        Some(busybox) if busybox == node => "busybox".to_owned(),
        _ => String::from_utf8_lossy(found.file_name()).into_owned(),
    };
    let modelled = content.is_synthetic() || head.starts_with(b"\x7fELF");
    if !modelled {
        return Ok(Binary::Text);
    }
    Ok(known_program(&called, &found, process).unwrap_or(Binary::Foreign))
}

/// A program of ours by the name it was called, or by that of the file behind the link.
fn known_program(called: &str, found: &str, process: &Process) -> Option<Binary> {
    if called == "busybox" {
        let applet = String::from_utf8_lossy(process.argv.get(1)?).into_owned();
        return known_program(&applet, "busybox", process);
    }
    match (called, found) {
        ("sh" | "ash", "busybox") | ("ash", _) => Some(Binary::Shell(Personality::Ash)),
        ("bash", _) | ("sh", "bash") => Some(Binary::Shell(Personality::Bash)),
        ("sh" | "dash", _) => Some(Binary::Shell(Personality::Dash)),
        _ => module_of(called).or_else(|| module_of(found)).map(Binary::Program),
    }
}

/// `busybox ls -l` as `ls -l`.
fn applet(mut process: Process) -> Process {
    if base_name(&process.path) == "busybox" && process.argv.len() > 1 {
        process.argv.remove(0);
    }
    process
}

fn script(line: &[u8]) -> Binary {
    let line = line.split(|&b| b == b'\n').next().unwrap_or_default();
    let line = line.trim_ascii();
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    let argument = line[end..].trim_ascii();
    Binary::Script {
        interpreter: line[..end].to_vec(),
        argument: (!argument.is_empty()).then(|| argument.to_vec()),
    }
}

/// The shell that a process is, where it is one that reads its commands from standard input.
pub fn interactive(fs: &Fs, process: &Process) -> Option<Start> {
    let Ok(Binary::Shell(personality)) = classify(fs, process) else { return None };
    let start = shell::arguments(applet(process.clone()), personality)?;
    (start.script == Script::Stdin).then_some(start)
}

fn base_name(path: &[u8]) -> String {
    String::from_utf8_lossy(path.rsplit(|&b| b == b'/').next().unwrap_or_default()).into_owned()
}

fn refuse(fs: &mut Fs, process: &Process) -> ExitStatus {
    let name = base_name(&process.path);
    let text = format!(
        "{name}: not supported here: the program of this base image is modelled, and Layerlab has \
         none of its name yet\n"
    );
    write_all(fs, descriptor(&process.fds, 2), text.as_bytes());
    ExitStatus(126)
}

fn descriptor(fds: &[(u32, OpenId)], number: u32) -> Option<OpenId> {
    fds.iter().find(|fd| fd.0 == number).map(|fd| fd.1)
}

fn write_all(fs: &mut Fs, file: Option<OpenId>, mut bytes: &[u8]) {
    while let Some(file) = file
        && !bytes.is_empty()
    {
        match fs.write(file, bytes) {
            Ok(n) if n > 0 => bytes = &bytes[n..],
            // Nobody can read it: there is no one else to tell.
            _ => return,
        }
    }
}

/// The directory that relative paths of a container process begin at.
pub fn directory(fs: &Fs, path: &str) -> Result<NodeId, Errno> {
    fs.resolve(&Caller::root(), NodeId::ROOT, path.as_bytes(), ResolveFlags::FOLLOW)?.existing()
}
