//! What Trunk bundles without building it: programs, scripts, style sheet.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::setup;
use crate::stamp::Stamp;
use crate::userland;

/// Builds all of it. Trunk calls this before each build, so it must be quick when nothing changed.
pub fn prepare(project: &Project) -> Result<()> {
    userland::build(project)?;
    bundle(project)
}

/// Bundles the scripts and the style sheet with esbuild into `web/dist/`.
fn bundle(project: &Project) -> Result<()> {
    setup::web_packages(project)?;
    let web = project.web();
    let dist = web.join("dist");
    Stamp::new(project, "bundle")
        .path(web.join("build.mjs"))?
        .path(web.join("package-lock.json"))?
        .path(web.join("editor"))?
        .path(web.join("terminal"))?
        .path(web.join("projects"))?
        .path(project.root.join("examples"))?
        .path(web.join("styles"))?
        .unless_done(&[dist.join("editor.js"), dist.join("style.css")], || {
            let mut node = project.command("node");
            node.current_dir(&web).arg("build.mjs");
            process::step(project, "scripts and styles", &mut node)
        })
}

/// Type-checks the editor and the browser tests, which neither esbuild nor Playwright does.
pub fn check_types(project: &Project) -> Result<()> {
    setup::web_packages(project)?;
    setup::e2e_packages(project)?;
    for folder in [project.web(), project.e2e()] {
        let mut node = project.command("node");
        node.current_dir(folder).args(["node_modules/typescript/bin/tsc", "--project", "."]);
        process::run(&mut node)?;
    }
    Ok(())
}
