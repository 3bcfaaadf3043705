//! Starting a shell.

use std::collections::BTreeMap;
use std::rc::Rc;

use vfs::{Errno, Fs};

use crate::jobs::Jobs;
use crate::options::Options;
use crate::shell::{Flow, Run, Shell, State};
use crate::vars::Vars;
use crate::{ExitStatus, Personality, Process, Programs, Script, Start, Stop};

/// The process id of every container's first process, and what `$$` gives.
const FIRST_PID: u32 = 1;

/// Runs a shell to its end.
///
/// # Errors
/// See [`Stop`].
pub fn run(fs: &mut Fs, programs: &mut dyn Programs, start: Start) -> Result<ExitStatus, Stop> {
    let script = start.script.clone();
    if let Script::File(path) = &script
        && let Err(errno) = fs.read_file(&start.caller, start.caller.cwd, path)
    {
        let name = start.name.clone();
        return Ok(ExitStatus(cannot_open_script(fs, &start, &name, path, errno)));
    }
    let mut shell = begin(fs, programs, start);
    let out = shell.run_start(&script);
    let out = shell.finish(out);
    for id in std::mem::take(&mut shell.state.fds).into_values() {
        shell.fs.close(id);
    }
    match out {
        Ok(status) => Ok(ExitStatus(status)),
        Err(Flow::Stop(stop)) => Err(stop),
        // Everything else became a status above.
        Err(_) => Ok(ExitStatus(1)),
    }
}

/// Runs a shell from its arguments: `sh -euxc CMD NAME ARG...`, `bash SCRIPT ARG...`, `sh -s`.
///
/// # Errors
/// See [`Stop`].
pub fn main(
    fs: &mut Fs,
    programs: &mut dyn Programs,
    process: Process,
    personality: Personality,
) -> Result<ExitStatus, Stop> {
    let (name, fds) = (process.argv.first().cloned(), process.fds.clone());
    let Some(start) = arguments(process, personality) else {
        let text = match personality {
            Personality::Dash => ": 0: -c requires an argument\n",
            Personality::Ash => ": -c requires an argument\n",
            Personality::Bash => ": -c: option requires an argument\n",
        };
        if let Some((_, id)) = fds.iter().find(|(fd, _)| *fd == 2) {
            let message = [&name.unwrap_or_else(|| b"sh".to_vec()), text.as_bytes()].concat();
            // What standard error does not take is lost.
            let _ = fs.write(*id, &message);
        }
        return Ok(ExitStatus(2));
    };
    if start.depth > crate::shell::MAX_DEPTH {
        return Err(Stop::Limit(crate::Limit::Depth(crate::shell::MAX_DEPTH)));
    }
    if let Script::File(path) = &start.script
        && let Err(errno) = fs.read_file(&start.caller, start.caller.cwd, path)
    {
        let name = name.unwrap_or_default();
        return Ok(ExitStatus(cannot_open_script(fs, &start, &name, path, errno)));
    }
    run(fs, programs, start)
}

/// What a shell does that is started like this; none where `-c` has no command.
#[must_use]
pub fn arguments(process: Process, personality: Personality) -> Option<Start> {
    let name = process.argv.first().cloned().unwrap_or_else(|| b"sh".to_vec());
    let mut start = Start {
        personality,
        name: name.clone(),
        script: Script::Stdin,
        args: Vec::new(),
        env: process.env,
        caller: process.caller,
        fds: process.fds,
        options: Vec::new(),
        long_options: Vec::new(),
        ignored: process.ignored,
        depth: process.depth + 20,
    };
    let mut args = process.argv.into_iter().skip(1).peekable();
    let (mut command, mut from_stdin) = (false, false);
    while let Some(arg) = args.next_if(|arg| arg.len() > 1 && (arg[0] == b'-' || arg[0] == b'+')) {
        if arg == b"--" || arg == b"-" {
            break;
        }
        if arg.starts_with(b"--") {
            match arg.as_slice() {
                b"--rcfile" | b"--init-file" => drop(args.next()),
                b"--posix" => start.long_options.push(b"posix".to_vec()),
                _ => {}
            }
            continue;
        }
        let on = arg[0] == b'-';
        for &letter in &arg[1..] {
            match letter {
                b'c' if on => command = true,
                b's' if on => from_stdin = true,
                b'l' | b'i' => {}
                b'o' => {
                    if let Some(option) = args.next()
                        && on
                    {
                        start.long_options.push(option);
                    }
                }
                b'O' if personality == Personality::Bash => drop(args.next()),
                letter if on => start.options.push(letter),
                letter => start.options.retain(|option| *option != letter),
            }
        }
    }
    if command {
        start.script = Script::Command(args.next()?);
        if let Some(name) = args.next() {
            start.name = name;
        }
    } else if !from_stdin && let Some(path) = args.next() {
        start.name.clone_from(&path);
        start.script = Script::File(path);
    }
    start.args = args.collect();
    Some(start)
}

