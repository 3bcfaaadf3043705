//! What real shells make of the scripts in `tests/shell`, written into those files.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::process;
use crate::project::Project;
use crate::userland;

/// The shells that are recorded.
const SHELLS: [&str; 3] = ["dash", "bash", "busybox"];
/// Who runs the suites, as package and test.
const SUITES: [(&str, &str); 2] = [("shell", "suite"), ("engine", "shell_suite")];

/// Runs every script in the real shells of a Debian 12 machine, then in ours.
pub fn run(project: &Project) -> Result<()> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !(release.contains("ID=debian") && release.contains("VERSION_ID=\"12\"")) {
        bail!("this is not Debian 12, whose shells and programs are recorded: run it there");
    }
    for shell in SHELLS {
        if !Path::new("/usr/bin").join(shell).exists() {
            bail!("/usr/bin/{shell} is missing: `apt-get install {shell}`");
        }
    }
    userland::build(project)?;
    for (package, test) in SUITES {
        let mut cargo = project.cargo();
        cargo.args(["test", "--package", package, "--test", test]);
        process::run(cargo.env("LAYERLAB_RECORD_SHELL", "1"))?;
    }
    Ok(())
}
