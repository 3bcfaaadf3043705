//! What one worker has been told, and what to tell it next.

use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::{ContextFile, Event, Point, Request, Revision, VERSION};

use crate::model::path::FilePath;
use crate::model::project::{File, Project};
use crate::model::shelf::ProjectId;

/// The conversation with one worker. A new worker begins a new session, and so gets everything.
#[derive(Debug, Default)]
pub struct Session {
    ready: bool,
    project: Option<ProjectId>,
    files: BTreeMap<FilePath, File>,
    building: Option<Revision>,
    built: Option<Revision>,
    step: Option<(Revision, u32)>,
    image: Option<Revision>,
    image_file: Option<(Revision, Rc<str>)>,
    point: Option<(Revision, Point)>,
    listed: Option<(Revision, Point)>,
    file: Option<(Revision, Point, String)>,
}

/// What the page wants of the worker.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// Which project it is.
    pub id: &'a ProjectId,
    /// The files.
    pub project: &'a Project,
    /// The edit that should be built.
    pub revision: Revision,
    /// Whether every step should run.
    pub no_cache: bool,
    /// Whether the build of this edit was stopped and should not begin again.
    pub hold: bool,
    /// The step whose details are shown.
    pub step: Option<u32>,
    /// Whether the image is shown.
    pub image: bool,
    /// The edit and the name of the image that is wanted as a file.
    pub image_file: Option<(Revision, &'a Rc<str>)>,
    /// The command of the step whose changes are shown.
    pub command: Option<u32>,
    /// Whether all files are shown, at the step or that command.
    pub files: bool,
    /// The file there that is looked into.
    pub file: Option<&'a str>,
}

impl Session {
    /// What to send now. A build under way is never followed by another request: the worker
    /// could not hear it, and the next edit would make it worthless.
    pub fn next(&mut self, wish: Wish<'_>) -> Vec<Request> {
        if !self.ready || self.building.is_some() {
            return Vec::new();
        }
        if self.built != Some(wish.revision) && !wish.hold {
            return self.build(wish);
        }
        let Some(built) = self.built else { return Vec::new() };
        let mut requests = Vec::new();
        if let Some(step) = wish.step
            && self.step != Some((built, step))
        {
            self.step = Some((built, step));
            requests.push(Request::InspectStep { step });
        }
        if wish.image && self.image != Some(built) {
            self.image = Some(built);
            requests.push(Request::InspectImage);
        }
        if let Some((revision, tag)) = wish.image_file {
            let wanted = Some((revision, tag.clone()));
            if revision == built && self.image_file != wanted {
                self.image_file = wanted;
                requests.push(Request::SaveImage { tag: (**tag).into() });
            }
        } else {
            self.image_file = None;
        }
        if let Some(step) = wish.step {
            requests.extend(self.visit(built, Point { step, command: wish.command }, wish));
        }
        requests
    }

    /// What to ask of a commit point.
    fn visit(&mut self, built: Revision, point: Point, wish: Wish<'_>) -> Vec<Request> {
        let mut requests = Vec::new();
        if let Some(command) = point.command
            && self.point != Some((built, point))
        {
            self.point = Some((built, point));
            requests.push(Request::InspectPoint { step: point.step, command });
        }
        if wish.files && self.listed != Some((built, point)) {
            self.listed = Some((built, point));
            requests.push(Request::ListFiles(point));
        }
        if let Some(path) = wish.file {
            let file = (built, point, path.to_owned());
            if self.file.as_ref() != Some(&file) {
                self.file = Some(file);
                requests.push(Request::ReadFile { point, path: path.to_owned() });
            }
        }
        requests
    }

