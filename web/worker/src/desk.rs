//! The host machine: its terminals and its daemon, beside the engine that builds while one types.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use daemon::{Answer, Call, ChangedFile, Daemon, NotLoaded, Shown, Terminals};
use engine::{BaseImage, Modules, PointState, Winsize};
use protocol::ContextFile;
use protocol::host::{Entry, HostEvent, HostFile, Overview, Size, TerminalId, Waits};

use crate::convert;

/// The image whose layout the host has.
const IMAGE: &str = "debian:bookworm-slim";
/// Where the project's files are on the host.
const DIRECTORY: &str = "/root/project";
/// How many changes of a container are sent.
const MAX_CHANGES: usize = 5000;

/// The host machine.
pub struct Desk {
    daemon: Arc<Mutex<Daemon>>,
    terminals: Terminals,
}

impl Desk {
    /// A machine that shares these program modules.
    ///
    /// # Errors
    /// A sentence, when its filesystem cannot be made.
    pub fn new(modules: Modules) -> Result<Self, String> {
        let mut daemon = Daemon::with_modules(modules);
        let tree = daemon.base_tree(IMAGE)?;
        let daemon = Arc::new(Mutex::new(daemon));
        let terminals = Terminals::new(Arc::clone(&daemon), tree, DIRECTORY)
            .map_err(|errno| format!("the host machine cannot be made: {errno}"))?;
        Ok(Self { daemon, terminals })
    }

    /// Opens a terminal of the host, or one at a commit point.
    ///
    /// # Errors
    /// What keeps its shell from starting.
    pub fn open(
        &mut self,
        terminal: TerminalId,
        point: Option<&PointState>,
        size: Size,
    ) -> Result<(), String> {
        match point {
            Some(point) => self.terminals.open_at(terminal, point, winsize(size)),
            None => self.terminals.open(terminal, winsize(size)),
        }
    }

    /// Hands something to a terminal; nothing to one that only goes on.
    ///
    /// # Errors
    /// [`NotLoaded`]: load the module, and go on.
    pub fn enter(
        &mut self,
        terminal: TerminalId,
        entry: Option<&Entry>,
    ) -> Result<HostEvent, NotLoaded> {
        let entry = match entry {
            None => engine::Entry::Go,
            Some(Entry::Line(line)) => engine::Entry::Line(line.as_bytes().to_vec()),
            Some(Entry::EndOfFile) => engine::Entry::EndOfFile,
            Some(Entry::Interrupt) => engine::Entry::Interrupt,
            Some(Entry::Detach) => return Ok(printed(terminal, self.terminals.detach(terminal)?)),
        };
        Ok(printed(terminal, self.terminals.turn(terminal, entry)?))
    }

    /// A terminal has another size.
    pub fn resize(&mut self, terminal: TerminalId, size: Size) {
        self.terminals.resize(terminal, winsize(size));
    }

    /// Closes a terminal.
    pub fn close(&mut self, terminal: TerminalId) {
        self.terminals.close(terminal);
    }

    /// What could stand at the cursor.
    pub fn complete(&self, terminal: TerminalId, line: &str, cursor: u32) -> HostEvent {
        let found = self.terminals.complete(terminal, line, cursor as usize);
        HostEvent::Completions { terminal, start: found.start as u32, words: found.words }
    }

    /// Runs `docker` as a button does: there are no files, and nobody answers questions.
    ///
    /// # Errors
    /// [`NotLoaded`]: load the module, and call again.
    pub fn docker(&self, args: &[String]) -> Result<HostEvent, NotLoaded> {
        let answer = self.call(args)?;
        let text = answer.output.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        Ok(HostEvent::Answered {
            command: format!("docker {}", args.join(" ")),
            text: lossy(text),
            status: answer.status,
        })
    }

    fn call(&self, args: &[String]) -> Result<Answer, NotLoaded> {
        let call = Call {
            args,
            env: &std::collections::BTreeMap::new(),
            input: b"",
            files: &mut Nothing,
            terminal: false,
        };
        self.daemon().docker(call)
    }

    /// Keeps an image that was built elsewhere.
    pub fn keep(&self, image: Option<BaseImage>, name: &str) -> HostEvent {
        let kept = match image {
            Some(image) => self.daemon().keep(image, name).map(|id| id.to_string()),
            None => Err("there is no image: the build did not come to its end".to_owned()),
        };
        let command = format!("docker tag {name}");
        match kept {
            Ok(id) => HostEvent::Answered { command, text: id, status: 0 },
            Err(text) => HostEvent::Answered { command, text, status: 1 },
        }
    }

    /// What the daemon has.
    pub fn overview(&self) -> Overview {
        convert::overview(self.daemon().overview())
    }

    /// An image.
    pub fn image(&self, name: String) -> HostEvent {
        let found = self.daemon().image_config(&name);
        let image = found.map(|(config, sizes)| convert::image_of_config(&config, sizes));
        HostEvent::Image { name, image }
    }

    /// A container.
    pub fn container(&self, name: String) -> HostEvent {
        let view = self.daemon().container_view(&name, MAX_CHANGES);
        let inspected = self.call(&["inspect".to_owned(), name.clone()]);
        let config = inspected.map(|answer| answer.output).unwrap_or_default();
        let config = lossy(config.into_iter().flat_map(|(_, bytes)| bytes).collect());
        let container = view.map(|view| convert::container(view, config));
        HostEvent::Container { name, container }
    }

    /// Puts a file of the project onto the machine.
    pub fn put_file(&mut self, file: &ContextFile) {
        // A path that cannot be used is no file to the build either.
        let _ = self.terminals.put_file(&file.path, &file.content, file.executable);
    }

    /// Takes a file of the project from the machine.
    pub fn remove_file(&mut self, path: &str) {
        // One that a command has removed is gone already.
        let _ = self.terminals.remove_file(path);
    }

    /// The files of the project that commands have changed since this was last asked.
    pub fn changed_files(&mut self) -> Vec<HostFile> {
        let file = |ChangedFile { path, now }| match now {
            Some((content, executable)) => HostFile::Put(ContextFile { path, content, executable }),
            None => HostFile::Removed { path },
        };
        self.terminals.changed_files().into_iter().map(file).collect()
    }

    fn daemon(&self) -> MutexGuard<'_, Daemon> {
        self.daemon.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// No files: what buttons do needs none.
struct Nothing;

impl daemon::Files for Nothing {
    fn working_directory(&mut self) -> String {
        "/".to_owned()
    }

    fn write_back(&mut self, path: &str, _: &vfs::Tree, _: &vfs::Tree) -> Result<(), String> {
        Err(format!("open {path}: read-only file system"))
    }

    fn directory(&mut self, path: &str) -> Result<vfs::Tree, String> {
        Err(format!("lstat {path}: no such file or directory"))
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("open {path}: no such file or directory"))
    }

    fn write(&mut self, path: &str, _: &[u8]) -> Result<(), String> {
        Err(format!("open {path}: read-only file system"))
    }

    fn put_tree(&mut self, path: &str, _: &vfs::Tree) -> Result<(), String> {
        Err(format!("open {path}: read-only file system"))
    }
}

fn printed(terminal: TerminalId, shown: Shown) -> HostEvent {
    let waits = match shown.waits {
        daemon::Waits::Command => Waits::Command,
        daemon::Waits::Input => Waits::Input,
        daemon::Waits::Nothing => Waits::Nothing,
    };
    HostEvent::Printed { terminal, text: lossy(shown.output), waits }
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn winsize(size: Size) -> Winsize {
    Winsize { rows: size.rows, columns: size.columns }
}
