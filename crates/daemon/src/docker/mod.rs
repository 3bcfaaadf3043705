//! `docker`: its commands, their arguments, what they print.
//!
//! Words, columns and exit codes are those of docker 28 (docker/cli), as its own client prints them.

mod build;
mod classic;
mod complete;
mod containers;
mod flags;
mod images;
mod inspect;
mod run;
mod system;

use builder::Output;
use vfs::{Stream, Timestamp};

use self::flags::{FlagError, Parsed, Usage};
use crate::{Answer, Attach, Call, Daemon, Files, NotLoaded};

pub use complete::complete;
pub use containers::image_name;
pub use run::command_env;

/// Whether `docker` with these arguments reads standard input; otherwise it is left to the next
/// command of a script.
#[must_use]
pub fn reads_input(args: &[String]) -> bool {
    let reads = |arg: &String| {
        matches!(arg.as_str(), "-" | "--interactive" | "load" | "prune")
            || (arg.starts_with('-') && !arg.starts_with("--") && arg.contains('i'))
    };
    args.iter().any(reads)
}

/// What a command's function gets and gives.
type Run = fn(&mut Session<'_>, &Parsed) -> Result<u8, Failure>;

/// A command, by all the words it can be called with.
struct Command {
    names: &'static [&'static str],
    usage: Usage,
    run: Run,
}

/// Every command.
const COMMANDS: [&[Command]; 5] =
    [build::COMMANDS, containers::COMMANDS, images::COMMANDS, run::COMMANDS, system::COMMANDS];

/// Words that commands are grouped under, as `help.txt` names them.
const GROUPS: [(&str, &str); 7] = [
    ("builder", "buildx"),
    ("buildx", "buildx"),
    ("container", "container"),
    ("image", "image"),
    ("network", "network"),
    ("system", "system"),
    ("volume", "volume"),
];

/// Why a command ends early.
#[derive(Debug)]
enum Failure {
    /// This on standard error, and this exit status.
    Message(String, u8),
    /// A module is missing.
    NotLoaded(String),
    /// A question was printed that the terminal has not answered yet.
    Asks,
}

impl Failure {
    /// What the daemon answers.
    fn daemon(message: impl std::fmt::Display) -> Self {
        Self::Message(format!("Error response from daemon: {message}\n"), 1)
    }

    /// What the client itself says.
    fn client(message: impl std::fmt::Display) -> Self {
        Self::Message(format!("{message}\n"), 1)
    }
}

impl From<NotLoaded> for Failure {
    fn from(NotLoaded(module): NotLoaded) -> Self {
        Self::NotLoaded(module)
    }
}

/// One command that is being run.
struct Session<'a> {
    daemon: &'a mut Daemon,
    env: &'a std::collections::BTreeMap<String, String>,
    input: &'a [u8],
    files: &'a mut dyn Files,
    /// See [`Call::terminal`].
    terminal: bool,
    out: Output,
    changed: bool,
    attach: Option<Attach>,
}

impl Session<'_> {
    fn print(&mut self, text: impl AsRef<[u8]>) {
        self.write(Stream::Stdout, text.as_ref());
    }

    fn line(&mut self, text: impl std::fmt::Display) {
        self.print(format!("{text}\n"));
    }

    /// Prints a table, which ends with its last row.
    fn table(&mut self, text: String) {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.print(text + end);
    }

    fn complain(&mut self, text: impl AsRef<[u8]>) {
        self.write(Stream::Stderr, text.as_ref());
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        match self.out.runs.last_mut() {
            Some((last, run)) if *last == stream => run.extend_from_slice(bytes),
            _ => self.out.runs.push((stream, bytes.to_vec())),
        }
    }

    fn now(&self) -> Timestamp {
        self.daemon.state.now
    }

    /// Does something for each operand; all are tried, and one failure makes the exit status 1.
    fn for_each(
        &mut self,
        operands: &[String],
        mut act: impl FnMut(&mut Self, &str) -> Result<(), Failure>,
    ) -> Result<u8, Failure> {
        let mut status = 0;
        for operand in operands {
            match act(self, operand) {
                Ok(()) => {}
                Err(Failure::Message(text, code)) => {
                    self.complain(text);
                    status = code;
                }
                Err(halted) => return Err(halted),
            }
        }
        Ok(status)
    }
}

