//! The format of `tests/shell`, and what runs it and records it.
//!
//! A case is a fenced block `sh` and the blocks after it: `out SHELL... STATUS`, `err SHELL...` and
//! `tree SHELL...` (the files left behind). A line `known failure: SHELL... (why)` before the script
//! says where we still differ; it has to go once we do not.

#![allow(clippy::disallowed_methods, reason = "a suite is files, and is recorded on this machine")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const FENCE: &str = "````";
/// Stands for output that does not end with a newline.
const NO_NEWLINE: &str = "%no newline";
/// Where scripts run.
pub const CASE_DIR: &str = "/tmp/case";
/// All the environment they get.
pub const ENVIRONMENT: [(&str, &str); 3] =
    [("PATH", "/usr/bin:/bin"), ("HOME", "/root"), ("LC_ALL", "C.UTF-8")];

/// What a script did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Exit status, 128 + n for signal n.
    pub status: i32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// The files left behind, a line each.
    pub tree: Vec<String>,
}

/// Runs the suites of a folder of `tests/shell` with `ours`, or records them first if
/// `LAYERLAB_RECORD_SHELL` is set.
pub fn check(folder: &str, mut ours: impl FnMut(&str, &str) -> Outcome) {
    let record = std::env::var_os("LAYERLAB_RECORD_SHELL").is_some();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/shell").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&dir)
        .expect("the folder of suites")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md"))
        .collect();
    files.sort();
    let (mut passed, mut known, mut failed) = (0, 0, Vec::new());
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a suite");
        let mut suite = Suite::parse(&text);
        if record {
            suite.record();
            std::fs::write(&path, suite.to_string()).expect("a suite");
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for case in suite.cases() {
            for (shell, expected) in &case.expected {
                let actual = ours(shell, &case.script);
                let excused = case.known_failure.split('(').next().unwrap_or_default();
                let excused = excused.split_whitespace().any(|word| word == shell);
                match (actual == *expected, excused) {
                    (true, false) => passed += 1,
                    (false, true) => known += 1,
                    (true, true) => failed.push(format!(
                        "{name}:{}: {shell} is a known failure and passes: take it off the list",
                        case.line
                    )),
                    (false, false) => failed.push(format!(
                        "{name}:{} with {shell}:\n{}\n{}",
                        case.line,
                        case.script,
                        difference(expected, &actual)
                    )),
                }
            }
        }
    }
    println!("{passed} passed, {} failed, {known} known failures", failed.len());
    assert!(failed.is_empty(), "{}\n{} failed, {passed} passed", failed.join("\n"), failed.len());
}

/// The files in the case's directory, as they are recorded.
pub fn tree(root: &vfs::Tree) -> Vec<String> {
    let case = vfs::AbsPath::new(CASE_DIR);
    let Some((ino, _)) = root.lookup(&case) else { return Vec::new() };
    let mut out = Vec::new();
    for (path, _, inode) in root.walk_from(case.clone(), ino) {
        if path == case {
            continue;
        }
        let name =
            String::from_utf8_lossy(path.as_bytes()).replacen(&format!("{CASE_DIR}/"), "", 1);
        let mode = inode.meta.mode;
        out.push(match &inode.kind {
            vfs::Kind::Dir(_) => format!("{name}/ {mode:o}"),
            vfs::Kind::Symlink(target) => format!("{name} -> {}", String::from_utf8_lossy(target)),
            vfs::Kind::File(content) => {
                format!("{name} {mode:o} {:?}", String::from_utf8_lossy(&content.to_vec()))
            }
            _ => format!("{name} special"),
        });
    }
    out.sort();
    out
}

