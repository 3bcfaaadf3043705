//! The user's projects in the browser's database; `web/projects/src/store.ts` is the other side.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use js_sys::Array;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use super::files;
use super::storage::Draft;
use crate::model::origin::Origin;
use crate::model::path::FilePath;
use crate::model::project::Project;
use crate::model::shelf::{Entry, ProjectId};

mod script {
    use super::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn list() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn load(id: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn save(
            head: &str,
            put: Array,
            remove: Array,
            whole: bool,
        ) -> Result<(), JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, js_name = stampOf)]
        pub fn stamp_of(id: &str) -> f64;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn discard(id: &str) -> Result<(), JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn restore(id: &str) -> Result<(), JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn forget(id: &str) -> Result<(), JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn tidy() -> Result<(), JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn raw(id: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, js_name = newId)]
        pub fn new_id() -> String;
    }
}

/// The projects. Cloning gives the same ones.
#[derive(Clone, Default)]
pub struct Library {
    known: Rc<RefCell<HashMap<ProjectId, Known>>>,
    /// Projects that are no longer this page's to save: deleted, or changed by another tab.
    released: Rc<RefCell<HashSet<ProjectId>>>,
}

/// What this page knows of a project in the database.
#[derive(Clone)]
struct Known {
    /// What is there once all that was sent has arrived; none after a failure.
    sent: Option<Rc<Project>>,
    /// What is there for certain.
    kept: Option<Rc<Project>>,
}

/// Why a project could not be read or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StoreError {
    /// This browser keeps nothing for this site.
    #[error("the browser keeps nothing for this site")]
    Unavailable,
    /// There is no room.
    #[error("the browser's space for this site is used up")]
    Full,
    /// Another tab has changed it since.
    #[error("another tab has changed the project")]
    Conflict,
    /// It is not there.
    #[error("there is no such project")]
    Missing,
    /// Another version of the page wrote it, or something broke it.
    #[error("this version cannot read the project")]
    Unreadable,
}

/// `Head` of `store.ts`, as far as it is ours.
#[derive(Serialize, Deserialize)]
struct Head {
    id: String,
    name: String,
    open: String,
    #[serde(default)]
    origin: Option<Origin>,
    #[serde(default)]
    untouched: bool,
    files: u32,
    bytes: u64,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
    files: u32,
    bytes: u64,
    changed: f64,
    readable: bool,
}

impl PartialEq for Library {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.known, &other.known)
    }
}

impl Library {
    /// A name for a new project.
    pub fn new_id() -> ProjectId {
        ProjectId::new(&script::new_id())
    }

