//! How components say what happened.

use yew::prelude::*;

use crate::state::{Action, State};

/// Takes actions.
pub type Dispatch = UseReducerDispatcher<State>;

/// The application's dispatcher.
#[hook]
pub fn use_dispatch() -> Dispatch {
    use_context::<Dispatch>().expect("the application provides its dispatcher")
}

/// A callback that makes an action of every event.
pub fn on<E: 'static>(dispatch: &Dispatch, action: impl Fn(E) -> Action + 'static) -> Callback<E> {
    let dispatch = dispatch.clone();
    Callback::from(move |event| dispatch.dispatch(action(event)))
}
