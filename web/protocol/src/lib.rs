//! The messages between the page and the engine worker.
//!
//! The page holds the project; the worker holds the engine and a copy of the project's files.
//! The worker speaks first ([`Event::Ready`]): what is posted before its listener is registered
//! would be lost.
//! Then the page sends the files and asks for builds, one at a time: it sends the next
//! [`Request::Build`] when it has seen [`Event::Finished`] of the last, so that a fast typist
//! never queues builds that nobody waits for.
//! Messages travel as bytes ([`encode`], [`decode`]) in a transferred buffer.
//!
//! These types mirror the engine's and are converted in one file of the worker: the engine can
//! change without breaking a page that is still open.

pub mod host;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use host::{HostEvent, HostRequest};

/// The version of these messages. A page and a worker of different versions do not talk.
pub const VERSION: u32 = 5;

/// Counts the page's edits; an answer names the edit it belongs to.
pub type Revision = u64;

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Puts a file into the build context (the Dockerfile is one of them).
    PutFile(ContextFile),
    /// Takes a file out of the build context.
    RemoveFile {
        /// Path relative to the context's root.
        path: String,
    },
    /// Builds the project as it now is.
    Build {
        /// The page's edit.
        revision: Revision,
        /// Which file of the context is the Dockerfile.
        dockerfile: String,
        /// Runs every step, whatever the cache holds.
        no_cache: bool,
    },
    /// Asks what one step of the last build printed and changed.
    InspectStep {
        /// [`Step::index`].
        step: u32,
    },
    /// Asks for the image that the last build made.
    InspectImage,
    /// Opens an archive of images (`docker save`, an OCI layout in a tar, compressed or not), which
    /// is then known to `FROM`. This message is an array of its bytes and the `File`: the worker
    /// reads it piece by piece.
    OpenArchive {
        /// The file's name, for messages.
        name: String,
    },
    /// Asks what a layer of an opened image changes.
    InspectArchiveLayer {
        /// [`ImageDetail::id`] of one of the [`OpenedImage`]s.
        image: String,
        /// Position of the layer, from 0 for the lowest.
        layer: u32,
    },
    /// Something for the host machine.
    Host(HostRequest),
    /// Another project follows: no miss of it is explained by what was built before.
    AnotherProject,
    /// Asks for the image that the last build made, as a file for `docker load`.
    SaveImage {
        /// Name and tag in the file, `web:latest`.
        tag: String,
    },
    /// Asks what a command of a step changed.
    InspectPoint {
        /// [`Step::index`].
        step: u32,
        /// Position in [`StepDetail::points`].
        command: u32,
    },
    /// Asks for all files at a commit point.
    ListFiles(Point),
    /// Asks what a file holds.
    ReadFile {
        /// Where.
        point: Point,
        /// Absolute path.
        path: String,
    },
}

/// A commit point of the last build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// [`Step::index`].
    pub step: u32,
    /// Behind which command, as its position in [`StepDetail::points`]; behind the whole step if
    /// none.
    pub command: Option<u32>,
}

/// A file of the build context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextFile {
    /// Path relative to the context's root, with `/` between components.
    pub path: String,
    /// Content.
    #[serde(with = "serde_bytes_compact")]
    pub content: Vec<u8>,
    /// Whether the file may be executed: mode 0755, otherwise 0644.
    pub executable: bool,
}

