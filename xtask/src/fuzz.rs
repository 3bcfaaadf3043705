//! `cargo xtask fuzz`: the targets of `fuzz/` under libFuzzer, built with stable Rust.
//!
//! The folder has the layout of cargo-fuzz, which works on it as well. What cargo-fuzz asks of the
//! compiler for coverage are options that stable Rust takes; only sanitizers want nightly, and safe
//! Rust needs none to panic.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::process;
use crate::project::Project;

/// What cargo-fuzz passes for `--sanitizer none`.
const COVERAGE: [&str; 8] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebuginfo=line-tables-only",
];

/// What can be chosen.
#[derive(Args)]
pub struct Options {
    /// The target to run; all, one after the other, where none is named.
    target: Option<String>,
    /// How long each target runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Runs the target on this one input, such as one that an earlier run has found.
    #[arg(long, requires = "target")]
    input: Option<PathBuf>,
}

/// Builds the targets and runs those that are asked for.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    let folder = project.fuzz();
    let mut targets = names(&folder.join("fuzz_targets"))?;
    if let Some(name) = &options.target {
        ensure!(
            targets.contains(name),
            "no fuzz target '{name}', there are: {}",
            targets.join(", ")
        );
        targets.retain(|target| target == name);
    }
    let host = host(project)?;
    let mut cargo = project.fuzz_cargo();
    cargo.args(["build", "--release", "--target", &host]).env("RUSTFLAGS", COVERAGE.join(" "));
    process::step(project, "fuzz targets", &mut cargo)?;
    let built = project.target.join("fuzz").join(&host).join("release");
    for target in &targets {
        let program = built.join(target);
        match &options.input {
            Some(input) => {
                let input = std::path::absolute(input)?;
                process::run(project.command(&program.to_string_lossy()).arg(input))?;
            }
            None => fuzz(project, &program, target, options.seconds)?,
        }
    }
    Ok(())
}

/// Runs one target for some seconds.
fn fuzz(project: &Project, program: &Path, target: &str, seconds: u32) -> Result<()> {
    let folder = project.fuzz();
    for kept in ["corpus", "artifacts"] {
        let kept = folder.join(kept).join(target);
        fs::create_dir_all(&kept).with_context(|| format!("cannot create {}", kept.display()))?;
    }
    let what = format!("fuzzing {target} for {seconds} s");
    let mut command = project.command(&program.to_string_lossy());
    command.current_dir(&folder).args([
        &format!("corpus/{target}"),
        "-dict=dockerfile.dict",
        // An input that takes longer is as wrong as one that panics.
        "-timeout=5",
        "-print_final_stats=1",
        &format!("-max_total_time={seconds}"),
        &format!("-artifact_prefix=artifacts/{target}/"),
    ]);
    let outcome = process::step(project, &what, &mut command);
    let log = fs::read_to_string(process::log_path(project, &what)?).unwrap_or_default();
    let executed =
        log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    if let Err(error) = outcome {
        let found = log.lines().find_map(|line| line.split_once("Test unit written to "));
        match found {
            Some((_, file)) => bail!(
                "fuzz target {target} has found something: `cargo xtask fuzz {target} --input fuzz/{file}` runs it again"
            ),
            None => return Err(error),
        }
    }
    println!("fuzz {target}: {} executions, nothing found", executed.unwrap_or("?").trim());
    Ok(())
}

/// The targets, by the names of their files.
fn names(folder: &Path) -> Result<Vec<String>> {
    let files =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for file in files {
        let path = file?.path();
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
        names.extend(name.filter(|_| path.extension().is_some_and(|extension| extension == "rs")));
    }
    names.sort();
    Ok(names)
}

/// The platform of this machine. Naming it keeps the options above from build scripts.
fn host(project: &Project) -> Result<String> {
    let version = process::text(project.command("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}
