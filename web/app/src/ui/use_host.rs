//! How components ask the host machine for something.

use protocol::host::{HostRequest, Place};
use yew::prelude::*;

use super::dispatch::{Dispatch, use_dispatch};
use crate::engine::Host;
use crate::state::Action;
use crate::state::dock::DockAction;

/// The host machine, and the drawer in which its terminals are.
#[derive(Clone)]
pub struct UseHost {
    host: Host,
    dispatch: Dispatch,
}

/// The application's host machine.
#[hook]
pub fn use_host() -> UseHost {
    let host = use_context::<Host>().expect("the application provides the host");
    UseHost { host, dispatch: use_dispatch() }
}

impl UseHost {
    /// Asks for something.
    pub fn send(&self, request: HostRequest) {
        self.host.send(request);
    }

    /// A callback that asks for something.
    pub fn click(&self, request: HostRequest) -> Callback<MouseEvent> {
        let host = self.host.clone();
        Callback::from(move |_| host.send(request.clone()))
    }

    /// A callback that types a line into a terminal, for the user to end it.
    pub fn offer(&self, line: String) -> Callback<MouseEvent> {
        let Self { host, dispatch } = self.clone();
        Callback::from(move |_| {
            host.offer(line.clone());
            dispatch.dispatch(Action::Dock(DockAction::NewTerminal(Place::Host)));
        })
    }
}
