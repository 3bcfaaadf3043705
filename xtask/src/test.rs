//! `cargo xtask test`: every test there is.

use std::env;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::project::Project;
use crate::{dist, process, setup, userland};

/// Has no tests of its own, and would have the engine built once more; journeys are its tests.
const BROWSER_ONLY: &str = "worker";

/// What can be chosen.
#[derive(Args)]
pub struct Options {
    /// Leave out what needs a browser.
    #[arg(long)]
    quick: bool,
}

/// Runs all tests, also after some failed; the last line counts them.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    let mut tally = Tally::default();

    // Tests of the engine run the programs as the browser gets them.
    userland::build(project)?;
    begin("native tests");
    let mut cargo = project.cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast", "--exclude", BROWSER_ONLY]);
    tally.run(&mut cargo)?;

    begin("tests of the programs");
    tally.run(project.userland_cargo().args(["test", "--workspace", "--no-fail-fast"]))?;

    conformance(project, &mut tally)?;
    oracle(project, &mut tally)?;
    if !options.quick {
        hostile_files(project, &mut tally)?;
        journeys(project, &mut tally)?;
    }
    let Tally { passed, failed, known, .. } = tally;
    let known = if known == 0 { String::new() } else { format!(", {known} known to fail") };
    println!("xtask: {passed} passed, {failed} failed{known}");
    if !tally.broken.is_empty() {
        bail!("these failed: {}", tally.broken.join(", "));
    }
    Ok(())
}

/// Runs the conformance suites, which are not part of the repository.
fn conformance(project: &Project, tally: &mut Tally) -> Result<()> {
    let folder = env::var_os("LAYERLAB_CONFORMANCE")
        .map_or_else(|| project.root.join("../shared/conformance/suites"), PathBuf::from);
    if !folder.is_dir() {
        eprintln!(
            "xtask: no conformance suites in {}: name their folder in LAYERLAB_CONFORMANCE",
            folder.display()
        );
        return Ok(());
    }
    begin("conformance suites");
    tally
        .run(project.cargo().args(["run", "--quiet", "--package", "conformance", "--"]).arg(folder))
}

/// Compares builds with what real engines answered; those answers are not part of the repository.
fn oracle(project: &Project, tally: &mut Tally) -> Result<()> {
    let folder = env::var_os("LAYERLAB_ORACLE")
        .map_or_else(|| project.root.join("../shared/oracle"), PathBuf::from);
    if !folder.is_dir() {
        eprintln!(
            "xtask: no answers of real engines in {}: name their folder in LAYERLAB_ORACLE",
            folder.display()
        );
        return Ok(());
    }
    begin("answers of real engines");
    tally.run(project.cargo().args(["run", "--quiet", "--package", "oracle", "--"]).arg(folder))
}

/// Has the Dockerfile front end look at hostile files as WebAssembly, with the stack of a worker.
fn hostile_files(project: &Project, tally: &mut Tally) -> Result<()> {
    begin("hostile Dockerfiles in WebAssembly");
    const TARGET: &str = "wasm32-wasip1";
    setup::wasm_std()?;
    let mut cargo = project.cargo();
    cargo.args(["build", "--release", "--package", "dockerfile", "--example", "hostile"]);
    cargo.args(["--target", TARGET]);
    setup::wasm_toolchain(&mut cargo);
    process::step(project, "the front end for WASI", &mut cargo)?;
    let program = project.target.join(TARGET).join("release/examples/hostile.wasm");
    tally.run(project.command("node").arg("tests/hostile.mjs").arg(program))
}

/// Runs the browser tests against the site as it is published.
fn journeys(project: &Project, tally: &mut Tally) -> Result<()> {
    let chromium = setup::browser(project)?;
    dist::build(project)?;
    begin("journeys in Chromium");
    let mut node = project.command("node");
    node.current_dir(project.e2e())
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .env("CHROME", chromium)
        .env("LAYERLAB_SITE", dist::site(project));
    tally.run(&mut node)
}

fn begin(what: &str) {
    eprintln!("xtask: {what}");
}

/// How many tests passed and failed so far, and which runs reported a failure.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    /// Failures that the runner expected.
    known: u64,
    broken: Vec<String>,
}

impl Tally {
    /// Runs a child and shows its output while counting.
    fn run(&mut self, command: &mut Command) -> Result<()> {
        if std::io::stdout().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
        }
        let name = command.get_program().to_string_lossy().into_owned();
        let before = self.failed;
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}: is it installed and in PATH?"))?;
        if let Some(output) = child.stdout.take() {
            let mut reader = BufReader::new(output);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line)? > 0 {
                std::io::stdout().write_all(&line)?;
                self.count(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
        if child.wait()?.success() {
            self.known += self.failed - before;
            self.failed = before;
        } else {
            let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
            self.broken.push(format!("`{name} {}`", arguments.join(" ")));
        }
        Ok(())
    }

    /// Adds what a closing line says: that of libtest and our runner (`2 passed; 1 failed`), or
    /// those of Playwright (`2 passed (3.1s)`, `1 failed`).
    fn count(&mut self, line: &str) {
        let line = plain(line);
        let line = line.trim();
        let closing = line.starts_with("test result:") || starts_with_count(line);
        if !closing {
            return;
        }
        let words: Vec<&str> =
            line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let count = pair[0].parse().unwrap_or(0);
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                _ => {}
            }
        }
    }
}

/// Whether the line is a count of tests and nothing else: `3 failed`, `2 passed (3.1s)`,
/// `40 passed, 2 failed`.
fn starts_with_count(line: &str) -> bool {
    let Some((count, rest)) = line.split_once(' ') else { return false };
    let rest = ["passed", "failed"].iter().find_map(|word| rest.strip_prefix(word));
    count.parse::<u64>().is_ok()
        && rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([',', ';']) || rest.starts_with(" (")
        })
}

/// The text without the escape sequences that colour it.
fn plain(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn check(lines: &[&str], expected: (u64, u64)) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.count(line));
        assert_eq!((tally.passed, tally.failed), expected, "{lines:?}");
    }

    #[test]
    fn closing_lines() {
        let libtest = "test result: ok. 5 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out";
        check(&[libtest, libtest], (10, 2));
        check(&["  1 failed", "    [desktop] > a.spec.ts", "  12 passed (3.2s)"], (12, 1));
        check(&["\x1b[32m  3 passed\x1b[39m\x1b[2m (1.0s)\x1b[22m"], (3, 0));
        check(&["40 passed, 2 failed"], (40, 2));
        check(&["test a ... ok", "we passed 3 of them", "3 failed attempts passed"], (0, 0));
    }
}