/// From the worker to the page, which hears several in one message, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The worker listens.
    Ready {
        /// [`VERSION`] of the worker.
        version: u32,
        /// References that `FROM` knows, for example `ubuntu:latest`.
        images: Vec<String>,
    },
    /// A build has begun.
    Started {
        /// The edit that is being built.
        revision: Revision,
        /// Every instruction of the file, in order.
        steps: Vec<Step>,
    },
    /// A step has come further.
    Progress {
        /// The build.
        revision: Revision,
        /// [`Step::index`].
        step: u32,
        /// How far.
        state: StepState,
    },
    /// A program is being fetched, for the first time, because a step needs it.
    Loading {
        /// The build that waits.
        revision: Revision,
        /// For example `coreutils`.
        module: String,
    },
    /// A build is over.
    Finished {
        /// The build.
        revision: Revision,
        /// Its end.
        outcome: Outcome,
        /// Time from the request to here, in microseconds.
        micros: u64,
    },
    /// Answer to [`Request::InspectStep`].
    StepDetail(StepDetail),
    /// Answer to [`Request::InspectImage`]; none if there is no image yet.
    ImageDetail(Option<ImageDetail>),
    /// The engine panicked; the worker is of no more use and should be replaced.
    Crashed {
        /// What happened, for a report.
        message: String,
    },
    /// An archive is being read.
    ArchiveProgress {
        /// Bytes of the file that have been read.
        read: u64,
        /// Bytes of the whole file.
        size: u64,
    },
    /// An archive has been opened.
    ArchiveOpened(OpenedArchive),
    /// An archive could not be opened; nothing of it is kept.
    ArchiveRefused {
        /// The file's name.
        name: String,
        /// Why, and what to do.
        message: String,
    },
    /// Answer to [`Request::InspectArchiveLayer`]; no changes where there is no such layer.
    ArchiveLayerDetail {
        /// As asked.
        image: String,
        /// As asked.
        layer: u32,
        /// The layer's changes, ordered by path.
        changes: Vec<Change>,
        /// How many changes there are in all; `changes` stops at a few thousand.
        changes_total: u32,
    },
    /// The host machine said something.
    Host(HostEvent),
    /// Answer to [`Request::InspectPoint`].
    PointDetail(PointDetail),
    /// Answer to [`Request::ListFiles`].
    FileList(FileList),
    /// Answer to [`Request::ReadFile`].
    FileText(FileText),
    /// Answer to [`Request::SaveImage`]; or why there is no file.
    ImageFile(Result<ImageFile, String>),
}

/// What a command of a step changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointDetail {
    /// Which.
    pub point: Point,
    /// Its changes, ordered by path.
    pub changes: Vec<Change>,
    /// How many changes there are in all; `changes` stops at a few thousand.
    pub changes_total: u32,
}

/// All files at a commit point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileList {
    /// Which.
    pub point: Point,
    /// The files, ordered by path; those that the step did not touch are [`ChangeKind::Kept`].
    pub files: Vec<Change>,
    /// For each of them the step whose layer it comes from; none for the base.
    pub origins: Vec<Option<u32>>,
    /// How many there are in all; `files` stops at a hundred thousand.
    pub total: u32,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// Where.
    pub point: Point,
    /// Absolute path.
    pub path: String,
    /// Its first bytes; none if it is no file.
    pub content: Option<FileBytes>,
    /// What it held before the step, if it was there and the step changed it.
    pub before: Option<FileBytes>,
}

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileBytes {
    /// The first ones.
    #[serde(with = "serde_bytes_compact")]
    pub bytes: Vec<u8>,
    /// How many there are in all.
    pub size: u64,
    /// Whether the content is modelled.
    pub modelled: bool,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Position among all steps, from 0.
    pub index: u32,
    /// Position of the stage, from 0; the global `ARG`s before the first `FROM` belong to 0.
    pub stage: u32,
    /// Name of the stage, if it has one.
    pub stage_name: Option<String>,
    /// First line of the instruction, from 1.
    pub line: u32,
    /// Last line of the instruction.
    pub end_line: u32,
    /// `FROM`, `RUN`, ... in upper case.
    pub keyword: String,
    /// What follows the keyword, folded into one line.
    pub arguments: String,
    /// What the instruction makes.
    pub kind: StepKind,
}

/// What an instruction makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepKind {
    /// `FROM`: takes the layers of an image or a stage.
    Base,
    /// A layer.
    Layer,
    /// Only configuration.
    Config,
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// Its result came from the cache.
    Cached {
        /// The layer.
        layer: Option<LayerSummary>,
    },
    /// It ran (or, for [`StepKind::Config`], was applied).
    Done {
        /// The layer; none if it made none.
        layer: Option<LayerSummary>,
        /// Time it took, in microseconds.
        micros: u64,
        /// Why the cache had no answer; none where there is nothing to cache.
        miss: Option<Miss>,
    },
    /// It failed.
    Failed {
        /// Exit code of the command of a `RUN`.
        exit_code: Option<i32>,
        /// The builder's message, in Docker's words.
        message: String,
        /// The last lines the command printed.
        tail: String,
        /// Time it took, in microseconds.
        micros: u64,
    },
    /// An earlier step failed, or the target does not need it.
    NotReached,
}

