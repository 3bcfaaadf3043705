//! What has to be installed, each in a module of its own. Nothing is installed twice, and nothing
//! outside the repository is changed but by rustup, apt and Homebrew.

mod chromium;
mod npm;
mod system;
mod trunk;
mod wasm_bindgen;
mod wasm_std;

use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::stamp::Stamp;

pub use wasm_std::use_toolchain as wasm_toolchain;

/// All that `trunk build` needs: std for wasm, the packages of `web/`, wasm-bindgen and Trunk.
pub fn page_tools(project: &Project) -> Result<()> {
    wasm_std::ensure()?;
    web_packages(project)?;
    wasm_bindgen::ensure(project)?;
    trunk::ensure(project)?;
    crates(project)
}

/// All that building `userland/` needs: std for wasm and wasm-opt.
pub fn userland_tools(project: &Project) -> Result<()> {
    wasm_std::ensure()?;
    web_packages(project)
}

/// std for wasm, which lints on wasm targets need too.
pub fn wasm_std() -> Result<()> {
    wasm_std::ensure()
}

/// The packages of `web/`: esbuild, TypeScript, CodeMirror, and binaryen's wasm-opt.
pub fn web_packages(project: &Project) -> Result<()> {
    npm::ensure(project, &project.web())?;
    npm::link(project, "wasm-opt")
}

/// The packages of `tests/e2e/`: Playwright, without its browsers.
pub fn e2e_packages(project: &Project) -> Result<()> {
    npm::ensure(project, &project.e2e())
}

/// Playwright and a Chromium; answers where the latter is.
pub fn browser(project: &Project) -> Result<PathBuf> {
    e2e_packages(project)?;
    chromium::ensure()
}

/// Fetches the crates, since Trunk is told to stay off the network.
fn crates(project: &Project) -> Result<()> {
    Stamp::new(project, "crates").path(project.root.join("Cargo.lock"))?.unless_done(&[], || {
        process::step(project, "fetching crates", project.cargo().arg("fetch"))
    })
}
