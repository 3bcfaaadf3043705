//! What a layer changes, told by the layer alone.

use std::collections::{BTreeMap, BTreeSet};

use vfs::{AbsPath, Change, ChangeKind, Dir, Timestamp, Tree};

use crate::entry::{Entry, EntryKind, Whiteout};

/// What a layer changes in the tree below it, ordered by path, by the rules of `docker diff` over a
/// writable layer (moby/go-archive `changes.go`, `collectChanges`).
///
/// An entry adds what is not below and modifies what is, whether or not it differs; a directory that
/// equals the one below is listed only where something was added or removed directly in it.
/// An opaque directory removes what is below and not in the layer.
#[must_use]
pub fn layer_changes(below: &Tree, layer: &[Entry]) -> Vec<Change> {
    let mut found = BTreeMap::new();
    let own: BTreeSet<&AbsPath> = layer.iter().map(|entry| &entry.path).collect();
    for entry in layer.iter().filter(|entry| !entry.is_aufs_metadata()) {
        match entry.whiteout() {
            Some(Whiteout::Path(path)) if own.contains(&path) => {}
            Some(Whiteout::Path(path)) => {
                found.insert(path, ChangeKind::Deleted);
            }
            Some(Whiteout::Opaque(dir)) => {
                let inode = below.lookup(&dir).and_then(|(_, inode)| inode.dir());
                for (name, _) in inode.into_iter().flat_map(Dir::iter) {
                    let path = dir.child(name);
                    if !own.contains(&path) {
                        found.insert(path, ChangeKind::Deleted);
                    }
                }
            }
            None if entry.path.is_root() => {}
            None => {
                let kind = match below.lookup(&entry.path) {
                    None => ChangeKind::Added,
                    Some((_, inode)) => {
                        let same = inode.is_dir()
                            && matches!(entry.kind, EntryKind::Dir)
                            && inode.meta.mode == entry.meta.mode
                            && same_time(inode.meta.mtime, entry.meta.mtime);
                        if same {
                            continue;
                        }
                        ChangeKind::Modified
                    }
                };
                found.insert(entry.path.clone(), kind);
            }
        }
    }
    let parents: Vec<AbsPath> = found
        .iter()
        .filter(|(_, kind)| **kind != ChangeKind::Modified)
        .filter_map(|(path, _)| path.parent().filter(|dir| !dir.is_root()))
        .collect();
    for dir in parents {
        found.entry(dir).or_insert(ChangeKind::Modified);
    }
    found.into_iter().map(|(path, kind)| Change { path, kind }).collect()
}

/// Times that one side knows in whole seconds only are compared as such (`sameFsTime`).
fn same_time(a: Timestamp, b: Timestamp) -> bool {
    a == b || a.secs() == b.secs() && (a.subsec_nanos() == 0 || b.subsec_nanos() == 0)
}
