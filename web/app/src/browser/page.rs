//! The document around the application.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Window};

use crate::state::Theme;
use crate::text::Language;

/// The window.
///
/// # Panics
/// Outside of a page: there is always one in a page.
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// The document.
///
/// # Panics
/// Outside of a page.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Where the engine worker is. It gets the address of the programs in its query, as it cannot
/// read this document. `fresh` makes the address one that no cache knows.
pub fn worker_url(fresh: bool) -> Option<String> {
    let engine = meta("layerlab-engine")?;
    let base = document().base_uri().ok().flatten()?;
    let userland = meta("layerlab-userland").unwrap_or_else(|| "userland/".into());
    let absolute = web_sys::Url::new_with_base(&userland, &base).ok()?.href();
    let url = web_sys::Url::new_with_base(&engine, &base).ok()?;
    let parameters = url.search_params();
    parameters.set("userland", &absolute);
    if fresh {
        parameters.set("fresh", &js_sys::Date::now().to_string());
    }
    Some(url.href())
}

/// The languages the browser asks for, most wanted first.
pub fn wanted_languages() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Colours and language of the whole document.
pub fn dress(theme: Theme, language: Language, title: &str) {
    let document = document();
    if let Some(root) = document.document_element() {
        // A document that refuses an attribute looks different; that is no reason to stop.
        let _ = root.set_attribute("data-theme", theme.name());
        let _ = root.set_attribute("lang", language.tag());
    }
    document.set_title(title);
}

/// Sets a custom property of the document.
pub fn set_property(name: &str, value: &str) {
    let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    if let Some(root) = root {
        // A document that refuses it looks different; that is no reason to stop.
        let _ = root.style().set_property(name, value);
    }
}

/// Puts a text into the clipboard. The browser may ask the user, and answers later; a refusal is
/// its own to show.
pub fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Puts the keyboard focus on the element of this id.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id)
        && let Ok(element) = element.dyn_into::<HtmlElement>()
    {
        let _ = element.focus();
    }
}

/// Whether the user is writing into this element, so that keys are letters there.
pub fn takes_letters(element: &Element) -> bool {
    element.closest("input, textarea, select, [contenteditable='true']").ok().flatten().is_some()
}

fn meta(name: &str) -> Option<String> {
    let selector = format!("meta[name='{name}']");
    document().query_selector(&selector).ok().flatten()?.get_attribute("content")
}

/// What stands behind `#` in the page's address, with it.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Takes the fragment off the page's address.
pub fn drop_fragment() {
    let location = window().location();
    let (path, search) = (location.pathname(), location.search());
    if let (Ok(path), Ok(search), Ok(history)) = (path, search, window().history()) {
        let url = format!("{path}{search}");
        // An address that stays as it is opens the link again: nothing is lost by it.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&url));
    }
}

/// The page's address without its fragment and query.
pub fn address() -> String {
    let location = window().location();
    let part = |part: Result<String, _>| part.unwrap_or_default();
    format!("{}{}", part(location.origin()), part(location.pathname()))
}

/// Whether the page is shown inside another one that asked for little around the build.
pub fn is_embedded() -> bool {
    let search = window().location().search().unwrap_or_default();
    search.trim_start_matches('?').split('&').any(|part| part == "embed")
}

/// The element that has the keyboard focus.
pub fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// What the browser calls itself, for a report.
pub fn browser() -> String {
    window().navigator().user_agent().unwrap_or_default()
}
