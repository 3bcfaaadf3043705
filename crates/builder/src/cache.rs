//! The build cache.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use vfs::Tree;

use crate::miss::{Key, StepRecord};
use crate::step::{StepResult, StepState};

/// Results by key, and what is needed to explain the next miss.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    results: HashMap<Key, Arc<StepResult>>,
    order: VecDeque<Key>,
    /// The layer-making steps of the last build, in their order.
    pub(crate) last: Vec<StepRecord>,
    /// How often each step ran; the same step draws other random numbers when it runs again.
    runs: HashMap<Key, u64>,
    /// Cache mounts by their ids.
    pub(crate) mounts: HashMap<String, Tree>,
    /// What ran in a build that a missing module broke off: taken up again, it still ran.
    pub(crate) unfinished: HashMap<Key, StepState>,
}

impl Cache {
    /// How many results are kept; the oldest go first. Results share their filesystems, so this
    /// bounds what thousands of edits in one session leave behind.
    const CAPACITY: usize = 4096;

    /// The result of a step with this key.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<Arc<StepResult>> {
        self.results.get(&key).cloned()
    }

    /// Keeps a result.
    pub fn put(&mut self, key: Key, result: Arc<StepResult>) {
        if self.results.insert(key, result).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > Self::CAPACITY {
            if let Some(oldest) = self.order.pop_front() {
                self.results.remove(&oldest);
                self.runs.remove(&oldest);
            }
        }
    }

    /// Counts a run of a step; answers how often it ran before.
    pub(crate) fn count_run(&mut self, key: Key) -> u64 {
        let runs = self.runs.entry(key).or_default();
        *runs += 1;
        *runs - 1
    }

    /// Forgets what the next miss would be explained with: another project is built.
    pub fn forget_last(&mut self) {
        self.last.clear();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Every result.
    pub fn results(&self) -> impl Iterator<Item = &Arc<StepResult>> {
        self.results.values()
    }

    /// Number of results.
    #[must_use]
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }
}
