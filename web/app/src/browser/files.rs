//! Files between Rust and the scripts of `web/projects`.

use std::collections::BTreeMap;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::model::content::Content;
use crate::model::path::FilePath;
use crate::model::project::File;

/// A file as the scripts know it. `as_text` says whether text stays text, or is bytes as well.
pub fn to_script(path: &FilePath, file: &File, as_text: bool) -> JsValue {
    let content: JsValue = match &file.content {
        Content::Text(text) if as_text => (&**text).into(),
        content => Uint8Array::from(content.as_bytes()).into(),
    };
    let object = Object::new();
    set(&object, "path", &path.as_str().into());
    set(&object, "content", &content);
    set(&object, "executable", &file.executable.into());
    object.into()
}

/// The files of an array of the scripts; none if one of them cannot be a file of a project.
pub fn from_script(files: &JsValue) -> Option<BTreeMap<FilePath, File>> {
    let files: &Array = files.dyn_ref()?;
    files.iter().map(|file| one(&file)).collect()
}

fn one(file: &JsValue) -> Option<(FilePath, File)> {
    let path = FilePath::parse(&get(file, "path").as_string()?).ok()?;
    let content = get(file, "content");
    let content = match content.as_string() {
        Some(text) => Content::Text(text.into()),
        None => Content::of(content.dyn_into::<Uint8Array>().ok()?.to_vec()),
    };
    let executable = get(file, "executable").is_truthy();
    Some((path, File { content, executable }))
}

/// A property of an object; undefined if there is none.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a property of a fresh object.
pub fn set(object: &Object, name: &str, value: &JsValue) {
    // A fresh plain object takes every property.
    let _ = Reflect::set(object, &name.into(), value);
}
