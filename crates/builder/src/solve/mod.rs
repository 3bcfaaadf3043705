//! Carrying out a converted build: operation after operation, from the cache where it has them.

mod exec;
mod file;
mod history;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use image::{Digest, Layer};
use vfs::{AbsPath, Content, Timestamp, Tree};

use crate::build::{Event, StepOutcome};
use crate::convert::Conversion;
use crate::files::put_file;
use crate::graph::{Described, Input, Op, VertexId};
use crate::miss::{Files, Key, KeyInputs, StepRecord, explain};
use crate::request::NamedContext;
use crate::{
    BaseImage, Cache, CommitPoints, Failure, LayerInfo, LayerSummary, Miss, Output, Outside,
    Request, StepKind, StepResult, StepState,
};

/// What came of a build.
pub(crate) struct Solved {
    pub outcomes: Vec<StepOutcome>,
    pub image: Option<BaseImage>,
    pub end: Result<(), End>,
}

/// Why a build breaks off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// This step failed.
    Failed(usize),
    /// A module is missing.
    NotLoaded(String),
}

/// A failure that is not yet known to belong to a step.
enum Fault {
    /// A message, and for a command its exit code and output.
    Failed { message: String, exit_code: Option<i32>, output: Output, points: CommitPoints },
    /// A module is missing.
    NotLoaded(String),
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        let (output, points) = <(Output, CommitPoints)>::default();
        Self::Failed { message, exit_code: None, output, points }
    }
}

/// Builds what `definition` holds.
pub(crate) fn solve(
    request: &Request<'_>,
    conversion: &Conversion,
    definition: &[Described],
    outside: &mut Outside<'_>,
    cache: &mut Cache,
    on_event: &mut dyn FnMut(Event),
) -> Solved {
    let outcomes = conversion.steps.iter().map(|_| StepOutcome::not_reached()).collect();
    let before = std::mem::take(&mut cache.last);
    let unfinished = std::mem::take(&mut cache.unfinished);
    let mut solver = Solver {
        request,
        conversion,
        needed: definition.iter().map(|vertex| vertex.id).collect(),
        outside,
        cache,
        on_event,
        before,
        unfinished,
        ran: HashMap::new(),
        records: Vec::new(),
        outcomes,
        made: HashMap::new(),
        mounted: BTreeSet::new(),
    };
    let end = solver.all();
    if !matches!(end, Err(End::NotLoaded(_))) {
        solver.tell_not_reached();
    }
    let image = end.is_ok().then(|| solver.image());
    let Solver { before, ran, records, outcomes, cache, .. } = solver;
    if matches!(end, Err(End::NotLoaded(_))) {
        cache.unfinished = ran;
    }
    // A build that broke off explains less than the one before it: keep what it did not reach.
    let reached = records.len();
    cache.last = records;
    cache.last.extend(before.into_iter().skip(reached).filter(|_| end.is_err()));
    Solved { outcomes, image, end }
}

/// The filesystem that a vertex gives.
#[derive(Clone)]
struct Made {
    tree: Tree,
    /// How it was made.
    key: Key,
    /// The virtual time at which it was ready.
    time: Timestamp,
    layers: Vec<LayerInfo>,
    result: Option<Arc<StepResult>>,
    /// The step that made it differ from what the cache had, if one did.
    missed: Option<usize>,
}

/// A build under way.
struct Solver<'a, 'b> {
    request: &'a Request<'a>,
    conversion: &'a Conversion,
    /// The vertices that the target needs.
    needed: BTreeSet<VertexId>,
    outside: &'a mut Outside<'b>,
    cache: &'a mut Cache,
    on_event: &'a mut dyn FnMut(Event),
    /// The layer-making steps of the last build.
    before: Vec<StepRecord>,
    /// What ran before a missing module broke the build off, by key.
    unfinished: HashMap<Key, StepState>,
    /// What ran in this build, by key.
    ran: HashMap<Key, StepState>,
    /// The layer-making steps of this build.
    records: Vec<StepRecord>,
    outcomes: Vec<StepOutcome>,
    made: HashMap<VertexId, Made>,
    /// Cache mounts that a command of this build has had.
    mounted: BTreeSet<String>,
}

