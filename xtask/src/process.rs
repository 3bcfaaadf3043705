//! Child processes: those whose output is shown, and long ones of which only progress is shown.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// How many lines of a failed child's output are shown.
const TAIL: usize = 40;

/// Runs a child that writes to the same terminal; its failure is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| missing(command))?;
    expect_success(command, status)
}

/// What a child writes to its standard output, trimmed; its failure is an error.
pub fn text(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::null()).output().with_context(|| missing(command))?;
    expect_success(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a long child and shows only how it gets on: what it does, its latest line, its seconds.
///
/// Its output goes to a log under the target folder, the end of which is shown when it fails.
pub fn step(project: &Project, what: &str, command: &mut Command) -> Result<()> {
    let log_path = log_path(project, what)?;
    let mut log = File::create(&log_path)
        .with_context(|| format!("cannot write the log {}", log_path.display()))?;
    let mut progress = Progress::start(what);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| missing(command))?;

    let (sender, lines) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, sender);
    }
    let mut latest = String::new();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                writeln!(log, "{line}")?;
                latest = line;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        progress.show(&latest);
    }
    let status = child.wait()?;
    progress.end(status.success());
    if !status.success() {
        let written = fs::read_to_string(&log_path).unwrap_or_default();
        let lines: Vec<&str> = written.lines().collect();
        for line in &lines[lines.len().saturating_sub(TAIL)..] {
            eprintln!("  {line}");
        }
        bail!("{what} failed; all of its output is in {}", log_path.display());
    }
    Ok(())
}

/// Shows what is being done, for how long, and how it ended.
struct Progress {
    what: String,
    started: Instant,
    shown: Instant,
    terminal: bool,
}

impl Progress {
    fn start(what: &str) -> Self {
        eprintln!("xtask: {what} ...");
        let now = Instant::now();
        let terminal = std::io::stderr().is_terminal();
        Self { what: what.to_owned(), started: now, shown: now, terminal }
    }

    /// A terminal's last line is rewritten each second; a log gets a line each 20 seconds.
    fn show(&mut self, latest: &str) {
        let pause = Duration::from_secs(if self.terminal { 1 } else { 20 });
        if self.shown.elapsed() < pause {
            return;
        }
        self.shown = Instant::now();
        let seconds = self.started.elapsed().as_secs();
        let latest: String = latest.trim().chars().take(60).collect();
        if self.terminal {
            eprint!("\r\x1b[K  {seconds} s  {latest}");
        } else {
            eprintln!("  {seconds} s  {latest}");
        }
    }

    fn end(&self, success: bool) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
        if success {
            eprintln!("xtask: {} done in {} s", self.what, self.started.elapsed().as_secs());
        }
    }
}

/// Sends each line of a child's stream, until its end.
fn forward(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if lines.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// Where the log of [`step`] stands.
pub fn log_path(project: &Project, what: &str) -> Result<PathBuf> {
    let folder = project.target.join("xtask/logs");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let words: Vec<&str> = what
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(4)
        .collect();
    Ok(folder.join(format!("{}.log", words.join("-"))))
}

fn expect_success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

fn missing(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    format!("cannot start {program}: is it installed and in PATH?")
}

/// A command as it would be typed.
fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
