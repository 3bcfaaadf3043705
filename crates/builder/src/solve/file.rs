//! Changes to files: `COPY`, `ADD`, `WORKDIR`, here-documents.

use image::Digest;
use vfs::{AbsPath, Content, Timestamp, Tree};

use super::{Done, Fault, Made, Solver, Task, text};
use crate::content_hash::{Selector, content_hash, has_wildcard};
use crate::files::{
    CopyOptions, FileError, Filter, Selected, copy, files_of, is_archive, make_dirs, put_file,
    select, unpack,
};
use crate::graph::{Action, CopyAction, Input};
use crate::miss::{Files, KeyInputs};
use crate::{ChangeMode, CommitPoints, ContentHashError, Output};

/// A copy with its sources found.
struct Prepared {
    from: Tree,
    selected: Vec<Selected>,
    filter: Filter,
    action: CopyAction,
}

impl Solver<'_, '_> {
    /// What decides a change to files, and how to make it.
    pub(super) fn file_task<'t>(
        &self,
        step: usize,
        base: Input,
        actions: &'t [Action],
    ) -> Result<Task<'t>, Fault> {
        let base = self.input(base)?;
        let keyword = &self.conversion.steps[step].keyword;
        let mut operation = keyword.clone();
        let mut digests = Vec::new();
        let mut files = Files::new();
        let mut prepared = Vec::new();
        for action in actions {
            match action {
                Action::Mkdir { path, mode, owner, .. } => {
                    let owner = owner.as_deref().unwrap_or_default();
                    operation.push_str(&format!(" mkdir {path} {mode:o} {owner}"));
                }
                Action::Mkfile { path, mode, data } => {
                    operation.push_str(&format!(" mkfile {path} {mode:o}"));
                    digests.push(Digest::of(data.as_bytes()).to_string());
                }
                Action::Copy(action) => {
                    let from = self.input(action.from)?;
                    let copy = prepare(&from, action)?;
                    operation.push_str(&operation_of(action));
                    digests.push(digest_of(&from.tree, action)?);
                    files.extend(files_of(&copy.from, &copy.selected, &copy.filter));
                    prepared.push(copy);
                }
            }
        }
        if let Some(epoch) = self.conversion.epoch {
            operation.push_str(&format!(" created {}", epoch.0));
        }
        // As `NewContentHashFunc` of BuildKit's `solver/llbsolver/result.go` joins them.
        let content = (!digests.is_empty()).then(|| Digest::of(digests.join("\0")));
        let inputs = KeyInputs { operation, content, ..KeyInputs::of_parent(base.key) };
        let tree = base.tree.clone();
        let make = Box::new(move |_: &mut Solver<'_, '_>, run: super::Run| {
            let time = run.time;
            let tree = apply(tree, actions, prepared, time).map_err(text)?;
            let (output, points) = <(Output, CommitPoints)>::default();
            Ok(Done { tree, output, time, points })
        });
        Ok(Task { inputs, files, base, make })
    }

    /// A change that no instruction stands for: a here-document, the directory of a cache mount.
    pub(super) fn internal(&self, base: Input, actions: &[Action]) -> Result<Made, Fault> {
        let base = self.input(base)?;
        let time = self.conversion.epoch.unwrap_or(self.request.start);
        let tree = apply(base.tree.clone(), actions, Vec::new(), time).map_err(text)?;
        let key = KeyInputs {
            operation: format!("internal {actions:?}"),
            ..KeyInputs::of_parent(base.key)
        };
        Ok(Made { tree, key: key.key(), ..base })
    }
}

