//! The engine in a dedicated Web Worker.
//!
//! Requests come in as messages and are answered by events; see `protocol`. The engine is
//! synchronous, so the worker receives nothing while a build goes on; it waits only for program
//! modules, which it fetches when a step first needs them and, so that the page works without a
//! network later, all of them once the first build is done.

mod convert;
mod desk;
mod file;
mod image_file;
mod modules;
mod session;
mod visit;

use std::cell::RefCell;
use std::rc::Rc;

use protocol::{Event, Request, StepState, VERSION, decode, encode};
use session::Session;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

thread_local! {
    /// Events that go with the next one.
    static UNSENT: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
}

fn main() {
    std::panic::set_hook(Box::new(|info| post(Event::Crashed { message: info.to_string() })));
    let session = Rc::new(Session::new());
    let images = session.images();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let (bytes, file) = parts(message.data());
        match decode::<Request>(&bytes) {
            Ok(request) => session.handle(request, file),
            Err(message) => post(Event::Crashed { message }),
        }
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // The listener lives as long as the worker.
    listener.forget();
    post(Event::Ready { version: VERSION, images });
}

/// A message's bytes, and the file that came with them in an array.
fn parts(data: JsValue) -> (Vec<u8>, Option<File>) {
    let bytes = |data: &JsValue| js_sys::Uint8Array::new(data).to_vec();
    match data.dyn_into::<js_sys::Array>() {
        Ok(parts) => (bytes(&parts.get(0)), parts.get(1).dyn_into().ok()),
        Err(data) => (bytes(&data), None),
    }
}

/// This worker's global object.
fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends an event to the page, with those that waited for it; the bytes are moved, not copied.
fn post(event: Event) {
    // A build that the cache answers is one message; one that runs something says so first.
    let waits = match &event {
        Event::Started { .. } => true,
        Event::Progress { state, .. } => *state != StepState::Running,
        _ => false,
    };
    let batch = UNSENT.with_borrow_mut(|unsent| {
        unsent.push(event);
        if waits { Vec::new() } else { std::mem::take(unsent) }
    });
    if batch.is_empty() {
        return;
    }
    let bytes = js_sys::Uint8Array::from(encode(&batch).as_slice()).buffer();
    let transfer = js_sys::Array::of1(&bytes);
    // Posting fails only for values that cannot be cloned, and a buffer can be.
    let _ = scope().post_message_with_transfer(&bytes, &transfer);
}

/// Microseconds since the worker began.
fn micros() -> u64 {
    scope().performance().map_or(0, |performance| (performance.now() * 1000.0) as u64)
}
