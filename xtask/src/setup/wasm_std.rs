//! Rust's standard library for the wasm targets: from rustup, or built from Debian's source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use super::system;
use crate::process;
use crate::project::which;

/// The page and the engine worker, then the programs.
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip1"];

/// The name by which rustup knows Debian's own Rust in /usr.
const DEBIAN: &str = "debian";

/// Debian's packages: a Rust for building browsers, its source, the linker, and WASI's C library.
const PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22", "wasi-libc"];

/// Installs what is missing.
pub fn ensure() -> Result<()> {
    if toolchain().is_some() {
        return Ok(());
    }
    let missing = TARGETS.iter().filter(|target| !has_std(None, target));
    if which("rustup").is_some() {
        eprintln!("xtask: rustup target add {} ...", TARGETS.join(" "));
        let added = Command::new("rustup").args(["target", "add"]).args(missing).status();
        if added.is_ok_and(|status| status.success()) && toolchain().is_some() {
            return Ok(());
        }
    }
    let fix = format!("run `rustup target add {}`", TARGETS.join(" "));
    if which("apt-get").is_none() || which("rustup").is_none() {
        bail!("Rust's standard library for wasm is missing: {fix}");
    }
    eprintln!("xtask: rustup has no std for wasm here, so it is built from Debian's source");
    build_from_debian().with_context(|| {
        format!(
            "Rust's standard library for wasm is missing: {fix} where its server can be reached"
        )
    })
}

/// Has `command`, which calls cargo for a wasm target, use the toolchain that has std for it.
pub fn use_toolchain(command: &mut Command) {
    if let Some(Some(name)) = toolchain() {
        command.env("RUSTUP_TOOLCHAIN", name);
    }
}

/// The toolchain that has std for wasm: the one in use (`Some(None)`), Debian's, or none.
fn toolchain() -> Option<Option<&'static str>> {
    static FOUND: OnceLock<Option<&'static str>> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Some(*found);
    }
    let found = [None, Some(DEBIAN)]
        .into_iter()
        .find(|name| TARGETS.iter().all(|target| has_std(*name, target)))?;
    Some(*FOUND.get_or_init(|| found))
}

fn has_std(toolchain: Option<&str>, target: &str) -> bool {
    let mut rustc = Command::new("rustc");
    if let Some(name) = toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", name);
    }
    let Ok(libraries) = process::text(rustc.args(["--print", "target-libdir", "--target", target]))
    else {
        return false;
    };
    fs::read_dir(libraries).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        })
    })
}

/// Builds std for both targets with Debian's compiler and puts it where that compiler looks.
fn build_from_debian() -> Result<()> {
    system::install("Debian's Rust for wasm", &PACKAGES, &[])?;
    let folder = std::env::temp_dir().join(format!("layerlab-wasm-std-{}", std::process::id()));
    fs::create_dir_all(folder.join("src"))?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
                    [workspace]\n\n[profile.release]\npanic = \"abort\"\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    for target in TARGETS {
        build_std(&folder, target)?;
    }
    let linkers = Path::new("/usr/lib/rustlib").join(host()?).join("bin");
    root("mkdir", &["-p"], &[&linkers])?;
    root("ln", &["-sf", "/usr/bin/lld-22"], &[&linkers.join("rust-lld")])?;
    let contained = Path::new("/usr/lib/rustlib/wasm32-wasip1/lib/self-contained");
    root("mkdir", &["-p"], &[contained])?;
    for name in ["crt1-command.o", "crt1-reactor.o", "libc.a"] {
        let library = Path::new("/usr/lib/wasm32-wasi").join(name);
        root("ln", &["-sf"], &[&library, &contained.join(name)])?;
    }
    process::run(Command::new("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
    fs::remove_dir_all(&folder)?;
    if toolchain().is_none() {
        bail!("std was built, and rustc does not find it");
    }
    Ok(())
}

/// Builds std for one target; bitcode is kept in it, or link-time optimisation fails.
fn build_std(folder: &Path, target: &str) -> Result<()> {
    eprintln!("xtask: std for {target} ...");
    process::run(
        Command::new("/usr/bin/cargo")
            .current_dir(folder)
            .args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", target])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env_remove("RUSTUP_TOOLCHAIN"),
    )?;
    let destination = Path::new("/usr/lib/rustlib").join(target).join("lib");
    root("mkdir", &["-p"], &[&destination])?;
    let built = folder.join("target").join(target).join("release/deps");
    let libraries: Vec<PathBuf> = fs::read_dir(&built)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|path| !path.to_string_lossy().contains("libempty-"))
        .collect();
    let mut paths: Vec<&Path> = libraries.iter().map(PathBuf::as_path).collect();
    paths.push(&destination);
    root("cp", &[], &paths)
}

fn root(program: &str, options: &[&str], paths: &[&Path]) -> Result<()> {
    process::run(system::as_root(program)?.args(options).args(paths))
}

/// The target triple of Debian's compiler itself.
fn host() -> Result<String> {
    let version = process::text(Command::new("/usr/bin/rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("`rustc -vV` names no host")
}
