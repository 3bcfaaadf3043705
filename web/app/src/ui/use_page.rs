//! Hooks that join the state to the page around it.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use crate::browser::{page, storage};
use crate::state::dock::DockAction;
use crate::state::{Action, State};
use crate::text::Texts;

/// How long after the last edit the project is saved, in milliseconds.
const SAVE_AFTER: u32 = 200;

/// Saves the project a moment after every change, and at once when the page goes away.
#[hook]
pub fn use_saving(state: &UseReducerHandle<State>) {
    let dispatcher = state.dispatcher();
    use_effect_with(state.project.clone(), move |project| {
        let project = project.clone();
        let save = Rc::new(move || {
            if let Err(notice) = storage::save_project(&project) {
                dispatcher.dispatch(Action::Notify(Some(notice)));
            }
        });
        let soon = Timeout::new(SAVE_AFTER, {
            let save = save.clone();
            move || save()
        });
        let leaving = EventListener::new(&page::window(), "pagehide", move |_| save());
        move || drop((soon, leaving))
    });
}

/// Gives the document the colours and the language, and keeps them.
#[hook]
pub fn use_dress(state: &UseReducerHandle<State>, texts: &Rc<Texts>) {
    let title = texts.with("page-title", [("project", (&*state.project.name).into())]);
    use_effect_with((state.theme, state.language, title), |(theme, language, title)| {
        page::dress(*theme, *language, title);
        storage::save_settings(*theme, *language);
    });
}

/// `[` and `]` go to the step before and after, wherever they are not letters.
#[hook]
pub fn use_step_keys(state: &UseReducerHandle<State>) {
    let dispatcher = state.dispatcher();
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let document = page::document();
        let keys = EventListener::new_with_options(&document, "keydown", options, move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let by = match event.key().as_str() {
                "[" => -1,
                "]" => 1,
                "Escape" => return dispatcher.dispatch(Action::Sheet(None)),
                "`" if event.ctrl_key() => {
                    event.prevent_default();
                    return dispatcher.dispatch(Action::Dock(DockAction::Toggle));
                }
                _ => return,
            };
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let letters = target.is_some_and(|target| page::takes_letters(&target));
            if !letters && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
                dispatcher.dispatch(Action::Move(by));
            }
        });
        move || drop(keys)
    });
}
