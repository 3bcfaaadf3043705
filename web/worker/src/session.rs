//! One page's engine: what it holds between requests.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::{Build, BuildError, BuildOptions, Engine};
use protocol::{Event, OpenedArchive, Outcome, Request, Revision};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::file::FileReader;
use crate::modules::Fetcher;
use crate::{convert, micros, post};

/// The engine, the last build, and where programs come from.
pub struct Session {
    engine: RefCell<Engine>,
    last: RefCell<Option<Build>>,
    fetcher: Fetcher,
    /// All programs have been asked for.
    prefetched: Cell<bool>,
}

impl Session {
    /// An engine with nothing in it.
    pub fn new() -> Self {
        Self {
            engine: RefCell::new(Engine::new(micros)),
            last: RefCell::new(None),
            fetcher: Fetcher::new(),
            prefetched: Cell::new(false),
        }
    }

    /// What `FROM` knows.
    pub fn images(&self) -> Vec<String> {
        self.engine.borrow().references()
    }

    /// Does what the page asks.
    pub fn handle(self: &Rc<Self>, request: Request, file: Option<File>) {
        match request {
            Request::PutFile(file) => {
                let mut engine = self.engine.borrow_mut();
                // A path that cannot be used, `a/b` beside a file `a`, is no file to the build; the
                // page does not offer such names.
                let _ = engine.context().put(&file.path, file.content, file.executable);
            }
            Request::RemoveFile { path } => self.engine.borrow_mut().context().remove(&path),
            Request::Build { revision, dockerfile, no_cache } => {
                let session = Rc::clone(self);
                let options = BuildOptions { dockerfile, no_cache, ..BuildOptions::default() };
                spawn_local(async move { session.build(revision, options).await });
            }
            Request::InspectStep { step } => {
                let detail =
                    self.last.borrow().as_ref().and_then(|build| convert::step_detail(build, step));
                post(Event::StepDetail(detail.unwrap_or_else(|| convert::no_detail(step))));
            }
            Request::InspectImage => {
                let detail = self.last.borrow().as_ref().and_then(convert::image_detail);
                post(Event::ImageDetail(detail));
            }
            Request::OpenArchive { name } => post(match self.open(&name, file) {
                Ok(opened) => Event::ArchiveOpened(opened),
                Err(message) => Event::ArchiveRefused { name, message },
            }),
            Request::InspectArchiveLayer { image, layer } => {
                let engine = self.engine.borrow();
                let id = image.parse().ok().map(engine::ImageId);
                let opened = id.and_then(|id| engine.opened_image(&id));
                post(convert::archive_layer(opened.map(|opened| &**opened), image, layer));
            }
        }
    }

    /// Reads an archive. The page hears how far it is.
    fn open(&self, name: &str, file: Option<File>) -> Result<OpenedArchive, String> {
        let file = file.ok_or("no file came with the request to open one")?;
        // A hundred events in all.
        let mut told = 0;
        let mut on_progress = |read: u64, size: u64| {
            if read * 100 / size > told {
                told = read * 100 / size;
                post(Event::ArchiveProgress { read, size });
            }
        };
        let reader = FileReader::new(file, &mut on_progress)?;
        let opened = self.engine.borrow_mut().open_archive(reader);
        let opened = opened.map_err(|error| error.to_string())?;
        Ok(convert::opened_archive(name, &opened, memory()))
    }

    async fn build(self: Rc<Self>, revision: Revision, options: BuildOptions) {
        let begun = micros();
        loop {
            let end = self
                .engine
                .borrow_mut()
                .build(&options, &mut |event| convert::post_event(revision, &event));
            let outcome = match end {
                Err(BuildError::NotLoaded(module)) => match self.load(revision, &module).await {
                    Ok(()) => continue,
                    Err(message) => Outcome::Invalid { message },
                },
                Err(error) => Outcome::Invalid { message: error.to_string() },
                Ok(build) => {
                    let outcome = convert::outcome(&build);
                    *self.last.borrow_mut() = Some(build);
                    outcome
                }
            };
            post(Event::Finished { revision, outcome, micros: micros().saturating_sub(begun) });
            break;
        }
        self.prefetch();
    }

    /// Fetches a module that a step waits for.
    async fn load(&self, revision: Revision, module: &str) -> Result<(), String> {
        post(Event::Loading { revision, module: module.to_owned() });
        let bytes = self.fetcher.fetch(module).await?;
        self.engine.borrow_mut().load_module(module, &bytes).map_err(|error| error.to_string())
    }

    /// Fetches what no step has needed yet, once.
    fn prefetch(self: &Rc<Self>) {
        if self.prefetched.replace(true) {
            return;
        }
        let session = Rc::clone(self);
        spawn_local(async move {
            for module in engine::module_names() {
                if session.engine.borrow().has_module(module) {
                    continue;
                }
                // If it fails now, a step that needs it will say so.
                if let Ok(bytes) = session.fetcher.fetch(module).await {
                    let _ = session.engine.borrow_mut().load_module(module, &bytes);
                }
            }
        });
    }
}

/// Bytes of this module's memory, which only grows.
fn memory() -> u64 {
    use wasm_bindgen::JsCast as _;
    let memory = wasm_bindgen::memory().unchecked_into::<js_sys::WebAssembly::Memory>();
    u64::from(memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length())
}