fn difference(expected: &Outcome, actual: &Outcome) -> String {
    let mut out = String::new();
    let mut show = |what: &str, expected: String, actual: String| {
        if expected != actual {
            let _ = writeln!(out, "--- {what}, expected\n{expected}\n+++ {what}, actual\n{actual}");
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    show("status", expected.status.to_string(), actual.status.to_string());
    show("stdout", text(&expected.stdout), text(&actual.stdout));
    show("stderr", text(&expected.stderr), text(&actual.stderr));
    show("tree", expected.tree.join("\n"), actual.tree.join("\n"));
    out
}

/// A file: prose and cases in turn.
struct Suite {
    /// Which shells a recording runs.
    shells: Vec<String>,
    parts: Vec<Part>,
}

enum Part {
    Prose(String),
    Case(Case),
}

struct Case {
    line: usize,
    known_failure: String,
    script: String,
    expected: BTreeMap<String, Outcome>,
}

impl Suite {
    fn parse(text: &str) -> Self {
        let mut suite = Self { shells: Vec::new(), parts: Vec::new() };
        let mut known_failure = String::new();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let Some(info) = line.strip_prefix(FENCE) else {
                if let Some(shells) = line.strip_prefix("shells: ") {
                    suite.shells = shells.split_whitespace().map(str::to_owned).collect();
                }
                match line.strip_prefix("known failure: ") {
                    Some(why) => known_failure = why.to_owned(),
                    None => suite.parts.push(Part::Prose(line.to_owned())),
                }
                continue;
            };
            let body: Vec<&str> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != FENCE).collect();
            let words: Vec<&str> = info.split_whitespace().collect();
            match words.as_slice() {
                ["sh"] => suite.parts.push(Part::Case(Case {
                    line: number + 1,
                    known_failure: std::mem::take(&mut known_failure),
                    script: body.join("\n"),
                    expected: BTreeMap::new(),
                })),
                ["out", shells @ .., status] => suite.expect(shells, |outcome| {
                    outcome.stdout = unblock(&body);
                    outcome.status = status.parse().expect("a status");
                }),
                ["err", shells @ ..] => suite.expect(shells, |o| o.stderr = unblock(&body)),
                ["tree", shells @ ..] => {
                    suite.expect(shells, |o| {
                        o.tree = body.iter().map(|l| (*l).to_owned()).collect()
                    });
                }
                _ => panic!("line {}: an unknown block {info:?}", number + 1),
            }
        }
        suite
    }

    fn expect(&mut self, shells: &[&str], set: impl Fn(&mut Outcome)) {
        let Some(Part::Case(case)) =
            self.parts.iter_mut().rev().find(|part| matches!(part, Part::Case(_)))
        else {
            panic!("an expectation without a case");
        };
        for shell in shells {
            let empty =
                Outcome { status: 0, stdout: Vec::new(), stderr: Vec::new(), tree: Vec::new() };
            set(case.expected.entry((*shell).to_owned()).or_insert(empty));
        }
    }

    fn cases(&self) -> impl Iterator<Item = &Case> {
        self.parts.iter().filter_map(|part| match part {
            Part::Case(case) => Some(case),
            Part::Prose(_) => None,
        })
    }

    fn record(&mut self) {
        for part in &mut self.parts {
            if let Part::Case(case) = part {
                case.expected =
                    self.shells.iter().map(|s| (s.clone(), real(s, &case.script))).collect();
            }
        }
    }
}

impl std::fmt::Display for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in &self.parts {
            let case = match part {
                Part::Prose(line) => {
                    writeln!(f, "{line}")?;
                    continue;
                }
                Part::Case(case) => case,
            };
            if !case.known_failure.is_empty() {
                writeln!(f, "known failure: {}", case.known_failure)?;
            }
            writeln!(f, "{FENCE}sh\n{}\n{FENCE}", case.script)?;
            let mut groups: BTreeMap<(usize, String, String), Vec<&str>> = BTreeMap::new();
            for (shell, outcome) in &case.expected {
                let mut add = |order: usize, kind: &str, tail: String, body: String| {
                    groups.entry((order, format!("{kind}\0{tail}"), body)).or_default().push(shell);
                };
                add(0, "out", format!(" {}", outcome.status), block(&outcome.stdout));
                if !outcome.stderr.is_empty() {
                    add(1, "err", String::new(), block(&outcome.stderr));
                }
                if !outcome.tree.is_empty() {
                    let lines: String = outcome.tree.iter().map(|l| format!("{l}\n")).collect();
                    add(2, "tree", String::new(), lines);
                }
            }
            for ((_, kind, body), shells) in groups {
                let (kind, tail) = kind.split_once('\0').unwrap_or((&kind, ""));
                writeln!(f, "{FENCE}{kind} {}{tail}\n{body}{FENCE}", shells.join(" "))?;
            }
        }
        Ok(())
    }
}

fn block(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(&format!("\n{NO_NEWLINE}\n"));
    }
    text
}

fn unblock(lines: &[&str]) -> Vec<u8> {
    let (lines, newline) = match lines.split_last() {
        Some((last, rest)) if *last == NO_NEWLINE => (rest, false),
        _ => (lines, true),
    };
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    if !newline {
        text.pop();
    }
    text.into_bytes()
}

/// Runs a real shell in an empty directory.
fn real(shell: &str, script: &str) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    let dir = Path::new(CASE_DIR);
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).expect("the case directory");
    let program = if shell == "ash" { "busybox" } else { shell };
    let output = std::process::Command::new(format!("/usr/bin/{program}"))
        .arg0(shell)
        .args(["-c", script])
        .env_clear()
        .envs(ENVIRONMENT)
        .current_dir(dir)
        .stdin(std::process::Stdio::null())
        .output()
        .expect("a real shell");
    use std::os::unix::process::ExitStatusExt as _;
    let status = output.status.code().or(output.status.signal().map(|s| 128 + s)).unwrap_or(-1);
    let mut tree = Vec::new();
    list(dir, "", &mut tree);
    tree.sort();
    let _ = std::fs::remove_dir_all(dir);
    Outcome { status, stdout: output.stdout, stderr: output.stderr, tree }
}

fn list(dir: &Path, prefix: &str, out: &mut Vec<String>) {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let Ok(meta) = std::fs::symlink_metadata(&path) else { continue };
        let mode = meta.permissions().mode() & 0o7777;
        if meta.is_dir() {
            out.push(format!("{name}/ {mode:o}"));
            list(&path, &format!("{name}/"), out);
        } else if meta.is_symlink() {
            let target = std::fs::read_link(&path).unwrap_or_default();
            out.push(format!("{name} -> {}", target.display()));
        } else if !meta.is_file() {
            out.push(format!("{name} special"));
        } else {
            let content = std::fs::read(&path).unwrap_or_default();
            out.push(format!("{name} {mode:o} {:?}", String::from_utf8_lossy(&content)));
        }
    }
}
