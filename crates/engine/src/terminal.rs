//! A process at a terminal, as a value that is given one line after another.
//!
//! Nobody waits here: what reads a terminal that has no line yet is stopped and everything is put
//! back to where the last line began; when a line comes, it runs again from there and finds it.
//! Programs see the same files, clock and random numbers again, so they do the same again, and only
//! what they print beyond it is new. A shell that is the terminal's own process rests between its
//! commands ([`shell::Interactive`]) and is never run again.

use builder::Command;
use shell::{Completion, ExecError, Interactive, Process, Programs as _, Start, Stop, Typed};
use vfs::{Fs, OpenId, Stream, Timestamp, Tree};

use crate::Winsize;
use crate::container::{namespace, prepare, replace_root, stop_text};
use crate::mounts::Mounts;
use crate::procfs;
use crate::programs::{Halt, Modules, OwnProgram, Runner, interactive};

/// Bytes of output that are kept of one command.
const OUTPUT: usize = 16 << 20;

/// The status of what Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// What comes from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Nothing: the process is to begin, or what was held or lacked a module is to go on.
    Go,
    /// A line, without its end.
    Line(Vec<u8>),
    /// Ctrl-D on an empty line.
    EndOfFile,
    /// Ctrl-C.
    Interrupt,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What is to be printed, after what was printed before.
    pub output: Vec<u8>,
    /// How it ended.
    pub end: TurnEnd,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnEnd {
    /// A shell has printed its prompt and waits for a command.
    Prompt,
    /// A program reads the terminal.
    Reads,
    /// A module has to be loaded; [`Entry::Go`] then goes on.
    NotLoaded(String),
    /// A program of the embedder's waits for something that the embedder knows; [`Entry::Go`] goes on.
    Held,
    /// The process has ended with this status.
    Ended(u8),
}

/// A process at a terminal.
#[derive(Clone)]
pub struct Terminal {
    fs: Fs,
    mounts: Mounts,
    began: Timestamp,
    modules: Modules,
    own: Option<OwnProgram>,
    main: Main,
    pending: Option<Pending>,
    /// What the terminal shows the programs of its size.
    pub size: Winsize,
}

/// The terminal's own process.
#[derive(Clone)]
enum Main {
    /// A shell that is to start.
    Start(Box<Start>),
    /// A shell that rests.
    Shell(Box<Interactive>),
    /// Another program.
    Program(Box<Process>),
    /// It has ended.
    Ended(u8),
}

/// What is under way.
#[derive(Clone)]
struct Pending {
    what: Entry,
    /// What it has been given to read since.
    input: Vec<u8>,
    /// Nothing more will come.
    ended: bool,
    /// Bytes of its output that were handed out.
    shown: usize,
}

impl Terminal {
    /// A terminal at which this command is to run; the first [`Terminal::turn`] starts it.
    ///
    /// # Errors
    /// What keeps the command from starting, as runc says it.
    pub fn open(
        command: &Command<'_>,
        modules: Modules,
        own: Option<OwnProgram>,
    ) -> Result<Self, String> {
        let mut fs = namespace(command, OUTPUT);
        fs.console_mut().terminal = true;
        fs.console_mut().awaits_input = true;
        let [stdin, stdout, stderr] =
            [Stream::Stdout, Stream::Stdout, Stream::Stderr].map(|stream| fs.open_console(stream));
        let fds: [(u32, OpenId); 3] = [(0, stdin), (1, stdout), (2, stderr)];
        let mounts = Mounts::attach(&mut fs, command)?;
        let process = prepare(&mut fs, command, &fds)?;
        if let Some(proc) = mounts.proc() {
            procfs::enter(&mut fs, proc, &process);
        }
        let main = match interactive(&fs, &process) {
            Some(start) => Main::Start(Box::new(start)),
            None => Main::Program(Box::new(process)),
        };
        let (began, size) = (command.time, Winsize::default());
        Ok(Self { fs, mounts, began, modules, own, main, pending: None, size })
    }

    /// Whether its process is a shell that reads its commands from the terminal.
    #[must_use]
    pub fn is_shell(&self) -> bool {
        matches!(self.main, Main::Start(_) | Main::Shell(_))
    }

    /// Hands something from the terminal on.
    pub fn turn(&mut self, entry: Entry) -> Turn {
        if let Main::Ended(status) = self.main {
            return Turn { output: Vec::new(), end: TurnEnd::Ended(status) };
        }
        match (&mut self.pending, entry) {
            (Some(_), Entry::Interrupt) => return self.interrupt(),
            (Some(_), Entry::Go) => {}
            (Some(pending), Entry::Line(line)) => {
                pending.input.extend(line);
                pending.input.push(b'\n');
            }
            (Some(pending), Entry::EndOfFile) => pending.ended = true,
            (pending @ None, what) => {
                *pending = Some(Pending { what, input: Vec::new(), ended: false, shown: 0 });
            }
        }
        self.run()
    }