pub(crate) fn begin<'a>(fs: &'a mut Fs, programs: &'a mut dyn Programs, start: Start) -> Shell<'a> {
    let personality = start.personality;
    let mut fds = BTreeMap::new();
    for (fd, id) in start.fds {
        if fs.dup(id).is_ok() {
            fds.insert(fd, id);
        }
    }
    let mut options = Options::new(personality);
    for letter in &start.options {
        options.set_letter(personality, *letter, true);
    }
    for name in &start.long_options {
        options.set(personality, &String::from_utf8_lossy(name), true);
    }
    let started = fs.now().secs();
    let source = match &start.script {
        Script::File(path) => path.clone(),
        Script::Command(_) | Script::Stdin => Vec::new(),
    };
    let mut state = State {
        personality,
        name: start.name,
        is_command: matches!(start.script, Script::Command(_)),
        vars: Vars::default(),
        positional: Rc::new(start.args),
        functions: Rc::default(),
        aliases: Rc::default(),
        options,
        caller: start.caller,
        cwd: Vec::new(),
        fds,
        dirs: Rc::default(),
        status: 0,
        line: 1,
        function_line: 0,
        functions_running: Rc::default(),
        call_lines: Vec::new(),
        sourcing: 0,
        source,
        loops: 0,
        tested: 0,
        last_argument: None,
        substitution: None,
        pid: FIRST_PID,
        last_background: None,
        jobs: Jobs::default(),
        traps: Rc::new(start.ignored.iter().map(|signal| (*signal, Vec::new())).collect()),
        listed_traps: None,
        builtin: None,
        err_trap: None,
        debug_trap: None,
        return_trap: None,
        pending: Vec::new(),
        in_trap: false,
        subshell: 0,
        random: 0,
        started,
        getopts: (0, 0),
        depth: start.depth,
        pipe_status: Rc::default(),
        arith_prefix: "",
        process_fds: Vec::new(),
        consumers: Vec::new(),
        disabled: Rc::default(),
        exported_functions: Rc::default(),
        trace_depth: 0,
    };
    let mut functions = Vec::new();
    for (name, value) in start.env {
        if personality == Personality::Bash
            && let Some(name) = name.strip_prefix(b"BASH_FUNC_").and_then(|n| n.strip_suffix(b"%%"))
            && value.starts_with(b"() {")
        {
            functions.push((name.to_vec(), [name, b" ", &value].concat()));
            continue;
        }
        let Ok(name) = String::from_utf8(name) else { continue };
        if crate::syntax::lexer::is_name(&name) {
            let var = state.vars.entry(&name);
            var.value = crate::vars::Value::Scalar(value);
            var.exported = true;
        }
    }
    let mut shell = Shell { fs, programs, state, next_pid: FIRST_PID + 1, for_main: Vec::new() };
    shell.initial_variables();
    for (name, definition) in functions {
        // What does not parse is no function.
        if shell.eval_text(&definition).is_ok() {
            let name = crate::text::decode(&name).into_owned();
            Rc::make_mut(&mut shell.state.exported_functions).insert(name);
        }
    }
    shell
}

