//! Cache keys, and what a miss says about them.

use std::collections::BTreeMap;

use image::Digest;
use vfs::AbsPath;

/// Everything that decides whether a step is taken from the cache, and nothing else.
///
/// The inputs are those of BuildKit: of `RUN` the arguments, the whole environment, working
/// directory and user (`ops/exec.go`); of `COPY` the text of the operation and the content it takes,
/// but neither environment nor times (`ops/file.go`); of `WORKDIR` path and owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInputs {
    /// The key of the filesystem the step works on.
    pub parent: Key,
    /// What is done, as one line: differs whenever the operation differs.
    pub operation: String,
    /// The environment; only `RUN` has one.
    pub env: Vec<String>,
    /// The working directory; only `RUN` has one.
    pub cwd: String,
    /// The user; only `RUN` has one.
    pub user: String,
    /// The content that is copied; only `COPY` and `ADD` have some.
    pub content: Option<Digest>,
}

/// The identity of a filesystem by how it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(pub Digest);

impl KeyInputs {
    /// Inputs of nothing but a filesystem.
    pub(crate) fn of_parent(parent: Key) -> Self {
        Self {
            parent,
            operation: String::new(),
            env: Vec::new(),
            cwd: String::new(),
            user: String::new(),
            content: None,
        }
    }

    /// The cache key.
    #[must_use]
    pub fn key(&self) -> Key {
        let mut text =
            format!("{}\0{}\0{}\0{}\0", self.parent.0, self.operation, self.cwd, self.user);
        for variable in &self.env {
            text.push_str(variable);
            text.push('\0');
        }
        if let Some(content) = self.content {
            text.push_str(&content.to_string());
        }
        Key(Digest::of(text))
    }
}

/// Why the cache had no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Miss {
    /// Nothing like it has been built.
    New,
    /// The instruction reads differently.
    Instruction {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// An earlier step gave another result.
    Parent {
        /// The step, among all, that began it.
        step: usize,
    },
    /// Files that it copies differ.
    Files(Vec<FileChange>),
    /// A variable has another value.
    Environment {
        /// Name.
        name: String,
        /// Before; none if it was not set.
        before: Option<String>,
        /// Now; none if it is not set.
        after: Option<String>,
    },
    /// The working directory differs.
    Workdir {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// The user differs.
    User {
        /// As it was.
        before: String,
        /// As it is.
        after: String,
    },
    /// The build does not use the cache.
    NoCache,
}

/// A copied file that differs from what was copied before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Path in the build context, or in the stage it is copied from.
    pub path: AbsPath,
    /// Before; none if it is new.
    pub before: Option<FileState>,
    /// Now; none if it is gone.
    pub after: Option<FileState>,
}

/// What counts of a copied file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Size in bytes.
    pub size: u64,
    /// Digest of content, or of a link's target.
    pub digest: Digest,
    /// Permission bits.
    pub mode: u32,
    /// Owner and group.
    pub owner: (u32, u32),
}

/// The files that a step copies, remembered to explain the next miss.
pub type Files = BTreeMap<AbsPath, FileState>;

/// What one step of a build was made of.
#[derive(Clone, Debug)]
pub(crate) struct StepRecord {
    pub stage: usize,
    /// The instruction as written, folded.
    pub text: String,
    pub inputs: KeyInputs,
    pub files: Files,
}

/// Explains a miss by the steps of the build before: `records` in their order, `parent_missed` the
/// step of this build that made the parent differ, if one did not come from the cache.
pub(crate) fn explain(
    before: &[StepRecord],
    position: usize,
    now: &StepRecord,
    parent_missed: Option<usize>,
) -> Miss {
    let in_stage: Vec<&StepRecord> =
        before.iter().filter(|record| record.stage == now.stage).collect();
    let Some(old) = counterpart(&in_stage, position, now) else {
        return match parent_missed {
            Some(step) if in_stage.iter().any(|old| old.text == now.text) => Miss::Parent { step },
            _ => Miss::New,
        };
    };
    if old.text != now.text {
        return Miss::Instruction { before: old.text.clone(), after: now.text.clone() };
    }
    if old.files != now.files {
        return Miss::Files(file_changes(&old.files, &now.files));
    }
    if let Some(step) = parent_missed {
        return Miss::Parent { step };
    }
    if let Some((name, before, after)) = changed_variable(&old.inputs.env, &now.inputs.env) {
        return Miss::Environment { name, before, after };
    }
    if old.inputs.cwd != now.inputs.cwd {
        return Miss::Workdir { before: old.inputs.cwd.clone(), after: now.inputs.cwd.clone() };
    }
    if old.inputs.user != now.inputs.user {
        return Miss::User { before: old.inputs.user.clone(), after: now.inputs.user.clone() };
    }
    if old.inputs.operation != now.inputs.operation {
        // The text is the same, its expansion is not.
        return Miss::Instruction {
            before: old.inputs.operation.clone(),
            after: now.inputs.operation.clone(),
        };
    }
    Miss::New
}

/// The step of the build before that this one is to be compared with: the one with the same text
/// nearest to the same place, else the one at the same place if it is the same instruction.
fn counterpart<'a>(
    before: &[&'a StepRecord],
    position: usize,
    now: &StepRecord,
) -> Option<&'a StepRecord> {
    let keyword = |text: &str| text.split_whitespace().next().map(str::to_ascii_uppercase);
    let same_text = before.iter().enumerate().filter(|(_, old)| old.text == now.text);
    let nearest = same_text.min_by_key(|(at, _)| at.abs_diff(position));
    nearest.map(|(_, old)| *old).or_else(|| {
        before.get(position).copied().filter(|old| keyword(&old.text) == keyword(&now.text))
    })
}

fn file_changes(old: &Files, new: &Files) -> Vec<FileChange> {
    let mut paths: Vec<_> = old.keys().chain(new.keys()).cloned().collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .map(|path| FileChange {
            before: old.get(&path).cloned(),
            after: new.get(&path).cloned(),
            path,
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn changed_variable(
    old: &[String],
    new: &[String],
) -> Option<(String, Option<String>, Option<String>)> {
    let get = |env: &[String], name: &str| {
        env.iter().find_map(|entry| entry.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    new.iter().chain(old).find_map(|entry| {
        let (name, _) = entry.split_once('=')?;
        let (before, after) = (get(old, name), get(new, name));
        (before != after).then(|| (name.to_owned(), before, after))
    })
}