/// Runs `docker` with these arguments.
pub fn run(daemon: &mut Daemon, call: Call<'_>) -> Result<Answer, NotLoaded> {
    let Call { args, env, input, files, terminal } = call;
    let mut session = Session {
        daemon,
        env,
        input,
        files,
        terminal,
        out: Output::default(),
        changed: false,
        attach: None,
    };
    session.daemon.advance();
    let status = match dispatch(&mut session, args) {
        Ok(status) => status,
        Err(Failure::Message(text, status)) => {
            session.complain(text);
            status
        }
        Err(Failure::NotLoaded(module)) => return Err(NotLoaded(module)),
        Err(Failure::Asks) => {
            let output = session.out.runs;
            return Ok(Answer { output, asks: true, ..Answer::default() });
        }
    };
    let Session { daemon, out, changed, attach, .. } = session;
    // A command takes time, so that what comes later is younger.
    daemon.state.now = Timestamp(daemon.state.now.0 + 1_000_000_000);
    Ok(Answer { output: out.runs, status, changed, attach, asks: false })
}

fn dispatch(session: &mut Session<'_>, args: &[String]) -> Result<u8, Failure> {
    let args = &args[global_flags(args)..];
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => {
            session.complain(overview());
            return Ok(0);
        }
        ["help" | "--help"] => {
            session.print(overview());
            return Ok(0);
        }
        ["-h"] => {
            session.complain(DEPRECATED_SHORTHAND);
            session.print(overview());
            return Ok(0);
        }
        ["--version" | "-v", ..] => {
            session.line(system::VERSION_LINE);
            return Ok(0);
        }
        ["help", topic @ ..] => {
            let known = find(session, topic).is_some() || group(topic[0]).is_some();
            let is_group = topic.len() == 1 || group(topic[0]).is_none();
            if !known || (find(session, topic).is_none() && !is_group) {
                let unknown = if known { &topic[1..] } else { topic };
                let topic = unknown.join(" ");
                return Err(Failure::client(format!("unknown help topic: {topic}")));
            }
            let mut args: Vec<String> = topic.iter().map(|word| (*word).to_owned()).collect();
            args.push("--help".to_owned());
            return dispatch(session, &args);
        }
        _ => {}
    }
    let Some((command, name)) = find(session, &words) else { return unknown(session, &words) };
    if command.names.contains(&"build") {
        is_classic(session.env).map_err(Failure::client)?;
    }
    let parsed = match command.usage.parse(name, &args[name.split(' ').count()..]) {
        Ok(parsed) => parsed,
        Err(FlagError::Help(shorthand)) => {
            if shorthand {
                session.print(DEPRECATED_SHORTHAND);
            }
            session.print(command.usage.help(name));
            return Ok(0);
        }
        Err(FlagError::Flags(text)) => return Err(Failure::Message(text, 125)),
        Err(FlagError::Operands(text)) => return Err(Failure::Message(text, 1)),
    };
    (command.run)(session, &parsed)
}

const DEPRECATED_SHORTHAND: &str = "Flag shorthand -h has been deprecated, use --help\n";

/// How many words in front are flags of `docker` itself, which choose a daemon and what is logged:
/// there is one daemon.
fn global_flags(args: &[String]) -> usize {
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        at += match arg.as_str() {
            "-D" | "--debug" | "--tls" | "--tlsverify" => 1,
            "-c" | "--context" | "-H" | "--host" | "-l" | "--log-level" | "--config" => 2,
            _ => break,
        };
    }
    at.min(args.len())
}

/// The command that the words begin with, and by which name.
fn find(session: &Session<'_>, words: &[&str]) -> Option<(&'static Command, &'static str)> {
    let called = |command: &'static Command| {
        let is_called = |name: &&&str| words.starts_with(&name.split(' ').collect::<Vec<_>>());
        command.names.iter().find(is_called).map(|name| (command, *name))
    };
    // A value that is none is refused when something is built.
    let classic = is_classic(session.env).unwrap_or(false);
    let all = COMMANDS.iter().flat_map(|commands| commands.iter());
    std::iter::once(&build::CLASSIC).filter(|_| classic).chain(all).find_map(called)
}

