//! The last build, as far as its events have come in.

use protocol::{Event, LayerSummary, Miss, Outcome, Revision, Step, StepKind, StepState};

/// A build as the page shows it. It is `Eq` so that comparing two shared ones begins with their
/// addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Build {
    /// The edit it belongs to.
    pub revision: Revision,
    /// Every instruction with how far it is.
    pub rows: Vec<Row>,
    /// The end; none while it runs.
    pub outcome: Option<Outcome>,
    /// Time it took, in microseconds.
    pub micros: u64,
    /// The program that is being fetched.
    pub loading: Option<String>,
    /// The rows are those of an earlier build, because this text has no steps to show.
    pub stale: bool,
}

/// An instruction and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The instruction.
    pub step: Step,
    /// How far.
    pub state: StepState,
}

/// How far a step is, in the words of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// From the cache.
    Cached,
    /// It ran now.
    Ran,
    /// Only configuration: nothing to run.
    Config,
    /// It failed.
    Failed,
    /// An earlier one failed, or nothing needs it.
    NotReached,
}

impl Status {
    /// The name in class names and in keys of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Cached => "cached",
            Self::Ran => "ran",
            Self::Config => "config",
            Self::Failed => "failed",
            Self::NotReached => "not-reached",
        }
    }
}

impl Row {
    /// How far it is.
    pub fn status(&self) -> Status {
        let config = self.step.kind == StepKind::Config;
        match self.state {
            StepState::Waiting => Status::Waiting,
            StepState::Running => Status::Running,
            StepState::Cached { .. } | StepState::Done { .. } if config => Status::Config,
            StepState::Cached { .. } => Status::Cached,
            StepState::Done { .. } => Status::Ran,
            StepState::Failed { .. } => Status::Failed,
            StepState::NotReached => Status::NotReached,
        }
    }

    /// Its layer, once there is one.
    pub fn layer(&self) -> Option<&LayerSummary> {
        match &self.state {
            StepState::Cached { layer } | StepState::Done { layer, .. } => layer.as_ref(),
            _ => None,
        }
    }

    /// Time it took, in microseconds, if it ran.
    pub fn micros(&self) -> Option<u64> {
        match self.state {
            StepState::Done { micros, .. } | StepState::Failed { micros, .. } => Some(micros),
            _ => None,
        }
    }

    /// Why the cache had no answer.
    pub fn miss(&self) -> Option<&Miss> {
        match &self.state {
            StepState::Done { miss, .. } => miss.as_ref(),
            _ => None,
        }
    }

    /// The instruction as one line.
    pub fn instruction(&self) -> String {
        format!("{} {}", self.step.keyword, self.step.arguments)
    }
}

impl Build {
    /// Takes in what the engine said of a build. Other events, and those of a build that is no
    /// longer shown, change nothing.
    pub fn hear(&mut self, event: Event) {
        match event {
            Event::Started { revision, steps } => {
                let rows = std::mem::take(&mut self.rows);
                let stale = steps.is_empty();
                *self = Self { revision, stale, ..Self::default() };
                // A text without steps is most often one between two good ones: showing the
                // last steps, marked, is calmer than showing none for the time of a keystroke.
                self.rows = if stale {
                    rows
                } else {
                    let waiting = |step| Row { step, state: StepState::Waiting };
                    steps.into_iter().map(waiting).collect()
                };
            }
            Event::Progress { revision, step, state } if revision == self.revision => {
                self.loading = None;
                if let Some(row) = self.rows.iter_mut().find(|row| row.step.index == step) {
                    row.state = state;
                }
            }
            Event::Loading { revision, module } if revision == self.revision => {
                self.loading = Some(module);
            }
            Event::Finished { revision, outcome, micros } if revision == self.revision => {
                self.loading = None;
                if matches!(outcome, Outcome::Invalid { .. }) {
                    // Nothing of a text that is wrong is built.
                    let waiting = |row: &&mut Row| row.state == StepState::Waiting;
                    for row in self.rows.iter_mut().filter(waiting) {
                        row.state = StepState::NotReached;
                    }
                }
                self.outcome = Some(outcome);
                self.micros = micros;
            }
            _ => {}
        }
    }

    /// Nothing more will come: what has not ended was not reached.
    pub fn cut(&mut self) {
        self.loading = None;
        for row in &mut self.rows {
            if matches!(row.state, StepState::Waiting | StepState::Running) {
                row.state = StepState::NotReached;
            }
        }
    }

