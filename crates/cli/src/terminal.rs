//! `layerlab host` at a terminal: a shell that answers line by line.
//!
//! Lines are edited by the terminal itself. What a line starts runs to its end at once, so there is nothing
//! for Ctrl-C to stop: it ends the command.

use std::io::{self, BufRead as _, Write as _};
use std::sync::{Arc, Mutex};

use daemon::{Daemon, Shown, Terminals, Waits};
use engine::{Entry, Winsize};
use vfs::Tree;

/// The terminal's number: there is one.
const TAB: u32 = 0;

/// Runs a shell on a host machine with these files, beginning in `directory`, until it is over.
/// `builder` is the value of `DOCKER_BUILDKIT`, if it has one.
///
/// # Errors
/// What keeps the shell from starting, or the terminal from being read or written.
pub fn run(
    daemon: Daemon,
    files: Tree,
    directory: &str,
    builder: Option<&str>,
) -> Result<(), Box<dyn std::error::Error>> {
    let daemon = Arc::new(Mutex::new(daemon));
    let mut terminals = Terminals::new(daemon, files, directory)?;
    terminals.open(TAB, Winsize::default())?;
    let mut shown = terminals.turn(TAB, Entry::Go)?;
    if let Some(builder) = builder {
        let choice = format!("export DOCKER_BUILDKIT={builder}");
        // It prints the prompt again.
        shown = terminals.turn(TAB, Entry::Line(choice.into_bytes()))?;
    }
    let mut lines = io::stdin().lock();
    loop {
        let Shown { output, waits } = shown;
        let mut stdout = io::stdout().lock();
        stdout.write_all(&output)?;
        stdout.flush()?;
        if waits == Waits::Nothing {
            return Ok(());
        }
        let mut line = Vec::new();
        let entry = match lines.read_until(b'\n', &mut line)? {
            0 => Entry::EndOfFile,
            _ => {
                while matches!(line.last(), Some(b'\n' | b'\r')) {
                    line.pop();
                }
                Entry::Line(line)
            }
        };
        shown = terminals.turn(TAB, entry)?;
    }
}