    /// Runs what is under way, from where it began.
    fn run(&mut self) -> Turn {
        let Some(mut pending) = self.pending.take() else {
            return Turn { output: Vec::new(), end: TurnEnd::Prompt };
        };
        let mut fs = self.fs.clone();
        fs.console_mut().push_input(&pending.input);
        fs.console_mut().awaits_input = !pending.ended;
        let mut runner = Runner::new(self.modules.clone())
            .with_own(self.own.clone())
            .with_size(self.size)
            .with_proc(self.mounts.proc());
        let end = self.main.run(&mut fs, &mut runner, &pending.what);
        let new = |fs: &Fs| fs.console().written_from(pending.shown).to_vec();
        match end {
            Ok(main) => {
                let output = new(&fs);
                let end = match &main {
                    Main::Ended(status) => TurnEnd::Ended(*status),
                    _ => TurnEnd::Prompt,
                };
                self.rest(fs, main);
                Turn { output, end }
            }
            Err(Stop::Blocked) => {
                let output = new(&fs);
                pending.shown += output.len();
                self.pending = Some(pending);
                Turn { output, end: TurnEnd::Reads }
            }
            Err(stop) => match runner.halted() {
                Some(Halt::NotLoaded(module)) => {
                    self.pending = Some(pending);
                    Turn { output: Vec::new(), end: TurnEnd::NotLoaded(module) }
                }
                Some(Halt::Held) => {
                    let output = new(&fs);
                    pending.shown += output.len();
                    self.pending = Some(pending);
                    Turn { output, end: TurnEnd::Held }
                }
                Some(Halt::Reads) | None => {
                    let mut output = new(&fs);
                    output.extend(format!("layerlab: the command {}\n", stop_text(&stop)).bytes());
                    // What it did until then is done.
                    replace_root(&mut self.fs, &mut self.mounts, fs.into_root());
                    self.give_up(output)
                }
            },
        }
    }

    /// Ctrl-C: what is under way is ended, and what it did undone, as it has never come to its end.
    fn interrupt(&mut self) -> Turn {
        self.pending = None;
        self.give_up(b"^C\n".to_vec())
    }

    /// Goes on after a command that was ended from outside.
    fn give_up(&mut self, mut output: Vec<u8>) -> Turn {
        let mut fs = self.fs.clone();
        let mut runner = Runner::new(self.modules.clone());
        let main = match self.main.run(&mut fs, &mut runner, &Entry::Interrupt) {
            Ok(main @ Main::Shell(_)) => main,
            _ => Main::Ended(INTERRUPTED),
        };
        output.extend_from_slice(fs.console().written_from(0));
        let end = match main {
            Main::Ended(status) => TurnEnd::Ended(status),
            _ => TurnEnd::Prompt,
        };
        self.rest(fs, main);
        Turn { output, end }
    }

    fn rest(&mut self, mut fs: Fs, main: Main) {
        fs.console_mut().clear();
        fs.console_mut().awaits_input = true;
        (self.fs, self.main) = (fs, main);
    }

    /// What could stand at the cursor, in bytes of the line; nothing where no shell waits.
    #[must_use]
    pub fn complete(&self, line: &str, cursor: usize) -> Completion {
        match &self.main {
            Main::Shell(shell) if self.pending.is_none() => shell.complete(&self.fs, line, cursor),
            _ => Completion::default(),
        }
    }

    /// Its root filesystem, without the places that were made for mounts.
    #[must_use]
    pub fn root(&self) -> Tree {
        self.mounts.clean(self.fs.root().clone(), self.began)
    }

    /// Its root filesystem has been changed from elsewhere.
    pub fn set_root(&mut self, root: Tree) {
        // Most often it was not.
        if !self.root().diff(&root).is_empty() {
            replace_root(&mut self.fs, &mut self.mounts, root);
        }
    }

    /// The filesystems of the command's mounts, in its order.
    #[must_use]
    pub fn mounted(&self) -> Vec<Tree> {
        self.mounts.trees(&self.fs)
    }

    /// Its virtual time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.fs.now()
    }

    /// Time has gone on elsewhere.
    pub fn set_now(&mut self, now: Timestamp) {
        if now > self.fs.now() {
            self.fs.set_now(now);
        }
    }
}

impl Main {
    /// The process after an entry.
    fn run(&self, fs: &mut Fs, runner: &mut Runner, entry: &Entry) -> Result<Self, Stop> {
        let shell = match self {
            Self::Start(start) => {
                let shell = Interactive::start(fs, runner, (**start).clone())?;
                return Ok(Self::Shell(Box::new(shell)));
            }
            Self::Shell(shell) => (**shell).clone(),
            Self::Program(process) => return Self::program(fs, runner, process),
            Self::Ended(status) => return Ok(Self::Ended(*status)),
        };
        let (shell, typed) = match entry {
            Entry::Line(line) => shell.line(fs, runner, line)?,
            Entry::EndOfFile => shell.end_of_file(fs, runner)?,
            Entry::Interrupt => (shell.interrupt(fs, runner)?, Typed::Prompt),
            Entry::Go => (shell, Typed::Prompt),
        };
        Ok(match typed {
            Typed::Prompt => Self::Shell(Box::new(shell)),
            Typed::Exit(status) => Self::Ended(status.0),
        })
    }

    fn program(fs: &mut Fs, runner: &mut Runner, process: &Process) -> Result<Self, Stop> {
        match runner.exec(fs, process.clone()) {
            Ok(status) => Ok(Self::Ended(status.0)),
            Err(ExecError::Stopped(stop)) => Err(stop),
            Err(ExecError::Errno(errno)) => {
                let name = String::from_utf8_lossy(&process.path).into_owned();
                let text = format!("exec {name}: {}\n", errno.to_string().to_lowercase());
                if let Some((_, stderr)) = process.fds.iter().find(|fd| fd.0 == 2) {
                    // What the terminal does not take is lost.
                    let _ = fs.write(*stderr, text.as_bytes());
                }
                Ok(Self::Ended(255))
            }
        }
    }
}
