//! A terminal: xterm.js behind the few functions of `web/terminal/src/view.ts`.

use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// `Handle` of `view.ts`.
    type Handle;

    #[wasm_bindgen(js_namespace = layerlabTerminal)]
    fn create(parent: &HtmlElement, options: &JsValue) -> Promise;

    #[wasm_bindgen(method)]
    fn print(this: &Handle, text: &str, waits: &str);
    #[wasm_bindgen(method)]
    fn loading(this: &Handle, text: &str);
    #[wasm_bindgen(method)]
    fn complete(this: &Handle, start: u32, words: &Array);
    #[wasm_bindgen(method, js_name = type)]
    fn type_line(this: &Handle, line: &str);
    #[wasm_bindgen(method)]
    fn focus(this: &Handle);
    #[wasm_bindgen(method)]
    fn dress(this: &Handle);
    #[wasm_bindgen(method, js_name = setLabel)]
    fn set_label(this: &Handle, label: &str);
    #[wasm_bindgen(method, js_name = setScreenReader)]
    fn set_screen_reader(this: &Handle, on: bool);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// A terminal in the page; it goes when this is dropped.
pub struct Terminal {
    handle: Handle,
    _entered: Closure<dyn FnMut(String, String)>,
    _completes: Closure<dyn FnMut(String, u32)>,
    _resized: Closure<dyn FnMut(u16, u16)>,
}

/// What a terminal tells.
pub struct Listeners {
    /// A line was ended, or a key pressed that is no line: `line`, `eof`, `interrupt`, `detach` or
    /// `reopen`, and the line.
    pub on_enter: Rc<dyn Fn(String, String)>,
    /// The word at the cursor, in bytes of the line, is to be completed.
    pub on_complete: Rc<dyn Fn(String, u32)>,
    /// It has so many columns and rows.
    pub on_resize: Rc<dyn Fn(u16, u16)>,
}

impl Terminal {
    /// Puts a terminal into an element, once its script is there.
    ///
    /// # Errors
    /// When the script cannot be fetched; the browser's words.
    pub async fn open(
        parent: &HtmlElement,
        label: &str,
        screen_reader: bool,
        listeners: Listeners,
    ) -> Result<Self, String> {
        let Listeners { on_enter, on_complete, on_resize } = listeners;
        let entered = Closure::new(move |kind, line| on_enter(kind, line));
        let completes = Closure::new(move |line, cursor| on_complete(line, cursor));
        let resized = Closure::new(move |columns, rows| on_resize(columns, rows));
        let options = Object::new();
        for (name, value) in [
            ("label", &JsValue::from(label)),
            ("screenReader", &screen_reader.into()),
            ("onEnter", entered.as_ref()),
            ("onComplete", completes.as_ref()),
            ("onResize", resized.as_ref()),
        ] {
            // A fresh plain object takes every property.
            let _ = Reflect::set(&options, &name.into(), value);
        }
        let handle = JsFuture::from(create(parent, &options));
        let handle = handle.await.map_err(|error| format!("{error:?}"))?;
        Ok(Self {
            handle: handle.unchecked_into(),
            _entered: entered,
            _completes: completes,
            _resized: resized,
        })
    }

    /// Shows a text, and says what is waited for then: `command`, `input` or `nothing`.
    pub fn print(&self, text: &str, waits: &str) {
        self.handle.print(text, waits);
    }

    /// Shows what is being fetched, until the next [`Terminal::print`].
    pub fn loading(&self, text: &str) {
        self.handle.loading(text);
    }

    /// Offers words in the place of what begins at this byte of the line.
    pub fn complete(&self, start: u32, words: &[String]) {
        self.handle.complete(start, &words.iter().map(JsValue::from).collect());
    }

    /// Types a line for the user, who ends it.
    pub fn type_line(&self, line: &str) {
        self.handle.type_line(line);
    }

    /// Takes the keyboard.
    pub fn focus(&self) {
        self.handle.focus();
    }

    /// Takes the page's colours, which have changed.
    pub fn dress(&self) {
        self.handle.dress();
    }

    /// Names the text field.
    pub fn set_label(&self, label: &str) {
        self.handle.set_label(label);
    }

    /// Tells every line to screen readers, or not.
    pub fn set_screen_reader(&self, on: bool) {
        self.handle.set_screen_reader(on);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}
