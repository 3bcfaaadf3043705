//! A shell that runs: its state, its descriptors, what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vfs::{Caller, Errno, Fs, OpenId};

use crate::exec::Consumer;
use crate::jobs::Jobs;
use crate::options::Options;
use crate::syntax::ir::Function;
use crate::syntax::lexer::{Aliases, Dialect};
use crate::vars::Vars;
use crate::{Limit, Personality, Programs, Stop, signals};

/// How deep functions, subshells, substitutions and sourced files may be within each other.
/// The interpreter recurses, and WebAssembly's stack is small.
pub(crate) const MAX_DEPTH: u32 = 200;

/// Why a command did not simply end with a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Nothing goes on.
    Stop(Stop),
    /// The shell (or subshell) exits; its EXIT trap runs.
    Exit(u8),
    /// It dies of a signal; no trap runs.
    Killed(u8),
    /// `return` from a function or a sourced file.
    Return(u8),
    Break(u32),
    Continue(u32),
    /// An error that ends a script in dash (and not the shell, if a plain builtin raised it).
    Error(u8),
    /// An error after which bash goes on with the next line.
    Discard(u8),
}

impl From<Stop> for Flow {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

/// What running something gives: an exit status unless said otherwise.
pub(crate) type Run<T = u8> = std::result::Result<T, Flow>;

/// What a subshell gets a copy of.
#[derive(Clone)]
pub(crate) struct State {
    pub personality: Personality,
    /// `$0`.
    pub name: Vec<u8>,
    /// The script is the argument of `-c`.
    pub is_command: bool,
    pub vars: Vars,
    pub positional: Rc<Vec<Vec<u8>>>,
    pub functions: Rc<BTreeMap<String, Rc<Function>>>,
    pub aliases: Rc<Aliases>,
    pub options: Options,
    pub caller: Caller,
    /// `$PWD`, as the shell believes it.
    pub cwd: Vec<u8>,
    pub fds: BTreeMap<u32, OpenId>,
    /// What `pushd` keeps, the latest last.
    pub dirs: Rc<Vec<Vec<u8>>>,
    pub status: u8,
    pub line: u32,
    /// The line that the running function began on (dash counts from there); 0 outside.
    pub function_line: u32,
    pub functions_running: Rc<Vec<String>>,
    /// The lines on which they were called.
    pub call_lines: Vec<u32>,
    pub sourcing: u32,
    /// The file that is being read; empty for `-c`.
    pub source: Vec<u8>,
    pub loops: u32,
    /// Depth of contexts in which a failure does not end the script under `set -e`.
    pub tested: u32,
    /// bash's `$_`.
    pub last_argument: Option<Vec<u8>>,
    /// Status of the last command substitution, for commands that are only assignments.
    pub substitution: Option<u8>,
    pub pid: u32,
    pub last_background: Option<u32>,
    pub jobs: Jobs,
    /// Actions by signal number; 0 is EXIT. Empty: ignored.
    pub traps: Rc<BTreeMap<u8, Vec<u8>>>,
    /// What `trap` lists in a subshell until it sets one: its parent's.
    pub listed_traps: Option<Rc<BTreeMap<u8, Vec<u8>>>>,
    pub err_trap: Option<Rc<Vec<u8>>>,
    pub debug_trap: Option<Rc<Vec<u8>>>,
    pub return_trap: Option<Rc<Vec<u8>>>,
    pub pending: Vec<u8>,
    pub in_trap: bool,
    /// The builtin that runs, which messages about variables then begin with outside bash.
    pub builtin: Option<&'static str>,
    pub subshell: u32,
    pub random: u32,
    pub started: i64,
    /// Where in a word of several options `getopts` is.
    pub getopts: (usize, usize),
    pub depth: u32,
    pub pipe_status: Rc<Vec<u8>>,
    /// What bash puts before messages about arithmetic: `((: ` or `let: `.
    pub arith_prefix: &'static str,
    /// Descriptors of process substitutions that the running commands use.
    pub process_fds: Vec<u32>,
    /// What reads from running commands when they have ended.
    pub consumers: Vec<Consumer>,
    /// Builtins that `enable -n` has taken away.
    pub disabled: Rc<BTreeSet<Vec<u8>>>,
    /// Functions that programs get in their environment.
    pub exported_functions: Rc<BTreeSet<String>>,
    /// How deep substitutions and `eval` are nested, for `set -x`.
    pub trace_depth: usize,
}

/// A shell and the world it acts on.
pub(crate) struct Shell<'a> {
    pub fs: &'a mut Fs,
    pub programs: &'a mut dyn Programs,
    pub state: State,
    pub next_pid: u32,
    /// Signals that a subshell sent to `$$`.
    pub for_main: Vec<u8>,
}

