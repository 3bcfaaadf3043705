//! What a build tells about its steps. A step is an instruction of the file, or a trigger of a base
//! image, which stands behind the `FROM`; it is known by its index.

use std::sync::Arc;

use dockerfile::{Instruction, Kind, Parse, Stage};
use image::DiffId;
use vfs::{Change, ChangeKind, DiffOptions, Kind as FileKind, Timestamp, Tree};

use crate::{CommitPoints, Key, LayerInfo, Miss, Output};

/// An instruction, before anything is known of its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The stage it belongs to; that of the first for the global `ARG`s.
    pub stage: usize,
    /// The stage's name, if it has one.
    pub stage_name: Option<String>,
    /// First and last line, from 1.
    pub lines: (usize, usize),
    /// `FROM`, `RUN`, ... in upper case.
    pub keyword: String,
    /// What follows the keyword, folded into one line.
    pub arguments: String,
    /// What it makes.
    pub kind: StepKind,
    /// Whether it is an `ONBUILD` trigger of the base; its lines are those of the `FROM`.
    pub trigger: bool,
    /// The name of its vertex in BuildKit's progress, for what makes a vertex and is needed for
    /// the target: `[2/4] RUN make`, variables expanded.
    pub vertex: Option<String>,
}

/// What an instruction makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Takes over the layers of an image or a stage.
    Base,
    /// A layer.
    Layer,
    /// Configuration only.
    Config,
}

/// How far a step is.
#[derive(Clone, Debug)]
pub enum StepState {
    /// Under way.
    Running,
    /// Taken from the cache, or, for a base, there already.
    Cached {
        /// The layer; for a base all its layers in one.
        layer: LayerSummary,
    },
    /// It ran.
    Ran {
        /// Its layer.
        layer: LayerSummary,
        /// Real time it took, in microseconds.
        micros: u64,
        /// Why it was not taken from the cache.
        miss: Miss,
    },
    /// Its configuration was applied.
    Applied,
    /// It failed and ends the build.
    Failed(Failure),
    /// An earlier step failed, or the target does not need it.
    NotReached,
}

/// A failed step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Exit code of the command of a `RUN`.
    pub exit_code: Option<i32>,
    /// In BuildKit's words.
    pub message: String,
    /// What the command printed.
    pub output: Output,
    /// Real time it took, in microseconds.
    pub micros: u64,
}

/// A layer in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// Digest of the (topmost) layer's tar; none for a base without layers.
    pub diff_id: Option<DiffId>,
    /// Bytes of the regular files in it.
    pub bytes: u64,
    /// How many layers it stands for.
    pub layers: usize,
    /// Paths added, modified (directories that are only on the way not counted), deleted.
    pub changed: [usize; 3],
    /// Bytes of lower layers that it replaces or deletes.
    pub hidden_bytes: u64,
    /// Whether its content is modelled.
    pub modelled: bool,
}

impl LayerSummary {
    /// The figures of a layer that leads from `before` to `after` by these changes.
    #[must_use]
    pub fn of(diff_id: DiffId, before: &Tree, after: &Tree, changes: &[Change]) -> Self {
        let mut changed = [0; 3];
        for change in changes {
            let at = match change.kind {
                ChangeKind::Added => 0,
                ChangeKind::Modified if is_on_the_way(before, after, change) => continue,
                ChangeKind::Modified => 1,
                ChangeKind::Deleted => 2,
            };
            changed[at] += 1;
        }
        Self {
            diff_id: Some(diff_id),
            bytes: file_bytes(after, changes, |kind| kind != ChangeKind::Deleted),
            layers: 1,
            changed,
            hidden_bytes: file_bytes(before, changes, |kind| kind != ChangeKind::Added),
            modelled: false,
        }
    }
}

/// Whether it is a directory that is listed only for what lies below it.
fn is_on_the_way(before: &Tree, after: &Tree, change: &Change) -> bool {
    match (before.lookup(&change.path), after.lookup(&change.path)) {
        (Some((_, old)), Some((_, new))) => old.is_dir() && old.same_as(new),
        _ => false,
    }
}

/// What a step made, kept in the cache.
#[derive(Clone, Debug)]
pub struct StepResult {
    /// The filesystem before it.
    pub before: Tree,
    /// The filesystem after it.
    pub tree: Tree,
    /// Its layer.
    pub layer: LayerInfo,
    /// The layer's figures.
    pub summary: LayerSummary,
    /// The layer's entries: changes with the directories above them.
    pub changes: Arc<[Change]>,
    /// What it printed.
    pub output: Output,
    /// The simple commands of a `RUN`.
    pub points: CommitPoints,
    /// The virtual time at which it ended.
    pub time: Timestamp,
    /// What the keys of the steps that build on it say of it: its own key, or another where a step
    /// that ran although the cache had it gave something else.
    pub(crate) identity: Key,
}

