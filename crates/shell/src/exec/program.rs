//! Which program runs, and running it.

use std::rc::Rc;

use vfs::{Access, Errno, ResolveFlags};

use crate::api::{ExecError, Process};
use crate::builtins::{self, Builtin};
use crate::shell::{Flow, Run, Shell};
use crate::syntax::ir::Function;
use crate::{Limit, Personality, Script, Start, Stop};

/// What a command's name stands for.
#[derive(Clone)]
pub(crate) enum Lookup {
    Function(Rc<Function>),
    Builtin(Builtin),
    /// Something to be found in `PATH`.
    Program,
}

impl Shell<'_> {
    pub(crate) fn look_up(&self, name: &[u8]) -> Lookup {
        let builtin = builtins::find(name, self.state.personality)
            .filter(|_| !self.state.disabled.contains(name));
        if let Some(builtin) = builtin
            && builtin.special
            && !self.is_bash()
        {
            return Lookup::Builtin(builtin);
        }
        if !self.state.functions.is_empty()
            && let Ok(name) = std::str::from_utf8(name)
            && let Some(function) = self.state.functions.get(name)
        {
            return Lookup::Function(Rc::clone(function));
        }
        builtin.map_or(Lookup::Program, Lookup::Builtin)
    }

    /// What programs get: the exported variables, and functions as bash hands them on.
    fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut environment = self.state.vars.environment();
        for name in self.state.exported_functions.iter() {
            if let Some(function) = self.state.functions.get(name) {
                let name = format!("BASH_FUNC_{name}%%").into_bytes();
                let text = format!("() {}", function.source);
                environment.push((name, crate::text::encode(&text)));
            }
        }
        environment
    }

    /// The path of an executable file of that name.
    pub(crate) fn find_program(&self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        if name.contains(&b'/') {
            return self.check_program(name).map(|()| name.to_vec());
        }
        if name.is_empty() {
            return Err(Errno::ENOENT);
        }
        let path = self.state.vars.value("PATH").unwrap_or_default();
        let mut error = Errno::ENOENT;
        for dir in path.split(|&b| b == b':') {
            let file = match dir {
                b"" => name.to_vec(),
                dir if dir.ends_with(b"/") => [dir, name].concat(),
                dir => [dir, b"/", name].concat(),
            };
            match self.check_program(&file) {
                Ok(()) if dir.is_empty() => return Ok([b"./", name].concat()),
                Ok(()) => return Ok(file),
                Err(Errno::EACCES) => error = Errno::EACCES,
                Err(_) => {}
            }
        }
        Err(error)
    }

    fn check_program(&self, path: &[u8]) -> Result<(), Errno> {
        let caller = &self.state.caller;
        let spot = self.fs.resolve(caller, caller.cwd, path, ResolveFlags::FOLLOW)?;
        let node = spot.existing()?;
        let inode = self.fs.inode(node)?;
        if inode.is_dir() {
            return Err(if path.contains(&b'/') { Errno::EISDIR } else { Errno::EACCES });
        }
        caller.cred.check(inode, Access::EXECUTE)
    }

    /// Finds a program and runs it.
    pub(crate) fn run_program(&mut self, argv: &[Vec<u8>]) -> Run {
        let path = match self.find_program(&argv[0]) {
            Ok(path) => path,
            Err(errno) => return Ok(self.cannot_run(&argv[0], errno, false)),
        };
        self.run_file(path, argv)
    }

    fn ignored_signals(&self) -> Vec<u8> {
        let traps = self.state.traps.iter();
        traps.filter(|(signal, action)| **signal > 0 && action.is_empty()).map(|t| *t.0).collect()
    }

    pub(crate) fn run_file(&mut self, path: Vec<u8>, argv: &[Vec<u8>]) -> Run {
        let mut env = self.environment();
        if self.is_bash() {
            env.retain(|(name, _)| name != b"_");
            env.push((b"_".to_vec(), path.clone()));
        }
        let process = Process {
            path: path.clone(),
            argv: argv.to_vec(),
            env,
            caller: self.state.caller.clone(),
            fds: self.state.fds.iter().map(|(fd, id)| (*fd, *id)).collect(),
            ignored: self.ignored_signals(),
            depth: self.state.depth,
        };
        match self.programs.exec(self.fs, process) {
            Ok(status) => Ok(status.0),
            Err(ExecError::Stopped(stop)) => Err(Flow::Stop(stop)),
            Err(ExecError::Errno(Errno::ENOEXEC)) => self.run_as_script(&path, argv),
            Err(ExecError::Errno(errno)) => Ok(self.cannot_run(&argv[0], errno, true)),
        }
    }

    /// A file without a known format is a script of the same shell, unless it is binary.
    fn run_as_script(&mut self, path: &[u8], argv: &[Vec<u8>]) -> Run {
        let caller = self.state.caller.clone();
        let content = match self.fs.read_file(&caller, caller.cwd, path) {
            Ok(content) => content,
            Err(errno) => return Ok(self.cannot_run(&argv[0], errno, true)),
        };
        let head = &content[..content.len().min(128)];
        let first_line = head.split(|&b| b == b'\n').next().unwrap_or_default();
        if first_line.contains(&0) || head.starts_with(b"\x7fELF") || head.starts_with(b"\0asm") {
            let text = match self.state.personality {
                Personality::Bash => "cannot execute binary file: Exec format error",
                _ => "Exec format error",
            };
            let message = [&argv[0], b": ".as_slice(), text.as_bytes()].concat();
            self.complain(message);
            return Ok(126);
        }
        let depth = self.state.depth + 20;
        if depth > crate::shell::MAX_DEPTH {
            return Err(Stop::Limit(Limit::Depth(crate::shell::MAX_DEPTH)).into());
        }
        let start = Start {
            personality: self.state.personality,
            name: path.to_vec(),
            script: Script::File(path.to_vec()),
            args: argv[1..].to_vec(),
            env: self.environment(),
            caller,
            fds: self.state.fds.iter().map(|(fd, id)| (*fd, *id)).collect(),
            options: Vec::new(),
            long_options: Vec::new(),
            ignored: self.ignored_signals(),
            depth,
        };
        Ok(crate::run(self.fs, self.programs, start)?.0)
    }

    /// Says why a command does not run; answers its status.
    pub(crate) fn cannot_run(&mut self, name: &[u8], errno: Errno, found: bool) -> u8 {
        let slash = name.contains(&b'/');
        let bash = self.is_bash();
        let missing = errno == Errno::ENOENT || (errno == Errno::ENOTDIR && !bash);
        let no_path = self.state.vars.value("PATH").is_none_or(<[u8]>::is_empty);
        let text = match (self.state.personality, errno) {
            (Personality::Bash, Errno::ENOENT) if found => {
                "cannot execute: required file not found".to_owned()
            }
            (Personality::Dash | Personality::Ash, _) if name.is_empty() => {
                Errno::EACCES.to_string()
            }
            (Personality::Bash, _) if missing && !slash && !no_path => {
                "command not found".to_owned()
            }
            (Personality::Bash, _) => errno.to_string(),
            _ if missing => "not found".to_owned(),
            (_, Errno::EISDIR) => Errno::EACCES.to_string(),
            _ => errno.to_string(),
        };
        let message = [name, b": ", text.as_bytes()].concat();
        self.complain(message);
        if missing { 127 } else { 126 }
    }
}
