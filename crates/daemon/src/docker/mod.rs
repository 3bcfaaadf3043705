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
mod progress;
mod run;
mod system;

use builder::Output;
use vfs::{Stream, Timestamp};

use self::flags::{FlagError, Parsed, Usage};
use crate::{Answer, Attach, Call, Daemon, Files, NotLoaded};

pub use complete::complete;
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

/// Words that commands are grouped under.
const GROUPS: [(&str, &str); 7] = [
    ("builder", "Manage builds"),
    ("buildx", "Build with BuildKit"),
    ("container", "Manage containers"),
    ("image", "Manage images"),
    ("network", "Manage networks"),
    ("system", "Manage the daemon"),
    ("volume", "Manage volumes"),
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
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            session.print(overview());
            return Ok(0);
        }
        ["--version" | "-v", ..] => {
            session.line(system::VERSION_LINE);
            return Ok(0);
        }
        ["help", name] => return dispatch(session, &[(*name).to_owned(), "--help".to_owned()]),
        _ => {}
    }
    let called = |name: &str| {
        let name: Vec<&str> = name.split(' ').collect();
        words.starts_with(&name).then_some(name.len())
    };
    let found = COMMANDS.iter().flat_map(|commands| commands.iter()).find_map(|command| {
        let name = command.names.iter().find(|name| called(name).is_some())?;
        Some((command, *name))
    });
    let Some((command, name)) = found else { return unknown(session, &words) };
    let parsed = match command.usage.parse(name, &args[name.split(' ').count()..]) {
        Ok(parsed) => parsed,
        Err(FlagError::Help) => {
            session.print(command.usage.help(name));
            return Ok(0);
        }
        Err(FlagError::Flags(text)) => return Err(Failure::Message(text, 125)),
        Err(FlagError::Operands(text)) => return Err(Failure::Message(text, 1)),
    };
    (command.run)(session, &parsed)
}

fn unknown(session: &mut Session<'_>, words: &[&str]) -> Result<u8, Failure> {
    let first = words.first().copied().unwrap_or_default();
    if first.starts_with('-') {
        return Err(Failure::Message(
            format!(
                "unknown flag: {first}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker \
                 --help' for more information\n"
            ),
            125,
        ));
    }
    if let Some((group, about)) = GROUPS.iter().find(|(group, _)| *group == first) {
        return match words.get(1) {
            None | Some(&"--help") => {
                session.print(group_help(group, about));
                Ok(0)
            }
            Some(word) => Err(Failure::Message(
                format!(
                    "docker: unknown command: docker {group} {word}\n\nUsage:  docker {group}\n\nRun \
                     'docker {group} --help' for more information\n"
                ),
                1,
            )),
        };
    }
    Err(Failure::Message(
        format!(
            "docker: unknown command: docker {first}\n\nRun 'docker --help' for more information\n"
        ),
        1,
    ))
}

/// What `docker` alone prints.
fn overview() -> String {
    let mut text = "Usage:  docker [OPTIONS] COMMAND\n\nBuilds images and runs containers, in a \
                    laboratory\n\nManagement Commands:\n"
        .to_owned();
    for (group, about) in GROUPS {
        text.push_str(&format!("  {group:<11} {about}\n"));
    }
    text.push_str("\nCommands:\n");
    let mut rows: Vec<(&str, &str)> = COMMANDS
        .iter()
        .flat_map(|commands| commands.iter())
        .filter_map(|command| {
            let name = command.names.iter().find(|name| !name.contains(' '))?;
            Some((*name, command.usage.about))
        })
        .collect();
    rows.sort_unstable();
    for (name, about) in rows {
        text.push_str(&format!("  {name:<11} {about}\n"));
    }
    text + "\nRun 'docker COMMAND --help' for more information on a command.\n"
}

fn group_help(group: &str, about: &str) -> String {
    let mut text = format!("Usage:  docker {group} COMMAND\n\n{about}\n\nCommands:\n");
    let mut rows: Vec<(&str, &str)> = COMMANDS
        .iter()
        .flat_map(|commands| commands.iter())
        .filter_map(|command| {
            let mut names = command.names.iter();
            let name = names.find_map(|name| name.strip_prefix(group)?.strip_prefix(' '))?;
            Some((name, command.usage.about))
        })
        .collect();
    rows.sort_unstable();
    for (name, about) in rows {
        text.push_str(&format!("  {name:<11} {about}\n"));
    }
    text + &format!("\nRun 'docker {group} COMMAND --help' for more information on a command.\n")
}

/// An id as it is shown in a list.
fn short(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).chars().take(12).collect()
}
