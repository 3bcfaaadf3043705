//! The browser that tests run in.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::system;
use crate::project::which;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const MAC_APPLICATIONS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The Chromium that `CHROME` names, or one that is installed; installs one if there is none.
pub fn ensure() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROME") {
        let path = PathBuf::from(named);
        if !path.is_file() {
            bail!("CHROME names {}, which is not a file: correct or unset it", path.display());
        }
        return Ok(path);
    }
    if let Some(found) = find() {
        return Ok(found);
    }
    system::install("Chromium", &["chromium", "fonts-noto-cjk"], &["--cask", "google-chrome"])?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("no Chromium was found after installing it: name one in CHROME"),
    }
}

fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| which(name)).or_else(|| {
        MAC_APPLICATIONS.iter().map(Path::new).find(|path| path.is_file()).map(Path::to_path_buf)
    })
}
