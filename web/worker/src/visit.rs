//! Visits to the commit points of a build: what changed there, the files, what is in them.

use engine::{Build, PointId, changes_between, files_at, read_file};
use protocol::{
    Change, ChangeKind, FileBytes, FileList, FileText, Point, PointDetail, Waste, WastedFile,
};
use vfs::Tree;

use crate::convert::{MAX_CHANGES, change};

/// How many files of a filesystem are sent.
const MAX_FILES: usize = 100_000;
/// How many bytes of a file are sent.
const MAX_BYTES: usize = 256 << 10;
/// How many wasted files are sent.
const MAX_WASTED: usize = 40;

/// A commit point as the engine names it.
pub fn point_id(point: Point) -> PointId {
    match point.command {
        Some(command) => PointId { step: point.step as usize, command: command as usize },
        None => PointId::end_of(point.step as usize),
    }
}

/// What a command of a step changed: against the command before it, or the step's beginning.
pub fn point_detail(build: &Build, step: u32, command: u32) -> PointDetail {
    let at =
        |command: u32| build.state_at(PointId { step: step as usize, command: command as usize });
    let before = match command.checked_sub(1) {
        Some(command) => at(command).map(|state| state.tree),
        None => tree_before(build, step),
    };
    let after = at(command).map(|state| state.tree);
    let changes =
        before.zip(after).map(|(before, after)| changes_between(&before, &after, MAX_CHANGES));
    let (changes, total) = changes.unwrap_or_default();
    PointDetail {
        point: Point { step, command: Some(command) },
        changes: changes.into_iter().map(change).collect(),
        changes_total: total as u32,
    }
}

/// The filesystem that a step began with.
fn tree_before(build: &Build, step: u32) -> Option<Tree> {
    let stage = build.steps.get(step as usize)?.stage;
    if let Some(result) = &build.outcomes.get(step as usize)?.result {
        return Some(result.before.clone());
    }
    let earlier = (0..step as usize).rev().filter(|at| build.steps[*at].stage == stage);
    earlier.into_iter().find_map(|at| build.outcomes.get(at)?.tree.clone())
}

/// What the layers of an image waste that a build made; none if its layers cannot be read.
pub fn waste(build: &Build, image: &image::Image) -> Option<Waste> {
    let layers: Vec<_> = image.layers.iter().map(|layer| &layer.entries[..]).collect();
    let analysis = image::Analysis::of(&layers).ok()?;
    let step = |layer: usize| {
        let id = image.config.rootfs.diff_ids.get(layer)?;
        let made = |outcome: &engine::StepOutcome| {
            outcome.result.as_ref().is_some_and(|result| result.layer.diff_id == *id)
        };
        build.outcomes.iter().position(made).map(|step| step as u32)
    };
    let mut files: Vec<_> = analysis
        .wasted
        .iter()
        .map(|wasted| WastedFile {
            path: wasted.path.to_string(),
            bytes: wasted.bytes,
            put_by: step(wasted.layer),
            hidden_by: step(wasted.hidden_by),
            replaced: wasted.how == image::Hidden::Replaced,
        })
        .collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.bytes));
    files.truncate(MAX_WASTED);
    Some(Waste {
        total: analysis.total_bytes,
        wasted: analysis.wasted_bytes(),
        dive_efficiency: (analysis.dive.efficiency * 1000.0).round() as u32,
        dive_wasted: analysis.dive.wasted_bytes,
        files,
    })
}

/// All files at a commit point.
pub fn file_list(build: &Build, point: Point) -> FileList {
    let (files, total) = files_at(build, point_id(point), MAX_FILES).unwrap_or_default();
    let origins = files.iter().map(|file| file.origin.map(|step| step as u32)).collect();
    let touched = |origin: Option<usize>| origin == Some(point.step as usize);
    let before = tree_before(build, point.step);
    let files = files.into_iter().map(|file| Change {
        kind: match touched(file.origin) {
            false => ChangeKind::Kept,
            true if before.as_ref().is_some_and(|tree| tree.lookup(&file.path).is_some()) => {
                ChangeKind::Modified
            }
            true => ChangeKind::Added,
        },
        path: file.path.to_string(),
        mode: file.mode,
        owner: file.owner,
        size: file.size,
        size_before: None,
        link: file.link,
        directory: file.directory,
    });
    FileList { point, files: files.collect(), origins, total: total as u32 }
}

/// What a file holds at a commit point, and what it held before the step.
pub fn file_text(build: &Build, point: Point, path: String) -> FileText {
    let bytes = |tree: &Tree| {
        let content = read_file(tree, &path, MAX_BYTES)?;
        let engine::FileContent { bytes, size, modelled } = content;
        Some(FileBytes { bytes, size, modelled })
    };
    let content = build.state_at(point_id(point)).and_then(|state| bytes(&state.tree));
    let before = tree_before(build, point.step).and_then(|tree| bytes(&tree));
    let before = before.filter(|before| content.as_ref() != Some(before));
    FileText { point, path, content, before }
}
