//! The editor: CodeMirror behind the few functions of `web/editor/src/index.ts`.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::model::language::{self, Card, Problem, Proposal, Severity, Surroundings};
use crate::model::path::FilePath;

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
    fn show(this: &Handle, marks: &Array, failures: &Array, from: u32, to: u32);
    #[wasm_bindgen(method, js_name = setPhrases)]
    fn set_phrases(this: &Handle, words: &JsValue);
    #[wasm_bindgen(method)]
    fn check(this: &Handle);
    #[wasm_bindgen(method, js_name = showProblems)]
    fn show_problems(this: &Handle);
    #[wasm_bindgen(method)]
    fn format(this: &Handle);
    #[wasm_bindgen(method)]
    fn reveal(this: &Handle, line: u32);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// One editor in the page; it goes when this is dropped.
pub struct Editor {
    handle: Handle,
    surroundings: Rc<RefCell<Surroundings>>,
    _callbacks: Callbacks,
}

/// What the editor calls; it must live as long as the editor.
struct Callbacks {
    _told: [Closure<dyn FnMut(JsValue, JsValue)>; 2],
    _check: Closure<dyn FnMut(String, String) -> Array>,
    _complete: Closure<dyn FnMut(String, String, u32) -> Array>,
    _describe: Closure<dyn FnMut(String, String, u32) -> JsValue>,
    _format: Closure<dyn FnMut(String, String) -> Option<String>>,
}

/// What the editor tells.
pub struct Listeners {
    /// The user changed the text of the file: path, text.
    pub on_change: Rc<dyn Fn(String, String)>,
    /// The user put the caret into a line of the file: path, line from 1.
    pub on_line: Rc<dyn Fn(String, u32)>,
    /// The text was checked: numbers of errors, warnings and hints.
    pub on_checked: Rc<dyn Fn([usize; 3])>,
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

/// An instruction that could not be built.
pub struct Failure {
    /// Its first line, from 1.
    pub line: u32,
    /// What the builder says.
    pub message: String,
}

impl Editor {
    /// Puts an editor into the element.
    pub fn new(parent: &HtmlElement, listeners: Listeners) -> Self {
        let Listeners { on_change, on_line, on_checked } = listeners;
        let text = |value: &JsValue| value.as_string().unwrap_or_default();
        let changed = Closure::new(move |path: JsValue, new: JsValue| {
            on_change(text(&path), text(&new));
        });
        let moved = Closure::new(move |path: JsValue, line: JsValue| {
            on_line(text(&path), line.as_f64().unwrap_or(1.0) as u32);
        });

        let surroundings = Rc::new(RefCell::new(Surroundings::default()));
        let known = surroundings.clone();
        let check = Closure::new(move |path: String, text: String| {
            let problems =
                if is_dockerfile(&path) { known.borrow().check(&text) } else { Vec::new() };
            let count = |severity| problems.iter().filter(|p| p.severity == severity).count();
            on_checked([Severity::Error, Severity::Warning, Severity::Hint].map(count));
            problems.iter().map(problem).collect()
        });
        let known = surroundings.clone();
        let complete = Closure::new(move |path: String, text: String, offset| {
            let found = is_dockerfile(&path).then(|| known.borrow().complete(&text, offset));
            found.iter().flatten().map(proposal).collect()
        });
        let known = surroundings.clone();
        let describe = Closure::new(move |path: String, text: String, offset| {
            let found = is_dockerfile(&path).then(|| known.borrow().describe(&text, offset));
            found.flatten().map_or(JsValue::UNDEFINED, |found| card(&found))
        });
        let format = Closure::new(move |path: String, text: String| {
            is_dockerfile(&path).then(|| language::format(&text))
        });
        let language = object(&[
            ("check", check.as_ref()),
            ("complete", complete.as_ref()),
            ("describe", describe.as_ref()),
            ("format", format.as_ref()),
        ]);
        let options = object(&[
            ("onChange", changed.as_ref()),
            ("onLine", moved.as_ref()),
            ("language", &language),
        ]);
        Self {
            handle: create(parent, &options),
            surroundings,
            _callbacks: Callbacks {
                _told: [changed, moved],
                _check: check,
                _complete: complete,
                _describe: describe,
                _format: format,
            },
        }
    }

    /// Says what stands around the text, and checks the text with it.
    pub fn set_surroundings(&self, surroundings: Surroundings) {
        self.surroundings.replace(surroundings);
        self.handle.check();
    }

    /// Gives CodeMirror's own words, by their English ones.
    pub fn set_phrases(&self, words: &[(&str, String)]) {
        let words: Vec<(&str, JsValue)> =
            words.iter().map(|(name, word)| (*name, word.as_str().into())).collect();
        let words: Vec<(&str, &JsValue)> = words.iter().map(|(name, word)| (*name, word)).collect();
        self.handle.set_phrases(&object(&words));
    }

    /// Lists the problems under the text, or hides the list.
    pub fn show_problems(&self) {
        self.handle.show_problems();
    }

    /// Lays the text out as is usual.
    pub fn format(&self) {
        self.handle.format();
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

    /// Shows what a build says of the text: how far its instructions are, which of them failed,
    /// and which lines are those of the chosen step (0 for none).
    pub fn show(&self, marks: &[Mark], failures: &[Failure], chosen: (u32, u32)) {
        let mark = |mark: &Mark| {
            object(&[
                ("line", &mark.line.into()),
                ("endLine", &mark.end_line.into()),
                ("status", &mark.status.into()),
                ("title", &mark.title.as_str().into()),
                ("note", &mark.note.as_str().into()),
            ])
        };
        let failure = |failure: &Failure| {
            object(&[("line", &failure.line.into()), ("message", &failure.message.as_str().into())])
        };
        let marks = marks.iter().map(mark).collect();
        let failures = failures.iter().map(failure).collect();
        self.handle.show(&marks, &failures, chosen.0, chosen.1);
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

fn is_dockerfile(path: &str) -> bool {
    FilePath::parse(path).is_ok_and(|path| path.is_dockerfile())
}

fn problem(problem: &Problem) -> JsValue {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let fix = problem.fix.as_ref().map_or(JsValue::UNDEFINED, |fix| {
        let edit = |(from, to, insert): &(u32, u32, String)| {
            object(&[
                ("from", &(*from).into()),
                ("to", &(*to).into()),
                ("insert", &insert.as_str().into()),
            ])
        };
        let edits: Array = fix.edits.iter().map(edit).collect();
        object(&[("title", &fix.title.as_str().into()), ("edits", &edits)])
    });
    object(&[
        ("from", &problem.from.into()),
        ("to", &problem.to.into()),
        ("severity", &severity.into()),
        ("message", &problem.message.as_str().into()),
        ("reason", &problem.reason.into()),
        ("rule", &problem.rule.into()),
        ("url", &problem.url.into()),
        ("fix", &fix),
    ])
}

fn proposal(proposal: &Proposal) -> JsValue {
    object(&[
        ("from", &proposal.from.into()),
        ("type", &proposal.kind.into()),
        ("label", &proposal.label.as_str().into()),
        ("insert", &proposal.insert.as_str().into()),
        ("detail", &proposal.detail.as_str().into()),
        ("info", &proposal.info.as_str().into()),
        ("eager", &proposal.eager.into()),
    ])
}

fn card(card: &Card) -> JsValue {
    object(&[
        ("from", &card.from.into()),
        ("to", &card.to.into()),
        ("title", &card.title.as_str().into()),
        ("text", &card.text.as_str().into()),
    ])
}

fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A fresh plain object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
