//! Runs a script with the test programs, to look at what the interpreter does:
//! `cargo run -p shell --example sh -- dash|ash|bash SCRIPT`.

#![allow(clippy::disallowed_methods, reason = "a command line to try the shell with")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::io::Write;

use shell::Personality;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (personality, name) = match args.get(1).map(String::as_str) {
        Some("bash") => (Personality::Bash, "bash"),
        Some("ash") => (Personality::Ash, "ash"),
        _ => (Personality::Dash, "dash"),
    };
    let script = args.get(2).cloned().unwrap_or_default();
    let outcome = support::run_command(personality, name, script.as_bytes());
    let _ = std::io::stdout().write_all(&outcome.stdout);
    let _ = std::io::stderr().write_all(&outcome.stderr);
    std::process::exit(outcome.status);
}