impl Shell<'_> {
    fn initial_variables(&mut self) {
        let cwd = self.fs.path_of(self.state.caller.cwd);
        let physical = cwd.map_or_else(|_| b"/".to_vec(), |path| path.as_bytes().to_vec());
        // `$PWD` is believed if it leads here.
        let pwd = self.state.vars.value("PWD").map(<[u8]>::to_vec);
        let believed = pwd.filter(|pwd| {
            pwd.starts_with(b"/")
                && self
                    .fs
                    .resolve(
                        &self.state.caller,
                        self.state.caller.cwd,
                        pwd,
                        vfs::ResolveFlags::FOLLOW,
                    )
                    .is_ok_and(|spot| spot.node == Some(self.state.caller.cwd))
        });
        self.state.cwd = believed.unwrap_or(physical);
        let (cwd, bash) = (self.state.cwd.clone(), self.is_bash());
        let ash = self.state.personality == Personality::Ash;
        let uid = self.state.caller.cred.uid.to_string();
        let vars = &mut self.state.vars;
        vars.force("PWD", cwd);
        vars.entry("PWD").exported = true;
        vars.force("OPTIND", "1");
        vars.force("IFS", " \t\n");
        vars.force("PS4", "+ ");
        let level: i64 = vars
            .value("SHLVL")
            .and_then(|v| std::str::from_utf8(v).ok()?.parse().ok())
            .unwrap_or(0);
        if bash || ash {
            vars.force("SHLVL", (level + 1).to_string());
            vars.entry("SHLVL").exported = true;
        }
        if !bash {
            vars.force("PPID", "0");
            if self.state.vars.value("PATH").is_none() {
                let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
                self.state.vars.force("PATH", path);
            }
            return;
        }
        if vars.value("PATH").is_none() {
            vars.force("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        }
        if vars.get("OLDPWD").is_none() {
            vars.entry("OLDPWD").exported = true;
        }
        if vars.value("TERM").is_none() {
            vars.force("TERM", "dumb");
        }
        for (name, value) in [
            ("BASH", "/bin/bash"),
            ("BASH_VERSION", "5.2.15(1)-release"),
            ("HOSTTYPE", "x86_64"),
            ("MACHTYPE", "x86_64-pc-linux-gnu"),
            ("OSTYPE", "linux-gnu"),
            ("PPID", "0"),
            ("OPTERR", "1"),
        ] {
            vars.force(name, value);
        }
        let version = ["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"];
        let items = version.iter().enumerate().map(|(i, v)| (i as i64, v.as_bytes().to_vec()));
        vars.entry("BASH_VERSINFO").value = crate::vars::Value::Indexed(items.collect());
        vars.force("UID", uid.as_str());
        vars.force("EUID", uid.as_str());
        vars.force("SHELLOPTS", "braceexpand:hashall:interactive-comments");
        vars.force("BASHOPTS", "checkwinsize:cmdhist:complete_fullquote:extquote:force_fignore:globasciiranges:globskipdots:hostcomplete:interactive_comments:patsub_replacement:progcomp:promptvars:sourcepath");
        for name in ["BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"] {
            vars.entry(name).readonly = true;
        }
        for name in ["EUID", "PPID", "UID"] {
            vars.entry(name).integer = true;
        }
    }

    fn run_start(&mut self, script: &Script) -> Run {
        let stdin = self.state.fds.get(&0).is_some_and(|id| self.fs.is_terminal(*id));
        if *script == Script::Stdin && stdin {
            return self.run_terminal();
        }
        let bytes = match script {
            Script::Command(text) => text.clone(),
            Script::File(path) => {
                let caller = self.state.caller.clone();
                // It was there a moment ago.
                self.fs.read_file(&caller, caller.cwd, path).unwrap_or_default()
            }
            Script::Stdin => {
                let mut bytes = Vec::new();
                let mut buf = [0; 4096];
                loop {
                    match self.read(0, &mut buf)? {
                        Ok(0) | Err(_) => break bytes,
                        Ok(n) => bytes.extend_from_slice(&buf[..n]),
                    }
                }
            }
        };
        self.run_script(&bytes)
    }
}

/// Says that a script cannot be read; answers the shell's exit status.
fn cannot_open_script(fs: &mut Fs, start: &Start, name: &[u8], path: &[u8], errno: Errno) -> u8 {
    let (name, path) = (crate::text::lossy(name), crate::text::lossy(path));
    let text = match start.personality {
        Personality::Dash => {
            let why =
                if errno == Errno::ENOENT { "No such file".into() } else { errno.to_string() };
            format!("{name}: 0: cannot open {path}: {why}\n")
        }
        Personality::Ash => format!("{name}: can't open '{path}': {errno}\n"),
        Personality::Bash => format!("{name}: {path}: {errno}\n"),
    };
    if let Some((_, id)) = start.fds.iter().find(|(fd, _)| *fd == 2) {
        // What standard error does not take is lost.
        let _ = fs.write(*id, text.as_bytes());
    }
    match start.personality {
        Personality::Dash | Personality::Ash => 2,
        Personality::Bash if errno == Errno::ENOENT => 127,
        Personality::Bash => 126,
    }
}
