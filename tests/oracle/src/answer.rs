//! Filesystems and layers, written as the cases write them.

use builder::StepResult;
use image::Digest;
use serde_json::{Value, json};
use vfs::{AbsPath, ChangeKind, FileType, Inode, Kind, Tree};

use crate::lab::START;

/// What a filesystem has that `base` has not, what it has otherwise, and what is gone.
pub fn against_base(base: &Tree, tree: &Tree) -> Value {
    let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    let mut first_names = std::collections::BTreeMap::new();
    for (path, ino, inode) in tree.walk().skip(1) {
        let mut entry = entry(&path, inode);
        if inode.nlink() > 1 && !inode.is_dir() {
            let first = first_names.entry(ino).or_insert_with(|| path.to_string()).clone();
            if first != path.to_string() {
                entry["hardlink_to"] = json!(first);
            }
        }
        match base.lookup(&path) {
            None => added.push(entry),
            Some((_, old)) => {
                let mut before = self::entry(&path, old);
                let mut after = entry.clone();
                if inode.is_dir() {
                    // A directory's time alone is no change.
                    (before["mtime"], after["mtime"]) = (Value::Null, Value::Null);
                }
                if before != after {
                    changed.push(entry);
                }
            }
        }
    }
    for (path, ..) in base.walk().skip(1) {
        if tree.lookup(&path).is_none() {
            removed.push(json!(path.to_string()));
        }
    }
    json!({ "added": added, "changed": changed, "removed": removed })
}

/// The entries of a layer.
pub fn layer(result: &StepResult) -> Vec<Value> {
    let mut first_names = std::collections::BTreeMap::new();
    let entries = result.changes.iter().filter_map(|change| {
        if change.kind == ChangeKind::Deleted {
            return Some(json!({ "path": change.path.to_string(), "type": "whiteout" }));
        }
        let (ino, inode) = result.tree.lookup(&change.path)?;
        let mut entry = entry(&change.path, inode);
        if inode.nlink() > 1 && !inode.is_dir() {
            let path = change.path.to_string();
            let first = first_names.entry(ino).or_insert_with(|| path.clone()).clone();
            if first != path {
                if let Some(fields) = entry.as_object_mut() {
                    fields.retain(|name, _| !["size", "sha256"].contains(&name.as_str()));
                }
                entry["type"] = json!("hardlink");
                entry["link"] = json!(first.trim_start_matches('/'));
            }
        }
        Some(entry)
    });
    entries.collect()
}

/// Leaves out of a recorded layer the directories of which only the time differs from before: the
/// overlay2 driver lists them, the containerd store does not.
pub fn without_touched(recorded: &mut Value, result: &StepResult) {
    let Some(entries) = recorded.as_array_mut() else { return };
    entries.retain(|entry| {
        let path = AbsPath::new(entry["path"].as_str().unwrap_or_default());
        let listed = result.changes.iter().any(|change| change.path == path);
        let same_mode = result.before.lookup(&path).is_some_and(|(_, inode)| {
            json!(format!("{:04o}", inode.meta.mode)) == entry["mode"] && inode.is_dir()
        });
        listed || entry["type"] != "dir" || !same_mode
    });
}

fn entry(path: &AbsPath, inode: &Inode) -> Value {
    let meta = &inode.meta;
    let kind = match inode.file_type() {
        FileType::File => "file",
        FileType::Dir => "dir",
        FileType::Symlink => "symlink",
        FileType::CharDevice => "char",
        FileType::BlockDevice => "block",
        FileType::Fifo => "fifo",
        FileType::Socket => "socket",
    };
    let mtime = if meta.mtime >= START { json!("build") } else { json!(meta.mtime.secs()) };
    let mut out = json!({
        "path": path.to_string(),
        "type": kind,
        "mode": format!("{:04o}", meta.mode),
        "uid": meta.uid,
        "gid": meta.gid,
        "mtime": mtime,
    });
    match &inode.kind {
        Kind::File(content) => {
            out["size"] = json!(content.len());
            out["sha256"] = json!(Digest::from_bytes(content.sha256()).hex());
        }
        Kind::Symlink(target) => out["link"] = json!(String::from_utf8_lossy(target)),
        _ => {}
    }
    out
}
