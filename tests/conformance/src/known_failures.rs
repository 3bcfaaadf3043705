//! The list of cases that are known to fail.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

/// Cases that are known to fail.
pub struct KnownFailures {
    names: BTreeSet<String>,
}

impl KnownFailures {
    /// Reads `known-failures.txt`: on each line `suite/id`, then `#` and the reason.
    pub fn load() -> Result<Self> {
        let mut names = BTreeSet::new();
        for line in include_str!("../known-failures.txt").lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, reason)) = line.split_once(" #") else {
                bail!("known-failures.txt: '{line}' gives no reason, write it behind ' #'");
            };
            if reason.trim().is_empty() || !names.insert(name.trim().to_owned()) {
                bail!("known-failures.txt: '{line}' has no reason or stands there twice");
            }
        }
        Ok(KnownFailures { names })
    }

    /// True where the case is on the list.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}
