//! From the engine's types to the protocol's.

use engine::{
    Build, BuildEvent, ChainId, ChangeDetail, CommitPoint, Config, Failure, Output, StepResult,
    changes_of, format_rfc3339,
};
use protocol::host::{ContainerDetail, HostContainer, HostImage, Overview};
use protocol::{
    Change, ChangeKind, CommandPoint, Event, FileChange, HistoryEntry, ImageDetail, LayerSummary,
    Miss, OpenedArchive, OpenedImage, Outcome, OutputRun, Revision, Step, StepDetail, StepKind,
    StepState,
};

use crate::post;

/// How many changes of a layer are sent.
pub const MAX_CHANGES: usize = 5000;
/// How many lines of a failed command's output come with the failure.
const TAIL_LINES: usize = 10;

/// Sends what an event of the engine tells.
pub fn post_event(revision: Revision, event: &BuildEvent) {
    match event {
        BuildEvent::Started { steps } => {
            let steps =
                steps.iter().enumerate().map(|(index, step)| step_head(index, step)).collect();
            post(Event::Started { revision, steps });
        }
        BuildEvent::Step { step, state, .. } => {
            let state = step_state(state);
            post(Event::Progress { revision, step: *step as u32, state });
        }
    }
}

/// The end of a build.
pub fn outcome(build: &Build) -> Outcome {
    match (&build.image, build.failed) {
        (Some(image), _) => Outcome::Image {
            id: image.config.id().to_string(),
            bytes: image.layers.iter().map(|layer| layer.bytes).sum(),
            layers: image.layers.len() as u32,
        },
        (None, Some(step)) => Outcome::StepFailed { step: step as u32 },
        (None, None) => Outcome::Invalid { message: "the build made no image".to_owned() },
    }
}

/// What a step printed and changed.
pub fn step_detail(build: &Build, step: u32) -> Option<StepDetail> {
    let outcome = build.outcomes.get(step as usize)?;
    let failed_output = match &outcome.state {
        engine::StepState::Failed(Failure { output, .. }) => Some(output),
        _ => None,
    };
    let result = outcome.result.as_deref();
    let output = failed_output.or(result.map(|result| &result.output));
    let changes = result.map(|result| changes_of(result, MAX_CHANGES)).unwrap_or_default();
    let config = outcome.config.as_ref();
    let diff_ids = config.map(|config| config.rootfs.diff_ids.as_slice()).unwrap_or_default();
    Some(StepDetail {
        step,
        output: output.map(output_runs).unwrap_or_default(),
        output_dropped: output.map_or(0, |output| output.dropped),
        changes: changes.into_iter().map(change).collect(),
        changes_total: result.map_or(0, |result: &StepResult| result.changes.len() as u32),
        image_id: outcome.image_id().map(|id| id.to_string()),
        diff_id: result.map(|result| result.layer.diff_id.to_string()),
        chain_id: ChainId::of(diff_ids).map(|id| id.to_string()),
        points: outcome.points.list.iter().map(command_point).collect(),
        points_dropped: outcome.points.dropped,
    })
}

fn command_point(point: &CommitPoint) -> CommandPoint {
    CommandPoint {
        words: point.words.clone(),
        subshell: point.subshell,
        exit_code: point.exit_code,
    }
}

/// The answer for a step that there is not.
pub fn no_detail(step: u32) -> StepDetail {
    StepDetail {
        step,
        output: Vec::new(),
        output_dropped: 0,
        changes: Vec::new(),
        changes_total: 0,
        image_id: None,
        diff_id: None,
        chain_id: None,
        points: Vec::new(),
        points_dropped: 0,
    }
}

/// The image that a build made.
pub fn image_detail(build: &Build) -> Option<ImageDetail> {
    let image = build.image.as_ref()?;
    Some(image_of_config(&image.config, image.layers.iter().map(|layer| layer.bytes)))
}

/// An image of this configuration, whose layers have these sizes, lowest first.
pub fn image_of_config(config: &Config, sizes: impl IntoIterator<Item = u64>) -> ImageDetail {
    ImageDetail {
        id: config.id().to_string(),
        config: config.to_pretty_json(),
        history: history(config, sizes),
        waste: None,
    }
}

/// What an archive holds; `memory` is what the engine takes up.
pub fn opened_archive(name: &str, archive: &engine::OpenedArchive, memory: u64) -> OpenedArchive {
    let images = archive.images.iter().map(|opened| OpenedImage {
        tags: opened.image.tags.clone(),
        platform: opened.image.platform().to_string(),
        detail: ImageDetail {
            id: opened.image.id().to_string(),
            config: opened.image.pretty_config(),
            history: history(&opened.image.config, opened.layers.iter().map(|layer| layer.bytes)),
            waste: None,
        },
        layers: opened.layers.iter().filter_map(summary).collect(),
    });
    OpenedArchive {
        name: name.to_owned(),
        memory,
        images: images.collect(),
        absent: archive.absent.iter().map(ToString::to_string).collect(),
    }
}

/// What a layer of an opened image changes.
pub fn archive_layer(opened: Option<&engine::OpenedImage>, image: String, layer: u32) -> Event {
    let found = opened.map(|opened| opened.changes(layer as usize, MAX_CHANGES));
    let (changes, total) = found.unwrap_or_default();
    let changes = changes.into_iter().map(change).collect();
    Event::ArchiveLayerDetail { image, layer, changes, changes_total: total as u32 }
}

