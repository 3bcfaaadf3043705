//! Builds versions of a project one after the other, in a worker of its own: what they cost is not
//! mixed up with what the page has built.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use protocol::Event;
use yew::Callback;

use super::host::Host;
use super::link::{Link, Said};
use super::session::Wish;
use crate::model::build::Build;
use crate::model::project::Project;
use crate::model::shelf::ProjectId;

/// A replay under way; it ends when this is dropped.
pub struct Replay(Rc<Inner>);

struct Inner {
    id: ProjectId,
    versions: Vec<Project>,
    /// Index of the version that is being built.
    at: Cell<usize>,
    build: RefCell<Build>,
    link: RefCell<Option<Link>>,
    told: Callback<Result<(usize, Build), String>>,
}

impl Replay {
    /// Builds the versions in their order, with one cache, and tells each build with its index; or
    /// why it cannot go on.
    pub fn start(versions: Vec<Project>, told: Callback<Result<(usize, Build), String>>) -> Self {
        let inner = Rc::new(Inner {
            id: ProjectId::new("replay"),
            versions,
            at: Cell::new(0),
            build: RefCell::default(),
            link: RefCell::default(),
            told,
        });
        let said = {
            let inner = Rc::downgrade(&inner);
            Callback::from(move |said| {
                if let Some(inner) = inner.upgrade() {
                    inner.hear(said);
                }
            })
        };
        match Link::start(said, false, Host::default()) {
            Ok(link) => *inner.link.borrow_mut() = Some(link),
            Err(message) => inner.told.emit(Err(message)),
        }
        Self(inner)
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.0.link.take();
    }
}

impl Inner {
    fn hear(&self, said: Said) {
        let events = match said {
            Said::Events(events) => events,
            Said::Lost(message) => return self.told.emit(Err(message)),
        };
        for event in events {
            let over = matches!(event, Event::Finished { .. });
            if let Event::Crashed { message } = event {
                return self.told.emit(Err(message));
            }
            self.build.borrow_mut().hear(event);
            if over {
                let at = self.at.replace(self.at.get() + 1);
                self.told.emit(Ok((at, self.build.take())));
            }
        }
        let (Some(link), Some(project)) = (&*self.link.borrow(), self.versions.get(self.at.get()))
        else {
            return;
        };
        link.update(Wish {
            id: &self.id,
            project,
            revision: self.at.get() as u64 + 1,
            no_cache: false,
            hold: false,
            step: None,
            command: None,
            files: false,
            file: None,
            image: false,
            image_file: None,
        });
    }
}