    /// The row of a step.
    pub fn row(&self, step: u32) -> Option<&Row> {
        self.rows.iter().find(|row| row.step.index == step)
    }

    /// The row whose instruction is on this line, counted from 1.
    pub fn row_at_line(&self, line: u32) -> Option<&Row> {
        self.rows.iter().find(|row| (row.step.line..=row.step.end_line).contains(&line))
    }

    /// What the page shows when the user has chosen no step: what failed or runs, else what began
    /// the misses, else the last layer.
    pub fn most_telling(&self) -> Option<u32> {
        let telling = |row: &&Row| matches!(row.status(), Status::Failed | Status::Running);
        let failed = self.rows.iter().find(telling);
        let missed = || self.rows.iter().find(|row| row.miss().is_some_and(|miss| !is_plain(miss)));
        let last = || self.rows.iter().rev().find(|row| row.layer().is_some());
        let row = failed.or_else(missed).or_else(last).or_else(|| self.rows.first());
        row.map(|row| row.step.index)
    }
}

/// Whether a miss needs no explanation: the step is new, or the user wanted it to run.
pub fn is_plain(miss: &Miss) -> bool {
    matches!(miss, Miss::New | Miss::NoCache)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn step(index: u32, keyword: &str, arguments: &str, kind: StepKind) -> Step {
        Step {
            index,
            stage: 0,
            stage_name: None,
            line: index + 1,
            end_line: index + 1,
            keyword: keyword.into(),
            arguments: arguments.into(),
            kind,
        }
    }

    pub fn layer(bytes: u64) -> LayerSummary {
        LayerSummary {
            diff_id: "sha256:00".into(),
            bytes,
            layers: 1,
            added: 1,
            modified: 0,
            deleted: 0,
            hidden_bytes: 0,
            modelled: false,
        }
    }

    pub fn done(bytes: u64, miss: Option<Miss>) -> StepState {
        StepState::Done { layer: Some(layer(bytes)), micros: 10, miss }
    }

    pub fn build(states: Vec<StepState>) -> Build {
        let row = |(index, state)| Row { step: step(index, "RUN", "x", StepKind::Layer), state };
        Build { rows: (0..).zip(states).map(row).collect(), ..Build::default() }
    }

    #[test]
    fn events_of_another_build_change_nothing() {
        let mut build = Build::default();
        let steps = vec![step(0, "FROM", "scratch", StepKind::Base)];
        build.hear(Event::Started { revision: 2, steps });
        let before = build.clone();
        build.hear(Event::Progress { revision: 1, step: 0, state: StepState::Running });
        build.hear(Event::Progress { revision: 2, step: 9, state: StepState::Running });
        let outcome = Outcome::Invalid { message: String::new() };
        build.hear(Event::Finished { revision: 1, outcome, micros: 1 });
        assert_eq!(build, before);
    }

    #[test]
    fn a_text_without_steps_keeps_the_last_rows_marked() {
        let mut build = Build::default();
        let steps = vec![step(0, "FROM", "scratch", StepKind::Base)];
        build.hear(Event::Started { revision: 1, steps });
        build.hear(Event::Started { revision: 2, steps: vec![] });
        assert!(build.stale);
        assert_eq!(build.rows.len(), 1);
    }

    #[test]
    fn the_most_telling_step() {
        let cached = || StepState::Cached { layer: Some(layer(1)) };
        let failed = || StepState::Failed {
            exit_code: Some(1),
            message: String::new(),
            tail: String::new(),
            micros: 1,
        };
        let files = || Some(Miss::Files { changes: vec![] });
        for (states, telling) in [
            (vec![], None),
            (vec![cached(), cached(), StepState::NotReached], Some(1)),
            (vec![cached(), done(1, files()), done(1, Some(Miss::Parent { step: 1 }))], Some(1)),
            (vec![done(1, Some(Miss::New)), done(1, Some(Miss::New))], Some(1)),
            (vec![done(1, files()), failed(), StepState::NotReached], Some(1)),
            (vec![done(1, files()), StepState::Running, StepState::Waiting], Some(1)),
            (vec![StepState::Waiting, StepState::Waiting], Some(0)),
        ] {
            assert_eq!(build(states.clone()).most_telling(), telling, "{states:?}");
        }
    }
}
