//! What to build, and what a build needs of the outside.

use std::collections::BTreeMap;

use dockerfile::Ignore;
use vfs::{Timestamp, Tree};

use crate::{Executor, Images, Network};

/// What to build.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The Dockerfile.
    pub text: &'a str,
    /// The build context, without what `.dockerignore` keeps out.
    pub context: &'a Tree,
    /// The patterns that kept files out of the context, for the check of what is copied.
    pub ignore: Option<&'a Ignore>,
    /// `--target`: name or number of the stage to build; the last one if none.
    pub target: Option<&'a str>,
    /// `--build-arg`.
    pub build_args: BTreeMap<String, String>,
    /// `--label`: of the image that is built.
    pub labels: BTreeMap<String, String>,
    /// `--build-context`: what a name stands for in `FROM` and `--from`.
    pub contexts: BTreeMap<String, NamedContext>,
    /// `--secret`: the values, by their ids.
    pub secrets: BTreeMap<String, Vec<u8>>,
    /// `--add-host`: names and addresses that commands find in `/etc/hosts`.
    pub add_hosts: Vec<(String, String)>,
    /// Which steps run although the cache has them.
    pub no_cache: NoCache,
    /// The virtual time at which the build starts.
    pub start: Timestamp,
}

impl<'a> Request<'a> {
    /// A build of the last stage, with nothing given besides the file and the context.
    #[must_use]
    pub fn new(text: &'a str, context: &'a Tree, start: Timestamp) -> Self {
        Self {
            text,
            context,
            ignore: None,
            target: None,
            build_args: BTreeMap::new(),
            labels: BTreeMap::new(),
            contexts: BTreeMap::new(),
            secrets: BTreeMap::new(),
            add_hosts: Vec::new(),
            no_cache: NoCache::None,
            start,
        }
    }
}

/// A named context.
#[derive(Clone, Debug)]
pub enum NamedContext {
    /// A directory.
    Files(Tree),
    /// `docker-image://`: an image, by its reference.
    Image(String),
}

/// Which steps run although the cache has them. `WORKDIR` is never among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NoCache {
    /// None.
    #[default]
    None,
    /// `--no-cache`: every one.
    All,
    /// `--no-cache-filter`: those of these stages.
    Stages(Vec<String>),
}

impl NoCache {
    /// Whether the steps of a stage run; a stage without a name has the empty one.
    #[must_use]
    pub fn covers(&self, stage: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Stages(names) => names.iter().any(|name| name.eq_ignore_ascii_case(stage)),
        }
    }
}

/// What a build needs of the outside.
pub struct Outside<'a> {
    /// Runs commands.
    pub executor: &'a mut dyn Executor,
    /// Finds base images.
    pub images: &'a mut dyn Images,
    /// Answers downloads.
    pub network: &'a mut dyn Network,
    /// The real clock in microseconds, for the times that are shown; nothing that is built depends
    /// on it.
    pub micros: &'a dyn Fn() -> u64,
}
