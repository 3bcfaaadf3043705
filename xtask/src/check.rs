//! `cargo xtask check`: what can be said about the sources without running them.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::{setup, tidy, web};

/// Clippy's arguments after its own.
const DENY: [&str; 3] = ["--", "-D", "warnings"];

/// Everything, the quickest first.
pub fn run(project: &Project) -> Result<()> {
    begin("formatting");
    process::run(project.cargo().args(["fmt", "--all", "--check"]))?;
    process::run(project.userland_cargo().args(["fmt", "--all", "--check"]))?;
    process::run(project.fuzz_cargo().args(["fmt", "--check"]))?;
    let benches = project.root.join("benches");
    process::run(project.cargo().current_dir(benches).args(["fmt", "--check"]))?;

    begin("the table of crates in ARCHITECTURE.md");
    tidy::check(project)?;

    begin("types of the editor and of the browser tests");
    web::check_types(project)?;

    setup::wasm_std()?;
    begin("clippy on this machine");
    process::run(project.cargo().args(["clippy", "--workspace", "--all-targets"]).args(DENY))?;

    begin("clippy on wasm32");
    let mut clippy = project.cargo();
    clippy
        .args(["clippy", "--package", "app", "--package", "worker"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(DENY);
    setup::wasm_toolchain(&mut clippy);
    process::run(&mut clippy)?;

    begin("clippy on WASI");
    let mut clippy = project.userland_cargo();
    clippy.args(["clippy", "--target", "wasm32-wasip1"]).args(DENY);
    setup::wasm_toolchain(&mut clippy);
    process::run(&mut clippy)?;

    begin("documentation");
    process::run(
        project
            .cargo()
            .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    eprintln!("xtask: everything is in order");
    Ok(())
}

fn begin(what: &str) {
    eprintln!("xtask: {what}");
}
