//! The next state.

use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::host::{HostEvent, HostFile};
use protocol::{ContextFile, Event, VERSION};
use yew::Reducible;

use super::dock::DockAction;
use super::{Action, Choice, Engine, ImageFile, Notice, Report, Sheet, State};
use crate::model::content::Content;
use crate::model::path::FilePath;
use crate::model::project::{File, FileError, Project};
use crate::model::shelf::ProjectId;

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        next.apply(action);
        Rc::new(next)
    }
}

impl State {
    fn apply(&mut self, action: Action) {
        match action {
            Action::Write { path, text } => self.write(path, text),
            Action::Create { path } => match FilePath::parse(&path) {
                Ok(path) => self.files(|project| project.create(path)),
                Err(error) => self.notice = Some(Notice::Path(error)),
            },
            Action::Rename { from, to } => match FilePath::parse(&to) {
                Ok(to) => self.files(|project| project.rename(&from, to)),
                Err(error) => self.notice = Some(Notice::Path(error)),
            },
            Action::Delete(path) => self.delete(path),
            Action::Undelete { path, file } => self.files(|project| {
                project.create(path.clone())?;
                project.files.insert(path, file);
                Ok(())
            }),
            Action::SetExecutable { path, executable } => self.files(|project| {
                let file = project.files.get_mut(&path).ok_or(FileError::Missing)?;
                file.executable = executable;
                Ok(())
            }),
            Action::Open(path) => {
                if self.project.files.contains_key(&path) {
                    Rc::make_mut(&mut self.project).open = path;
                    self.sheet = None;
                }
            }
            Action::SwitchTo { id, project } => self.switch_to(id, project),
            Action::GoOnAs { id, name } => {
                self.id = id;
                Rc::make_mut(&mut self.project).name = name.clone();
                self.notice = Some(Notice::Copied { name });
            }
            Action::NameProject(name) => {
                let project = Rc::make_mut(&mut self.project);
                project.name = name;
                project.untouched = false;
            }
            Action::ForgetOrigin => Rc::make_mut(&mut self.project).origin = None,
            Action::AddFiles(files) => self.add_files(files),
            Action::Shelf(shelf) => self.shelf = shelf,
            Action::Examples(examples) => self.examples = Some(examples),
            Action::Dialog(dialog) => {
                self.dialog = dialog;
                self.image_file = ImageFile::None;
            }
            Action::Pin(pinned) => self.pinned = pinned,
            Action::Sign(author) => self.author = author,
            Action::SaveImage(tag) => {
                self.image_file = ImageFile::Wanted { revision: self.build.revision, tag };
            }
            Action::RebuildWithoutCache => {
                self.touch();
                self.uncached = Some(self.revision);
                self.choice = Choice::Auto;
            }
            Action::Stop => self.stop(),
            Action::Slow(revision) => {
                if self.engine == (Engine::Building { revision, slow: false }) {
                    self.engine = Engine::Building { revision, slow: true };
                }
            }
            Action::Heard(events) => events.into_iter().for_each(|event| self.hear(event)),
            Action::Lost { message } => self.lose(message),
            Action::DismissReport => self.report = None,
            Action::Choose(step) => self.choose(Choice::Step(step)),
            Action::CaretAt(line) => self.choose(Choice::Line(line)),
            Action::Move(by) => self.move_by(by),
            Action::ChooseCommand(command) => {
                // What is shown should not jump to another step when a build ends.
                if let Some(step) = self.step() {
                    self.choice = Choice::Step(step);
                }
                self.command = command;
            }
            Action::OpenFile(path) => self.file = path,
            Action::Show(tab) => self.tab = tab,
            Action::Sheet(sheet) => self.show_sheet(sheet),
            Action::SetTheme(theme) => self.theme = theme,
            Action::SetLanguage(language) => self.language = language,
            Action::Notify(notice) => self.notice = notice,
            Action::Dock(action) => self.dock(action),
        }
    }

    /// The drawer is closed by another sheet, and by itself.
    fn show_sheet(&mut self, sheet: Option<Sheet>) {
        if self.sheet == Some(Sheet::Dock) {
            if sheet.is_none() {
                return;
            }
            Rc::make_mut(&mut self.dock).open = false;
        }
        self.sheet = sheet;
    }

    /// On a narrow screen the drawer is a sheet, which opens and closes with it.
    fn dock(&mut self, action: DockAction) {
        Rc::make_mut(&mut self.dock).apply(action);
        if self.dock.open {
            self.sheet = Some(Sheet::Dock);
        } else if self.sheet == Some(Sheet::Dock) {
            self.sheet = None;
        }
    }