    /// All projects, the one that was changed last first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list(&self) -> Result<Vec<Entry>, StoreError> {
        let json = script::list().await.map_err(|error| reason(&error))?;
        let listed: Vec<Listed> = serde_json::from_str(&json.as_string().unwrap_or_default())
            .map_err(|_| StoreError::Unavailable)?;
        let mut entries: Vec<Entry> = listed.into_iter().map(entry).collect();
        entries.sort_by(|a, b| b.changed.total_cmp(&a.changed));
        Ok(entries)
    }

    /// A project.
    ///
    /// # Errors
    /// [`StoreError`]; what cannot be read stays as it is.
    pub async fn load(&self, id: &ProjectId) -> Result<Project, StoreError> {
        let loaded = script::load(id.as_str()).await.map_err(|error| reason(&error))?;
        let head = files::get(&loaded, "head").as_string().unwrap_or_default();
        let head: Head = serde_json::from_str(&head).map_err(|_| StoreError::Unreadable)?;
        let files = files::from_script(&files::get(&loaded, "files"));
        let mut project = Project::new(&head.name, files.ok_or(StoreError::Unreadable)?);
        if let Ok(path) = FilePath::parse(&head.open)
            && project.files.contains_key(&path)
        {
            project.open = path;
        }
        project.origin = head.origin;
        project.untouched = head.untouched;
        let there = Some(Rc::new(project.clone()));
        let known = Known { sent: there.clone(), kept: there };
        self.known.borrow_mut().insert(id.clone(), known);
        self.released.borrow_mut().remove(id);
        Ok(project)
    }

    /// Saves a project: what differs from what is there.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed.
    pub async fn save(&self, id: &ProjectId, project: &Rc<Project>) -> Result<(), StoreError> {
        if self.released.borrow().contains(id) {
            return Ok(());
        }
        let known = self.known.borrow().get(id).cloned();
        let old = known.as_ref().and_then(|known| known.sent.clone());
        if old.as_ref() == Some(project) {
            return Ok(());
        }
        let (put, gone) = project.since(old.as_deref());
        let put: Array = put.map(|(path, file)| files::to_script(path, file, true)).collect();
        let gone: Array = gone.map(|path| JsValue::from_str(path.as_str())).collect();
        let head = serde_json::to_string(&head(id, project));
        let head = head.expect("strings and numbers always serialise");
        let kept = known.and_then(|known| known.kept);
        let sent = Known { sent: Some(project.clone()), kept: kept.clone() };
        self.known.borrow_mut().insert(id.clone(), sent);
        let end = script::save(&head, put, gone, old.is_none()).await;
        let mut known = self.known.borrow_mut();
        let Some(known) = known.get_mut(id) else { return Ok(()) };
        match end {
            Ok(()) => known.kept = Some(project.clone()),
            Err(_) => known.sent = None,
        }
        end.map_err(|error| reason(&error))
    }

    /// Whether all of the project is in the database for certain.
    pub fn has(&self, id: &ProjectId, project: &Rc<Project>) -> bool {
        self.known.borrow().get(id).is_some_and(|known| known.kept.as_ref() == Some(project))
    }

    /// What of the project is not in the database, to be taken up at the next visit; none if
    /// everything is.
    pub fn draft(&self, id: &ProjectId, project: &Rc<Project>) -> Option<Draft> {
        if self.has(id, project) || self.released.borrow().contains(id) {
            return None;
        }
        let kept = self.known.borrow().get(id).and_then(|known| known.kept.clone());
        Some(Draft::new(id, script::stamp_of(id.as_str()), kept.as_deref(), project))
    }

    /// The project with what a visit before could not save any more.
    pub fn take_up(&self, id: &ProjectId, project: Project, draft: Draft) -> Project {
        let fits = draft.fits(id, script::stamp_of(id.as_str()));
        if fits { draft.over(project) } else { project }
    }

    /// Leaves a project to others: it is saved no more from here.
    pub fn release(&self, id: &ProjectId) {
        self.known.borrow_mut().remove(id);
        self.released.borrow_mut().insert(id.clone());
    }

    /// Deletes a project so that [`Library::restore`] can bring it back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn discard(&self, id: &ProjectId) -> Result<(), StoreError> {
        self.release(id);
        script::discard(id.as_str()).await.map_err(|error| reason(&error))
    }

    /// Brings a deleted project back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if it is gone for good.
    pub async fn restore(&self, id: &ProjectId) -> Result<(), StoreError> {
        script::restore(id.as_str()).await.map_err(|error| reason(&error))
    }

    /// Removes a project for good, unless it was deleted and may come back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget(&self, id: &ProjectId) -> Result<(), StoreError> {
        if self.released.borrow().contains(id) {
            return Ok(());
        }
        self.release(id);
        script::forget(id.as_str()).await.map_err(|error| reason(&error))
    }

    /// Removes what was deleted long ago.
    pub fn tidy(&self) {
        // What fails is tried again at the next visit.
        spawn_local(async { drop(script::tidy().await) });
    }

    /// All there is of a project that cannot be read, as a file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn raw(&self, id: &ProjectId) -> Result<Blob, StoreError> {
        let blob = script::raw(id.as_str()).await.map_err(|error| reason(&error))?;
        blob.dyn_into().map_err(|_| StoreError::Missing)
    }
}

fn head(id: &ProjectId, project: &Project) -> Head {
    Head {
        id: id.as_str().into(),
        name: (&*project.name).into(),
        open: project.open.as_str().into(),
        origin: project.origin.clone(),
        untouched: project.untouched,
        files: project.files.len() as u32,
        bytes: project.bytes(),
    }
}

fn entry(listed: Listed) -> Entry {
    Entry {
        id: ProjectId::new(&listed.id),
        name: listed.name.into(),
        files: listed.files,
        bytes: listed.bytes,
        changed: listed.changed,
        readable: listed.readable,
    }
}

/// By the `name` of a `StoreError` of `store.ts`; what else goes wrong in a database means that
/// nothing can be kept.
fn reason(error: &JsValue) -> StoreError {
    match files::get(error, "name").as_string().as_deref() {
        Some("Full") => StoreError::Full,
        Some("Conflict") => StoreError::Conflict,
        Some("Missing") => StoreError::Missing,
        Some("Unreadable") => StoreError::Unreadable,
        _ => StoreError::Unavailable,
    }
}
