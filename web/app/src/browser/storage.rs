//! The project and the settings, kept in the browser from visit to visit.
//!
//! What is stored is written out here and converted, so that the state can change its shape
//! without losing what users have saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use web_sys::Storage;

use super::page;
use crate::model::path::FilePath;
use crate::model::project::{File, Project};
use crate::state::{Notice, Theme};
use crate::text::Language;

const PROJECT: &str = "layerlab/project";
const SETTINGS: &str = "layerlab/settings";
/// Begin of the keys of panes' sizes.
const PANES: &str = "layerlab/pane";
/// Where a project goes that this version cannot read.
const UNREAD: &str = "layerlab/unread";
/// Raised when an older page could not read what this one writes.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct SavedProject {
    format: u32,
    name: String,
    open: String,
    files: Vec<SavedFile>,
}

#[derive(Serialize, Deserialize)]
struct SavedFile {
    path: String,
    text: String,
    #[serde(default)]
    executable: bool,
}

#[derive(Serialize, Deserialize, Default)]
struct SavedSettings {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    language: Option<String>,
}

/// The saved project, none on a first visit.
///
/// # Errors
/// When what is there cannot be read; it is put aside, not overwritten.
pub fn project() -> Result<Option<Project>, Notice> {
    let Some(storage) = storage() else { return Ok(None) };
    let Some(text) = storage.get_item(PROJECT).ok().flatten() else { return Ok(None) };
    match read_project(&text) {
        Some(project) => Ok(Some(project)),
        None => {
            let _ = storage.set_item(UNREAD, &text);
            Err(Notice::NotRead)
        }
    }
}

/// Saves the project.
///
/// # Errors
/// When the browser has no room for it, or keeps nothing.
pub fn save_project(project: &Project) -> Result<(), Notice> {
    let storage = storage().ok_or(Notice::NotSaved { full: false })?;
    let full = |_| Notice::NotSaved { full: true };
    storage.set_item(PROJECT, &write_project(project)).map_err(full)
}

/// The saved colours and language; the browser's language where none was chosen.
pub fn settings() -> (Theme, Language) {
    let text = storage().and_then(|storage| storage.get_item(SETTINGS).ok().flatten());
    let saved: SavedSettings =
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let language = match saved.language {
        Some(tag) => Language::wanted([tag]),
        None => Language::wanted(page::wanted_languages()),
    };
    (Theme::of_name(&saved.theme), language)
}

/// The size that a pane had at the last visit, in pixels.
pub fn pane_size(name: &str) -> Option<f64> {
    storage()?.get_item(&format!("{PANES}{name}")).ok()??.parse().ok()
}

/// Saves the size of a pane. It is no loss if it cannot be saved.
pub fn save_pane_size(name: &str, pixels: f64) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&format!("{PANES}{name}"), &pixels.to_string());
    }
}

/// Saves colours and language. They are no loss if they cannot be saved.
pub fn save_settings(theme: Theme, language: Language) {
    let saved = SavedSettings { theme: theme.name().into(), language: Some(language.tag().into()) };
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&saved)) {
        let _ = storage.set_item(SETTINGS, &text);
    }
}

fn storage() -> Option<Storage> {
    page::window().local_storage().ok().flatten()
}

fn write_project(project: &Project) -> String {
    let file = |(path, file): (&FilePath, &File)| SavedFile {
        path: path.as_str().into(),
        text: (&*file.text).into(),
        executable: file.executable,
    };
    let saved = SavedProject {
        format: FORMAT,
        name: (&*project.name).into(),
        open: project.open.as_str().into(),
        files: project.files.iter().map(file).collect(),
    };
    serde_json::to_string(&saved).expect("strings and numbers always serialise")
}

fn read_project(text: &str) -> Option<Project> {
    let saved: SavedProject = serde_json::from_str(text).ok()?;
    if saved.format != FORMAT {
        return None;
    }
    let mut files = BTreeMap::new();
    for file in saved.files {
        let path = FilePath::parse(&file.path).ok()?;
        files.insert(path, File { text: file.text.into(), executable: file.executable });
    }
    files.entry(FilePath::dockerfile()).or_insert_with(|| File::text(""));
    let open = FilePath::parse(&saved.open).ok().filter(|path| files.contains_key(path));
    let open = open.unwrap_or_else(FilePath::dockerfile);
    Some(Project { name: saved.name.into(), files, open })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn a_project_comes_back_as_saved() {
        let mut project = sample::project();
        project.open = FilePath::parse("app.js").expect("a path");
        let tool = FilePath::parse("bin/도구.sh").expect("a path");
        project.files.insert(tool, File { text: "\u{0}\r\n\"\\가".into(), executable: true });
        assert_eq!(read_project(&write_project(&project)), Some(project));
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        for text in ["", "{}", "[1]", r#"{"format":2,"name":"","open":"","files":[]}"#] {
            assert_eq!(read_project(text), None, "{text}");
        }
        let outside = r#"{"format":1,"name":"","open":"","files":[{"path":"../x","text":""}]}"#;
        assert_eq!(read_project(outside), None);
    }

    #[test]
    fn a_project_always_has_a_dockerfile_that_can_be_open() {
        let bare = r#"{"format":1,"name":"n","open":"gone","files":[]}"#;
        let project = read_project(bare).expect("readable");
        assert_eq!(project.open, FilePath::dockerfile());
        assert!(project.files.contains_key(&project.open));
    }
}
