//! The host machine in the worker: its terminals, its daemon's images and containers.

use serde::{Deserialize, Serialize};

use crate::{Change, ContextFile, ImageDetail, OutputRun, Point};

/// Which terminal, as the page numbers them.
pub type TerminalId = u32;

/// What the page asks of the host machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostRequest {
    /// Opens a terminal.
    Open {
        /// Its number.
        terminal: TerminalId,
        /// Where; the host's own shell if nothing else is said.
        place: Place,
        /// Its size.
        size: Size,
    },
    /// Hands something to a terminal.
    Enter {
        /// Which.
        terminal: TerminalId,
        /// What.
        entry: Entry,
    },
    /// Another size.
    Resize {
        /// Which.
        terminal: TerminalId,
        /// Its size.
        size: Size,
    },
    /// Closes a terminal.
    Close {
        /// Which.
        terminal: TerminalId,
    },
    /// Asks what could stand at the cursor.
    Complete {
        /// Which.
        terminal: TerminalId,
        /// The line.
        line: String,
        /// The cursor, in bytes of it.
        cursor: u32,
    },
    /// Asks what the daemon has.
    Look,
    /// Runs `docker` with these arguments, as a button does.
    Docker {
        /// The arguments.
        args: Vec<String>,
    },
    /// Keeps the image of the last build under a name.
    KeepBuild {
        /// `NAME[:TAG]`
        name: String,
    },
    /// Asks for an image.
    InspectImage {
        /// Its id or name.
        name: String,
    },
    /// Asks for a container.
    InspectContainer {
        /// Its id or name.
        name: String,
    },
}

/// Where a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The host machine, in the project's directory.
    Host,
    /// A commit point of the last build: what is done there changes nothing of the build.
    Point(Point),
}

/// Size of a terminal in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// What a terminal is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A line, without its end.
    Line(String),
    /// Ctrl-D on an empty line.
    EndOfFile,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-P Ctrl-Q: leaves a container, which goes on.
    Detach,
}

/// What the host machine says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostEvent {
    /// A terminal shows something.
    Printed {
        /// Which.
        terminal: TerminalId,
        /// What; invalid UTF-8 is replaced.
        text: String,
        /// What it waits for then.
        waits: Waits,
    },
    /// A program is being fetched because a terminal needs it.
    Loading {
        /// Which.
        terminal: TerminalId,
        /// For example `coreutils`.
        module: String,
    },
    /// Answer to [`HostRequest::Complete`].
    Completions {
        /// Which.
        terminal: TerminalId,
        /// Where the word begins that these replace, in bytes of the line.
        start: u32,
        /// The words.
        words: Vec<String>,
    },
    /// What the daemon has; said after everything that may have changed it.
    Overview(Overview),
    /// Answer to [`HostRequest::InspectImage`].
    Image {
        /// As it was asked for.
        name: String,
        /// None if there is none of that name.
        image: Option<ImageDetail>,
    },
    /// Answer to [`HostRequest::InspectContainer`].
    Container {
        /// As it was asked for.
        name: String,
        /// None if there is none of that name.
        container: Option<ContainerDetail>,
    },
    /// Answer to [`HostRequest::Docker`] and [`HostRequest::KeepBuild`].
    Answered {
        /// The command line.
        command: String,
        /// What it printed, both streams together.
        text: String,
        /// Its exit status.
        status: u8,
    },
    /// A command changed files of the project.
    Files(Vec<HostFile>),
}

/// What a terminal waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waits {
    /// A command.
    Command,
    /// Input of a program.
    Input,
    /// Nothing: it is over.
    Nothing,
}

/// A file of the project that a command wrote or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HostFile {
    /// It is like this now.
    Put(ContextFile),
    /// It is gone.
    Removed {
        /// Path relative to the context's root.
        path: String,
    },
}

/// What the daemon has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Images, newest first.
    pub images: Vec<HostImage>,
    /// Containers, newest first.
    pub containers: Vec<HostContainer>,
    /// Names of the volumes.
    pub volumes: Vec<String>,
}

/// An image of the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostImage {
    /// `sha256:...`
    pub id: String,
    /// `name:tag`; none for a dangling image.
    pub names: Vec<String>,
    /// Seconds since it was made, on the virtual clock.
    pub age: u64,
    /// Bytes of all its layers.
    pub bytes: u64,
    /// Bytes of the layers that no other image has.
    pub own_bytes: u64,
    /// Its layers, lowest first: diff IDs and bytes.
    pub layers: Vec<(String, u64)>,
    /// How many containers were made from it.
    pub containers: u32,
}

/// A container of the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostContainer {
    /// 64 digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its image as `docker ps` shows it.
    pub image: String,
    /// Program and arguments.
    pub command: String,
    /// `Up 3 seconds`, `Exited (0) 2 minutes ago`.
    pub status: String,
    /// Whether it runs.
    pub running: bool,
    /// Its exit code, once it has one.
    pub exit_code: Option<u8>,
    /// Bytes that it added to its image.
    pub bytes: u64,
    /// As `docker ps` shows them.
    pub ports: String,
}

/// A container from the inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerDetail {
    /// What it printed.
    pub logs: Vec<OutputRun>,
    /// What it changed of its image, ordered by path.
    pub changes: Vec<Change>,
    /// How many changes there are; `changes` stops at a few thousand.
    pub changes_total: u32,
    /// What `docker inspect` says of it.
    pub config: String,
}