/// An operation that the cache may have: what decides it, what it copies, and how to do it.
struct Task<'t> {
    inputs: KeyInputs,
    files: Files,
    base: Made,
    #[allow(clippy::type_complexity, reason = "used here only")]
    make: Box<dyn FnOnce(&mut Solver<'_, '_>, Run) -> Result<Done, Fault> + 't>,
}

/// One run of an operation.
struct Run {
    /// The virtual time at which it begins.
    time: Timestamp,
    /// Where its random numbers begin.
    seed: u64,
}

/// What an operation has done.
struct Done {
    tree: Tree,
    output: Output,
    time: Timestamp,
    points: CommitPoints,
}

impl<'a> Solver<'a, '_> {
    fn all(&mut self) -> Result<(), End> {
        let conversion = self.conversion;
        let mut vertices = vec![Vec::new(); conversion.steps.len()];
        for (id, vertex) in conversion.graph.iter() {
            if self.needed.contains(&conversion.graph.unique(id))
                && let Some(list) = vertices.get_mut(vertex.step)
            {
                list.push(id);
            }
        }
        let first_from =
            conversion.steps.iter().position(|step| step.kind == StepKind::Base).unwrap_or(0);
        for (step, list) in vertices.iter().enumerate() {
            if step < first_from {
                self.set(step, StepState::Applied);
                continue;
            }
            let Some(after) = &conversion.after[step] else { continue };
            let kind = conversion.steps[step].kind;
            let begun = (self.outside.micros)();
            let worked = self.step(step, list);
            match worked {
                Ok(()) => {}
                Err(Fault::NotLoaded(module)) => return Err(End::NotLoaded(module)),
                Err(Fault::Failed { message, exit_code, output, points }) => {
                    self.outcomes[step].points = points;
                    let micros = (self.outside.micros)().saturating_sub(begun);
                    let failure = Failure { exit_code, message, output, micros };
                    self.set(step, StepState::Failed(failure));
                    return Err(End::Failed(step));
                }
            }
            let reached = after.at.is_none_or(|at| self.made(Some(at)).is_some());
            if !reached {
                continue;
            }
            match kind {
                StepKind::Base => self.base(step, after.at),
                StepKind::Layer if list.is_empty() => self.set(step, StepState::Applied),
                StepKind::Layer => {}
                StepKind::Config => self.set(step, StepState::Applied),
            }
            let made = self.made(after.at);
            let outcome = &mut self.outcomes[step];
            if let Some(result) = &outcome.result {
                outcome.points = result.points.clone();
            }
            outcome.tree = made.map(|made| made.tree);
            self.outcomes[step].config = Some(self.config(after));
        }
        Ok(())
    }

    /// Does what an instruction asks for.
    fn step(&mut self, step: usize, vertices: &[VertexId]) -> Result<(), Fault> {
        for id in vertices {
            let graph = &self.conversion.graph;
            let unique = graph.unique(*id);
            if let Some(made) = self.made.get(&unique) {
                // Another instruction asked for the same: it is there.
                if let Some(result) = made.result.clone() {
                    self.outcomes[step].result = Some(Arc::clone(&result));
                    self.set(step, StepState::Cached { layer: result.summary.clone() });
                }
                continue;
            }
            let made = self.vertex(*id, step)?;
            self.made.insert(unique, made);
        }
        Ok(())
    }

    fn vertex(&mut self, id: VertexId, step: usize) -> Result<Made, Fault> {
        let vertex = self.conversion.graph.get(id);
        match &vertex.op {
            Op::Local { name } => Ok(self.local(name)),
            Op::Image { .. } => Ok(self.image_at(id)),
            Op::Http { url, file_name, checksum } => {
                self.download(url, file_name, checksum.as_deref())
            }
            Op::File { base, actions } => {
                if vertex.lines.is_none() {
                    return self.internal(*base, actions);
                }
                let task = self.file_task(step, *base, actions)?;
                self.cached(step, task, vertex.ignore_cache)
            }
            Op::Exec(exec) => {
                let task = self.exec_task(exec, vertex.ignore_cache)?;
                self.cached(step, task, vertex.ignore_cache)
            }
            Op::Merge { base, upper } => self.merge(step, *base, *upper),
        }
    }

    /// The filesystem of an input; none where it has not been made.
    fn made(&self, input: Input) -> Option<Made> {
        match input {
            None => Some(self.scratch()),
            Some(id) => self.made.get(&self.conversion.graph.unique(id)).cloned(),
        }
    }

    /// As [`Self::made`], for inputs, which are made before what needs them.
    fn input(&self, input: Input) -> Result<Made, Fault> {
        self.made(input).ok_or_else(|| Fault::from("an input has not been made".to_owned()))
    }

    fn scratch(&self) -> Made {
        Made {
            tree: Tree::new(),
            key: Key(Digest::of("scratch")),
            time: self.request.start,
            layers: Vec::new(),
            result: None,
            missed: None,
        }
    }

    fn local(&self, name: &str) -> Made {
        let tree = match self.request.contexts.get(name) {
            Some(NamedContext::Files(tree)) => tree.clone(),
            _ => self.request.context.clone(),
        };
        // A context is known by what is copied from it only.
        let key = Key(Digest::of(format!("context {name}")));
        let layers = if name.is_empty() { Vec::new() } else { vec![layer_of(&tree)] };
        Made { tree, key, layers, ..self.scratch() }
    }

    fn image_at(&self, id: VertexId) -> Made {
        let image = &self.conversion.images[&self.conversion.graph.unique(id)];
        let start = self.request.start;
        Made {
            tree: image.tree.clone(),
            key: Key(image.config.id().0),
            time: image.config.created.map_or(start, |created| created.max(start)),
            layers: image.layers.clone(),
            result: None,
            missed: None,
        }
    }

    fn download(
        &mut self,
        url: &str,
        file_name: &str,
        checksum: Option<&str>,
    ) -> Result<Made, Fault> {
        let download = self.outside.network.get(url)?;
        let digest = Digest::of(&download.content);
        if let Some(wanted) = checksum.filter(|wanted| **wanted != digest.to_string()) {
            if !wanted.starts_with("sha256:") {
                return Err(Fault::from(format!(
                    "not supported here: --checksum={wanted}, because only sha256 is computed here; \
                     give that"
                )));
            }
            return Err(Fault::from(format!("digest mismatch {digest}: {wanted}")));
        }
        let path = AbsPath::new(file_name);
        let content = (Content::from(download.content), 0o600);
        let modified = download.modified.unwrap_or_default();
        let tree = put_file(Tree::new(), &path, content, modified).map_err(text)?;
        Ok(Made { tree, key: Key(Digest::of(format!("{url} {digest}"))), ..self.scratch() })
    }

    /// Merges, and says how the instruction fared: as the copy did whose files are merged.
    fn merge(&mut self, step: usize, base: Input, upper: VertexId) -> Result<Made, Fault> {
        let (base, upper) = (self.input(base)?, self.input(Some(upper))?);
        let Some(layer) = upper.result.clone() else { return Ok(upper) };
        let key = KeyInputs {
            operation: format!("LINK {}", upper.key.0),
            ..KeyInputs::of_parent(base.key)
        }
        .key();
        let result = match self.cache.get(key) {
            Some(result) => result,
            None => {
                let time = self.later(base.time);
                let mut tree = base.tree.clone();
                let files = Layer::of_changes(&upper.tree, &layer.changes, time);
                files.apply(&mut tree).map_err(text)?;
                let result = StepResult::of_merge(base.tree.clone(), tree, &layer, time, key);
                let result = Arc::new(result);
                self.cache.put(key, Arc::clone(&result));
                result
            }
        };
        let state = match self.outcomes[step].state.clone() {
            StepState::Ran { micros, miss, .. } => {
                StepState::Ran { layer: result.summary.clone(), micros, miss }
            }
            _ => StepState::Cached { layer: result.summary.clone() },
        };
        self.outcomes[step].result = Some(Arc::clone(&result));
        self.set(step, state);
        Ok(on_top(base, result, upper.missed))
    }

    /// Takes a result from the cache, or makes it.
    fn cached(&mut self, step: usize, task: Task<'_>, ignore: bool) -> Result<Made, Fault> {
        let Task { inputs, files, base, make } = task;
        let key = inputs.key();
        let steps = &self.conversion.steps;
        let stage = steps[step].stage;
        let text = format!("{} {}", steps[step].keyword, steps[step].arguments);
        let record = StepRecord { stage, text, inputs, files };
        let known = self.cache.get(key);
        let made = match known.clone().filter(|_| !ignore) {
            Some(result) => {
                self.outcomes[step].result = Some(Arc::clone(&result));
                let cached = StepState::Cached { layer: result.summary.clone() };
                let state = match self.unfinished.remove(&key) {
                    Some(ran) => {
                        self.ran.insert(key, ran.clone());
                        ran
                    }
                    None => cached,
                };
                self.set(step, state);
                on_top(base, result, None)
            }
            None => {
                self.set(step, StepState::Running);
                let begun = (self.outside.micros)();
                let run = Run { time: self.later(base.time), seed: self.seed(key) };
                let before = base.tree.clone();
                let Done { tree, output, time, points } = make(self, run)?;
                let mut result = StepResult::new(before, tree, output, time, key);
                result.points = points;
                if let Some(known) = known {
                    result.identity = if known.layer == result.layer {
                        known.identity
                    } else {
                        Key(Digest::of(format!("{} {}", known.identity.0, result.layer.diff_id)))
                    };
                }
                let result = Arc::new(result);
                self.cache.put(key, Arc::clone(&result));
                let miss = if ignore {
                    Miss::NoCache
                } else {
                    let position = self.records.iter().filter(|old| old.stage == stage).count();
                    explain(&self.before, position, &record, base.missed)
                };
                let micros = (self.outside.micros)().saturating_sub(begun);
                self.outcomes[step].result = Some(Arc::clone(&result));
                let ran = StepState::Ran { layer: result.summary.clone(), micros, miss };
                self.ran.insert(key, ran.clone());
                self.set(step, ran);
                let missed = base.missed.or(Some(step));
                on_top(base, result, missed)
            }
        };
        self.records.push(record);
        Ok(made)
    }

    /// Where the random numbers of a step begin: the first time it runs they follow from its key
    /// alone, so that a cold cache gives everyone the same image.
    fn seed(&mut self, key: Key) -> u64 {
        let run = self.cache.count_run(key);
        let digest = Digest::of(format!("{} {run}", key.0));
        u64::from_le_bytes(digest.as_bytes()[..8].try_into().unwrap_or_default())
    }

    /// When a step begins: as soon as what it builds on is there, and a second after the files of the
    /// context at the earliest. Only what commands wait for takes time. So the times of files do not
    /// depend on how many steps came before, and what `COPY --from` finds in the cache has the times
    /// that it would have without.
    fn later(&self, time: Timestamp) -> Timestamp {
        let earliest = Timestamp(self.request.start.0.saturating_add(1_000_000_000));
        self.conversion.epoch.unwrap_or(time.max(earliest))
    }

    /// The layers that a stage begins with, in one.
    fn base(&mut self, step: usize, at: Input) {
        let Some(made) = self.made(at) else { return };
        let modelled = at.is_some_and(|at| {
            self.conversion.images.contains_key(&self.conversion.graph.unique(at))
        });
        let layer = LayerSummary {
            diff_id: made.layers.last().map(|layer| layer.diff_id),
            bytes: made.layers.iter().map(|layer| layer.bytes).sum(),
            layers: made.layers.len(),
            changed: [0; 3],
            hidden_bytes: 0,
            modelled,
        };
        self.set(step, StepState::Cached { layer });
    }

    fn set(&mut self, step: usize, state: StepState) {
        let outcome = &mut self.outcomes[step];
        outcome.state = state.clone();
        (self.on_event)(Event::Step { step, state, result: outcome.result.clone() });
    }

    /// Reports the steps that nothing was done for.
    fn tell_not_reached(&mut self) {
        for (step, outcome) in self.outcomes.iter().enumerate() {
            if matches!(outcome.state, StepState::NotReached) {
                let state = StepState::NotReached;
                (self.on_event)(Event::Step { step, state, result: None });
            }
        }
    }
}

/// What lies on `base` with one more layer.
fn on_top(base: Made, result: Arc<StepResult>, missed: Option<usize>) -> Made {
    let mut layers = base.layers;
    layers.push(result.layer.clone());
    Made {
        tree: result.tree.clone(),
        key: result.identity,
        time: result.time,
        layers,
        result: Some(result),
        missed: missed.or(base.missed),
    }
}

/// A directory as one layer.
fn layer_of(tree: &Tree) -> LayerInfo {
    let time = Timestamp::default();
    let key = Key(Digest::of(""));
    StepResult::new(Tree::new(), tree.clone(), Output::default(), time, key).layer
}

fn text(error: impl ToString) -> Fault {
    Fault::from(error.to_string())
}
