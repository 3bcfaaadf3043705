//! Build arguments (`buildargs.go`).

use std::collections::{BTreeMap, BTreeSet};

use dockerfile::EnvList;

/// Arguments that are there without being declared, and are no part of the key unless they are.
const BUILT_IN: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The arguments of a build.
#[derive(Clone, Debug, Default)]
pub struct BuildArgs {
    given: BTreeMap<String, String>,
    /// Those before the first `FROM`, with their defaults.
    meta: BTreeMap<String, Option<String>>,
    /// Those of the stage, with their defaults.
    declared: BTreeMap<String, Option<String>>,
    referenced: BTreeSet<String>,
}

impl BuildArgs {
    /// With what `--build-arg` gives.
    pub fn new(given: &BTreeMap<String, String>) -> Self {
        Self { given: given.clone(), ..Self::default() }
    }

    /// `ARG` before the first `FROM`.
    pub fn declare_meta(&mut self, name: &str, default: Option<String>) {
        self.meta.insert(name.to_owned(), default);
    }

    /// `ARG`
    pub fn declare(&mut self, name: &str, default: Option<String>) {
        self.declared.insert(name.to_owned(), default);
        self.referenced.insert(name.to_owned());
    }

    /// Forgets what the stage before has declared.
    pub fn begin_stage(&mut self) {
        self.declared.clear();
    }

    /// The values that `FROM` can name.
    pub fn meta(&self) -> EnvList {
        let mut out = EnvList::default();
        for (name, default) in &self.meta {
            if let Some(value) = self.given.get(name).or(default.as_ref()) {
                out.set(name, value);
            }
        }
        out
    }

    /// The arguments that are visible, but for those that are variables of the image too.
    pub fn visible(&self, env: &[String]) -> Vec<(String, String)> {
        let variables = EnvList::from_entries(env);
        let built_in = BUILT_IN.iter().filter(|name| self.given.contains_key(**name));
        let names: BTreeSet<&str> =
            self.declared.keys().map(String::as_str).chain(built_in.copied()).collect();
        let visible = names.into_iter().filter(|name| !variables.has(name));
        visible.filter_map(|name| Some((name.to_owned(), self.value(name)?))).collect()
    }

    fn value(&self, name: &str) -> Option<String> {
        let default = || self.declared.get(name).cloned().flatten();
        let meta = || self.meta.get(name).cloned().flatten();
        self.given.get(name).cloned().or_else(default).or_else(meta)
    }

    /// Whether it is part of a step's key.
    pub fn counts(&self, name: &str) -> bool {
        self.referenced.contains(name) || !BUILT_IN.contains(&name)
    }

    /// Those that were given and never declared.
    pub fn unused(&self) -> Vec<String> {
        let given = self.given.keys();
        let used = |name: &&String| {
            self.referenced.contains(*name)
                || self.meta.contains_key(*name)
                || BUILT_IN.contains(&name.as_str())
        };
        given.filter(|name| !used(name)).cloned().collect()
    }
}
