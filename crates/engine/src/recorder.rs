//! Recording the simple commands that a container runs, as commit points.

use std::sync::{Arc, Mutex};

use builder::{CommitPoint, CommitPoints};
use shell::{Ended, Limit};
use vfs::{Fs, Timestamp, Tree};

use crate::mounts::Mounts;

/// Keeps the first `limit` commands. Clones record into the same list.
#[derive(Clone)]
pub struct Recorder {
    limit: usize,
    deadline: Option<Timestamp>,
    recorded: Arc<Mutex<Recorded>>,
}

#[derive(Default)]
struct Recorded {
    list: Vec<CommitPoint>,
    dropped: usize,
    /// When it began, in virtual time.
    began: Option<Timestamp>,
    /// How long it had run when the deadline had passed.
    late: Option<Timestamp>,
}

impl Recorder {
    /// A recorder of so many commands.
    pub fn new(limit: usize) -> Self {
        Self { limit, deadline: None, recorded: Arc::default() }
    }

    /// The same with a virtual time at which no further command begins.
    pub fn until(self, deadline: Option<Timestamp>) -> Self {
        Self { deadline, ..self }
    }

    /// The limit that has passed, if one has.
    pub fn passed(&self) -> Option<Limit> {
        self.deadline?;
        let recorded = self.recorded.lock().ok()?;
        let seconds = u64::try_from(recorded.late?.0 / 1_000_000_000).unwrap_or_default();
        Some(Limit::Seconds(seconds))
    }

    /// Notes a command. A snapshot of the filesystem costs nothing.
    pub fn note(&self, fs: &Fs, command: &Ended<'_>) {
        let Ok(mut recorded) = self.recorded.lock() else { return };
        let began = *recorded.began.get_or_insert(fs.now());
        if self.deadline.is_some_and(|deadline| fs.now() > deadline) {
            recorded.late = Some(Timestamp(fs.now().0 - began.0));
            return;
        }
        if recorded.list.len() >= self.limit {
            recorded.dropped += 1;
            return;
        }
        let env: Vec<String> = (command.env)()
            .iter()
            .map(|(name, value)| format!("{}={}", lossy(name), lossy(value)))
            .collect();
        let last = recorded.list.last().map(|point| &point.env);
        let env = match last.filter(|last| ***last == *env) {
            Some(same) => Arc::clone(same),
            None => env.into(),
        };
        let point = CommitPoint {
            words: command.words.iter().map(|word| lossy(word)).collect(),
            line: command.line,
            subshell: command.subshell,
            exit_code: command.status.0,
            tree: fs.root().clone(),
            cwd: lossy(command.cwd),
            env,
            time: fs.now(),
            printed: fs.console().written(),
        };
        recorded.list.push(point);
    }

    /// How many commands were noted.
    pub fn count(&self) -> usize {
        self.recorded.lock().map(|recorded| recorded.list.len() + recorded.dropped).unwrap_or(0)
    }

    /// Forgets all but the first `count` commands.
    pub fn forget(&self, count: usize) {
        let Ok(mut recorded) = self.recorded.lock() else { return };
        recorded.list.truncate(count);
        recorded.dropped = count.saturating_sub(recorded.list.len());
    }

    /// What was recorded, without the places that were made for `mounts`.
    pub fn take(&self, mounts: &Mounts, began: Timestamp) -> CommitPoints {
        let Ok(mut recorded) = self.recorded.lock() else { return CommitPoints::default() };
        let mut list = std::mem::take(&mut recorded.list);
        let mut last: Option<(Tree, Tree)> = None;
        for point in &mut list {
            let tree = match &last {
                Some((tree, clean)) if tree.same_snapshot(&point.tree) => clean.clone(),
                _ => mounts.clean(point.tree.clone(), began),
            };
            last = Some((std::mem::replace(&mut point.tree, tree.clone()), tree));
        }
        CommitPoints { list: list.into(), dropped: recorded.dropped as u64 }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
