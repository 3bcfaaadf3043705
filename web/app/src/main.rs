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
mod state;
mod text;
mod ui;

fn main() {
    yew::Renderer::<ui::app::App>::new().render();
}
