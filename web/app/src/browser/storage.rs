//! What is small enough to be kept beside the projects: the settings, which project is open, and
//! what the page could not save any more when it was closed.
//!
//! What is stored is written out here and converted, so that the state can change its shape
//! without losing what users have saved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use web_sys::Storage;

use super::page;
use crate::model::content::Content;
use crate::model::path::FilePath;
use crate::model::project::{File, Project};
use crate::model::shelf::ProjectId;
use crate::state::Theme;
use crate::text::Language;

/// The only project of earlier versions.
const PROJECT: &str = "layerlab/project";
const SETTINGS: &str = "layerlab/settings";
/// Begin of the keys of panes' sizes.
const PANES: &str = "layerlab/pane";
const CURRENT: &str = "layerlab/current";
const DRAFT: &str = "layerlab/draft";
/// Where a project goes that this version cannot read.
const UNREAD: &str = "layerlab/unread";
/// The format of [`PROJECT`].
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct SavedProject {
    format: u32,
    name: String,
    open: String,
    files: Vec<SavedFile>,
}

#[derive(Debug, Serialize, Deserialize)]
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
    #[serde(default)]
    author: String,
}

/// What of a project is not in the database yet: the texts that were edited last.
#[derive(Debug, Serialize, Deserialize)]
pub struct Draft {
    id: String,
    stamp: f64,
    name: String,
    files: Vec<SavedFile>,
    gone: Vec<String>,
}

impl Draft {
    /// The texts in which `project` differs from `kept`, of which the database has the save
    /// `stamp`.
    pub fn new(id: &ProjectId, stamp: f64, kept: Option<&Project>, project: &Project) -> Self {
        let (put, gone) = project.since(kept);
        let file = |(path, file): (&FilePath, &File)| {
            let text = file.content.as_text()?;
            let (path, text) = (path.as_str().into(), (&**text).into());
            Some(SavedFile { path, text, executable: file.executable })
        };
        Self {
            id: id.as_str().into(),
            stamp,
            name: (&*project.name).into(),
            files: put.filter_map(file).collect(),
            gone: gone.map(|path| path.as_str().into()).collect(),
        }
    }

    /// Of which project it is.
    pub fn id(&self) -> ProjectId {
        ProjectId::new(&self.id)
    }

    /// Whether it is of a project that was never saved.
    pub fn is_whole(&self) -> bool {
        self.stamp == 0.0
    }

    /// Whether it builds on this save of this project.
    pub fn fits(&self, id: &ProjectId, stamp: f64) -> bool {
        self.id == id.as_str() && self.stamp == stamp
    }

    /// The project with these texts.
    pub fn over(self, mut project: Project) -> Project {
        for path in self.gone.iter().filter_map(|path| FilePath::parse(path).ok()) {
            // A Dockerfile is never gone.
            let _ = project.delete(&path);
        }
        if let Some(files) = read_files(self.files) {
            project.files.extend(files);
        }
        project.name = self.name.into();
        project.untouched = false;
        project
    }
}

/// The saved project of an earlier version.
///
/// # Errors
/// When what is there cannot be read; it is put aside, not overwritten.
pub fn legacy_project() -> Result<Option<Project>, Unread> {
    let Some(storage) = storage() else { return Ok(None) };
    let Some(text) = storage.get_item(PROJECT).ok().flatten() else { return Ok(None) };
    match read_project(&text) {
        Some(project) => Ok(Some(project)),
        None => {
            if storage.set_item(UNREAD, &text).is_ok() {
                forget_legacy_project();
            }
            Err(Unread)
        }
    }
}

/// What had been saved cannot be read by this version.
#[derive(Debug)]
pub struct Unread;

/// Removes the project of an earlier version, once it is among the others.
pub fn forget_legacy_project() {
    remove(PROJECT);
}

/// The project that was open last.
pub fn current() -> Option<ProjectId> {
    let id = storage()?.get_item(CURRENT).ok().flatten()?;
    Some(ProjectId::new(&id))
}

