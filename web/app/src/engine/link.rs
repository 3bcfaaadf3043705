//! One worker: it is ended when this is dropped.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use protocol::{Event, Request, VERSION};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

use super::host::Host;
use super::session::{Session, Wish};
use crate::browser::page;

/// How long events are gathered before they are shown, in milliseconds: about one picture.
/// A build that ends sooner is shown at once and whole.
const GATHER: u32 = 16;

/// What a worker did.
pub enum Said {
    /// It said this.
    Events(Vec<Event>),
    /// It is of no more use.
    Lost(String),
}

/// One worker and the conversation with it.
pub struct Link {
    worker: Worker,
    shared: Rc<Shared>,
    _listeners: [EventListener; 3],
}

struct Shared {
    session: RefCell<Session>,
    heard: RefCell<Vec<Event>>,
    flush: RefCell<Option<Timeout>>,
    said: Callback<Said>,
    host: Host,
    worker: Worker,
}

impl Link {
    /// Starts a worker. `fresh` asks for a copy that no cache has.
    ///
    /// # Errors
    /// When the browser cannot start one; the text says why.
    pub fn start(said: Callback<Said>, fresh: bool, host: Host) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let url = page::worker_url(fresh).ok_or("the page does not name its engine")?;
        let worker = Worker::new_with_options(&url, &options).map_err(|e| format!("{e:?}"))?;
        let shared = Rc::new(Shared {
            session: RefCell::default(),
            heard: RefCell::default(),
            flush: RefCell::default(),
            said,
            host,
            worker: worker.clone(),
        });
        let on = |name, listen: fn(&Rc<Shared>, &web_sys::Event)| {
            let shared = shared.clone();
            EventListener::new(&worker, name, move |event| listen(&shared, event))
        };
        let listeners = [
            on("message", Shared::message),
            on("error", |shared, event| {
                let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
                let message = message.filter(|m| !m.is_empty());
                shared.lost(message.unwrap_or_else(|| "the engine could not be loaded".into()));
            }),
            on("messageerror", |shared, _| shared.lost("a message could not be read".into())),
        ];
        Ok(Self { worker, shared, _listeners: listeners })
    }

    /// Tells the worker what it has to know next.
    pub fn update(&self, wish: Wish<'_>) {
        let requests = self.shared.session.borrow_mut().next(wish);
        for request in &requests {
            self.shared.post(request);
        }
    }

    /// Has the worker open an archive that the user chose or dropped: a `docker save` or an OCI
    /// layout in a tar, compressed or not.
    ///
    /// The worker reads the file itself and piece by piece, so the page never holds its bytes; it
    /// says [`Event::ArchiveProgress`] while it reads, at most a hundred times, and at the end
    /// [`Event::ArchiveOpened`] or [`Event::ArchiveRefused`]. Requests that are sent meanwhile are
    /// answered afterwards. From then on `FROM` finds the images by their names, and
    /// [`Request::InspectArchiveLayer`] asks what is in a layer. A new worker knows of no archive:
    /// who replaces it opens the file again.
    #[expect(dead_code, reason = "the part of the page that opens archives calls it")]
    pub fn open_archive(&self, file: &File) {
        let request = Request::OpenArchive { name: file.name() };
        let bytes = Uint8Array::from(protocol::encode(&request).as_slice()).buffer();
        self.shared.send(&Array::of2(&bytes, file), &bytes);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.shared.host.disconnect();
        self.worker.terminate();
    }
}

impl Shared {
    fn message(self: &Rc<Self>, event: &web_sys::Event) {
        let data = event.unchecked_ref::<MessageEvent>().data();
        let bytes = match data.dyn_into::<ArrayBuffer>() {
            Ok(buffer) => Uint8Array::new(&buffer).to_vec(),
            Err(other) => match other.dyn_into::<Uint8Array>() {
                Ok(array) => array.to_vec(),
                Err(_) => return self.lost("a message that is no bytes".into()),
            },
        };
        match protocol::decode(&bytes) {
            Ok(events) => Vec::into_iter(events).for_each(|event| self.hear(event)),
            Err(error) => self.lost(error),
        }
    }

    fn post(&self, request: &Request) {
        let bytes = Uint8Array::from(protocol::encode(request).as_slice()).buffer();
        self.send(&bytes, &bytes);
    }

    /// Sends a message; the buffer moves and is not copied.
    fn send(&self, message: &JsValue, buffer: &ArrayBuffer) {
        let sent = self.worker.post_message_with_transfer(message, &Array::of1(buffer));
        if let Err(error) = sent {
            self.lost(format!("{error:?}"));
        }
    }

    fn hear(self: &Rc<Self>, event: Event) {
        let event = match event {
            Event::Host(event) => match self.host.hear(event) {
                Some(event) => Event::Host(event),
                None => return,
            },
            event => event,
        };
        self.session.borrow_mut().hear(&event);
        let can_wait = matches!(
            event,
            Event::Started { .. }
                | Event::Progress { .. }
                | Event::Loading { .. }
                | Event::ArchiveProgress { .. }
        );
        if matches!(event, Event::Ready { version, .. } if version == VERSION) {
            // The link owns what this is a part of, and disconnects it at its end.
            let shared = Rc::downgrade(self);
            self.host.connect(Callback::from(move |request| {
                if let Some(shared) = shared.upgrade() {
                    shared.post(&Request::Host(request));
                }
            }));
        }
        self.heard.borrow_mut().push(event);
        if !can_wait {
            self.flush();
        } else if self.flush.borrow().is_none() {
            let shared = Rc::clone(self);
            let later = Timeout::new(GATHER, move || shared.flush());
            *self.flush.borrow_mut() = Some(later);
        }
    }

    fn flush(&self) {
        // Dropping a timeout that has not fired cancels it.
        drop(self.flush.take());
        let events = self.heard.take();
        if !events.is_empty() {
            self.said.emit(Said::Events(events));
        }
    }

    fn lost(&self, message: String) {
        self.flush();
        self.said.emit(Said::Lost(message));
    }
}
