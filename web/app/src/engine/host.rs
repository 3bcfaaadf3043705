//! The page's end of the host machine in the worker.
//!
//! What terminals show goes straight to them; it is no state of the page. Everything else that the
//! machine says becomes an action.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::host::{HostEvent, HostRequest, TerminalId};
use yew::Callback;

/// What a terminal hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// The machine said this to it.
    Event(HostEvent),
    /// There is another machine, which knows nothing of it.
    Restarted,
}

/// A line that is typed for the user, until a terminal has taken it.
type Offer = RefCell<Option<String>>;

/// The connection to the host machine. Copies share it.
#[derive(Clone, Default)]
pub struct Host {
    shared: Rc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Hands requests to the worker, once it listens.
    post: RefCell<Option<Callback<HostRequest>>>,
    waiting: RefCell<Vec<HostRequest>>,
    listeners: RefCell<BTreeMap<TerminalId, Callback<Heard>>>,
    offer: Offer,
    /// How many workers there have been.
    machines: Cell<u32>,
}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Host {
    /// Asks the machine for something; later, if the worker does not listen yet.
    pub fn send(&self, request: HostRequest) {
        let post = self.shared.post.borrow().clone();
        match post {
            Some(post) => post.emit(request),
            None => self.shared.waiting.borrow_mut().push(request),
        }
    }

    /// Hears what a terminal shows until [`Host::forget`].
    pub fn listen(&self, terminal: TerminalId, heard: Callback<Heard>) {
        self.shared.listeners.borrow_mut().insert(terminal, heard);
    }

    /// Hears a terminal no longer.
    pub fn forget(&self, terminal: TerminalId) {
        self.shared.listeners.borrow_mut().remove(&terminal);
    }

    /// Types a line into the next terminal that waits for a command.
    pub fn offer(&self, line: String) {
        self.shared.offer.replace(Some(line));
    }

    /// The line to type, once.
    pub fn take_offer(&self) -> Option<String> {
        self.shared.offer.take()
    }

    /// A worker listens: `post` hands requests to it.
    pub fn connect(&self, post: Callback<HostRequest>) {
        let shared = &self.shared;
        *shared.post.borrow_mut() = Some(post.clone());
        shared.machines.set(shared.machines.get() + 1);
        if shared.machines.get() > 1 {
            // What was asked of another machine means nothing to this one.
            shared.waiting.take();
            let listeners: Vec<_> = shared.listeners.borrow().values().cloned().collect();
            listeners.iter().for_each(|heard| heard.emit(Heard::Restarted));
        }
        shared.waiting.take().into_iter().for_each(|request| post.emit(request));
    }

    /// The worker is gone.
    pub fn disconnect(&self) {
        self.shared.post.take();
    }

    /// Hands an event to the terminal that it is for; gives back what is for nobody.
    pub fn hear(&self, event: HostEvent) -> Option<HostEvent> {
        let terminal = match &event {
            HostEvent::Printed { terminal, .. }
            | HostEvent::Loading { terminal, .. }
            | HostEvent::Completions { terminal, .. } => *terminal,
            _ => return Some(event),
        };
        let heard = self.shared.listeners.borrow().get(&terminal).cloned();
        if let Some(heard) = heard {
            heard.emit(Heard::Event(event));
        }
        None
    }
}
