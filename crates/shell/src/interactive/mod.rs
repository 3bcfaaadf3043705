//! Shells that read their commands from a terminal.
//!
//! [`Interactive`] is such a shell as a value: it is given one line after another and rests between
//! them, so that nobody has to wait for a terminal. A shell that another shell starts on the same
//! terminal reads its lines itself (`run_terminal`); it stops with [`Stop::Blocked`] where there is
//! none yet, and whoever holds the terminal runs it again when there is.

mod complete;
mod prompt;

use vfs::Fs;

pub use complete::{Completion, Words, word_at};

use crate::invoke::begin;
use crate::shell::{Flow, Run, Shell, State};
use crate::syntax::parse::Reader;
use crate::{ExitStatus, Personality, Programs, Start, Stop, signals, text};

/// A shell at a terminal, between two lines.
#[derive(Clone)]
pub struct Interactive {
    state: State,
    next_pid: u32,
    for_main: Vec<u8>,
    /// Lines of a command that is not complete yet.
    typed: Vec<u8>,
}

/// What a line led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The shell has printed its prompt and waits for the next line.
    Prompt,
    /// It is over.
    Exit(ExitStatus),
}

impl Interactive {
    /// Starts a shell: it reads its start-up files and prints its first prompt.
    ///
    /// # Errors
    /// [`Stop`], when a start-up file ran into a limit.
    pub fn start(fs: &mut Fs, programs: &mut dyn Programs, start: Start) -> Result<Self, Stop> {
        let mut shell = begin(fs, programs, start);
        shell.become_interactive()?;
        shell.print_prompt(false)?;
        Ok(Self::rest(shell, Vec::new()))
    }

    /// Takes a line, without its end, runs what it completes, and prints the next prompt.
    ///
    /// # Errors
    /// [`Stop`]; this shell is then to be forgotten, and the one from before the line to be used.
    pub fn line(
        mut self,
        fs: &mut Fs,
        programs: &mut dyn Programs,
        line: &[u8],
    ) -> Result<(Self, Typed), Stop> {
        self.typed.extend_from_slice(line);
        self.typed.push(b'\n');
        let typed = std::mem::take(&mut self.typed);
        let mut shell = self.wake(fs, programs);
        if !shell.is_complete(&typed) {
            shell.print_prompt(true)?;
            return Ok((Self::rest(shell, typed), Typed::Prompt));
        }
        let out = shell.run_typed(&typed);
        Self::after(shell, out)
    }

    /// Ctrl-C at the prompt: what was typed of a command is forgotten.
    ///
    /// # Errors
    /// [`Stop`], from a prompt that runs commands.
    pub fn interrupt(mut self, fs: &mut Fs, programs: &mut dyn Programs) -> Result<Self, Stop> {
        self.typed.clear();
        let mut shell = self.wake(fs, programs);
        shell.state.status = 128 + signals::INT;
        shell.print_prompt(false)?;
        Ok(Self::rest(shell, Vec::new()))
    }

    /// Ctrl-D on an empty line: the shell exits, or says that a command is not complete.
    ///
    /// # Errors
    /// [`Stop`], from the EXIT trap.
    pub fn end_of_file(
        mut self,
        fs: &mut Fs,
        programs: &mut dyn Programs,
    ) -> Result<(Self, Typed), Stop> {
        let typed = std::mem::take(&mut self.typed);
        let mut shell = self.wake(fs, programs);
        if !typed.is_empty() {
            let out = shell.run_typed(&typed);
            return Self::after(shell, out);
        }
        if shell.is_bash() {
            shell.write_error(b"exit\n");
        }
        let status = shell.state.status;
        Self::after(shell, Err(Flow::Exit(status)))
    }

    /// Where the shell is: `$PWD`.
    #[must_use]
    pub fn directory(&self) -> &[u8] {
        &self.state.cwd
    }

    fn after(mut shell: Shell<'_>, out: Run) -> Result<(Self, Typed), Stop> {
        let typed = match out {
            Ok(_) => {
                shell.print_prompt(false)?;
                Typed::Prompt
            }
            Err(Flow::Stop(stop)) => return Err(stop),
            Err(flow) => match shell.finish(Err(flow)) {
                Ok(status) => Typed::Exit(ExitStatus(status)),
                Err(Flow::Stop(stop)) => return Err(stop),
                Err(_) => Typed::Exit(ExitStatus(1)),
            },
        };
        Ok((Self::rest(shell, Vec::new()), typed))
    }