/// A layer in figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerSummary {
    /// `sha256:...` of the uncompressed layer.
    pub diff_id: String,
    /// Bytes of the files in it (for a base: in all its layers).
    pub bytes: u64,
    /// Number of layers: 1, or those of a base.
    pub layers: u32,
    /// Paths only this layer has.
    pub added: u32,
    /// Paths it has anew.
    pub modified: u32,
    /// Paths it hides.
    pub deleted: u32,
    /// Bytes of lower layers that it hides by deleting or replacing.
    pub hidden_bytes: u64,
    /// Whether the content is modelled, not real (base images).
    pub modelled: bool,
}

/// Why a step was not answered by the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Miss {
    /// Nothing like it has been built here before.
    New,
    /// The instruction reads differently.
    Instruction {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// An earlier step gave another result.
    Parent {
        /// [`Step::index`] of the step that began it.
        step: u32,
    },
    /// Files that it copies differ.
    Files {
        /// The differences, ordered by path.
        changes: Vec<FileChange>,
    },
    /// A variable it can see has another value.
    Environment {
        /// Name.
        name: String,
        /// Value before; none if it was not set.
        before: Option<String>,
        /// Value now; none if it is not set.
        after: Option<String>,
    },
    /// The working directory differs.
    Workdir {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// The user differs.
    User {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// The build was asked not to use the cache.
    NoCache,
}

/// A file of the context that differs from the one copied before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Path in the context.
    pub path: String,
    /// (size in bytes, sha256 in hexadecimal) before; none if it is new.
    pub before: Option<(u64, String)>,
    /// The same now; none if it is gone.
    pub after: Option<(u64, String)>,
}

/// The end of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// An image was made.
    Image {
        /// `sha256:...` of its configuration: the image ID.
        id: String,
        /// Bytes of the files in all layers.
        bytes: u64,
        /// Number of layers.
        layers: u32,
    },
    /// A step failed; its state says how.
    StepFailed {
        /// [`Step::index`].
        step: u32,
    },
    /// The Dockerfile cannot be built as it reads.
    Invalid {
        /// The message Docker would give.
        message: String,
    },
}

/// What a step printed and changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDetail {
    /// [`Step::index`].
    pub step: u32,
    /// What its command printed, in order; kept with the cached result.
    pub output: Vec<OutputRun>,
    /// Bytes of output that were dropped at the limit.
    pub output_dropped: u64,
    /// The layer's changes, ordered by path; directories above a change are listed as modified.
    pub changes: Vec<Change>,
    /// How many changes there are in all; `changes` stops at a few thousand.
    pub changes_total: u32,
    /// Image ID of the image that ends with this step, if the step was reached.
    pub image_id: Option<String>,
    /// Diff ID of its layer.
    pub diff_id: Option<String>,
    /// Chain ID of all layers up to this one.
    pub chain_id: Option<String>,
    /// The simple commands of a `RUN`, in the order in which they ended.
    pub points: Vec<CommandPoint>,
    /// How many more there were.
    pub points_dropped: u64,
}

/// A simple command of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandPoint {
    /// Its words, expanded.
    pub words: Vec<String>,
    /// How many subshells deep it ran.
    pub subshell: u32,
    /// How it ended.
    pub exit_code: u8,
}

/// Output of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputRun {
    /// Whether it went to standard error.
    pub stderr: bool,
    /// The text; invalid UTF-8 is replaced.
    pub text: String,
}

/// One path of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `A`, `C` or `D`.
    pub kind: ChangeKind,
    /// Absolute path.
    pub path: String,
    /// As `ls -l` shows it, for example `-rw-r--r--`; of the old file for a deletion.
    pub mode: String,
    /// `user:group` by name where the image knows one, otherwise by number.
    pub owner: String,
    /// Size in bytes now (for a deletion: of what it hides).
    pub size: u64,
    /// Size in bytes before, for a change of a file.
    pub size_before: Option<u64>,
    /// Target of a symbolic link.
    pub link: Option<String>,
    /// Whether it is a directory.
    pub directory: bool,
}

/// Letters of `docker diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeKind {
    /// `A`
    Added,
    /// `C`
    Modified,
    /// `D`
    Deleted,
    /// As it was, in a list of all files.
    Kept,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageDetail {
    /// Image ID.
    pub id: String,
    /// Its configuration, as indented JSON.
    pub config: String,
    /// Its history, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What its layers waste, where that is known: of the image that was built last.
    pub waste: Option<Waste>,
}

