//! The programs of `userland/`: built for WASI, made small, and put into `userland/dist/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::setup;
use crate::stamp::{self, Stamp};

/// What the browsers and wasmer that are supported can do. Naming all features would let wasm-opt
/// use some that are refused.
pub const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the modules that `userland/programs.txt` names, and copies that list beside them.
pub fn build(project: &Project) -> Result<()> {
    let source = project.root.join("userland");
    let list = source.join("programs.txt");
    let text =
        fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let dist = source.join("dist");
    let names = modules(&text);
    let mut outputs: Vec<PathBuf> =
        names.iter().map(|name| dist.join(format!("{name}.wasm"))).collect();
    outputs.push(dist.join("programs.txt"));

    setup::userland_tools(project)?;
    Stamp::new(project, "userland")
        .text(&WASM_FEATURES.join(" "))
        .path(project.web().join("package-lock.json"))?
        .path(&source)?
        .unless_done(&outputs, || {
            let mut cargo = project.userland_cargo();
            cargo.args(["build", "--release", "--target", "wasm32-wasip1"]);
            setup::wasm_toolchain(&mut cargo);
            process::step(project, "userland", &mut cargo)?;
            fs::create_dir_all(&dist)?;
            for name in &names {
                optimise(project, name, &dist)?;
            }
            // A module that is no longer in the list must not stay in the site.
            for file in stamp::all_files(&dist)? {
                if !outputs.contains(&file) {
                    fs::remove_file(&file)?;
                }
            }
            stamp::write(&dist.join("programs.txt"), text.as_bytes())
        })
}

/// Runs wasm-opt on one module, unless the module is the same as the last time.
fn optimise(project: &Project, name: &str, dist: &Path) -> Result<()> {
    let built = project.target.join("userland/wasm32-wasip1/release").join(format!("{name}.wasm"));
    let output = dist.join(format!("{name}.wasm"));
    Stamp::new(project, &format!("userland-{name}"))
        .text(&WASM_FEATURES.join(" "))
        .path(project.web().join("package-lock.json"))?
        .path(&built)?
        .unless_done(std::slice::from_ref(&output), || {
            let mut wasm_opt = project.command("wasm-opt");
            wasm_opt
                .args(["-Oz", "--strip-debug", "--strip-producers"])
                .args(WASM_FEATURES)
                .arg(&built)
                .arg("-o")
                .arg(&output);
            process::step(project, &format!("wasm-opt {name}.wasm"), &mut wasm_opt)
        })
}

/// The names of the modules: what stands before the colon in each line that is not a comment.
fn modules(list: &str) -> Vec<&str> {
    list.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| Some(line.split_once(':')?.0.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::modules;

    #[test]
    fn modules_of_the_list() {
        let list = "# module: programs\ncoreutils: ls cat\n\ngrep: grep egrep\n";
        assert_eq!(modules(list), ["coreutils", "grep"]);
    }
}
