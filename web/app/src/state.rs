//! The state of the page, and what changes it.

pub mod dock;
mod reduce;

use std::collections::BTreeMap;
use std::rc::Rc;

use protocol::{Event, FileList, FileText, ImageDetail, PointDetail, Revision, StepDetail};

use self::dock::{Dock, DockAction, Machine};
use crate::model::build::Build;
use crate::model::compare::Pinned;
use crate::model::example::Example;
use crate::model::link::LinkError;
use crate::model::path::{FilePath, PathError};
use crate::model::project::{File, FileError, Project};
use crate::model::shelf::{Entry, ProjectId};
use crate::text::Language;

/// Everything the page shows. What is large is shared, so that a component can see by a pointer
/// that nothing changed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Which project it is.
    pub id: ProjectId,
    /// The user's files.
    pub project: Rc<Project>,
    /// The saved projects, as they were when the list was last asked for.
    pub shelf: Rc<[Entry]>,
    /// The examples, once they have been fetched.
    pub examples: Option<Rc<[Example]>>,
    /// Counts what asks for a new build.
    pub revision: Revision,
    /// The revision that is to be built without the cache.
    pub uncached: Option<Revision>,
    /// The revision whose build the user stopped.
    pub stopped: Option<Revision>,
    /// What is known of the worker.
    pub engine: Engine,
    /// Which worker it is, counted from 0: another number asks for another worker.
    pub worker: u32,
    /// References that `FROM` knows, once the worker has said them.
    pub images: Rc<[String]>,
    /// What went wrong with the last worker.
    pub report: Option<Report>,
    /// The last build.
    pub build: Rc<Build>,
    /// The build that was put aside to be compared with.
    pub pinned: Option<Rc<Pinned>>,
    /// Which step the user looks at.
    pub choice: Choice,
    /// The last answer on a step.
    pub detail: Option<Rc<StepDetail>>,
    /// The command of the step that the user looks at; the whole step if none.
    pub command: Option<u32>,
    /// The last answer on a command.
    pub point: Option<Rc<PointDetail>>,
    /// The last list of all files.
    pub files: Option<Rc<FileList>>,
    /// The file that is looked into: its absolute path.
    pub file: Option<Rc<str>>,
    /// The last answer on a file.
    pub text: Option<Rc<FileText>>,
    /// The last answer on the image.
    pub image: Option<Rc<ImageDetail>>,
    /// The image as a file, as far as it was asked for.
    pub image_file: ImageFile,
    /// What the inspector shows.
    pub tab: Tab,
    /// What lies over the editor on a narrow screen.
    pub sheet: Option<Sheet>,
    /// What lies over the page.
    pub dialog: Option<Dialog>,
    /// Colours.
    pub theme: Theme,
    /// Language.
    pub language: Language,
    /// How the user signs links.
    pub author: Rc<str>,
    /// Something to tell the user.
    pub notice: Option<Notice>,
    /// The drawer at the bottom.
    pub dock: Rc<Dock>,
    /// What is known of the host machine.
    pub machine: Rc<Machine>,
}

/// What is known of the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// It has not said that it is ready.
    Starting,
    /// It waits.
    Idle,
    /// It builds.
    Building {
        /// The edit.
        revision: Revision,
        /// Long enough for a way to stop it.
        slow: bool,
    },
    /// It failed twice on the same edit; the next edit starts another.
    Resting,
    /// It speaks another version of the protocol, and so does the one fetched afresh.
    Incompatible,
}

/// A failure of the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened.
    pub message: Rc<str>,
    /// The edit at which it happened.
    pub revision: Revision,
    /// How many workers were lost at this edit.
    pub times: u32,
}

/// Which step the user looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The one that tells most.
    Auto,
    /// This one.
    Step(u32),
    /// The one at this line of the Dockerfile.
    Line(u32),
}

/// What the inspector shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The layer's changes.
    Changes,
    /// All files.
    Files,
    /// What the command printed.
    Output,
    /// The image.
    Image,
}

/// What lies over the editor on a narrow screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The build context.
    Context,
    /// The inspector.
    Inspector,
    /// The drawer.
    Dock,
}

/// The image as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageFile {
    /// Not asked for.
    None,
    /// The worker is to write the image of this edit, under this name.
    Wanted {
        /// The edit.
        revision: Revision,
        /// Name and tag.
        tag: Rc<str>,
    },
    /// It can be fetched from the worker.
    Ready {
        /// Its address.
        url: Rc<str>,
        /// Its size in bytes.
        bytes: u64,
        /// Name and tag of the image in it.
        tag: Rc<str>,
    },
    /// It cannot be written.
    Refused {
        /// The reason.
        message: Rc<str>,
    },
}