    /// Takes note of what the worker said.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::Ready { version, .. } => self.ready = *version == VERSION,
            Event::Finished { revision, .. } => {
                self.building = None;
                self.built = Some(*revision);
            }
            Event::Crashed { .. } => self.ready = false,
            _ => {}
        }
    }

    fn build(&mut self, wish: Wish<'_>) -> Vec<Request> {
        let mut requests = Vec::new();
        if self.project.as_ref() != Some(wish.id) && self.project.replace(wish.id.clone()).is_some()
        {
            requests.push(Request::AnotherProject);
        }
        let files = &wish.project.files;
        for path in self.files.keys().filter(|path| !files.contains_key(path)) {
            requests.push(Request::RemoveFile { path: path.as_str().into() });
        }
        for (path, file) in files.iter().filter(|(path, file)| self.files.get(path) != Some(file)) {
            requests.push(Request::PutFile(ContextFile {
                path: path.as_str().into(),
                content: file.content.as_bytes().to_vec(),
                executable: file.executable,
            }));
        }
        self.files.clone_from(files);
        self.building = Some(wish.revision);
        requests.push(Request::Build {
            revision: wish.revision,
            dockerfile: FilePath::dockerfile().as_str().into(),
            no_cache: wish.no_cache,
        });
        requests
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;
    use protocol::Outcome;

    fn wish(project: &Project, revision: Revision) -> Wish<'_> {
        Wish {
            id: Box::leak(Box::new(ProjectId::new("a"))),
            project,
            revision,
            no_cache: false,
            hold: false,
            step: None,
            image: false,
            image_file: None,
            command: None,
            files: false,
            file: None,
        }
    }

    fn show(requests: &[Request]) -> Vec<String> {
        let name = |request: &Request| match request {
            Request::PutFile(file) => format!("put {}", file.path),
            Request::RemoveFile { path } => format!("remove {path}"),
            Request::Build { revision, no_cache, .. } => format!("build {revision} {no_cache}"),
            Request::InspectStep { step } => format!("step {step}"),
            Request::InspectImage => "image".into(),
            Request::AnotherProject => "another project".into(),
            Request::SaveImage { tag } => format!("save {tag}"),
            Request::InspectPoint { step, command } => format!("point {step}.{command}"),
            Request::ListFiles(point) => format!("files {}", point.step),
            Request::ReadFile { path, .. } => format!("file {path}"),
            Request::OpenArchive { .. }
            | Request::InspectArchiveLayer { .. }
            | Request::Host(_) => {
                unreachable!("a session asks for builds and their details")
            }
        };
        requests.iter().map(name).collect()
    }

    fn ready() -> Session {
        let mut session = Session::default();
        session.hear(&Event::Ready { version: VERSION, images: vec![] });
        session
    }

    fn finish(session: &mut Session, revision: Revision) {
        let outcome = Outcome::Invalid { message: String::new() };
        session.hear(&Event::Finished { revision, outcome, micros: 1 });
    }

    #[test]
    fn nothing_is_said_before_ready() {
        let project = sample::project();
        assert!(Session::default().next(wish(&project, 1)).is_empty());
        let mut other = Session::default();
        other.hear(&Event::Ready { version: VERSION + 1, images: vec![] });
        assert!(other.next(wish(&project, 1)).is_empty());
    }

    #[test]
    fn a_new_worker_gets_everything_and_then_only_what_changed() {
        let mut project = sample::project();
        let mut session = ready();
        assert_eq!(
            show(&session.next(wish(&project, 1))),
            [
                "put Dockerfile",
                "put app.js",
                "put config/site.conf",
                "put config/words.txt",
                "build 1 false"
            ]
        );
        finish(&mut session, 1);
        let app = FilePath::parse("app.js").expect("a path");
        let words = FilePath::parse("config/words.txt").expect("a path");
        project.files.insert(app, File { executable: true, ..File::text("x") });
        project.delete(&words).expect("there");
        assert_eq!(
            show(&session.next(wish(&project, 2))),
            ["remove config/words.txt", "put app.js", "build 2 false"]
        );
    }

    #[test]
    fn one_build_at_a_time_and_then_the_newest() {
        let project = sample::project();
        let mut session = ready();
        session.next(wish(&project, 1));
        for revision in 2..9 {
            assert!(session.next(Wish { step: Some(0), ..wish(&project, revision) }).is_empty());
        }
        finish(&mut session, 1);
        let no_cache = Wish { no_cache: true, ..wish(&project, 9) };
        assert_eq!(show(&session.next(no_cache)), ["build 9 true"]);
    }

    #[test]
    fn details_are_asked_once_per_build() {
        let project = sample::project();
        let mut session = ready();
        session.next(wish(&project, 1));
        finish(&mut session, 1);
        let looking = Wish { step: Some(3), image: true, ..wish(&project, 1) };
        assert_eq!(show(&session.next(looking)), ["step 3", "image"]);
        assert!(session.next(looking).is_empty());
        assert_eq!(show(&session.next(Wish { step: Some(4), ..looking })), ["step 4"]);
        assert_eq!(show(&session.next(Wish { revision: 2, ..looking })), ["build 2 false"]);
        finish(&mut session, 2);
        assert_eq!(show(&session.next(Wish { revision: 2, ..looking })), ["step 3", "image"]);
    }

    #[test]
    fn another_project_is_announced_and_has_its_own_files() {
        let project = sample::project();
        let other = Project::new("other", BTreeMap::new());
        let id = ProjectId::new("b");
        let mut session = ready();
        session.next(wish(&project, 1));
        finish(&mut session, 1);
        let switched = Wish { id: &id, ..wish(&other, 2) };
        assert_eq!(
            show(&session.next(switched)),
            [
                "another project",
                "remove app.js",
                "remove config/site.conf",
                "remove config/words.txt",
                "put Dockerfile",
                "build 2 false"
            ]
        );
        finish(&mut session, 2);
        let edited = Wish { id: &id, ..wish(&other, 3) };
        assert_eq!(show(&session.next(edited)), ["build 3 false"]);
    }

    #[test]
    fn an_image_is_saved_once_and_only_that_which_is_meant() {
        let project = sample::project();
        let tag: Rc<str> = "web:latest".into();
        let wanting = |revision| Wish { image_file: Some((revision, &tag)), ..wish(&project, 1) };
        let mut session = ready();
        session.next(wish(&project, 1));
        finish(&mut session, 1);
        assert!(session.next(wanting(2)).is_empty());
        assert_eq!(show(&session.next(wanting(1))), ["save web:latest"]);
        assert!(session.next(wanting(1)).is_empty());
        assert!(session.next(wish(&project, 1)).is_empty());
        assert_eq!(show(&session.next(wanting(1))), ["save web:latest"], "asked for again");
    }

    #[test]
    fn a_visit_is_asked_once_per_build_and_point() {
        let project = sample::project();
        let mut session = ready();
        session.next(wish(&project, 1));
        finish(&mut session, 1);
        let step = Wish { step: Some(3), ..wish(&project, 1) };
        let files = Wish { files: true, ..step };
        assert_eq!(show(&session.next(files)), ["step 3", "files 3"]);
        assert!(session.next(files).is_empty());
        let command = Wish { command: Some(1), file: Some("/x"), ..files };
        assert_eq!(show(&session.next(command)), ["point 3.1", "files 3", "file /x"]);
        assert!(session.next(command).is_empty());
        session.next(Wish { revision: 2, ..command });
        finish(&mut session, 2);
        let again = Wish { revision: 2, ..command };
        assert_eq!(show(&session.next(again)), ["step 3", "point 3.1", "files 3", "file /x"]);
    }

    #[test]
    fn a_stopped_build_is_not_begun_again() {
        let project = sample::project();
        let mut session = ready();
        assert!(session.next(Wish { hold: true, step: Some(1), ..wish(&project, 1) }).is_empty());
        assert!(!session.next(wish(&project, 2)).is_empty());
    }
}
