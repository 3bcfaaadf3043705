//! One page's engine: what it holds between requests.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use daemon::NotLoaded;
use engine::{Build, BuildError, BuildOptions, Engine, SaveError};
use protocol::host::{Entry, HostEvent, HostFile, HostRequest, Place, Size, TerminalId, Waits};
use protocol::{ContextFile, Event, OpenedArchive, Outcome, Request, Revision};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

use crate::desk::Desk;
use crate::file::FileReader;
use crate::modules::Fetcher;
use crate::{convert, image_file, micros, post, visit};

/// The engine, the last build, and where programs come from.
pub struct Session {
    engine: RefCell<Engine>,
    last: RefCell<Option<Build>>,
    fetcher: Fetcher,
    /// The host machine, once a terminal was opened or something was kept.
    desk: RefCell<Option<Desk>>,
    /// Requests for the host that came while it waited for a program, in their order.
    queue: RefCell<VecDeque<HostRequest>>,
    /// The host is at work.
    working: Cell<bool>,
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
            desk: RefCell::new(None),
            queue: RefCell::default(),
            working: Cell::new(false),
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
                if let Some(desk) = &mut *self.desk.borrow_mut() {
                    desk.put_file(&file);
                }
                let mut engine = self.engine.borrow_mut();
                // A path that cannot be used, `a/b` beside a file `a`, is no file to the build; the
                // page does not offer such names.
                let _ = engine.context().put(&file.path, file.content, file.executable);
            }
            Request::RemoveFile { path } => {
                if let Some(desk) = &mut *self.desk.borrow_mut() {
                    desk.remove_file(&path);
                }
                self.engine.borrow_mut().context().remove(&path);
            }
            Request::InspectPoint { step, command } => {
                if let Some(build) = &*self.last.borrow() {
                    post(Event::PointDetail(visit::point_detail(build, step, command)));
                }
            }
            Request::ListFiles(point) => {
                if let Some(build) = &*self.last.borrow() {
                    post(Event::FileList(visit::file_list(build, point)));
                }
            }
            Request::ReadFile { point, path } => {
                if let Some(build) = &*self.last.borrow() {
                    post(Event::FileText(visit::file_text(build, point, path)));
                }
            }
            Request::Host(request) => {
                self.queue.borrow_mut().push_back(request);
                if !self.working.replace(true) {
                    let session = Rc::clone(self);
                    spawn_local(async move { session.work().await });
                }
            }
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
            Request::AnotherProject => {
                self.engine.borrow_mut().forget_last_build();
                *self.last.borrow_mut() = None;
            }
            Request::SaveImage { tag } => {
                let engine = self.engine.borrow();
                let file = match &*self.last.borrow() {
                    Some(build) => image_file::write(&engine, build, tag),
                    None => Err(SaveError::NoImage.to_string()),
                };
                post(Event::ImageFile(file));
            }
            Request::InspectImage => {
                let last = self.last.borrow();
                let mut detail = last.as_ref().and_then(convert::image_detail);
                if let (Some(build), Some(detail)) = (&*last, &mut detail) {
                    let saved = self.engine.borrow().saved(build, &[]).ok();
                    detail.waste = saved.and_then(|image| visit::waste(build, &image));
                }
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

    /// Does what the host was asked, one after another.
    async fn work(self: Rc<Self>) {
        loop {
            let Some(request) = self.queue.borrow_mut().pop_front() else { break };
            if let Err(message) = self.host(request).await {
                post(Event::Crashed { message });
            }
        }
        self.working.set(false);
    }

    async fn host(&self, request: HostRequest) -> Result<(), String> {
        self.make_desk()?;
        match request {
            HostRequest::Open { terminal, place, size } => {
                let opened = self.open_terminal(terminal, place, size);
                if let Err(why) = opened {
                    let text = format!("{why}\n");
                    let waits = Waits::Nothing;
                    post(Event::Host(HostEvent::Printed { terminal, text, waits }));
                    return Ok(());
                }
                self.enter(terminal, None).await?;
            }
            HostRequest::Enter { terminal, entry } => self.enter(terminal, Some(entry)).await?,
            HostRequest::Resize { terminal, size } => {
                self.with_desk(|desk| desk.resize(terminal, size));
                return Ok(());
            }
            HostRequest::Close { terminal } => self.with_desk(|desk| desk.close(terminal)),
            HostRequest::Complete { terminal, line, cursor } => {
                let answer = self.with_desk(|desk| desk.complete(terminal, &line, cursor));
                post(Event::Host(answer));
                return Ok(());
            }
            HostRequest::Look => {}
            HostRequest::Docker { args } => loop {
                let answer = self.with_desk(|desk| desk.docker(&args));
                match answer {
                    Ok(answer) => break post(Event::Host(answer)),
                    Err(NotLoaded(module)) => self.fetch(&module).await?,
                }
            },
            HostRequest::KeepBuild { name } => {
                let image = self.last.borrow().as_ref().and_then(|build| build.image.clone());
                post(Event::Host(self.with_desk(|desk| desk.keep(image, &name))));
            }
            HostRequest::InspectImage { name } => {
                post(Event::Host(self.with_desk(|desk| desk.image(name))));
                return Ok(());
            }
            HostRequest::InspectContainer { name } => {
                post(Event::Host(self.with_desk(|desk| desk.container(name))));
                return Ok(());
            }
        }
        let (files, overview) = self.with_desk(|desk| (desk.changed_files(), desk.overview()));
        if !files.is_empty() {
            // The build sees them as well; the page then asks for it.
            let mut engine = self.engine.borrow_mut();
            for file in &files {
                match file {
                    HostFile::Put(file) => {
                        // As for the page's own files.
                        let _ =
                            engine.context().put(&file.path, file.content.clone(), file.executable);
                    }
                    HostFile::Removed { path } => engine.context().remove(path),
                }
            }
            post(Event::Host(HostEvent::Files(files)));
        }
        post(Event::Host(HostEvent::Overview(overview)));
        Ok(())
    }

    fn open_terminal(&self, terminal: TerminalId, place: Place, size: Size) -> Result<(), String> {
        let point = match place {
            Place::Host => None,
            Place::Point(point) => {
                let last = self.last.borrow();
                let at = visit::point_id(point);
                let state = last.as_ref().and_then(|build| build.state_at(at));
                Some(state.ok_or("the build did not come here")?)
            }
        };
        self.with_desk(|desk| desk.open(terminal, point.as_ref(), size))
    }

    async fn enter(&self, terminal: TerminalId, entry: Option<Entry>) -> Result<(), String> {
        let mut entry = entry;
        loop {
            let shown = self.with_desk(|desk| desk.enter(terminal, entry.as_ref()));
            match shown {
                Ok(event) => {
                    post(Event::Host(event));
                    return Ok(());
                }
                Err(NotLoaded(module)) => {
                    let loading = HostEvent::Loading { terminal, module: module.clone() };
                    post(Event::Host(loading));
                    self.fetch(&module).await?;
                    entry = None;
                }
            }
        }
    }

    /// The host machine, made with the project's files when it is first needed.
    fn make_desk(&self) -> Result<(), String> {
        let mut desk = self.desk.borrow_mut();
        if desk.is_none() {
            let mut engine = self.engine.borrow_mut();
            let mut made = Desk::new(engine.modules().clone())?;
            for (path, content, executable) in engine.context().files() {
                made.put_file(&ContextFile { path, content, executable });
            }
            *desk = Some(made);
        }
        Ok(())
    }

    fn with_desk<T>(&self, act: impl FnOnce(&mut Desk) -> T) -> T {
        let mut desk = self.desk.borrow_mut();
        act(desk.as_mut().expect("the host machine is made before it is asked"))
    }

    /// Fetches a module that the host waits for.
    async fn fetch(&self, module: &str) -> Result<(), String> {
        let bytes = self.fetcher.fetch(module).await?;
        self.engine.borrow_mut().load_module(module, &bytes).map_err(|error| error.to_string())
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
