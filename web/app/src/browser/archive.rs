//! Folders, archives and links: what comes in and goes out as files; `web/projects/src/index.ts` is
//! the other side.

use js_sys::Array;
use thiserror::Error;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DataTransfer, FileList};

use super::files;
use crate::model::project::Project;

mod script {
    use super::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = layerlabProjects)]
        pub fn dropped(transfer: &DataTransfer) -> JsValue;
        #[wasm_bindgen(js_namespace = layerlabProjects)]
        pub fn picked(list: &FileList) -> JsValue;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn open(picked: &JsValue, progress: &JsValue) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn zip(folder: &str, files: Array) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn pack(text: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn unpack(packed: &str) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects, catch)]
        pub async fn examples() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = layerlabProjects)]
        pub fn download(content: &Blob, name: &str);
    }
}

/// What the user dropped or chose, before it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked(JsValue);

impl Picked {
    /// What was dropped; to be called while the event is handled.
    pub fn dropped(transfer: &DataTransfer) -> Self {
        Self(script::dropped(transfer))
    }

    /// What was chosen in a field.
    pub fn chosen(list: &FileList) -> Self {
        Self(script::picked(list))
    }
}

/// What was found in a folder or an archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// As a project of its own.
    pub project: Project,
    /// Whether it has a Dockerfile of its own.
    pub has_dockerfile: bool,
    /// What is left out: path, and `symlink`, `git` or `device`.
    pub left: Vec<(String, String)>,
    /// Whether it was said which files may be executed.
    pub modes: bool,
}

/// Why something cannot be opened; nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}: {detail}")]
pub struct Refusal {
    /// `name` of a `Refusal` of `refusal.ts`; `Lost` where the script itself could not be fetched.
    pub kind: String,
    /// The path, the file, or the limit it is about.
    pub detail: String,
}

/// Reads what was dropped or chosen; `progress` hears the bytes that have been read.
///
/// # Errors
/// [`Refusal`]
pub async fn open(picked: &Picked, progress: impl Fn(u64) + 'static) -> Result<Found, Refusal> {
    let progress = Closure::<dyn Fn(f64)>::new(move |bytes| progress(bytes as u64));
    let found = script::open(&picked.0, progress.as_ref()).await.map_err(|e| refusal(&e))?;
    let bad_path = || Refusal { kind: "BadPath".into(), detail: String::new() };
    let files = files::from_script(&files::get(&found, "files")).ok_or_else(bad_path)?;
    let has_dockerfile = files.keys().any(|path| path.is_dockerfile());
    let name = files::get(&found, "name").as_string().unwrap_or_default();
    let text = |value: &JsValue, name| files::get(value, name).as_string().unwrap_or_default();
    let left = files::get(&found, "left").dyn_into::<Array>().unwrap_or_default();
    Ok(Found {
        project: Project::new(&name, files),
        has_dockerfile,
        left: left.iter().map(|left| (text(&left, "path"), text(&left, "kind"))).collect(),
        modes: files::get(&found, "modes").is_truthy(),
    })
}

/// A zip of the project's files, in a folder of its name.
///
/// # Errors
/// [`Refusal`], when the script that makes it could not be fetched.
pub async fn zip(project: &Project) -> Result<Blob, Refusal> {
    let files = project.files.iter().map(|(path, file)| files::to_script(path, file, false));
    let blob = script::zip(&file_stem(&project.name), files.collect()).await;
    blob.map_err(|e| refusal(&e))?.dyn_into().map_err(|e| refusal(&e))
}

/// The text of a link's fragment.
///
/// # Errors
/// [`Refusal`], when the script that makes it could not be fetched.
pub async fn pack(text: &str) -> Result<String, Refusal> {
    let packed = script::pack(text).await.map_err(|error| refusal(&error))?;
    Ok(packed.as_string().unwrap_or_default())
}

/// What [`pack`] was given.
///
/// # Errors
/// [`Refusal`] `BadLink`, when it is no such text.
pub async fn unpack(packed: &str) -> Result<String, Refusal> {
    let text = script::unpack(packed).await.map_err(|error| refusal(&error))?;
    Ok(text.as_string().unwrap_or_default())
}

/// The examples, as JSON.
///
/// # Errors
/// [`Refusal`], when they could not be fetched.
pub async fn examples() -> Result<String, Refusal> {
    let text = script::examples().await.map_err(|error| refusal(&error))?;
    Ok(text.as_string().unwrap_or_default())
}

/// Gives the user a file.
pub fn download(content: &Blob, name: &str) {
    script::download(content, name);
}

/// A project's name as that of a file.
pub fn file_stem(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let stem: String = name.trim().chars().map(plain).collect();
    let stem = stem.trim_matches(['-', '.']);
    if stem.is_empty() { "project".into() } else { stem.into() }
}

fn refusal(error: &JsValue) -> Refusal {
    match files::get(error, "detail").as_string() {
        Some(detail) => {
            Refusal { kind: files::get(error, "name").as_string().unwrap_or_default(), detail }
        }
        // Not one of ours: a part of the page could not be fetched.
        None => Refusal { kind: "Lost".into(), detail: String::new() },
    }
}