/// What an image ships and no container sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waste {
    /// Bytes of all layers.
    pub total: u64,
    /// Bytes of those that no container sees.
    pub wasted: u64,
    /// dive's efficiency score of the same image, in thousandths; it counts otherwise.
    pub dive_efficiency: u32,
    /// What dive calls wasted, in bytes.
    pub dive_wasted: u64,
    /// The files that nobody sees, largest first; at most some dozens.
    pub files: Vec<WastedFile>,
}

/// A file that nobody sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WastedFile {
    /// Absolute path.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// [`Step::index`] of the step that put it there; none for the base.
    pub put_by: Option<u32>,
    /// The step that hid it.
    pub hidden_by: Option<u32>,
    /// Whether something else is at its path now.
    pub replaced: bool,
}

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedArchive {
    /// The file's name.
    pub name: String,
    /// Bytes of memory that the engine takes up by now: it never gives any back, so this is also
    /// the most it ever took.
    pub memory: u64,
    /// The images; one that is there for several platforms comes once for each.
    pub images: Vec<OpenedImage>,
    /// Platforms that the archive's index lists and whose images are not in it: `linux/arm64/v8`.
    pub absent: Vec<String>,
}

/// An image of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedImage {
    /// Its names, as `alpine:3.20`.
    pub tags: Vec<String>,
    /// What it runs on: `linux/amd64`.
    pub platform: String,
    /// Its id, configuration and history.
    pub detail: ImageDetail,
    /// Its layers, lowest first: those of the history's lines that are not empty, in their order.
    pub layers: Vec<LayerSummary>,
}

/// An image as a file: a `docker save` archive that is an OCI layout as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFile {
    /// Where the page finds it, as long as the worker lives.
    pub url: String,
    /// Its size.
    pub bytes: u64,
    /// Name and tag of the image in it.
    pub tag: String,
}

/// One line of `docker history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// What made it.
    pub created_by: String,
    /// Bytes of the files in its layer.
    pub bytes: u64,
    /// Whether it made no layer.
    pub empty_layer: bool,
    /// The builder's comment.
    pub comment: String,
    /// RFC 3339.
    pub created: String,
}

/// A message as bytes.
#[must_use]
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    postcard::to_allocvec(message).expect("these types always serialise")
}

/// The message in these bytes.
///
/// # Errors
/// A sentence, when they are none: the other side has another [`VERSION`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    postcard::from_bytes(bytes)
        .map_err(|error| format!("not a message of protocol version {VERSION}: {error}"))
}

/// File contents as one byte string: serde would write a sequence of numbers.
mod serde_bytes_compact {
    use serde::de::{Deserializer, Visitor};
    use serde::ser::Serializer;

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a byte string")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        from.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_as_sent() {
        let put = Request::PutFile(ContextFile {
            path: "app.js".into(),
            content: vec![0, 255, 10],
            executable: false,
        });
        assert_eq!(decode::<Request>(&encode(&put)), Ok(put));
        let event = Event::Progress {
            revision: 7,
            step: 3,
            state: StepState::Failed {
                exit_code: Some(127),
                message: "m".into(),
                tail: "t".into(),
                micros: 1,
            },
        };
        let events = vec![event];
        assert_eq!(decode::<Vec<Event>>(&encode(&events)), Ok(events));
    }

    /// `tests/e2e/archive.mjs` speaks these without Rust: the number of the variant, and its fields.
    #[test]
    fn messages_about_archives_are_these_bytes() {
        let open = Request::OpenArchive { name: "a.tar".into() };
        assert_eq!(encode(&open)[1..], *b"\x05a.tar");
        let opened = OpenedArchive { name: "a".into(), memory: 1, images: vec![], absent: vec![] };
        for (event, fields) in [
            (Event::ArchiveProgress { read: 300, size: 5 }, &b"\xac\x02\x05"[..]),
            (Event::ArchiveOpened(opened), b"\x01a\x01\x00\x00"),
            (Event::ArchiveRefused { name: "a".into(), message: "b".into() }, b"\x01a\x01b"),
        ] {
            assert_eq!(encode(&event)[1..], *fields);
        }
    }

    #[test]
    fn garbage_is_an_error_not_a_panic() {
        for len in 0..64 {
            let _ = decode::<Vec<Event>>(&vec![0xff; len]);
            let _ = decode::<Request>(&vec![len as u8; len]);
        }
        assert!(decode::<Vec<Event>>(&[0xff]).is_err());
    }
}
