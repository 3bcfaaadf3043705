//! Hooks that join the state to the page around it.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, Element, KeyboardEvent};
use yew::prelude::*;

use super::projects::Projects;
use crate::browser::archive::Picked;
use crate::browser::{page, storage};
use crate::model::project::Project;
use crate::model::shelf::ProjectId;
use crate::start;
use crate::state::dock::DockAction;
use crate::state::{Action, Dialog, Notice, State};
use crate::text::Texts;

/// How long after the last edit the project is saved, in milliseconds.
const SAVE_AFTER: u32 = 200;

/// Saves the project a moment after every change, and at once when another is shown or the page
/// goes away; an embedded page saves nothing.
#[hook]
pub fn use_saving(state: &UseReducerHandle<State>, projects: &Projects) {
    let last = use_mut_ref(|| None::<(ProjectId, Rc<Project>)>);
    let projects = projects.clone();
    use_effect_with((state.id.clone(), state.project.clone()), move |(id, project)| {
        if page::is_embedded() {
            return Box::new(|| ()) as Box<dyn FnOnce()>;
        }
        let (id, project) = (id.clone(), project.clone());
        let before = last.replace(Some((id.clone(), project.clone())));
        if let Some((old, left)) = before.filter(|(old, _)| *old != id) {
            projects.leave(old, left);
        }
        storage::set_current(&id);
        let soon = Timeout::new(SAVE_AFTER, {
            let (projects, id, project) = (projects.clone(), id.clone(), project.clone());
            move || projects.save(id, project)
        });
        let leaving = EventListener::new(&page::window(), "pagehide", move |_| {
            storage::set_draft(projects.library.draft(&id, &project).as_ref());
            projects.save(id.clone(), project.clone());
        });
        Box::new(move || drop((soon, leaving)))
    });
}

/// Opens the project of a link that is followed while the page is open.
#[hook]
pub fn use_links(projects: &Projects) {
    let projects = projects.clone();
    use_effect_with((), move |()| {
        let followed = EventListener::new(&page::window(), "hashchange", move |_| {
            let projects = projects.clone();
            spawn_local(async move {
                match start::linked().await {
                    Ok(Some(project)) => projects.add(project),
                    Ok(None) => {}
                    Err(error) => {
                        projects.dispatch.dispatch(Action::Notify(Some(Notice::Link(error))));
                    }
                }
            });
        });
        move || drop(followed)
    });
}

/// Takes files that are dropped anywhere on the page; answers those dropped last, and whether some
/// hang over the page.
#[hook]
pub fn use_drop(dispatch: &UseReducerDispatcher<State>) -> (Option<Picked>, bool) {
    let dropped = use_state(|| None::<Picked>);
    let over = use_state_eq(|| false);
    {
        let (dispatch, dropped, over) = (dispatch.clone(), dropped.setter(), over.setter());
        use_effect_with((), move |()| {
            // The editor would take a file for text to insert: the page comes first.
            let options =
                EventListenerOptions { phase: EventListenerPhase::Capture, passive: false };
            let on = |name: &'static str, listen: fn(&DragEvent) -> Option<Picked>| {
                let (dispatch, dropped, over) = (dispatch.clone(), dropped.clone(), over.clone());
                EventListener::new_with_options(&page::document(), name, options, move |event| {
                    let Some(event) = event.dyn_ref::<DragEvent>().filter(|e| has_files(e)) else {
                        return;
                    };
                    event.prevent_default();
                    over.set(name == "dragover");
                    if let Some(picked) = listen(event) {
                        event.stop_propagation();
                        dropped.set(Some(picked));
                        dispatch.dispatch(Action::Dialog(Some(Dialog::Open)));
                    }
                })
            };
            let listeners = [
                on("dragover", |_| None),
                on("dragleave", |_| None),
                on("drop", |event| event.data_transfer().as_ref().map(Picked::dropped)),
            ];
            move || drop(listeners)
        });
    }
    ((*dropped).clone(), *over)
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|transfer| transfer.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

/// Gives the document the colours and the language, and keeps them.
#[hook]
pub fn use_dress(state: &UseReducerHandle<State>, texts: &Rc<Texts>) {
    let title = texts.with("page-title", [("project", (&*state.project.name).into())]);
    let deps = (state.theme, state.language, state.author.clone(), title);
    use_effect_with(deps, |(theme, language, author, title)| {
        page::dress(*theme, *language, title);
        storage::save_settings(*theme, *language, author);
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
