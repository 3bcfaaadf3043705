//! The hook that keeps a worker beside the page.

use gloo_timers::callback::Timeout;
use protocol::Outcome;
use yew::prelude::*;

use super::host::Host;
use super::link::{Link, Said};
use super::session::Wish;
use crate::state::{Action, Engine, ImageFile, State, Tab};

/// When a build has taken this long, in milliseconds, it can be stopped.
const SLOW: u32 = 2_000;

/// Starts a worker, tells it after every change of the state what differs, and makes actions of
/// what it says.
#[hook]
pub fn use_engine(state: &UseReducerHandle<State>, host: &Host) {
    let link = use_mut_ref(|| None::<Link>);

    let dispatcher = state.dispatcher();
    {
        let (link, host) = (link.clone(), host.clone());
        use_effect_with(state.worker, move |&worker| {
            let said = Callback::from(move |said| {
                dispatcher.dispatch(match said {
                    Said::Events(events) => Action::Heard(events),
                    Said::Lost(message) => Action::Lost { message },
                });
            });
            // The old worker goes before the new one comes.
            link.take();
            match Link::start(said.clone(), worker > 0, host) {
                Ok(started) => *link.borrow_mut() = Some(started),
                Err(message) => said.emit(Said::Lost(message)),
            }
            move || drop(link.take())
        });
    }

    {
        let state = state.clone();
        use_effect(move || {
            if let Some(link) = &*link.borrow() {
                link.update(wish(&state));
            }
        });
    }

    let dispatcher = state.dispatcher();
    let building = match state.engine {
        Engine::Building { revision, .. } => Some(revision),
        _ => None,
    };
    use_effect_with(building, move |&building| {
        let slow = building.map(|revision| {
            Timeout::new(SLOW, move || dispatcher.dispatch(Action::Slow(revision)))
        });
        move || drop(slow)
    });
}

fn wish(state: &State) -> Wish<'_> {
    let build = &state.build;
    Wish {
        id: &state.id,
        project: &state.project,
        revision: state.revision,
        no_cache: state.uncached == Some(state.revision),
        hold: state.stopped == Some(state.revision),
        step: state.step().filter(|_| !build.stale),
        image: state.tab == Tab::Image && matches!(build.outcome, Some(Outcome::Image { .. })),
        image_file: match &state.image_file {
            ImageFile::Wanted { revision, tag } => Some((*revision, tag)),
            _ => None,
        },
        command: state.command,
        files: state.tab == Tab::Files,
        file: state.file.as_deref().filter(|_| state.tab.has_files()),
    }
}