fn apply(
    mut tree: Tree,
    actions: &[Action],
    prepared: Vec<Prepared>,
    time: Timestamp,
) -> Result<Tree, FileError> {
    let mut copies = prepared.into_iter();
    for action in actions {
        tree = match action {
            Action::Mkdir { path, mode, owner, created } => {
                let owner = owner.as_deref().map(|owner| crate::owner_ids(&tree, owner));
                let mode = Some(ChangeMode::Set(*mode));
                let options = CopyOptions { owner, mode, created: *created };
                make_dirs(tree, path, &options, time)?
            }
            Action::Mkfile { path, mode, data } => {
                let content = Content::from(data.as_bytes().to_vec());
                put_file(tree, path, (content, *mode), time)?
            }
            Action::Copy(_) => match copies.next() {
                Some(copy) => copy.run(tree, time)?,
                None => tree,
            },
        };
    }
    Ok(tree)
}

impl Prepared {
    fn run(self, mut tree: Tree, now: Timestamp) -> Result<Tree, FileError> {
        let Self { from, selected, filter, action } = self;
        let owner = action.owner.as_deref().map(|owner| crate::owner_ids(&tree, owner));
        let options = CopyOptions { owner, mode: action.mode.clone(), created: action.created };
        for source in &selected {
            tree = if action.unpack && is_archive(&from, &source.path) {
                let dest = AbsPath::new(&action.dest);
                unpack(&from, &source.path, tree, &dest, &options, now)?
            } else {
                let source = std::slice::from_ref(source);
                copy(&from, source, tree, &action.dest, (&options, &filter), now)?
            };
        }
        Ok(tree)
    }
}

/// Finds the sources of a copy.
fn prepare(from: &Made, action: &CopyAction) -> Result<Prepared, Fault> {
    let filter = Filter::new(&action.include, &action.exclude).map_err(text)?;
    let missing = |error: FileError| match error {
        FileError::NotFound(path) => not_found(&from.tree, &path),
        other => text(other),
    };
    for path in &action.required {
        select(&from.tree, path).map_err(missing)?;
    }
    let selected = if action.local {
        select(&from.tree, &action.source).map_err(missing)?
    } else {
        let path = AbsPath::new(&action.source);
        vec![Selected { named: path.clone(), path }]
    };
    Ok(Prepared { from: from.tree.clone(), selected, filter, action: action.clone() })
}

/// The message of a source that is not there. The reference is random in BuildKit; here it is the
/// beginning of a digest, so that the message is the same each time.
pub(super) fn not_found(from: &Tree, path: &AbsPath) -> Fault {
    let names: Vec<_> = from.walk().map(|(path, ..)| path.to_string()).collect();
    let reference = &Digest::of(names.join("\n")).hex()[..25];
    Fault::from(format!(
        "failed to compute cache key: failed to calculate checksum of ref {reference}: \"{path}\": not \
         found"
    ))
}

fn digest_of(from: &Tree, action: &CopyAction) -> Result<String, Fault> {
    let selector = Selector {
        path: &action.source,
        follow_links: action.local,
        wildcard: action.local && has_wildcard(action.source.as_bytes()),
        include: &action.include,
        exclude: &action.exclude,
    };
    match content_hash(from, &selector) {
        Ok(digest) => Ok(digest.to_string()),
        Err(ContentHashError::NotFound(path)) => Err(not_found(from, &path)),
        Err(error) => Err(text(error)),
    }
}

/// What of a copy decides the key besides the content: of the source only the last part of its path,
/// so that renaming the directory it is in changes nothing (`CacheMap` in
/// `solver/llbsolver/ops/file.go`).
fn operation_of(action: &CopyAction) -> String {
    let source = AbsPath::new(&action.source);
    let mut out = format!(" {:?} {:?}", String::from_utf8_lossy(source.file_name()), action.dest);
    if let Some(owner) = &action.owner {
        out.push_str(&format!(" chown={owner}"));
    }
    if let Some(mode) = &action.mode {
        out.push_str(&format!(" chmod={mode}"));
    }
    if !action.include.is_empty() || !action.exclude.is_empty() {
        out.push_str(&format!(" include={:?} exclude={:?}", action.include, action.exclude));
    }
    if action.unpack {
        out.push_str(" unpack");
    }
    out
}
