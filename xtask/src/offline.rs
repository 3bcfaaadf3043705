//! The site's service worker, which keeps every file of it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::stamp;

/// The script's name in the site. It must not change, or browsers would never find a newer one.
pub const SCRIPT: &str = "service-worker.js";

const FILES: &str = "const files = [];";
const CACHE: &str = "const cacheName = \"layerlab-\";";

/// Writes the service worker for the files that `site` holds, from the script at `template`.
pub fn write(template: &Path, site: &Path) -> Result<()> {
    let script = fs::read_to_string(template)
        .with_context(|| format!("cannot read {}", template.display()))?;
    let version = stamp::content_name(site)?;
    // The page itself is asked for by the folder's name.
    let mut files = vec!["./".to_owned()];
    for file in stamp::all_files(site)? {
        let name = file.strip_prefix(site).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if name != "index.html" && !name.ends_with(".br") && !name.ends_with(".gz") {
            files.push(name);
        }
    }
    stamp::write(&site.join(SCRIPT), fill(&script, &files, &version)?.as_bytes())
}

fn fill(script: &str, files: &[String], version: &str) -> Result<String> {
    for place in [FILES, CACHE] {
        ensure!(script.contains(place), "the service worker's template has no line `{place}`");
    }
    let list: Vec<String> = files.iter().map(|file| format!("  {file:?},\n")).collect();
    Ok(script
        .replace(FILES, &format!("const files = [\n{}];", list.concat()))
        .replace(CACHE, &format!("const cacheName = \"layerlab-{version}\";")))
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn the_list_is_filled_in() {
        let template = include_str!("../../web/service-worker.js");
        let filled =
            fill(template, &["./".to_owned(), "a.js".to_owned()], "v1").expect("both places");
        assert!(filled.contains("const files = [\n  \"./\",\n  \"a.js\",\n];"), "{filled}");
        assert!(filled.contains("\"layerlab-v1\""), "{filled}");
        assert!(fill("", &[], "v1").is_err());
    }
}
