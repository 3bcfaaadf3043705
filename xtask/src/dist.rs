//! `cargo xtask dist`: the static site in `dist/`.
//!
//! Trunk names the page's files after their content. It leaves the worker's and copied folders as
//! they are, so these are moved into folders named after their content here, and the page is told
//! where they are: every file but `index.html` can be cached for ever.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::project::Project;
use crate::stamp::{self, Stamp};
use crate::{offline, setup, sizes, web};

/// The worker's glue, its wasm, and the script that starts it.
const WORKER: [&str; 3] = ["worker.js", "worker_bg.wasm", "worker_loader.js"];

/// Where wasm-bindgen puts JavaScript that comes with crates.
const SNIPPETS: &str = "snippets";

/// Builds the site and holds its sizes against the budgets.
pub fn run(project: &Project) -> Result<()> {
    build(project)?;
    let parts = sizes::measure(&site(project))?;
    print!("{}", sizes::table(&parts));
    ensure!(
        parts.iter().all(sizes::Part::is_within_budget),
        "the site is over its budget: make the part smaller, or argue for a larger budget"
    );
    Ok(())
}

/// The finished site.
pub fn site(project: &Project) -> PathBuf {
    project.root.join("dist")
}

/// Builds the site, unless nothing of what it is made from has changed.
pub fn build(project: &Project) -> Result<()> {
    setup::page_tools(project)?;
    web::prepare(project)?;
    let root = &project.root;
    Stamp::new(project, "dist")
        .path(root.join("index.html"))?
        .path(root.join("Trunk.toml"))?
        .path(root.join("Cargo.toml"))?
        .path(root.join("Cargo.lock"))?
        .path(root.join("crates"))?
        .path(root.join("web"))?
        .path(root.join("web/dist/editor.js"))?
        .path(root.join("web/dist/terminal.js"))?
        .path(root.join("web/dist/projects.js"))?
        .path(root.join("web/dist/style.css"))?
        .text(&stamp::content_name(&root.join("userland/dist"))?)
        .path(root.join("xtask/src/dist.rs"))?
        .path(root.join("xtask/src/offline.rs"))?
        .unless_done(&[site(project).join("index.html")], || {
            let built = project.target.join("site-release");
            let mut trunk = project.trunk();
            trunk.args(["build", "--release=true", "--dist"]).arg(&built);
            process::step(project, "the site, optimised", &mut trunk)?;
            assemble(&built, &site(project))?;
            offline::write(&root.join("web/service-worker.js"), &site(project))
        })
}

/// Copies what Trunk built into `site`, with the engine and the programs in folders named after
/// their content.
fn assemble(built: &Path, site: &Path) -> Result<()> {
    if site.exists() {
        fs::remove_dir_all(site).with_context(|| format!("cannot replace {}", site.display()))?;
    }
    for file in stamp::all_files(built)? {
        let name = file.strip_prefix(built).unwrap_or(&file).to_path_buf();
        if WORKER.iter().any(|worker| name == Path::new(worker)) {
            copy(&file, &site.join("engine").join(&name))?;
        } else {
            copy(&file, &site.join(&name))?;
        }
    }
    let glue = fs::read_to_string(site.join("engine/worker.js"))
        .context("Trunk built no worker: index.html needs its link")?;
    if glue.contains(SNIPPETS) {
        for file in stamp::all_files(&built.join(SNIPPETS))? {
            let name = file.strip_prefix(built).unwrap_or(&file).to_path_buf();
            copy(&file, &site.join("engine").join(name))?;
        }
    }
    let engine = rename_to_content(site, "engine")?;
    let userland = rename_to_content(site, "userland")?;
    let page = site.join("index.html");
    let mut html = fs::read_to_string(&page).context("Trunk built no index.html")?;
    for (name, content) in [
        ("layerlab-engine", format!("{engine}/worker_loader.js")),
        ("layerlab-userland", format!("{userland}/")),
        ("layerlab-offline", offline::SCRIPT.to_owned()),
    ] {
        html = set_meta(&html, name, &content)?;
    }
    stamp::write(&page, html.as_bytes())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Renames a folder of the site to `name-<hash of its content>`, and answers that.
fn rename_to_content(site: &Path, name: &str) -> Result<String> {
    let folder = site.join(name);
    let renamed = format!("{name}-{}", stamp::content_name(&folder)?);
    fs::rename(&folder, site.join(&renamed))
        .with_context(|| format!("the site has no folder {name}"))?;
    Ok(renamed)
}

/// Replaces the content of `<meta name="NAME" content="...">`.
fn set_meta(html: &str, name: &str, content: &str) -> Result<String> {
    let start = format!("<meta name=\"{name}\" content=\"");
    let Some((before, rest)) = html.split_once(&start) else {
        bail!("index.html has no `{start}...`, by which the page finds it");
    };
    let (_, after) = rest.split_once('"').context("index.html ends within a meta element")?;
    Ok(format!("{before}{start}{content}\"{after}"))
}

#[cfg(test)]
mod tests {
    use super::set_meta;

    #[test]
    fn meta_is_replaced() {
        let html = "<head><meta name=\"a\" content=\"x\"><meta name=\"b\" content=\"y\"></head>";
        let set = set_meta(html, "b", "z/").expect("the element is there");
        assert_eq!(set, html.replace("\"y\"", "\"z/\""));
        assert!(set_meta(html, "c", "z").is_err());
    }
}