impl Shell<'_> {
    pub fn dialect(&self) -> Dialect {
        Dialect { personality: self.state.personality, extglob: self.state.options.shopt.extglob }
    }

    pub fn is_bash(&self) -> bool {
        self.state.personality == Personality::Bash
    }

    pub fn is_dash(&self) -> bool {
        self.state.personality == Personality::Dash
    }

    /// Runs something one level deeper.
    pub fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        if self.state.depth >= MAX_DEPTH {
            return Err(Stop::Limit(Limit::Depth(MAX_DEPTH)).into());
        }
        self.state.depth += 1;
        let out = run(self);
        self.state.depth -= 1;
        out
    }

    /// The line messages name: dash counts from a function's first line.
    pub fn message_line(&self) -> u32 {
        match self.state.function_line {
            0 => self.state.line,
            first if self.is_dash() => self.state.line.saturating_sub(first - 1),
            _ => self.state.line,
        }
    }

    /// Says `text` on standard error as the shell itself does.
    pub fn complain(&mut self, text: impl AsRef<[u8]>) {
        let mut out = self.state.name.clone();
        let line = self.message_line();
        if self.is_bash() && self.state.is_command && self.state.function_line > 0 {
            // What bash calls the source of functions that come from no file.
            out = b"environment".to_vec();
        }
        let typed = self.state.options.interactive && self.state.sourcing == 0;
        match self.state.personality {
            Personality::Dash => out.extend(format!(": {line}: ").bytes()),
            Personality::Ash | Personality::Bash if typed => out.extend(b": "),
            Personality::Ash if self.state.is_command => out.extend(b": "),
            Personality::Ash | Personality::Bash => out.extend(format!(": line {line}: ").bytes()),
        }
        out.extend_from_slice(text.as_ref());
        out.push(b'\n');
        self.write_error(&out);
    }

    /// Says `text` as a builtin does.
    pub fn complain_as(&mut self, builtin: &[u8], text: impl AsRef<[u8]>) {
        if self.state.personality == Personality::Ash {
            let line = if self.state.is_command { 0 } else { self.message_line() };
            let mut out = self.state.name.clone();
            out.extend(b": ");
            out.extend(builtin);
            out.extend(format!(": line {line}: ").bytes());
            out.extend_from_slice(text.as_ref());
            out.push(b'\n');
            self.write_error(&out);
            return;
        }
        let mut out = builtin.to_vec();
        out.extend(b": ");
        out.extend_from_slice(text.as_ref());
        self.complain(out);
    }

    /// A builtin's error: bash goes on with status `bash`, dash and ash raise theirs, which ends
    /// the script if the builtin is a special one.
    pub fn fail(&mut self, builtin: &[u8], text: impl AsRef<[u8]>, bash: u8) -> Run {
        self.complain_as(builtin, text);
        if self.is_bash() { Ok(bash) } else { Err(Flow::Error(2)) }
    }

    /// Writes to standard error; what cannot be written is lost, as it is in the shells.
    pub fn write_error(&mut self, bytes: &[u8]) {
        if let Some(&id) = self.state.fds.get(&2) {
            let mut rest = bytes;
            while let Ok(n @ 1..) = self.fs.write(id, rest) {
                rest = &rest[n..];
            }
        }
    }

    /// Writes all of it to a descriptor.
    ///
    /// A pipe nobody reads kills the shell, one that is full stops it.
    pub fn write(&mut self, fd: u32, mut bytes: &[u8]) -> Run<std::result::Result<(), Errno>> {
        let Some(&id) = self.state.fds.get(&fd) else { return Ok(Err(Errno::EBADF)) };
        while !bytes.is_empty() {
            match self.fs.write(id, bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(Errno::EAGAIN) => return Err(Stop::Blocked.into()),
                Err(Errno::EPIPE) => match self.state.traps.get(&signals::PIPE) {
                    Some(action) if action.is_empty() => return Ok(Err(Errno::EPIPE)),
                    Some(_) => {
                        self.state.pending.push(signals::PIPE);
                        return Ok(Err(Errno::EPIPE));
                    }
                    None => return Err(Flow::Killed(128 + signals::PIPE)),
                },
                Err(errno) => return Ok(Err(errno)),
            }
        }
        Ok(Ok(()))
    }

    /// Writes a builtin's output; the status is 0, or 1 with a message.
    pub fn print(&mut self, builtin: &[u8], bytes: &[u8]) -> Run {
        match self.write(1, bytes)? {
            Ok(()) => Ok(0),
            Err(errno) => {
                let text = match self.state.personality {
                    Personality::Dash => format!("{}: I/O error", crate::text::lossy(builtin)),
                    _ => format!("write error: {errno}"),
                };
                if self.state.personality == Personality::Ash {
                    self.complain(text);
                } else {
                    self.complain_as(builtin, text);
                }
                Ok(1)
            }
        }
    }

    /// Reads from a descriptor; 0 bytes at the end.
    pub fn read(&mut self, fd: u32, buf: &mut [u8]) -> Run<std::result::Result<usize, Errno>> {
        let Some(&id) = self.state.fds.get(&fd) else { return Ok(Err(Errno::EBADF)) };
        match self.fs.read(id, buf) {
            Err(Errno::EAGAIN) => Err(Stop::Blocked.into()),
            other => Ok(other),
        }
    }

    /// Puts an open file at a descriptor, closing what was there.
    pub fn set_fd(&mut self, fd: u32, id: OpenId) {
        if let Some(old) = self.state.fds.insert(fd, id) {
            self.fs.close(old);
        }
    }

    pub fn close_fd(&mut self, fd: u32) {
        if let Some(old) = self.state.fds.remove(&fd) {
            self.fs.close(old);
        }
    }

    /// Runs something in a copy of the shell and answers how the copy ended.
    pub fn subshell(&mut self, run: impl FnOnce(&mut Self) -> Run) -> Run {
        for id in self.state.fds.values().copied().collect::<Vec<_>>() {
            // They are all open: the table holds a reference to each.
            let _ = self.fs.dup(id);
        }
        let parent = self.state.clone();
        self.state.subshell += 1;
        self.state.jobs = Jobs::default();
        self.state.consumers.clear();
        self.state.pending.clear();
        if self.is_bash() {
            self.state.loops = 0;
            self.state.listed_traps = Some(Rc::clone(&self.state.traps));
        }
        // Traps are reset, except those that ignore.
        let traps = Rc::make_mut(&mut self.state.traps);
        traps.retain(|_, action| action.is_empty());
        if !self.state.options.errtrace {
            self.state.err_trap = None;
        }
        if !self.state.options.functrace {
            (self.state.debug_trap, self.state.return_trap) = (None, None);
        }
        let out = self.deeper(|shell| {
            let out = run(shell);
            shell.finish(out)
        });
        for id in self.state.fds.values().copied().collect::<Vec<_>>() {
            self.fs.close(id);
        }
        self.state = parent;
        if self.state.subshell == 0 {
            if self.is_bash() && !self.state.traps.contains_key(&signals::INT) {
                // Who waits for a command that SIGINT did not end takes no notice of it.
                self.for_main.retain(|signal| *signal != signals::INT);
            }
            self.state.pending.append(&mut self.for_main);
        }
        out
    }

    /// Ends a shell: from what its commands gave to its exit status, the EXIT trap between.
    pub fn finish(&mut self, out: Run) -> Run {
        let status = match out {
            Ok(status) | Err(Flow::Exit(status) | Flow::Return(status)) => status,
            Err(Flow::Error(status) | Flow::Discard(status)) => status,
            Err(Flow::Break(_) | Flow::Continue(_)) => self.state.status,
            Err(Flow::Killed(status)) => return Ok(status),
            Err(Flow::Stop(stop)) => return Err(stop.into()),
        };
        self.state.status = status;
        let status = match self.state.traps.get(&0).cloned() {
            None => status,
            Some(action) => {
                Rc::make_mut(&mut self.state.traps).remove(&0);
                match self.eval_text(&action) {
                    Err(Flow::Exit(status) | Flow::Killed(status) | Flow::Error(status)) => status,
                    Err(Flow::Stop(stop)) => return Err(stop.into()),
                    _ => status,
                }
            }
        };
        self.run_consumers(0, true)?;
        Ok(status)
    }
}