impl StepResult {
    /// Takes the difference of the two filesystems as a layer.
    #[must_use]
    pub(crate) fn new(before: Tree, tree: Tree, output: Output, time: Timestamp, key: Key) -> Self {
        Self::by((before, tree), DiffOptions::LAYER, output, time, key)
    }

    /// As [`Self::new`], where these options say what is a difference.
    #[must_use]
    pub(crate) fn by(
        (before, tree): (Tree, Tree),
        options: DiffOptions,
        output: Output,
        time: Timestamp,
        key: Key,
    ) -> Self {
        let changes: Arc<[Change]> = before.diff_by(&tree, options).into();
        let digest = image::layer_digest(&tree, &changes, time);
        let summary = LayerSummary::of(digest.diff_id, &before, &tree, &changes);
        Self {
            layer: LayerInfo { diff_id: digest.diff_id, bytes: summary.bytes },
            summary,
            before,
            tree,
            changes,
            output,
            points: CommitPoints::default(),
            time,
            identity: key,
        }
    }
}

impl StepResult {
    /// The files of a layer that was made on nothing, merged over `before`: the layer is the same.
    pub(crate) fn of_merge(
        before: Tree,
        tree: Tree,
        layer: &StepResult,
        time: Timestamp,
        key: Key,
    ) -> Self {
        let changes: Vec<Change> = layer
            .changes
            .iter()
            .map(|change| {
                let kind = match before.lookup(&change.path) {
                    Some(_) => ChangeKind::Modified,
                    None => ChangeKind::Added,
                };
                Change { kind, path: change.path.clone() }
            })
            .collect();
        let count = |wanted| changes.iter().filter(|change| change.kind == wanted).count();
        let changed = [count(ChangeKind::Added), count(ChangeKind::Modified), 0];
        let hidden_bytes = file_bytes(&before, &changes, |kind| kind != ChangeKind::Added);
        Self {
            summary: LayerSummary { changed, hidden_bytes, ..layer.summary.clone() },
            layer: layer.layer.clone(),
            changes: changes.into(),
            output: Output::default(),
            points: CommitPoints::default(),
            before,
            tree,
            time,
            identity: key,
        }
    }
}

/// The bytes of the regular files at these paths, for a deleted directory of all below it.
fn file_bytes(tree: &Tree, changes: &[Change], count: impl Fn(ChangeKind) -> bool) -> u64 {
    let files = changes.iter().filter(|change| count(change.kind)).flat_map(|change| {
        let found = tree.lookup(&change.path);
        let whole = change.kind == ChangeKind::Deleted;
        found.into_iter().flat_map(move |(ino, inode)| {
            let below = whole.then(|| tree.walk_from(change.path.clone(), ino).skip(1));
            std::iter::once((ino, inode))
                .chain(below.into_iter().flatten().map(|(_, ino, i)| (ino, i)))
        })
    });
    // A file with several names is in the layer once.
    let sizes: std::collections::BTreeMap<_, _> = files
        .filter_map(|(ino, inode)| match &inode.kind {
            FileKind::File(content) => Some((ino, content.len())),
            _ => None,
        })
        .collect();
    sizes.values().sum()
}

/// An instruction as a step. Its vertex is named when it is known.
pub(crate) fn step_of(instruction: &Instruction, stage: Option<&Stage>) -> Step {
    Step {
        stage: stage.map_or(0, |stage| stage.index),
        stage_name: stage.and_then(|stage| stage.name.clone()),
        lines: (instruction.lines().start, instruction.lines().end),
        keyword: instruction.name(),
        arguments: arguments_of(instruction),
        kind: kind_of(&instruction.kind),
        trigger: false,
        vertex: None,
    }
}

/// The steps of a file of which nothing more is known.
pub(crate) fn steps_without_plan(parse: &Parse) -> Vec<Step> {
    let stage_of = |index| parse.stages.iter().rfind(|stage| stage.from <= index);
    let steps = parse.instructions.iter().enumerate();
    steps.map(|(index, instruction)| step_of(instruction, stage_of(index))).collect()
}

fn kind_of(kind: &Kind) -> StepKind {
    match kind {
        Kind::From(_) => StepKind::Base,
        Kind::Run(_) | Kind::Copy(_) | Kind::Add(_) | Kind::Workdir(_) => StepKind::Layer,
        _ => StepKind::Config,
    }
}

fn arguments_of(instruction: &Instruction) -> String {
    let text = instruction.text();
    let keyword = instruction.node.keyword.text.len();
    text.get(keyword..).unwrap_or_default().trim().to_owned()
}
