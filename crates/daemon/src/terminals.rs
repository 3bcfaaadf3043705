//! Terminals of the host machine: its shells, and the containers that they are attached to.
//!
//! Every terminal has a shell of its own; the machine's files, the daemon's images and its containers
//! are shared. What a terminal is given runs to its end at once (see [`engine::Terminal`]).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::{
    Completion, Entry, Halt, Modules, OwnProgram, PointState, Terminal, TurnEnd, Winsize, word_at,
};
use shell::{ExitStatus, Process};
use vfs::{AbsPath, ChangeKind, Errno, Fs, Inode, Kind, Limits, Stream, Tree};

use crate::attach::HostChange;
use crate::host::{call, print, with_docker};
use crate::{Answer, Attach, AttachedProcess, Daemon, NotLoaded, trees};

/// Environment of the host's shells.
const ENV: [&str; 6] = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "USER=root",
    "HOSTNAME=layerlab",
    "LANG=C.UTF-8",
    "TERM=xterm-256color",
];

/// The terminals of one host machine and its daemon.
pub struct Terminals {
    daemon: Arc<Mutex<Daemon>>,
    host: Tree,
    /// The host's filesystem as far as [`Terminals::changed_files`] has told of it.
    told: Tree,
    /// Where shells begin.
    directory: AbsPath,
    tabs: BTreeMap<u32, Tab>,
    /// Containers whose own process was left running by Ctrl-P Ctrl-Q.
    detached: BTreeMap<String, Terminal>,
}

/// One terminal.
struct Tab {
    shell: Terminal,
    /// Whether the shell is one of the host, or one at a commit point of a build.
    of_host: bool,
    attached: Option<Attached>,
    calls: Arc<Mutex<Calls>>,
    /// What is to be printed before anything else.
    unsent: Vec<u8>,
}

/// A process of a container that has the terminal.
struct Attached {
    attach: Attach,
    terminal: Terminal,
}

/// The `docker` commands of the line that is under way, which runs from its beginning whenever it had
/// to stop: those that came to their end are not done again.
#[derive(Default)]
struct Calls {
    done: Vec<Done>,
    next: usize,
    /// The one that gave the terminal away, and what it printed before.
    held: Option<(Attach, Printed)>,
}

/// What a command printed, in order.
type Printed = Vec<(Stream, Vec<u8>)>;

struct Done {
    output: Printed,
    status: u8,
    /// The machine's filesystem behind it, where the command changed it.
    root: Option<Tree>,
}

/// A file that a command has written or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Where it is, from the directory in which shells begin.
    pub path: String,
    /// Its content, and whether it may be executed; none if it is gone.
    pub now: Option<(Vec<u8>, bool)>,
}

/// What a terminal shows next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is printed.
    pub output: Vec<u8>,
    /// What it waits for then.
    pub waits: Waits,
}

/// What a terminal waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// A command.
    Command,
    /// Input of a program.
    Input,
    /// Nothing: its shell is over.
    Nothing,
}

impl Terminals {
    /// The terminals of a machine with this filesystem, whose shells begin in `directory`.
    ///
    /// # Errors
    /// Those of putting `docker` and that directory there.
    pub fn new(daemon: Arc<Mutex<Daemon>>, host: Tree, directory: &str) -> Result<Self, Errno> {
        let directory = AbsPath::new(directory);
        let mut fs = Fs::new(with_docker(host)?, Limits::default());
        fs.set_now(crate::START);
        trees::make_dir(&mut fs, &directory)?;
        let host = fs.into_root();
        let told = host.clone();
        let (tabs, detached) = Default::default();
        Ok(Self { daemon, host, told, directory, tabs, detached })
    }

    /// Opens a terminal; one of the same number is closed.
    ///
    /// # Errors
    /// What keeps the shell from starting.
    pub fn open(&mut self, tab: u32, size: Winsize) -> Result<(), String> {
        let calls = Arc::<Mutex<Calls>>::default();
        let (modules, now) = {
            let daemon = lock(&self.daemon);
            (daemon.modules().clone(), daemon.now())
        };
        let own = docker_program(Arc::clone(&self.daemon), Arc::clone(&calls));
        let mut shell = self.host_shell(modules, own, now)?;
        shell.size = size;
        let of_host = true;
        self.tabs.insert(tab, Tab { shell, of_host, attached: None, calls, unsent: Vec::new() });
        Ok(())
    }

