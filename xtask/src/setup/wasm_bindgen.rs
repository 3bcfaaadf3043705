//! The wasm-bindgen command, made from the workspace so that its version is that of the crate.

use std::fs;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::stamp::Stamp;

/// Builds `xtask/wasm-bindgen` when it or the version in Cargo.lock has changed.
pub fn ensure(project: &Project) -> Result<()> {
    let tool = project.tools().join("wasm-bindgen");
    let lock = fs::read_to_string(project.root.join("Cargo.lock"))
        .context("Cargo.lock cannot be read: restore it with `git checkout Cargo.lock`")?;
    Stamp::new(project, "wasm-bindgen")
        .text(locked_version(&lock, "wasm-bindgen-cli-support").unwrap_or_default())
        .path(project.root.join("xtask/wasm-bindgen"))?
        .unless_done(std::slice::from_ref(&tool), || {
            let mut cargo = project.cargo();
            cargo.args(["build", "--package", "wasm-bindgen-pinned"]);
            process::step(project, "wasm-bindgen (once, about 2 minutes)", &mut cargo)?;
            fs::create_dir_all(project.tools())?;
            let built = project.target.join("debug/wasm-bindgen-pinned");
            fs::copy(&built, &tool).with_context(|| {
                format!("cannot copy {} to {}", built.display(), tool.display())
            })?;
            Ok(())
        })
}

/// The version of a package in a Cargo.lock, where each is a `name` line followed by `version`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    #[test]
    fn version_in_lock() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1.2.3\"\n\n\
                    [[package]]\nname = \"a\"\nversion = \"0.1.0\"\n";
        assert_eq!(locked_version(lock, "a"), Some("0.1.0"));
        assert_eq!(locked_version(lock, "a-b"), Some("1.2.3"));
        assert_eq!(locked_version(lock, "b"), None);
    }
}
