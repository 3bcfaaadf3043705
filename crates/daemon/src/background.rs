//! Containers that run in the background: how far they are on the virtual clock.
//!
//! A container's process is run when it starts, for as long as [`HORIZON`] at most; what it did after each
//! simple command is kept with its time. So everything that looks at a container sees what it had
//! printed and written by then.

use builder::{CommitPoints, Output};
use vfs::{Timestamp, Tree};

use crate::{Container, Daemon, Status};

/// How far a container that does not end by itself is run, in seconds of the virtual clock.
pub const HORIZON: i64 = 3600;

/// How many simple commands of a container are kept.
pub const POINTS: usize = 20_000;

/// What a process does from its start on.
#[derive(Clone, Debug)]
pub struct Background {
    /// Its simple commands.
    pub points: CommitPoints,
    /// All that it prints.
    pub output: Output,
    /// The filesystem that it leaves, if it ends.
    pub end: Option<Tree>,
    /// Somebody else has changed its files: what it would have written is not seen any more.
    pub is_touched: bool,
}

impl Background {
    /// How many bytes it has printed by now.
    fn printed(&self, now: Timestamp) -> usize {
        let before = self.points.list.iter().take_while(|point| point.time <= now);
        match before.last() {
            Some(point) => point.printed,
            // A program that is no shell says nothing of its time.
            None if self.points.list.is_empty() => usize::MAX,
            None => 0,
        }
    }

    /// Its files as they are now.
    fn tree(&self, now: Timestamp) -> Option<Tree> {
        let before = self.points.list.iter().take_while(|point| point.time <= now);
        before.last().map(|point| point.tree.clone())
    }
}

/// The first bytes of an output.
fn first(output: &Output, bytes: usize) -> Output {
    let mut left = bytes;
    let mut out = Output::default();
    for (stream, run) in &output.runs {
        let taken = run.len().min(left);
        left -= taken;
        if taken > 0 {
            out.runs.push((*stream, run[..taken].to_vec()));
        }
    }
    out
}

impl Container {
    /// What it has printed by now.
    #[must_use]
    pub fn printed(&self, now: Timestamp) -> Output {
        let mut out = self.logs.clone();
        if let Some(background) = &self.background {
            crate::append(&mut out, first(&background.output, background.printed(now)));
        }
        out
    }

    /// When a byte of what it printed was there.
    #[must_use]
    pub fn printed_at(&self, byte: usize) -> Option<Timestamp> {
        let kept = self.log_times.iter().find(|(end, _)| *end > byte).map(|(_, time)| *time);
        kept.or_else(|| {
            let before = length(&self.logs);
            let mut points = self.background.as_ref()?.points.list.iter();
            points.find(|point| before + point.printed > byte).map(|point| point.time)
        })
    }

    /// Adds to what it printed.
    pub fn log(&mut self, output: Output, points: &CommitPoints) {
        let before = length(&self.logs);
        let times = points.list.iter().map(|point| (before + point.printed, point.time));
        self.log_times.extend(times);
        crate::append(&mut self.logs, output);
    }

    /// Its process is over, or is ended now.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        let Some(background) = self.background.take() else { return };
        let is_over = matches!(self.status, Status::Started { ended, .. } if ended <= now);
        let tree = match (is_over, &background.end) {
            (true, Some(end)) => Some(end.clone()),
            _ => background.tree(now),
        };
        let printed = match (is_over, &background.end) {
            (true, Some(_)) => background.output.clone(),
            _ => first(&background.output, background.printed(now)),
        };
        if let Some(tree) = tree.filter(|_| !background.is_touched) {
            self.tree = tree;
        }
        self.log(printed, &background.points);
    }
}

fn length(output: &Output) -> usize {
    output.runs.iter().map(|(_, run)| run.len()).sum()
}

impl Daemon {
    /// Lets the containers that run in the background come to the present.
    pub(crate) fn advance(&mut self) {
        let now = self.state.now;
        let ids: Vec<String> = self
            .state
            .containers
            .newest_first()
            .filter(|container| container.background.is_some())
            .map(|container| container.id.clone())
            .collect();
        for id in ids {
            let Some(container) = self.state.containers.get_mut(&id) else { continue };
            if !container.is_running(now) {
                container.settle(now);
                if container.auto_remove {
                    self.state.remove_container(&id, true);
                }
                continue;
            }
            if let Some(background) = container.background.as_ref().filter(|b| !b.is_touched)
                && let Some(tree) = background.tree(now)
            {
                container.tree = tree;
            }
        }
    }
}
