//! Trunk, which bundles the page.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::project::{Project, which};

/// The version that Trunk.toml is written for.
const VERSION: &str = "0.21.14";

/// Takes Trunk from PATH if it is the right version there, and builds it if not.
///
/// It is built without TLS, since it has nothing to download here, and without optimisation,
/// since it only calls other programs: that takes two to three minutes instead of nine.
pub fn ensure(project: &Project) -> Result<()> {
    let tool = project.tools().join("trunk");
    if tool.exists() && is_right(&mut Command::new(&tool)) {
        return Ok(());
    }
    fs::create_dir_all(project.tools())?;
    if tool.symlink_metadata().is_ok() {
        fs::remove_file(&tool)?;
    }
    if let Some(installed) = which("trunk").filter(|path| is_right(&mut Command::new(path))) {
        return std::os::unix::fs::symlink(&installed, &tool)
            .with_context(|| format!("cannot link {} to {}", tool.display(), installed.display()));
    }
    let build = project.target.join("tools/build");
    let mut cargo = project.cargo();
    cargo
        .args(["install", "trunk", "--version", VERSION, "--locked", "--force"])
        .args(["--no-default-features", "--no-track", "--root"])
        .arg(project.target.join("tools"))
        .arg("--target-dir")
        .arg(&build)
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
    process::step(project, &format!("trunk {VERSION} (once, 2 to 4 minutes)"), &mut cargo)?;
    // More than a gigabyte that nothing will read again.
    fs::remove_dir_all(&build).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error).with_context(|| format!("cannot remove {}", build.display())),
    })
}

fn is_right(trunk: &mut Command) -> bool {
    process::text(trunk.arg("--version")).is_ok_and(|text| text == format!("trunk {VERSION}"))
}
