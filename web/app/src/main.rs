//! The page: a Yew application that shows the build.
//!
//! One way round: a user's act or an event of the engine is an [`Action`](state::Action), the
//! reducer makes the next [`State`](state::State) of it, components show that state, and
//! [`engine`] tells the worker what differs from what it has been told.
//!
//! `model` and `state` are plain data and know nothing of the browser; `browser` has the few
//! things that only a browser can do; `ui` has one component per file.

mod browser;
mod engine;
mod model;
mod start;
mod state;
mod text;
mod ui;

use std::rc::Rc;

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        let (state, library) = start::start().await;
        let props = ui::app::Props { state: Rc::new(state), library };
        yew::Renderer::<ui::app::App>::with_props(props).render();
    });
}