    /// Opens a terminal with a shell at a commit point of a build. What is done there is seen nowhere
    /// else.
    ///
    /// # Errors
    /// What keeps the shell from starting, as runc says it.
    pub fn open_at(&mut self, tab: u32, point: &PointState, size: Winsize) -> Result<(), String> {
        let modules = lock(&self.daemon).modules().clone();
        let env: Vec<String> =
            point.env.iter().cloned().chain(["TERM=xterm-256color".to_owned()]).collect();
        let command = builder::Command {
            root: &point.tree,
            args: &point.shell,
            env: &env,
            cwd: &point.cwd,
            user: &point.user,
            mounts: &[],
            hosts: &[],
            seed: 0,
            time: engine::EPOCH,
        };
        let mut shell = Terminal::open(&command, modules, None)?;
        shell.size = size;
        let (of_host, calls) = (false, Arc::default());
        self.tabs.insert(tab, Tab { shell, of_host, attached: None, calls, unsent: Vec::new() });
        Ok(())
    }

    fn host_shell(
        &self,
        modules: Modules,
        own: OwnProgram,
        time: vfs::Timestamp,
    ) -> Result<Terminal, String> {
        let cwd = self.directory.to_string();
        let command = builder::Command {
            root: &self.host,
            args: &["bash".to_owned()],
            env: &ENV.map(str::to_owned),
            cwd: &cwd,
            user: "",
            mounts: &[],
            hosts: &[],
            seed: 0,
            time,
        };
        Terminal::open(&command, modules, Some(own))
    }

    /// Closes a terminal. A container whose process had it is ended, as by a hang-up.
    pub fn close(&mut self, tab: u32) {
        if let Some(Tab { attached: Some(mut attached), .. }) = self.tabs.remove(&tab) {
            attached.terminal.turn(Entry::Interrupt);
            let end = TurnEnd::Ended(129);
            let changes =
                lock(&self.daemon).after_turn(&attached.attach, &attached.terminal, &[], &end);
            self.change_host(&changes);
        }
    }

    /// The size of a terminal has changed.
    pub fn resize(&mut self, tab: u32, size: Winsize) {
        if let Some(tab) = self.tabs.get_mut(&tab) {
            tab.shell.size = size;
            if let Some(attached) = &mut tab.attached {
                attached.terminal.size = size;
            }
        }
    }

    /// Hands something to a terminal.
    ///
    /// # Errors
    /// [`NotLoaded`]: load the module and hand on [`Entry::Go`].
    pub fn turn(&mut self, tab: u32, entry: Entry) -> Result<Shown, NotLoaded> {
        let Some(mut open) = self.tabs.remove(&tab) else {
            return Ok(Shown { output: Vec::new(), waits: Waits::Nothing });
        };
        let mut output = std::mem::take(&mut open.unsent);
        let end = self.go_on(&mut open, entry, &mut output);
        match end {
            Ok(Waits::Nothing) => Ok(Shown { output, waits: Waits::Nothing }),
            Ok(waits) => {
                self.tabs.insert(tab, open);
                Ok(Shown { output, waits })
            }
            Err(missing) => {
                open.unsent = output;
                self.tabs.insert(tab, open);
                Err(missing)
            }
        }
    }

    /// Ctrl-P Ctrl-Q: leaves the container that has the terminal, which goes on. Nothing where none
    /// has it.
    ///
    /// # Errors
    /// As [`Terminals::turn`].
    pub fn detach(&mut self, tab: u32) -> Result<Shown, NotLoaded> {
        if let Some(open) = self.tabs.get_mut(&tab)
            && let Some(Attached { attach, terminal }) = open.attached.take()
        {
            if attach.process == AttachedProcess::Main {
                self.detached.insert(attach.container, terminal);
            }
            open.finish(0);
            open.unsent.extend_from_slice(b"\n");
            return self.turn(tab, Entry::Go);
        }
        Ok(Shown { output: Vec::new(), waits: Waits::Command })
    }

    fn go_on(
        &mut self,
        tab: &mut Tab,
        entry: Entry,
        output: &mut Vec<u8>,
    ) -> Result<Waits, NotLoaded> {
        let mut entry = entry;
        loop {
            let end = match &mut tab.attached {
                Some(attached) => self.turn_of_container(attached, entry, output),
                None => self.turn_of_shell(tab, entry, output),
            };
            match end {
                TurnEnd::Prompt => return Ok(Waits::Command),
                TurnEnd::Reads => return Ok(Waits::Input),
                TurnEnd::NotLoaded(module) => return Err(NotLoaded(module)),
                TurnEnd::Held => self.attach(tab, output),
                TurnEnd::Ended(_) if tab.attached.is_none() => return Ok(Waits::Nothing),
                TurnEnd::Ended(status) => {
                    tab.attached = None;
                    tab.finish(status);
                }
            }
            entry = Entry::Go;
        }
    }