/// The lines of a history, with the bytes of the layers.
fn history(config: &Config, layers: impl IntoIterator<Item = u64>) -> Vec<HistoryEntry> {
    let mut layers = layers.into_iter();
    let entries = config.history.iter().map(|entry| HistoryEntry {
        created_by: entry.created_by.clone(),
        bytes: if entry.empty_layer { 0 } else { layers.next().unwrap_or(0) },
        empty_layer: entry.empty_layer,
        comment: entry.comment.clone(),
        created: entry.created.map(format_rfc3339).unwrap_or_default(),
    });
    entries.collect()
}

/// What the daemon has.
pub fn overview(overview: daemon::Overview) -> Overview {
    let image = |image: daemon::ImageRow| HostImage {
        id: image.id,
        names: image.names,
        age: image.age,
        bytes: image.bytes,
        own_bytes: image.own_bytes,
        layers: image.layers,
        containers: image.containers as u32,
    };
    let container = |container: daemon::ContainerRow| HostContainer {
        id: container.id,
        name: container.name,
        image: container.image,
        command: container.command,
        status: container.status,
        running: container.running,
        exit_code: container.exit_code,
        bytes: container.bytes,
        ports: container.ports,
    };
    Overview {
        images: overview.images.into_iter().map(image).collect(),
        containers: overview.containers.into_iter().map(container).collect(),
        volumes: overview.volumes,
    }
}

/// A container, with what `docker inspect` says of it.
pub fn container(view: daemon::ContainerView, config: String) -> ContainerDetail {
    ContainerDetail {
        logs: output_runs(&view.logs),
        changes: view.changes.into_iter().map(change).collect(),
        changes_total: view.changes_total as u32,
        config,
    }
}

fn step_head(index: usize, step: &engine::Step) -> Step {
    Step {
        index: index as u32,
        stage: step.stage as u32,
        stage_name: step.stage_name.clone(),
        line: step.lines.0 as u32,
        end_line: step.lines.1 as u32,
        keyword: step.keyword.clone(),
        arguments: step.arguments.clone(),
        kind: match step.kind {
            engine::StepKind::Base => StepKind::Base,
            engine::StepKind::Layer => StepKind::Layer,
            engine::StepKind::Config => StepKind::Config,
        },
    }
}

fn step_state(state: &engine::StepState) -> StepState {
    match state {
        engine::StepState::Running => StepState::Running,
        engine::StepState::Cached { layer } => StepState::Cached { layer: summary(layer) },
        engine::StepState::Ran { layer, micros, miss: cause } => {
            StepState::Done { layer: summary(layer), micros: *micros, miss: Some(miss(cause)) }
        }
        engine::StepState::Applied => StepState::Done { layer: None, micros: 0, miss: None },
        engine::StepState::Failed(failure) => StepState::Failed {
            exit_code: failure.exit_code,
            message: failure.message.clone(),
            tail: failure.output.tail(TAIL_LINES),
            micros: failure.micros,
        },
        engine::StepState::NotReached => StepState::NotReached,
    }
}

/// None for a base without layers.
fn summary(layer: &engine::LayerSummary) -> Option<LayerSummary> {
    let [added, modified, deleted] = layer.changed.map(|count| count as u32);
    Some(LayerSummary {
        diff_id: layer.diff_id?.to_string(),
        bytes: layer.bytes,
        layers: layer.layers as u32,
        added,
        modified,
        deleted,
        hidden_bytes: layer.hidden_bytes,
        modelled: layer.modelled,
    })
}

fn miss(miss: &engine::Miss) -> Miss {
    match miss.clone() {
        engine::Miss::New => Miss::New,
        engine::Miss::Instruction { before, after } => Miss::Instruction { before, after },
        engine::Miss::Parent { step } => Miss::Parent { step: step as u32 },
        engine::Miss::Files(changes) => {
            Miss::Files { changes: changes.iter().map(file_change).collect() }
        }
        engine::Miss::Environment { name, before, after } => {
            Miss::Environment { name, before, after }
        }
        engine::Miss::Workdir { before, after } => Miss::Workdir { before, after },
        engine::Miss::User { before, after } => Miss::User { before, after },
        engine::Miss::NoCache => Miss::NoCache,
    }
}

fn file_change(change: &engine::FileChange) -> FileChange {
    let state = |state: &engine::FileState| (state.size, state.digest.hex());
    FileChange {
        path: change.path.to_string().trim_start_matches('/').to_owned(),
        before: change.before.as_ref().map(state),
        after: change.after.as_ref().map(state),
    }
}

/// One path of a layer.
pub fn change(detail: ChangeDetail) -> Change {
    Change {
        kind: match detail.kind.letter() {
            'A' => ChangeKind::Added,
            'D' => ChangeKind::Deleted,
            _ => ChangeKind::Modified,
        },
        path: detail.path.to_string(),
        mode: detail.mode,
        owner: detail.owner,
        size: detail.size,
        size_before: detail.size_before,
        link: detail.link,
        directory: detail.directory,
    }
}

fn output_runs(output: &Output) -> Vec<OutputRun> {
    output
        .runs
        .iter()
        .map(|(stream, bytes)| OutputRun {
            stderr: *stream == vfs::Stream::Stderr,
            text: String::from_utf8_lossy(bytes).into_owned(),
        })
        .collect()
}
