//! Packages from npm, at the versions of the lock files in the repository.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::{Project, which};
use crate::stamp::Stamp;

/// The oldest Node that the packages run on.
const NODE: u32 = 20;

/// Runs `npm ci` in a folder when its lock has changed since the last time.
pub fn ensure(project: &Project, folder: &Path) -> Result<()> {
    let name = folder.strip_prefix(&project.root).unwrap_or(folder).to_string_lossy();
    Stamp::new(project, &format!("npm-{}", name.replace('/', "-")))
        .path(folder.join("package-lock.json"))?
        .unless_done(&[folder.join("node_modules")], || {
            expect_node()?;
            let mut npm = project.command("npm");
            npm.current_dir(folder)
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                // Browsers are installed as packages of the system.
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
            process::step(project, &format!("npm packages of {name}"), &mut npm)
        })
}

/// Makes a program of `web/node_modules` one of the project's tools.
pub fn link(project: &Project, program: &str) -> Result<()> {
    let tool = project.tools().join(program);
    let package = project.web().join("node_modules/.bin").join(program);
    if fs::read_link(&tool).is_ok_and(|target| target == package) {
        return Ok(());
    }
    fs::create_dir_all(project.tools())?;
    if tool.symlink_metadata().is_ok() {
        fs::remove_file(&tool)?;
    }
    std::os::unix::fs::symlink(&package, &tool)
        .with_context(|| format!("cannot link {} to {}", tool.display(), package.display()))
}

fn expect_node() -> Result<()> {
    let fix = format!("install Node.js {NODE} or newer with npm, from https://nodejs.org");
    if which("npm").is_none() {
        bail!("npm is missing: {fix}");
    }
    let version = process::text(Command::new("node").arg("--version"))
        .with_context(|| format!("node is missing: {fix}"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < NODE) {
        bail!("node is {version}, which is too old: {fix}");
    }
    Ok(())
}
