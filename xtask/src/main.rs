//! Project automation: set-up, build, test, bench, fuzz, serve, dist, check.
//!
//! Every command brings along what it needs. A step that finds its work done says nothing; one
//! that has work says what it is and how long it took; one that cannot go on answers with one
//! sentence that names the fix.

mod bench;
mod check;
mod dist;
mod fuzz;
mod offline;
mod process;
mod project;
mod record_shell;
mod serve;
mod setup;
mod sizes;
mod stamp;
mod test;
mod tidy;
mod userland;
mod web;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Project automation")]
enum Command {
    /// Build the playground and serve it on http://127.0.0.1:8080, again after every change.
    Serve(serve::Options),
    /// Run every test: native, programs, conformance, and journeys in headless Chromium.
    Test(test::Options),
    /// Build the static site into `dist/` and compare its sizes with the budgets.
    Dist,
    /// Measure: the filesystem, layers and archives, natively or with `--browser` in Chromium.
    Bench(bench::Options),
    /// Run the fuzz targets, each for a while.
    Fuzz(fuzz::Options),
    /// Formatting, lints on every target, documentation, the table of crates.
    Check,
    /// Install the tools that building the page needs, and nothing else.
    Setup,
    /// Build the programs of `userland/` into `userland/dist/`.
    BuildUserland,
    /// Record anew what real shells make of the scripts in `tests/shell`; needs Debian 12.
    RecordShell,
    /// Build what Trunk bundles: programs, editor and style sheet. Trunk calls this itself.
    Prepare,
    /// Run the pinned Trunk with the pinned tools, for example `cargo xtask trunk build`.
    Trunk {
        /// Passed on as they are.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let project = Project::find()?;
    match command {
        Command::Serve(options) => serve::run(&project, &options),
        Command::Test(options) => test::run(&project, &options),
        Command::Dist => dist::run(&project),
        Command::Bench(options) => bench::run(&project, &options),
        Command::Fuzz(options) => fuzz::run(&project, &options),
        Command::Check => check::run(&project),
        Command::Setup => setup::page_tools(&project),
        Command::BuildUserland => userland::build(&project),
        Command::RecordShell => record_shell::run(&project),
        Command::Prepare => web::prepare(&project),
        Command::Trunk { arguments } => {
            setup::page_tools(&project)?;
            process::run(project.trunk().args(arguments))
        }
    }
}