/// What lies over the page until it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// The beginnings of a new project.
    New,
    /// A folder or an archive is read.
    Open,
    /// The project gets another name.
    Rename,
    /// Links and files to pass on.
    Share,
    /// Two builds side by side.
    Compare,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Those of the system.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Something to tell the user.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A file was deleted.
    Deleted {
        /// Where it was.
        path: FilePath,
        /// What it was.
        file: File,
    },
    /// A name was refused.
    Path(PathError),
    /// A change of the files was refused.
    File(FileError),
    /// The project could not be saved.
    NotSaved {
        /// Whether the browser's space is used up.
        full: bool,
    },
    /// What had been saved could not be read, and was put aside.
    NotRead,
    /// A project was deleted.
    ProjectDeleted {
        /// Which.
        id: ProjectId,
        /// What it was called.
        name: Rc<str>,
    },
    /// Another tab changed the same project; this page goes on with a copy.
    Copied {
        /// What the copy is called.
        name: Rc<str>,
    },
    /// A project cannot be opened.
    NotOpened {
        /// Whether a version of the page wrote it that this one does not understand.
        unreadable: bool,
    },
    /// A link cannot be opened.
    Link(LinkError),
    /// A part of the page could not be fetched.
    NotFetched,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The text of a file was edited.
    Write {
        /// The file.
        path: FilePath,
        /// Its text.
        text: Rc<str>,
    },
    /// A file is asked for.
    Create {
        /// As typed.
        path: String,
    },
    /// Another name is asked for.
    Rename {
        /// The file.
        from: FilePath,
        /// As typed.
        to: String,
    },
    /// A file is to go.
    Delete(FilePath),
    /// A deleted file is to come back.
    Undelete {
        /// Where it was.
        path: FilePath,
        /// What it was.
        file: File,
    },
    /// The file may be executed, or not.
    SetExecutable {
        /// The file.
        path: FilePath,
        /// Whether it may.
        executable: bool,
    },
    /// A file is to be edited.
    Open(FilePath),
    /// Another project is to be shown.
    SwitchTo {
        /// Which.
        id: ProjectId,
        /// Its files.
        project: Project,
    },
    /// The project goes on under another ID and name: the old one belongs to another tab.
    GoOnAs {
        /// The new ID.
        id: ProjectId,
        /// The new name.
        name: Rc<str>,
    },
    /// Another name for the project.
    NameProject(Rc<str>),
    /// Where the project came from was read.
    ForgetOrigin,
    /// Files are to come in, over those of the same names.
    AddFiles(BTreeMap<FilePath, File>),
    /// The saved projects are these.
    Shelf(Rc<[Entry]>),
    /// The examples have been fetched.
    Examples(Rc<[Example]>),
    /// A dialog is to open, or to close.
    Dialog(Option<Dialog>),
    /// A build is to be put aside, or none.
    Pin(Option<Rc<Pinned>>),
    /// How the user signs links.
    Sign(Rc<str>),
    /// The image is wanted as a file, under this name.
    SaveImage(Rc<str>),
    /// Every step is to run.
    RebuildWithoutCache,
    /// The build is to end.
    Stop,
    /// The build has taken long.
    Slow(Revision),
    /// The worker said something.
    Heard(Vec<Event>),
    /// The worker is lost.
    Lost {
        /// What happened.
        message: String,
    },
    /// The failure of the worker was read.
    DismissReport,
    /// A step was chosen.
    Choose(u32),
    /// The caret was put into a line of the Dockerfile.
    CaretAt(u32),
    /// The step before or after is asked for.
    Move(i32),
    /// A command of the step was chosen, or the whole step.
    ChooseCommand(Option<u32>),
    /// A file is to be looked into, or no longer.
    OpenFile(Option<Rc<str>>),
    /// A tab of the inspector was chosen.
    Show(Tab),
    /// A sheet is to open, or all are to close.
    Sheet(Option<Sheet>),
    /// Other colours.
    SetTheme(Theme),
    /// Another language.
    SetLanguage(Language),
    /// Something to tell the user, or no longer.
    Notify(Option<Notice>),
    /// Something for the drawer.
    Dock(DockAction),
}

impl State {
    /// The state at the begin.
    pub fn new(id: ProjectId, project: Project, theme: Theme, language: Language) -> Self {
        Self {
            id,
            project: Rc::new(project),
            shelf: Rc::default(),
            examples: None,
            revision: 1,
            uncached: None,
            stopped: None,
            engine: Engine::Starting,
            worker: 0,
            images: Rc::default(),
            report: None,
            build: Rc::default(),
            pinned: None,
            choice: Choice::Auto,
            detail: None,
            image: None,
            image_file: ImageFile::None,
            command: None,
            point: None,
            files: None,
            file: None,
            text: None,
            tab: Tab::Changes,
            sheet: None,
            dialog: None,
            theme,
            language,
            author: Rc::default(),
            notice: None,
            dock: Rc::default(),
            machine: Rc::default(),
        }
    }

    /// The step that is shown.
    pub fn step(&self) -> Option<u32> {
        self.chosen_step().or_else(|| self.build.most_telling())
    }

    /// The step that the user chose; none if there is no such step.
    pub fn chosen_step(&self) -> Option<u32> {
        let row = match self.choice {
            Choice::Step(step) => self.build.row(step),
            Choice::Line(line) => self.build.row_at_line(line),
            Choice::Auto => None,
        };
        row.map(|row| row.step.index)
    }

    /// What is known of the step that is shown.
    pub fn detail_of(&self, step: u32) -> Option<Rc<StepDetail>> {
        self.detail.clone().filter(|detail| detail.step == step)
    }
}

impl Theme {
    /// The next one of a switch.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// The name in the document, in keys of texts and in what is saved.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name; the system's for others.
    pub fn of_name(name: &str) -> Self {
        [Self::Light, Self::Dark].into_iter().find(|t| t.name() == name).unwrap_or(Self::System)
    }
}

impl Tab {
    /// In their order.
    pub const ALL: [Self; 4] = [Self::Changes, Self::Files, Self::Output, Self::Image];

    /// Whether files are listed there, which can be looked into.
    pub fn has_files(self) -> bool {
        matches!(self, Self::Changes | Self::Files)
    }

    /// The name in ids and in keys of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Files => "files",
            Self::Output => "output",
            Self::Image => "image",
        }
    }
}
