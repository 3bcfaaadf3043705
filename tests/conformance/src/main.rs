//! Runs conformance suites, files of cases from the reference implementations.
//!
//! `conformance FILE.json ...` prints a line for each suite, then the cases that failed or were skipped, then the
//! totals. It fails where a case fails that is not in `known-failures.txt`, and where one listed there passes.

mod case;
mod known_failures;
mod suites;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::case::{Case, Outcome};
use crate::known_failures::KnownFailures;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    match run(&files) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the suites in `files`; true where all went as expected.
fn run(files: &[String]) -> Result<bool> {
    if files.is_empty() {
        bail!("no suites given, usage: conformance FILE.json ...");
    }
    let known = KnownFailures::load()?;
    let mut report = Report::default();
    for file in files {
        let suite = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let Some(check) = suites::find(suite) else {
            bail!("unknown suite '{suite}' in {file}, known are {}", suites::names().join(", "));
        };
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
        let cases: Vec<Value> =
            serde_json::from_str(&text).with_context(|| format!("{file} is no suite"))?;
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