    /// Takes over files that commands at a terminal have written or removed.
    fn take_files(&mut self, files: Vec<HostFile>) {
        let project = Rc::make_mut(&mut self.project);
        let mut changed = false;
        for file in files {
            changed |= match file {
                HostFile::Put(ContextFile { path, content, executable }) => {
                    let file = File { content: Content::of(content), executable };
                    FilePath::parse(&path)
                        .is_ok_and(|path| project.files.insert(path, file.clone()) != Some(file))
                }
                HostFile::Removed { path } => {
                    FilePath::parse(&path).is_ok_and(|path| project.delete(&path).is_ok())
                }
            };
        }
        if changed {
            project.untouched = false;
            self.touch();
        }
    }

    /// Asks for a build of what has changed.
    fn touch(&mut self) {
        self.revision += 1;
        if self.engine == Engine::Resting {
            self.replace_worker();
        }
    }

    fn replace_worker(&mut self) {
        self.worker += 1;
        self.machine = Rc::default();
        self.engine = Engine::Starting;
        Rc::make_mut(&mut self.build).cut();
    }

    fn write(&mut self, path: FilePath, text: Rc<str>) {
        let content = Content::Text(text);
        let same = self.project.files.get(&path).is_none_or(|file| file.content == content);
        if same {
            return;
        }
        if !path.is_dockerfile() {
            // The caret in the Dockerfile no longer says what the user looks at.
            self.choice = Choice::Auto;
        }
        let project = Rc::make_mut(&mut self.project);
        project.untouched = false;
        if let Some(file) = project.files.get_mut(&path) {
            file.content = content;
        }
        self.touch();
    }

    fn files(&mut self, change: impl FnOnce(&mut Project) -> Result<(), FileError>) {
        match change(Rc::make_mut(&mut self.project)) {
            Ok(()) => {
                Rc::make_mut(&mut self.project).untouched = false;
                self.notice = None;
                self.touch();
            }
            Err(error) => self.notice = Some(Notice::File(error)),
        }
    }

    fn switch_to(&mut self, id: ProjectId, project: Project) {
        self.id = id;
        self.project = Rc::new(project);
        self.uncached = None;
        self.stopped = None;
        self.build = Rc::default();
        self.choice = Choice::Auto;
        self.detail = None;
        self.image = None;
        self.sheet = None;
        self.dialog = None;
        self.notice = None;
        self.touch();
    }

    fn add_files(&mut self, files: BTreeMap<FilePath, File>) {
        self.files(|project| {
            let mut added = project.clone();
            for (path, file) in files {
                if !added.files.contains_key(&path) {
                    let open = added.open.clone();
                    added.create(path.clone())?;
                    added.open = open;
                }
                added.files.insert(path, file);
            }
            *project = added;
            Ok(())
        });
        self.dialog = None;
    }

    fn delete(&mut self, path: FilePath) {
        let mut deleted: Option<File> = None;
        self.files(|project| {
            deleted = Some(project.delete(&path)?);
            Ok(())
        });
        if let Some(file) = deleted {
            self.notice = Some(Notice::Deleted { path, file });
        }
    }

    fn stop(&mut self) {
        if let Engine::Building { revision, .. } = self.engine {
            self.stopped = Some(revision);
            self.replace_worker();
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Ready { version, images } if version == VERSION => {
                self.engine = Engine::Idle;
                self.images = images.into();
            }
            // The first mismatch may come from an old file in the browser's cache.
            Event::Ready { .. } if self.worker == 0 => self.replace_worker(),
            Event::Ready { .. } => self.engine = Engine::Incompatible,
            Event::Crashed { message } => self.lose(message),
            Event::StepDetail(detail) => self.detail = Some(Rc::new(detail)),
            Event::Host(HostEvent::Files(files)) => self.take_files(files),
            Event::Host(event) => Rc::make_mut(&mut self.machine).hear(event),
            Event::PointDetail(point) => self.point = Some(Rc::new(point)),
            Event::FileList(files) => self.files = Some(Rc::new(files)),
            Event::FileText(text) => self.text = Some(Rc::new(text)),
            Event::ImageDetail(image) => self.image = image.map(Rc::new),
            Event::ImageFile(file) => {
                self.image_file = match file {
                    Ok(file) => ImageFile::Ready {
                        url: file.url.into(),
                        bytes: file.bytes,
                        tag: file.tag.into(),
                    },
                    Err(message) => ImageFile::Refused { message: message.into() },
                };
            }
            event => {
                match event {
                    Event::Started { revision, .. } => {
                        self.engine = Engine::Building { revision, slow: false };
                    }
                    Event::Finished { .. } => self.engine = Engine::Idle,
                    _ => {}
                }
                Rc::make_mut(&mut self.build).hear(event);
            }
        }
    }

