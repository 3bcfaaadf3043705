//! `image diff`

use std::fmt;

use serde_json::{Value, json};
use vfs::{AbsPath, Change, ChangeKind, Tree};

use super::{short, step_text};
use crate::{ApplyError, Image, apply_layer, layer_changes};

/// What layers change, or what differs between two images.
pub struct ChangesReport(pub Vec<LayerChanges>);

/// One list of changes.
pub struct LayerChanges {
    /// What it is of; empty where that is plain.
    pub title: String,
    /// The layer, counted from 1; 0 for what is between two images.
    pub layer: usize,
    /// The changes in the order of `docker diff`.
    pub changes: Vec<Change>,
}

impl ChangesReport {
    /// What each layer of an image changes, or one of them (counted from 1).
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn of_layers(image: &Image, only: Option<usize>) -> Result<Self, ApplyError> {
        let mut tree = Tree::new();
        let mut lists = Vec::new();
        let steps = image.config.layer_history();
        for (at, layer) in image.layers.iter().enumerate() {
            if only.is_none_or(|only| only == at + 1) {
                let step = step_text(steps.get(at).copied().flatten());
                let title = format!("layer {} {} {step}", at + 1, short(layer.diff_id));
                let title = title.trim_end().to_owned();
                let changes = layer_changes(&tree, &layer.entries);
                lists.push(LayerChanges { title, layer: at + 1, changes });
            }
            apply_layer(&mut tree, &layer.entries)?;
        }
        Ok(Self(lists))
    }

    /// What leads from one image to another, by path: content, type, mode, owner, link target.
    /// Times are left out, because two builds of the same differ in them.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn between(older: &Image, newer: &Image) -> Result<Self, ApplyError> {
        let (old, new) = (older.tree()?, newer.tree()?);
        let mut changes = Vec::new();
        let mut gone: Option<AbsPath> = None;
        for (path, _, inode) in old.walk() {
            if gone.as_ref().is_some_and(|dir| path.starts_with(dir)) {
                continue;
            }
            match new.lookup(&path) {
                None => {
                    changes.push(Change { path: path.clone(), kind: ChangeKind::Deleted });
                    gone = Some(path);
                }
                Some((_, other)) if !inode.same_as(other) => {
                    changes.push(Change { path: path.clone(), kind: ChangeKind::Modified });
                    // What is no directory any more has lost all that was in it.
                    gone = (inode.is_dir() && !other.is_dir()).then_some(path);
                }
                Some(_) => {}
            }
        }
        let added = new.walk().filter(|(path, ..)| old.lookup(path).is_none());
        changes.extend(added.map(|(path, ..)| Change { path, kind: ChangeKind::Added }));
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self(vec![LayerChanges { title: String::new(), layer: 0, changes }]))
    }

    /// An array with an object for each change.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rows = self.0.iter().flat_map(|list| {
            list.changes.iter().map(|change| {
                json!({
                    "layer": (list.layer > 0).then_some(list.layer),
                    "kind": change.kind.letter().to_string(),
                    "path": change.path.to_string(),
                })
            })
        });
        Value::Array(rows.collect())
    }
}

impl fmt::Display for ChangesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, list) in self.0.iter().enumerate() {
            if !list.title.is_empty() {
                writeln!(f, "{}{}", if at > 0 { "\n" } else { "" }, list.title)?;
            }
            for change in &list.changes {
                writeln!(f, "{} {}", change.kind.letter(), change.path)?;
            }
        }
        Ok(())
    }
}
