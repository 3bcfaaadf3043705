//! Going back and forth in a build: every step, and every simple command of a `RUN`, is a commit point
//! that can be visited.

use image::ContainerConfig;
use vfs::Tree;

use crate::{Build, CommitPoint};

/// Which commit point: those of a build in their order are ordered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PointId {
    /// The step's index.
    pub step: usize,
    /// The index of a simple command of a `RUN` in [`StepOutcome::points`](crate::StepOutcome::points);
    /// `usize::MAX` for the end of the step.
    pub command: usize,
}

impl PointId {
    /// The end of a step.
    #[must_use]
    pub fn end_of(step: usize) -> Self {
        Self { step, command: usize::MAX }
    }
}

/// What a visitor finds: enough to open a shell there.
#[derive(Clone, Debug)]
pub struct PointState {
    /// The filesystem.
    pub tree: Tree,
    /// Variables, `NAME=value`.
    pub env: Vec<String>,
    /// The working directory.
    pub cwd: String,
    /// As `USER` names it; empty for root.
    pub user: String,
    /// The shell of `RUN` there.
    pub shell: Vec<String>,
}

impl Build {
    /// Every commit point that the build reached, in the order in which they came to be. A `RUN` that
    /// failed has commands and no end.
    #[must_use]
    pub fn commit_points(&self) -> Vec<PointId> {
        let points = self.outcomes.iter().enumerate().flat_map(|(step, outcome)| {
            let commands = 0..outcome.points.list.len();
            let end = outcome.tree.as_ref().map(|_| PointId::end_of(step));
            commands.map(move |command| PointId { step, command }).chain(end)
        });
        points.collect()
    }

    /// The simple command that a commit point stands behind; none for the end of a step.
    #[must_use]
    pub fn command_at(&self, at: PointId) -> Option<&CommitPoint> {
        self.outcomes.get(at.step)?.points.list.get(at.command)
    }

    /// What was there at a commit point; none for one that the build did not reach.
    #[must_use]
    pub fn state_at(&self, at: PointId) -> Option<PointState> {
        let outcome = self.outcomes.get(at.step)?;
        let config = self.config_at(at.step);
        let shell = match config.shell.as_slice() {
            [] => vec!["/bin/sh".to_owned()],
            // What follows the program are its options for one command.
            [program, ..] => vec![program.clone()],
        };
        let user = config.user.clone();
        if let Some(point) = self.command_at(at) {
            let (tree, cwd) = (point.tree.clone(), point.cwd.clone());
            return Some(PointState { tree, env: point.env.to_vec(), cwd, user, shell });
        }
        if at != PointId::end_of(at.step) {
            return None;
        }
        let tree = outcome.tree.clone()?;
        let cwd = match config.working_dir.as_str() {
            "" => "/".to_owned(),
            dir => dir.to_owned(),
        };
        Some(PointState { tree, env: config.env, cwd, user, shell })
    }

    /// The configuration that a step works with: a failed one has that of the step before it.
    fn config_at(&self, step: usize) -> ContainerConfig {
        let stage = self.steps.get(step).map(|step| step.stage);
        let same_stage = |at: &usize| self.steps.get(*at).map(|step| step.stage) == stage;
        (0..=step)
            .rev()
            .take_while(same_stage)
            .find_map(|at| self.outcomes.get(at)?.config.as_ref())
            .map(|config| config.config.clone())
            .unwrap_or_default()
    }
}
