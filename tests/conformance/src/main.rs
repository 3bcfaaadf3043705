//! Runs conformance suites, files of cases from the reference implementations.
//!
//! `conformance FILE.json|FOLDER ...` prints a line for each suite, then the cases that failed or were skipped, then
//! the totals. It fails where a case fails that is not in `known-failures.txt`, and where one listed there passes.
//! Of a folder it takes the suites that something here checks, and names the others.

mod case;
mod known_failures;
mod suites;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::case::{Case, Outcome};
use crate::known_failures::KnownFailures;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match suite_files(&arguments).and_then(|files| run(&files)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// The files among `paths`, and what is checked of the folders among them.
fn suite_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries =
            std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut found =
            entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        found.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        found.sort();
        let (checked, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|file| suites::find(name_of(file)).is_some());
        if !others.is_empty() {
            let names: Vec<&str> = others.iter().map(|file| name_of(file)).collect();
            println!("nothing checks these yet: {}", names.join(", "));
        }
        files.extend(checked);
    }
    Ok(files)
}

/// The name of the suite in a file.
fn name_of(file: &Path) -> &str {
    file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// Runs the suites in `files`; true where all went as expected.
fn run(files: &[PathBuf]) -> Result<bool> {
    if files.is_empty() {
        bail!("no suites given, usage: conformance FILE.json|FOLDER ...");
    }
    let known = KnownFailures::load()?;
    let mut report = Report::default();
    for file in files {
        let suite = name_of(file);
        let shown = file.display();
        let Some(check) = suites::find(suite) else {
            bail!("unknown suite '{suite}' in {shown}, known are {}", suites::names().join(", "));
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {shown}"))?;
        let cases: Vec<Value> =
            serde_json::from_str(&text).with_context(|| format!("{shown} is no suite"))?;
        report.suite(suite, &cases, check, &known);
    }
    Ok(report.finish())
}

/// Collects what happened.
#[derive(Default)]
struct Report {
    totals: Counts,
    details: Vec<String>,
    unexpected: usize,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Report {
    fn suite(&mut self, suite: &str, cases: &[Value], check: suites::Check, known: &KnownFailures) {
        let mut counts = Counts::default();
        for value in cases {
            let case = Case::new(value);
            let name = format!("{suite}/{}", case.id());
            let outcome = catch_unwind(AssertUnwindSafe(|| check(&case))).unwrap_or_else(|panic| {
                let message = panic.downcast_ref::<String>().map_or("panicked", String::as_str);
                Outcome::fail("no panic", message)
            });
            match outcome {
                Outcome::Pass => {
                    counts.passed += 1;
                    if known.contains(&name) {
                        self.unexpected += 1;
                        self.details.push(format!(
                            "PASS {name}: is listed as a known failure, take it off the list"
                        ));
                    }
                }
                Outcome::Fail { expected, actual } => {
                    counts.failed += 1;
                    let is_known = known.contains(&name);
                    self.unexpected += usize::from(!is_known);
                    let mark = if is_known { "KNOWN" } else { "FAIL" };
                    self.details
                        .push(format!("{mark} {name}: expected {expected} actual {actual}"));
                }
                Outcome::Skip(reason) => {
                    counts.skipped += 1;
                    self.details.push(format!("SKIP {name}: {reason}"));
                }
            }
        }
        println!(
            "{suite}: {} passed, {} failed, {} skipped",
            counts.passed, counts.failed, counts.skipped
        );
        self.totals.passed += counts.passed;
        self.totals.failed += counts.failed;
        self.totals.skipped += counts.skipped;
    }

    fn finish(self) -> bool {
        for line in &self.details {
            println!("{line}");
        }
        let Counts { passed, failed, skipped } = self.totals;
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        self.unexpected == 0
    }
}