/// Whether `DOCKER_BUILDKIT` asks for the classic builder.
fn is_classic(env: &std::collections::BTreeMap<String, String>) -> Result<bool, String> {
    let Some(value) = env.get("DOCKER_BUILDKIT").filter(|value| !value.is_empty()) else {
        return Ok(false);
    };
    flags::parse_bool(value).map(|buildkit| !buildkit).ok_or_else(|| {
        format!(
            "DOCKER_BUILDKIT environment variable expects boolean value: strconv.ParseBool: parsing \
             {value:?}: invalid syntax"
        )
    })
}

fn group(word: &str) -> Option<&'static str> {
    GROUPS.iter().find(|(group, _)| *group == word).map(|(_, of)| *of)
}

fn unknown(session: &mut Session<'_>, words: &[&str]) -> Result<u8, Failure> {
    let first = words.first().copied().unwrap_or_default();
    let flag = |flag: &str, line: &str, name: &str| {
        let name = if name.is_empty() { String::new() } else { format!(" {name}") };
        let flag = flag.split('=').next().unwrap_or(flag);
        let what = match flag.strip_prefix('-').filter(|rest| !rest.starts_with('-')) {
            Some(letters) => {
                let letter = letters.chars().next().unwrap_or_default();
                format!("unknown shorthand flag: '{letter}' in -{letters}")
            }
            None => format!("unknown flag: {flag}"),
        };
        let text = format!(
            "{what}\n\nUsage:  docker{line}\n\nRun 'docker{name} --help' for more \
             information\n"
        );
        Err(Failure::Message(text, 125))
    };
    if first.starts_with('-') {
        return flag(first, " [OPTIONS] COMMAND [ARG...]", "");
    }
    let Some(of) = group(first) else {
        if is_listed(overview(), first) {
            return Err(not_here(first));
        }
        return Err(Failure::client(format!(
            "docker: unknown command: docker {first}\n\nRun 'docker --help' for more information"
        )));
    };
    let is_buildx = of == "buildx";
    let help = match first {
        "builder" => flags::help_of("buildx as an alias"),
        _ => flags::help_of(of),
    };
    let help = help.unwrap_or_default();
    match words.get(1).copied() {
        Some("--help") => session.print(help),
        Some("-h") => session.print(DEPRECATED_SHORTHAND.to_owned() + help),
        None if is_buildx => session.print(help),
        None => session.complain(help),
        Some(word) if word.starts_with('-') => return flag(word, &format!(" {of}"), of),
        Some(word) if is_listed(help, word) => return Err(not_here(&format!("{first} {word}"))),
        Some(word) if is_buildx => {
            session.print(help);
            return Err(Failure::client(format!("ERROR: unknown command: {word:?}")));
        }
        Some(word) => {
            // As they are declared: one of them with COMMAND.
            let line = if of == "volume" { " COMMAND" } else { "" };
            return Err(Failure::client(format!(
                "docker: unknown command: docker {of} {word}\n\nUsage:  docker {of}{line}\n\nRun \
                 'docker {of} --help' for more information"
            )));
        }
    }
    Ok(0)
}

/// Whether a help text lists a command.
fn is_listed(help: &str, name: &str) -> bool {
    help.lines().any(|line| {
        let word = line.strip_prefix("  ").and_then(|line| line.split(' ').next());
        word.is_some_and(|word| word.trim_end_matches('*') == name)
    })
}

fn not_here(name: &str) -> Failure {
    Failure::client(format!(
        "docker: not supported here: docker {name}, because this is a laboratory for images on one \
         machine without a network"
    ))
}

/// What `docker` alone prints.
fn overview() -> &'static str {
    flags::help_of("").unwrap_or_default()
}

/// A time as Go's `Time.String` writes it: `2026-10-01 00:00:00 +0000 UTC`.
fn date(time: Timestamp) -> String {
    let text = image::format_rfc3339(Timestamp::from_secs(time.secs()));
    let text = text.replacen('T', " ", 1);
    format!("{} +0000 UTC", text.trim_end_matches('Z'))
}

/// An id as it is shown in a list.
fn short(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).chars().take(12).collect()
}