    fn wake<'a>(self, fs: &'a mut Fs, programs: &'a mut dyn Programs) -> Shell<'a> {
        let Self { state, next_pid, for_main, .. } = self;
        Shell { fs, programs, state, next_pid, for_main }
    }

    fn rest(shell: Shell<'_>, typed: Vec<u8>) -> Self {
        let Shell { state, next_pid, for_main, .. } = shell;
        Self { state, next_pid, for_main, typed }
    }
}

impl Shell<'_> {
    /// Reads commands from the terminal at descriptor 0 until they end.
    pub(crate) fn run_terminal(&mut self) -> Run {
        self.become_interactive()?;
        let mut typed = Vec::new();
        loop {
            self.print_prompt(!typed.is_empty())?;
            if self.read_line(&mut typed)? && !self.is_complete(&typed) {
                continue;
            }
            if typed.is_empty() {
                if self.is_bash() {
                    self.write_error(b"exit\n");
                }
                return Ok(self.state.status);
            }
            self.run_typed(&std::mem::take(&mut typed))?;
        }
    }

    /// Appends a line with its end; false at the end of the input.
    fn read_line(&mut self, line: &mut Vec<u8>) -> Run<bool> {
        let mut byte = [0];
        loop {
            match self.read(0, &mut byte)? {
                Ok(0) | Err(_) => return Ok(false),
                Ok(_) => line.push(byte[0]),
            }
            if byte[0] == b'\n' {
                return Ok(true);
            }
        }
    }

    fn become_interactive(&mut self) -> Result<(), Stop> {
        let options = &mut self.state.options;
        (options.interactive, options.monitor, options.stdin) = (true, true, true);
        options.shopt.expand_aliases = true;
        self.state.line = 0;
        let defaults = match self.state.personality {
            // What /etc/bash.bashrc of Debian and Ubuntu sets.
            Personality::Bash => (r"\u@\h:\w\$ ", "> "),
            // BusyBox's CONFIG_FEATURE_EDITING_FANCY_PROMPT.
            Personality::Ash => (r"\w \$ ", "> "),
            Personality::Dash if self.state.caller.cred.uid == 0 => ("# ", "> "),
            Personality::Dash => ("$ ", "> "),
        };
        for (name, value) in [("PS1", defaults.0), ("PS2", defaults.1)] {
            if self.state.vars.value(name).is_none() {
                self.state.vars.force(name, value);
            }
        }
        let home = self.state.vars.value("HOME").map(<[u8]>::to_vec).unwrap_or_default();
        let files = match self.state.personality {
            Personality::Bash => {
                vec![b"/etc/bash.bashrc".to_vec(), [&home, b"/.bashrc".as_slice()].concat()]
            }
            _ => self.state.vars.value("ENV").map(<[u8]>::to_vec).into_iter().collect(),
        };
        for path in files {
            let caller = self.state.caller.clone();
            let Ok(content) = self.fs.read_file(&caller, caller.cwd, &path) else { continue };
            if let Err(Flow::Stop(stop)) = self.source_text(&path, &content) {
                return Err(stop);
            }
        }
        Ok(())
    }

    /// Whether these lines are a command, or can never be one.
    fn is_complete(&self, typed: &[u8]) -> bool {
        let source = text::decode(typed);
        if source.ends_with("\\\n") && !source.ends_with("\\\\\n") {
            return false;
        }
        let mut reader = Reader::new(&source, 1);
        loop {
            match reader.next(self.dialect(), &self.state.aliases) {
                Ok(Some(_)) => {}
                Ok(None) => return reader.unfinished_here_docs.is_empty(),
                Err(error) => return !error.wants_more(),
            }
        }
    }

    /// Runs a command that was typed; what ends a script only ends the command.
    fn run_typed(&mut self, typed: &[u8]) -> Run {
        let source = text::decode(typed).into_owned();
        let first = self.state.line + 1;
        let out = self.run_typed_text(&source, first);
        let lines = source.lines().count() as u32;
        self.state.line = first + lines.saturating_sub(1);
        self.state.loops = 0;
        let status = match out {
            Ok(status)
            | Err(Flow::Error(status) | Flow::Discard(status) | Flow::Return(status)) => status,
            Err(Flow::Break(_) | Flow::Continue(_)) => 0,
            Err(flow) => return Err(flow),
        };
        self.state.status = status;
        Ok(status)
    }
}
