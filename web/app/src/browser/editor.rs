//! The editor: CodeMirror behind the few functions of `web/editor/src/index.ts`.

use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// `Editor` of `index.ts`.
    type Handle;

    #[wasm_bindgen(js_namespace = layerlabEditor)]
    fn create(parent: &HtmlElement, options: &JsValue) -> Handle;

    #[wasm_bindgen(method)]
    fn open(this: &Handle, path: &str, text: &str);
    #[wasm_bindgen(method, js_name = forget)]
    fn forget(this: &Handle, path: &str);
    #[wasm_bindgen(method, js_name = setLabel)]
    fn set_label(this: &Handle, label: &str, describedby: &str);
    #[wasm_bindgen(method)]
    fn show(this: &Handle, marks: &Array, problems: &Array, from: u32, to: u32);
    #[wasm_bindgen(method)]
    fn reveal(this: &Handle, line: u32);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// One editor in the page; it goes when this is dropped.
pub struct Editor {
    handle: Handle,
    _callbacks: [Closure<dyn FnMut(JsValue, JsValue)>; 2],
}

/// What the editor tells.
pub struct Listeners {
    /// The user changed the text of the file: path, text.
    pub on_change: Rc<dyn Fn(String, String)>,
    /// The user put the caret into a line of the file: path, line from 1.
    pub on_line: Rc<dyn Fn(String, u32)>,
}

/// The state of the instruction at some lines.
pub struct Mark {
    /// First line, from 1.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// [`Status::name`](crate::model::build::Status::name).
    pub status: &'static str,
    /// For the gutter, in words.
    pub title: String,
    /// Written behind the last line, if not empty.
    pub note: String,
}

/// Something wrong or doubtful in a range of the text.
pub struct Problem {
    /// Offset in UTF-16 code units.
    pub from: u32,
    /// Offset behind the last one.
    pub to: u32,
    /// Whether it is an error, otherwise a warning.
    pub error: bool,
    /// What it is.
    pub message: String,
}

impl Editor {
    /// Puts an editor into the element.
    pub fn new(parent: &HtmlElement, listeners: Listeners) -> Self {
        let Listeners { on_change, on_line } = listeners;
        let text = |value: &JsValue| value.as_string().unwrap_or_default();
        let changed = Closure::new(move |path: JsValue, new: JsValue| {
            on_change(text(&path), text(&new));
        });
        let moved = Closure::new(move |path: JsValue, line: JsValue| {
            on_line(text(&path), line.as_f64().unwrap_or(1.0) as u32);
        });
        let options = object(&[("onChange", changed.as_ref()), ("onLine", moved.as_ref())]);
        Self { handle: create(parent, &options), _callbacks: [changed, moved] }
    }

    /// Shows the file with this text. The same text changes nothing, another one keeps the
    /// history of what the user did, and neither is told as a change.
    pub fn open(&self, path: &str, text: &str) {
        self.handle.open(path, text);
    }

    /// Drops the history of a file.
    pub fn forget(&self, path: &str) {
        self.handle.forget(path);
    }

    /// Names the text field, and the element that says how to leave it.
    pub fn set_label(&self, label: &str, described_by: &str) {
        self.handle.set_label(label, described_by);
    }

    /// Shows what a build says of the text: how far its instructions are, what is wrong with it,
    /// and which lines are those of the chosen step (0 for none).
    pub fn show(&self, marks: &[Mark], problems: &[Problem], chosen: (u32, u32)) {
        let mark = |mark: &Mark| {
            object(&[
                ("line", &mark.line.into()),
                ("endLine", &mark.end_line.into()),
                ("status", &mark.status.into()),
                ("title", &mark.title.as_str().into()),
                ("note", &mark.note.as_str().into()),
            ])
        };
        let problem = |problem: &Problem| {
            object(&[
                ("from", &problem.from.into()),
                ("to", &problem.to.into()),
                ("severity", &(if problem.error { "error" } else { "warning" }).into()),
                ("message", &problem.message.as_str().into()),
            ])
        };
        let marks = marks.iter().map(mark).collect();
        let problems = problems.iter().map(problem).collect();
        self.handle.show(&marks, &problems, chosen.0, chosen.1);
    }

    /// Brings a line into view.
    pub fn reveal(&self, line: u32) {
        self.handle.reveal(line);
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A fresh plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
