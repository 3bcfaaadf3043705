//! The list of deviations.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

/// Cases and fields that are known to differ, and whether they did.
pub struct Deviations {
    left: BTreeSet<String>,
    all: BTreeSet<String>,
}

impl Deviations {
    /// Reads `deviations.txt`: on each line a case, a field, then `#` and the reason. A case may end with
    /// `*`.
    pub fn load() -> Result<Self> {
        let mut all = BTreeSet::new();
        for line in include_str!("../deviations.txt").lines() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, reason)) = line.split_once(" #") else {
                bail!("deviations.txt: '{line}' gives no reason, write it behind ' #'");
            };
            if reason.trim().is_empty() || !all.insert(name.trim().to_owned()) {
                bail!("deviations.txt: '{line}' has no reason or stands there twice");
            }
        }
        Ok(Self { left: all.clone(), all })
    }

    /// Whether the list has it.
    pub fn take(&mut self, case: &str, field: &str) -> bool {
        let fits = |line: &&String| match line.split_once(' ') {
            Some((name, listed)) if listed == field => match name.strip_suffix('*') {
                Some(start) => case.starts_with(start),
                None => case == name,
            },
            _ => false,
        };
        let found = self.all.iter().find(fits).cloned();
        if let Some(line) = &found {
            self.left.remove(line);
        }
        found.is_some()
    }

    /// What stands in the list and did not differ.
    pub fn rest(&self) -> Vec<String> {
        self.left.iter().cloned().collect()
    }
}
