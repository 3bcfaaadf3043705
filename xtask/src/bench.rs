//! `cargo xtask bench`: figures beside what they are held to.

use anyhow::Result;
use clap::Args;

use crate::project::Project;
use crate::{dist, process, setup};

/// What can be chosen.
#[derive(Args)]
pub struct Options {
    /// In Chromium, on the site as it is published, instead of natively.
    #[arg(long)]
    browser: bool,
}

/// Measures the filesystem, layers and archives.
pub fn run(project: &Project, options: &Options) -> Result<()> {
    if !options.browser {
        return process::run(project.cargo().args(["bench", "--quiet", "--package", "figures"]));
    }
    let chromium = setup::browser(project)?;
    let module = module(project)?;
    dist::build(project)?;
    for (script, argument) in
        [("figures.mjs", Some(module.as_str())), ("archive.mjs", None), ("bench.mjs", None)]
    {
        let mut node = project.command("node");
        node.current_dir(project.e2e()).arg(script).args(argument).env("CHROME", &chromium);
        process::run(&mut node)?;
    }
    Ok(())
}

/// Builds the cases as a module, optimised as the engine is for the page.
fn module(project: &Project) -> Result<String> {
    const TARGET: &str = "wasm32-unknown-unknown";
    setup::wasm_std()?;
    let mut cargo = project.cargo();
    cargo.args(["build", "--profile", "web", "--package", "figures", "--target", TARGET]);
    setup::wasm_toolchain(&mut cargo);
    process::step(project, "figures for the browser", &mut cargo)?;
    Ok(project.target.join(TARGET).join("web/figures.wasm").to_string_lossy().into_owned())
}