    fn turn_of_container(
        &mut self,
        attached: &mut Attached,
        entry: Entry,
        output: &mut Vec<u8>,
    ) -> TurnEnd {
        let Attached { attach, terminal } = attached;
        {
            let daemon = lock(&self.daemon);
            let Some(tree) = daemon.running_tree(&attach.container) else {
                return TurnEnd::Ended(daemon.status_of_ended(attach));
            };
            terminal.set_root(tree.clone());
            terminal.set_now(daemon.now());
        }
        // A terminal shows what is typed, so it is in the logs.
        let mut logged = match &entry {
            Entry::Line(line) => [line, b"\n".as_slice()].concat(),
            Entry::Go | Entry::EndOfFile | Entry::Interrupt => Vec::new(),
        };
        let turn = terminal.turn(entry);
        logged.extend_from_slice(&turn.output);
        let changes = lock(&self.daemon).after_turn(attach, terminal, &logged, &turn.end);
        self.change_host(&changes);
        output.extend(turn.output);
        turn.end
    }

    /// Does on the machine what containers did to what they have mounted of it.
    fn change_host(&mut self, changes: &[HostChange]) {
        let mut fs = Fs::new(self.host.clone(), Limits::default());
        for HostChange { bind, before, after } in changes {
            let path = AbsPath::new(&bind.source);
            // What cannot be written there, such as a full disk, stays undone.
            let _ = match bind.is_file {
                true => trees::place(&mut fs, after, &path),
                false => trees::redo(&mut fs, &path, before, after),
            };
        }
        self.host = fs.into_root();
    }

    fn turn_of_shell(&mut self, tab: &mut Tab, entry: Entry, output: &mut Vec<u8>) -> TurnEnd {
        if !tab.of_host {
            let turn = tab.shell.turn(entry);
            output.extend(turn.output);
            return turn.end;
        }
        tab.calls().next = 0;
        tab.shell.set_root(self.host.clone());
        tab.shell.set_now(lock(&self.daemon).now());
        let turn = tab.shell.turn(entry);
        self.host = tab.shell.root();
        lock(&self.daemon).set_now(tab.shell.now());
        output.extend(turn.output);
        if turn.end == TurnEnd::Prompt {
            *tab.calls() = Calls::default();
        }
        turn.end
    }

    /// Gives the terminal to the container that a `docker` command of the shell has named.
    fn attach(&mut self, tab: &mut Tab, output: &mut Vec<u8>) {
        let held = tab.calls().held.as_ref().map(|(attach, _)| attach.clone());
        let Some(attach) = held else { return };
        let detached = (attach.process == AttachedProcess::Main)
            .then(|| self.detached.remove(&attach.container))
            .flatten();
        let opened = match detached {
            Some(terminal) => Ok(terminal),
            None => lock(&self.daemon).open_terminal(&attach),
        };
        match opened {
            Ok(mut terminal) => {
                terminal.size = tab.shell.size;
                tab.attached = Some(Attached { attach, terminal });
            }
            Err(what) => {
                output.extend(format!("docker: {what}\n").bytes());
                tab.finish(127);
            }
        }
    }

    /// What could stand at the cursor, in bytes of the line.
    #[must_use]
    pub fn complete(&self, tab: u32, line: &str, cursor: usize) -> Completion {
        let Some(tab) = self.tabs.get(&tab) else { return Completion::default() };
        if let Some(attached) = &tab.attached {
            return attached.terminal.complete(line, cursor);
        }
        let at = word_at(line, cursor);
        if at.before.first().is_some_and(|name| name == "docker") && !at.redirection {
            let words = lock(&self.daemon).complete(&at.before[1..], &at.word);
            if let Some(words) = words {
                return Completion { start: at.start, words };
            }
        }
        tab.shell.complete(line, cursor)
    }

