//! Where things are, and how the commands of this project are called.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The repository and its build folder.
pub struct Project {
    /// The folder of the root Cargo.toml.
    pub root: PathBuf,
    /// Cargo's build folder; stamps, logs and tools are kept under it.
    pub target: PathBuf,
}

impl Project {
    /// The repository whose `cargo xtask` was called.
    pub fn find() -> Result<Self> {
        let package =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package)
            .parent()
            .context("xtask is not in a folder of the repository")?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
            || root.join("target"),
            |folder| env::current_dir().unwrap_or_default().join(folder),
        );
        Ok(Self { root, target })
    }

    /// Programs that were installed for this project alone.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools/bin")
    }

    /// The npm packages of the page.
    pub fn web(&self) -> PathBuf {
        self.root.join("web")
    }

    /// The browser tests and their npm packages.
    pub fn e2e(&self) -> PathBuf {
        self.root.join("tests/e2e")
    }

    /// A program that runs in the repository's root and finds the project's tools first.
    ///
    /// What `cargo run` told this program about its own package is not passed on: build scripts
    /// that look at it would run again each time.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.path());
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name.starts_with("CARGO_BIN_")
                || name == "CARGO_CRATE_NAME"
            {
                command.env_remove(&*name);
            }
        }
        command
    }

    /// Cargo in the root workspace, with the target folder that this program was told.
    pub fn cargo(&self) -> Command {
        let mut command = self.command("cargo");
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Cargo in `userland/`, which is a workspace of its own and has a target folder of its own.
    pub fn userland_cargo(&self) -> Command {
        let mut command = self.command("cargo");
        command
            .current_dir(self.root.join("userland"))
            .env("CARGO_TARGET_DIR", self.target.join("userland"));
        command
    }

    /// The fuzz targets and what they have found.
    pub fn fuzz(&self) -> PathBuf {
        self.root.join("fuzz")
    }

    /// Cargo in `fuzz/`, which is a workspace of its own and has a target folder of its own.
    pub fn fuzz_cargo(&self) -> Command {
        let mut command = self.command("cargo");
        command.current_dir(self.fuzz()).env("CARGO_TARGET_DIR", self.target.join("fuzz"));
        command
    }

    /// Trunk, which calls cargo for wasm32 and so needs the toolchain that has its std.
    pub fn trunk(&self) -> Command {
        let mut command = self.command("trunk");
        command
            .env("CARGO_TARGET_DIR", &self.target)
            // What Trunk's own stack looked like helps nobody to find an error in the page.
            .env("RUST_BACKTRACE", "0");
        crate::setup::wasm_toolchain(&mut command);
        command
    }

    fn path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = [self.tools()].into_iter().chain(env::split_paths(&inherited));
        env::join_paths(folders).unwrap_or(inherited)
    }
}

/// Where `program` is found in PATH.
pub fn which(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