/// Keeps which project is open. It is no loss if that cannot be kept.
pub fn set_current(id: &ProjectId) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(CURRENT, id.as_str());
    }
}

/// Keeps a draft until the next visit. The database has been asked to save the same, but a page that
/// is closed may not hear the answer.
pub fn set_draft(draft: Option<&Draft>) {
    match draft.and_then(|draft| serde_json::to_string(draft).ok()) {
        Some(text) => {
            if let Some(storage) = storage() {
                let _ = storage.set_item(DRAFT, &text);
            }
        }
        None => remove(DRAFT),
    }
}

/// The draft of the last visit, which is taken away.
pub fn take_draft() -> Option<Draft> {
    let text = storage()?.get_item(DRAFT).ok().flatten()?;
    remove(DRAFT);
    serde_json::from_str(&text).ok()
}

/// The saved colours and language, and how the user signs links; the browser's language where
/// none was chosen.
pub fn settings() -> (Theme, Language, String) {
    let text = storage().and_then(|storage| storage.get_item(SETTINGS).ok().flatten());
    let saved: SavedSettings =
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let language = match saved.language {
        Some(tag) => Language::wanted([tag]),
        None => Language::wanted(page::wanted_languages()),
    };
    (Theme::of_name(&saved.theme), language, saved.author)
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

/// Saves the settings. They are no loss if they cannot be saved.
pub fn save_settings(theme: Theme, language: Language, author: &str) {
    let saved = SavedSettings {
        theme: theme.name().into(),
        language: Some(language.tag().into()),
        author: author.into(),
    };
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&saved)) {
        let _ = storage.set_item(SETTINGS, &text);
    }
}

fn storage() -> Option<Storage> {
    page::window().local_storage().ok().flatten()
}

fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

fn read_project(text: &str) -> Option<Project> {
    let saved: SavedProject = serde_json::from_str(text).ok()?;
    if saved.format != FORMAT {
        return None;
    }
    let mut project = Project::new(&saved.name, read_files(saved.files)?);
    let open = FilePath::parse(&saved.open).ok();
    if let Some(open) = open.filter(|path| project.files.contains_key(path)) {
        project.open = open;
    }
    Some(project)
}

fn read_files(files: Vec<SavedFile>) -> Option<BTreeMap<FilePath, File>> {
    let file = |file: SavedFile| {
        let content = Content::of(file.text.into_bytes());
        Some((FilePath::parse(&file.path).ok()?, File { content, executable: file.executable }))
    };
    files.into_iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn the_project_of_an_earlier_version_is_read() {
        let text = r#"{"format":1,"name":"n","open":"bin/도구.sh","files":[
            {"path":"Dockerfile","text":"FROM x"},
            {"path":"bin/도구.sh","text":"\r\n\"\\가","executable":true}]}"#;
        let project = read_project(text).expect("readable");
        let open = &project.files[&project.open];
        assert_eq!((&*project.name, project.open.as_str()), ("n", "bin/도구.sh"));
        assert_eq!((open.content.as_bytes(), open.executable), ("\r\n\"\\가".as_bytes(), true));
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

    #[test]
    fn a_draft_brings_back_what_was_not_saved() {
        let path = |text: &str| FilePath::parse(text).expect("a path");
        let kept = sample::project();
        let mut edited = Project { untouched: false, ..kept.clone() };
        edited.name = "other".into();
        edited.delete(&path("app.js")).expect("there");
        edited.create(path("new.sh")).expect("free");
        edited.files.insert(path("new.sh"), File { executable: true, ..File::text("#!/bin/sh") });
        edited.open = kept.open.clone();

        let id = ProjectId::new("a");
        let draft = Draft::new(&id, 3.0, Some(&kept), &edited);
        assert!(draft.fits(&id, 3.0) && !draft.fits(&id, 4.0));
        assert!(!draft.fits(&ProjectId::new("b"), 3.0));
        assert_eq!(draft.over(kept), edited);
    }
}
