//! Cases of the programs as data: a script, and what Debian's own tools printed for it.
//!
//! A file `data/TOOL.txt` holds cases of this form:
//!
//! ```text
//! === what the case shows
//! touch a; ls a
//! --- stdout
//! a
//! --- stderr
//! --- status 0
//! ```
//!
//! Each script runs in an empty directory by `/bin/sh`, with the programs under test first in
//! `PATH`. A last line without an end is marked by `--- no newline`.
//! With `RECORD_CASES=1` the scripts run with the tools of the machine (Debian 12 is meant)
//! and the files are written anew.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A script and what it printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Shell commands.
    pub script: String,
    /// What it printed.
    pub outcome: Outcome,
}

/// What a script printed and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Exit status.
    pub status: i32,
}

/// As [`check`], with a small `/etc` and empty `/home` and `/var/mail` of the case's own, by a mount
/// namespace; without the right to make one, the cases are skipped with a note.
pub fn check_accounts(file: &str, program: &str, names: &[&str], scratch: &str) {
    let may_unshare = Command::new("unshare").args(["-m", "true"]).output();
    if !may_unshare.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {file}: `unshare -m` needs root");
        return;
    }
    check_in(file, program, names, scratch, include_str!("accounts.sh"));
}

/// Runs the cases of a file with a program in the place of `names`; panics where they differ.
pub fn check(file: &str, program: &str, names: &[&str], scratch: &str) {
    check_in(file, program, names, scratch, "");
}

/// `around` runs the script that is its first argument; empty for `/bin/sh` itself.
fn check_in(file: &str, program: &str, names: &[&str], scratch: &str, around: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(format!("{file}.txt"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut cases = parse(&text);
    let scratch = Path::new(scratch).join(file);
    let record = std::env::var_os("RECORD_CASES").is_some();
    let bin = if record { None } else { Some(links(&scratch, program, names)) };
    let mut failures = String::new();
    let mut failed = 0;
    for case in &mut cases {
        let outcome = run(case, &scratch, bin.as_deref(), around);
        if record {
            case.outcome = outcome;
        } else if outcome != case.outcome {
            failed += 1;
            let _ = writeln!(
                failures,
                "{file}: {}\n{}  expected {:?}\n  got      {:?}",
                case.name, case.script, case.outcome, outcome
            );
        }
    }
    if record {
        let text: String = cases.iter().map(print).collect();
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    assert!(failed == 0, "{failed} of {} cases differ\n{failures}", cases.len());
}

/// A directory in which each name leads to the program.
fn links(scratch: &Path, program: &str, names: &[&str]) -> PathBuf {
    let bin = scratch.join("bin");
    let _ = fs::remove_dir_all(&bin);
    fs::create_dir_all(&bin).expect("the scratch directory can be written");
    for name in names {
        std::os::unix::fs::symlink(program, bin.join(name)).expect("links can be made");
    }
    bin
}

fn run(case: &Case, scratch: &Path, bin: Option<&Path>, around: &str) -> Outcome {
    let dir = scratch.join("w");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).expect("the scratch directory can be written");
    let system = if around.is_empty() { "/usr/bin:/bin" } else { "/usr/sbin:/usr/bin:/sbin:/bin" };
    let path = bin.map_or(system.into(), |bin| format!("{}:{system}", bin.display()));
    let script = format!("umask 022\n{}", case.script);
    let mut command = Command::new(if around.is_empty() { "/bin/sh" } else { "unshare" });
    match around {
        "" => command.args(["-c", &script]),
        around => command.args(["-m", "sh", "-c", around, "sh", &script]),
    };
    let output = command
        .current_dir(&dir)
        .env_clear()
        .envs([("PATH", path.as_str()), ("LC_ALL", "C.UTF-8"), ("HOME", "/root"), ("TZ", "UTC")])
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    // The place of the working directory differs from machine to machine.
    let place = dir.canonicalize().unwrap_or(dir);
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes).replace(&place.display().to_string(), "/here")
    };
    Outcome {
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        status: output.status.code().unwrap_or(-1),
    }
}

/// Reads a file of cases.
pub fn parse(text: &str) -> Vec<Case> {
    enum Section {
        Script,
        Stdout,
        Stderr,
        None,
    }
    let mut cases: Vec<Case> = Vec::new();
    let mut section = Section::None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name: name.into(), ..Case::default() });
            section = Section::Script;
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let target = match section {
            Section::Stderr => &mut case.outcome.stderr,
            Section::Stdout => &mut case.outcome.stdout,
            _ => &mut case.script,
        };
        match line {
            "--- stdout" => section = Section::Stdout,
            "--- stderr" => section = Section::Stderr,
            "--- no newline" => {
                target.pop();
            }
            line => match line.strip_prefix("--- status ") {
                Some(status) => {
                    case.outcome.status = status.parse().unwrap_or(-1);
                    section = Section::None;
                }
                None if matches!(section, Section::None) => {}
                None => {
                    target.push_str(line);
                    target.push('\n');
                }
            },
        }
    }
    cases
}

fn print(case: &Case) -> String {
    let ended = |text: &str| match text {
        "" => String::new(),
        text if text.ends_with('\n') => text.into(),
        text => format!("{text}\n--- no newline\n"),
    };
    format!(
        "=== {}\n{}--- stdout\n{}--- stderr\n{}--- status {}\n",
        case.name,
        case.script,
        ended(&case.outcome.stdout),
        ended(&case.outcome.stderr),
        case.outcome.status
    )
}