    /// The files that commands have changed in the directory in which shells begin, since this was
    /// last asked: their paths there, and for those that are still there content and whether they may
    /// be executed.
    pub fn changed_files(&mut self) -> Vec<ChangedFile> {
        let before = std::mem::replace(&mut self.told, self.host.clone());
        let depth = self.directory.components().count();
        let inside = |path: &AbsPath| {
            let mut own = path.components();
            let same = self.directory.components().all(|name| own.next() == Some(name));
            let rest: Vec<_> = path.components().skip(depth).map(String::from_utf8_lossy).collect();
            (same && !rest.is_empty()).then(|| rest.join("/"))
        };
        let mut changed = Vec::new();
        for change in before.diff(&self.host) {
            let removed = before.lookup(&change.path).filter(|_| {
                change.kind == ChangeKind::Deleted
                    || self.host.lookup(&change.path).is_none_or(|(_, inode)| !is_file(inode))
            });
            // A directory takes everything in it along.
            for (path, _, inode) in
                removed.into_iter().flat_map(|(ino, _)| before.walk_from(change.path.clone(), ino))
            {
                if is_file(inode)
                    && self.host.lookup(&path).is_none()
                    && let Some(path) = inside(&path)
                {
                    changed.push(ChangedFile { path, now: None });
                }
            }
            if let Some((_, inode)) = self.host.lookup(&change.path)
                && let Kind::File(content) = &inode.kind
                && let Some(path) = inside(&change.path)
            {
                let now = Some((content.to_vec(), inode.meta.mode & 0o100 != 0));
                changed.push(ChangedFile { path, now });
            }
        }
        changed
    }

    /// Puts a file into the directory in which shells begin.
    ///
    /// # Errors
    /// Those of writing it.
    pub fn put_file(&mut self, path: &str, content: &[u8], executable: bool) -> Result<(), Errno> {
        let at = path.split('/').fold(self.directory.clone(), |at, part| at.join(part));
        let mut fs = Fs::new(self.host.clone(), Limits::default());
        fs.set_now(lock(&self.daemon).now());
        trees::make_dir(&mut fs, &at.parent().unwrap_or_else(AbsPath::root))?;
        trees::write(&mut fs, &at, content)?;
        let mode = if executable { 0o755 } else { 0o644 };
        trees::chmod(&mut fs, &at, mode)?;
        self.replace_host(fs.into_root());
        Ok(())
    }

    /// Removes a file from there, with the directories that are empty then.
    ///
    /// # Errors
    /// Those of removing it.
    pub fn remove_file(&mut self, path: &str) -> Result<(), Errno> {
        let at = path.split('/').fold(self.directory.clone(), |at, part| at.join(part));
        let mut fs = Fs::new(self.host.clone(), Limits::default());
        fs.set_now(lock(&self.daemon).now());
        trees::remove(&mut fs, &at, &self.directory)?;
        self.replace_host(fs.into_root());
        Ok(())
    }

    /// Takes over a change that whoever asks for [`Terminals::changed_files`] knows of.
    fn replace_host(&mut self, host: Tree) {
        self.told = host.clone();
        self.host = host;
    }
}

fn is_file(inode: &Inode) -> bool {
    matches!(inode.kind, Kind::File(_))
}

impl Tab {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        lock(&self.calls)
    }

    /// The `docker` command that gave the terminal away has come to its end.
    fn finish(&self, status: u8) {
        let mut calls = self.calls();
        if let Some((_, output)) = calls.held.take() {
            calls.done.push(Done { output, status, root: None });
        }
    }
}

/// `docker` as the host's shells have it.
fn docker_program(daemon: Arc<Mutex<Daemon>>, calls: Arc<Mutex<Calls>>) -> OwnProgram {
    let run = move |fs: &mut Fs, process: &Process| run_docker(fs, process, &daemon, &calls);
    OwnProgram { name: "docker".to_owned(), run: Arc::new(Mutex::new(run)) }
}

fn run_docker(
    fs: &mut Fs,
    process: &Process,
    daemon: &Mutex<Daemon>,
    calls: &Mutex<Calls>,
) -> Result<ExitStatus, Halt> {
    let mut calls = lock(calls);
    calls.next += 1;
    if let Some(done) = calls.done.get(calls.next - 1) {
        print(fs, process, &done.output);
        if let Some(root) = &done.root {
            fs.set_root(root.clone());
        }
        return Ok(ExitStatus(done.status));
    }
    let before = fs.root().clone();
    let answer = call(fs, process, true, &mut |call| lock(daemon).docker(call));
    let answer = answer.map_err(|NotLoaded(module)| Halt::NotLoaded(module))?;
    let Answer { output, status, attach, asks, .. } = answer;
    print(fs, process, &output);
    if asks {
        return Err(Halt::Reads);
    }
    if let Some(attach) = attach {
        calls.held = Some((attach, output));
        return Err(Halt::Held);
    }
    let changed = !before.diff(fs.root()).is_empty();
    calls.done.push(Done { output, status, root: changed.then(|| fs.root().clone()) });
    Ok(ExitStatus(status))
}

/// A lock that a panic elsewhere does not take away: what it guards is whole after every call.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
