//! Packages of the operating system, and commands that need its administrator.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::which;

/// Installs Debian packages, as root or through sudo; on macOS the Homebrew formula or cask.
pub fn install(what: &str, debian: &[&str], homebrew: &[&str]) -> Result<()> {
    if cfg!(target_os = "macos") {
        let by_hand = format!("brew install {}", homebrew.join(" "));
        if which("brew").is_none() {
            bail!("{what} is missing and so is Homebrew: install Homebrew, then `{by_hand}`");
        }
        eprintln!("xtask: {by_hand} ...");
        return process::run(Command::new("brew").arg("install").args(homebrew))
            .with_context(|| format!("{what} is missing: run `{by_hand}`"));
    }
    let by_hand = format!("sudo apt-get install -y {}", debian.join(" "));
    if which("apt-get").is_none() {
        bail!(
            "{what} is missing: install it with your system's package manager \
             (on Debian: `{by_hand}`)"
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = as_root("apt-get")?;
        process::run(command.arg("-q").args(arguments))
    };
    eprintln!("xtask: {by_hand} ...");
    apt(&["update"])
        .and_then(|()| apt(&[&["install", "-y", "--no-install-recommends"], debian].concat()))
        .with_context(|| format!("{what} is missing: run `{by_hand}`"))
}

/// A command with administrator's rights: as it is for root, through sudo for others.
pub fn as_root(program: &str) -> Result<Command> {
    // Packages must not stop to ask; sudo does not pass the environment on, but takes assignments.
    const QUIET: &str = "DEBIAN_FRONTEND=noninteractive";
    if !is_root() && which("sudo").is_none() {
        bail!("this needs root: run it as root, or install sudo");
    }
    let mut command = Command::new(if is_root() { "env" } else { "sudo" });
    command.args([QUIET, program]);
    Ok(command)
}

fn is_root() -> bool {
    process::text(Command::new("id").arg("-u")).is_ok_and(|id| id == "0")
}