    fn lose(&mut self, message: String) {
        let times = match &self.report {
            Some(report) if report.revision == self.revision => report.times + 1,
            _ => 1,
        };
        self.report = Some(Report { message: message.into(), revision: self.revision, times });
        if times == 1 {
            self.replace_worker();
        } else {
            self.engine = Engine::Resting;
            Rc::make_mut(&mut self.build).cut();
        }
    }

    /// Another step: its commands and files are others too.
    fn choose(&mut self, choice: Choice) {
        let before = self.step();
        self.choice = choice;
        if self.step() != before {
            (self.command, self.file) = (None, None);
        }
    }

    /// Goes through the commit points of which the page knows: the steps, and inside the one that is
    /// looked at its commands.
    fn move_by(&mut self, by: i32) {
        let rows = &self.build.rows;
        let Some(step) = self.step() else { return };
        let commands = self.detail_of(step).map_or(0, |detail| detail.points.len() as u32);
        // A step of one command is that command.
        let commands = if commands > 1 { commands } else { 0 };
        match (self.command, by) {
            (Some(0), ..0) => {}
            (Some(command), ..0) => return self.command = Some(command - 1),
            (Some(command), _) => {
                return self.command = Some(command + 1).filter(|next| *next < commands);
            }
            (None, ..0) if commands > 0 => return self.command = Some(commands - 1),
            (None, _) => {}
        }
        let Some(now) = rows.iter().position(|row| row.step.index == step) else { return };
        let last = rows.len() - 1;
        let to = now.saturating_add_signed(by as isize).min(last);
        let choice = Choice::Step(rows[to].step.index);
        self.choose(choice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::build::{Status, tests::step};
    use crate::model::sample;
    use crate::state::Theme;
    use crate::text::Language;
    use protocol::{Outcome, StepKind};

    fn state() -> State {
        State::new(ProjectId::new("a"), sample::project(), Theme::System, Language::English)
    }

    fn after(actions: impl IntoIterator<Item = Action>) -> State {
        let mut state = state();
        actions.into_iter().for_each(|action| state.apply(action));
        state
    }

    fn path(text: &str) -> FilePath {
        FilePath::parse(text).expect("a path")
    }

    fn ready(version: u32) -> Action {
        Action::Heard(vec![Event::Ready { version, images: vec![] }])
    }

    fn started(revision: u64) -> Action {
        let step = |index| step(index, "RUN", "x", StepKind::Layer);
        let steps = (0..3).map(step).collect();
        Action::Heard(vec![Event::Started { revision, steps }])
    }

    #[test]
    fn only_a_real_edit_asks_for_a_build() {
        let before = state();
        let text = before.project.files[&FilePath::dockerfile()].content.as_text().cloned();
        let text = text.expect("a text");
        let same = Action::Write { path: FilePath::dockerfile(), text };
        assert_eq!(after([same]).revision, before.revision);
        let other = Action::Write { path: FilePath::dockerfile(), text: "FROM x".into() };
        assert_eq!(after([other]).revision, before.revision + 1);
        let unknown = Action::Write { path: path("nowhere"), text: "x".into() };
        assert_eq!(after([unknown]).revision, before.revision);
        assert_eq!(after([Action::Open(path("app.js"))]).revision, before.revision);
    }

    #[test]
    fn a_deleted_file_can_come_back() {
        let deleted = after([Action::Delete(path("app.js"))]);
        let Some(Notice::Deleted { path: at, file }) = deleted.notice.clone() else {
            panic!("{:?}", deleted.notice);
        };
        let mut back = deleted;
        back.apply(Action::Undelete { path: at, file });
        assert_eq!(back.project.files, state().project.files);
        assert_eq!(back.revision, state().revision + 2);
        assert_eq!(back.notice, None);
    }

    #[test]
    fn another_project_is_shown_from_its_begin() {
        let other = Project::new("other", BTreeMap::new());
        let before = after([ready(VERSION), started(1), Action::Choose(1)]);
        let mut switched = before.clone();
        switched.apply(Action::SwitchTo { id: ProjectId::new("b"), project: other.clone() });
        assert_eq!((&switched.id, &*switched.project), (&ProjectId::new("b"), &other));
        assert_eq!(switched.revision, before.revision + 1);
        assert_eq!((switched.build.rows.len(), switched.step()), (0, None));
    }

    #[test]
    fn a_project_is_untouched_until_it_is_changed() {
        let path = FilePath::dockerfile;
        for (action, untouched) in [
            (Action::Open(path()), true),
            (Action::RebuildWithoutCache, true),
            (Action::Write { path: path(), text: "FROM x".into() }, false),
            (Action::NameProject("x".into()), false),
            (Action::Create { path: "x".into() }, false),
            (Action::Create { path: "../x".into() }, true),
        ] {
            assert_eq!(after([action.clone()]).project.untouched, untouched, "{action:?}");
        }
    }

    #[test]
    fn files_come_in_all_or_none() {
        let files = |paths: &[&str]| {
            let file = |text: &&str| (path(text), File::text("new"));
            paths.iter().map(file).collect::<BTreeMap<_, _>>()
        };
        let added = after([Action::AddFiles(files(&["app.js", "src/a.txt"]))]);
        assert_eq!(added.project.files.len(), state().project.files.len() + 1);
        assert_eq!(added.project.files[&path("app.js")], File::text("new"));
        assert_eq!(added.project.open, state().project.open);
        let clash = after([Action::AddFiles(files(&["a.txt", "app.js/x"]))]);
        assert_eq!(clash.notice, Some(Notice::File(FileError::ThroughFile)));
        assert_eq!(clash.project.files, state().project.files);
    }

    #[test]
    fn refused_names_are_told_and_change_nothing() {
        let refused = after([Action::Create { path: "../x".into() }]);
        assert!(matches!(refused.notice, Some(Notice::Path(_))));
        assert_eq!(refused.revision, state().revision);
        let refused = after([Action::Create { path: "app.js".into() }]);
        assert_eq!(refused.notice, Some(Notice::File(FileError::Taken)));
        assert_eq!(refused.revision, state().revision);
    }

    #[test]
    fn a_crash_is_replayed_once_and_then_waits_for_an_edit() {
        let crash = || Action::Lost { message: "out of cheese".into() };
        let once = after([ready(VERSION), crash()]);
        assert_eq!((once.worker, once.engine), (1, Engine::Starting));
        let mut twice = after([ready(VERSION), crash(), ready(VERSION), crash()]);
        assert_eq!((twice.worker, twice.engine), (1, Engine::Resting));
        twice.apply(Action::Write { path: path("app.js"), text: "x".into() });
        assert_eq!((twice.worker, twice.engine), (2, Engine::Starting));
        twice.apply(crash());
        assert_eq!(
            (twice.worker, twice.engine),
            (3, Engine::Starting),
            "another edit, another try"
        );
    }

    #[test]
    fn another_protocol_is_fetched_afresh_once() {
        let once = after([ready(VERSION + 1)]);
        assert_eq!((once.worker, once.engine), (1, Engine::Starting));
        assert_eq!(after([ready(VERSION + 1), ready(VERSION + 1)]).engine, Engine::Incompatible);
        assert_eq!(after([ready(VERSION + 1), ready(VERSION)]).engine, Engine::Idle);
    }

    #[test]
    fn only_a_build_under_way_is_slow_or_stopped() {
        let state = after([ready(VERSION), started(1), Action::Slow(1)]);
        assert_eq!(state.engine, Engine::Building { revision: 1, slow: true });
        let late = after([ready(VERSION), started(2), Action::Slow(1)]);
        assert_eq!(late.engine, Engine::Building { revision: 2, slow: false });

        let stopped = after([ready(VERSION), started(1), Action::Stop]);
        assert_eq!((stopped.stopped, stopped.worker), (Some(1), 1));
        assert!(stopped.build.rows.iter().all(|row| row.status() == Status::NotReached));
        let outcome = Outcome::Invalid { message: String::new() };
        let over = Event::Finished { revision: 1, outcome, micros: 1 };
        let idle = after([ready(VERSION), started(1), Action::Heard(vec![over]), Action::Stop]);
        assert_eq!((idle.stopped, idle.worker), (None, 0));
    }

    #[test]
    fn steps_are_chosen_by_line_or_by_number_and_moved_between() {
        let at = |actions: Vec<Action>| {
            after([ready(VERSION), started(1)].into_iter().chain(actions)).step()
        };
        assert_eq!(at(vec![]), Some(0));
        assert_eq!(at(vec![Action::CaretAt(2)]), Some(1));
        assert_eq!(at(vec![Action::CaretAt(99)]), Some(0), "no step there");
        assert_eq!(at(vec![Action::Choose(1), Action::Move(1)]), Some(2));
        assert_eq!(at(vec![Action::Choose(1), Action::Move(5)]), Some(2));
        assert_eq!(at(vec![Action::Choose(1), Action::Move(-5)]), Some(0));
        assert_eq!(after([Action::Move(1)]).step(), None, "nothing to move between");
    }
}
