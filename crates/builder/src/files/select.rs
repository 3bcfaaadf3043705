//! Which files a source names.

use image::Digest;
use vfs::{AbsPath, Fs, Kind, NodeId, Tree};

use super::{FileError, Filter, Passed, caller, node_at, resolved};
use crate::content_hash::has_wildcard;
use crate::glob;
use crate::miss::{FileState, Files};

/// A source that was found, before it is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selected {
    /// As the path was written or matched: its last component names the copy.
    pub named: AbsPath,
    /// Where it is after following links.
    pub path: AbsPath,
}

/// Finds what a source names in `tree`: `..` and `/` are taken from the root and stopped there, links
/// in the path and at its end are followed. A wildcard is matched against the paths below its part
/// without wildcards, links among them not followed; one that matches nothing selects nothing
/// (`ResolveWildcards` in `fsutil/copy/copy.go`).
pub(crate) fn select(tree: &Tree, source: &str) -> Result<Vec<Selected>, FileError> {
    let fs = Fs::new(tree.clone(), vfs::Limits::default());
    let named = AbsPath::new(source);
    let parts: Vec<&[u8]> = named.components().collect();
    let plain = parts.iter().take_while(|part| !has_wildcard(part)).count();
    if plain == parts.len() {
        let path = resolved(&fs, &named);
        return match node_at(&fs, &path) {
            Some(_) => Ok(vec![Selected { named, path }]),
            None => Err(FileError::NotFound(named)),
        };
    }
    let base = resolved(&fs, &AbsPath::new(parts[..plain].join(&b'/')));
    let mut found = vec![base];
    for pattern in &parts[plain..] {
        let mut next = Vec::new();
        for dir in found {
            for name in names_in(&fs, &dir) {
                // A malformed pattern matches nothing, as there.
                if glob::matches(pattern, &name).unwrap_or(false) {
                    next.push(dir.join(&name));
                }
            }
        }
        found = next;
    }
    let selected = found.into_iter().map(|named| {
        let path = resolved(&fs, &named);
        match node_at(&fs, &path) {
            Some(_) => Ok(Selected { named, path }),
            None => Err(FileError::NotFound(named)),
        }
    });
    selected.collect()
}

fn names_in(fs: &Fs, dir: &AbsPath) -> Vec<Vec<u8>> {
    let node = fs.resolve(&caller(), NodeId::ROOT, dir.as_bytes(), vfs::ResolveFlags::NOFOLLOW);
    let Some(node) = node.ok().and_then(|spot| spot.node) else { return Vec::new() };
    let entries = fs.list(node).unwrap_or_default();
    entries.into_iter().map(|entry| entry.name.as_bytes().to_vec()).collect()
}

/// Every file that a copy of these sources takes, to explain the next miss.
pub(crate) fn files_of(tree: &Tree, selected: &[Selected], filter: &Filter) -> Files {
    let mut out = Files::new();
    for source in selected {
        add_files(tree, &source.path, "", (filter, &Passed::default()), &mut out);
    }
    out
}

fn add_files(
    tree: &Tree,
    path: &AbsPath,
    relative: &str,
    (filter, parent): (&Filter, &Passed),
    out: &mut Files,
) {
    let Some((_, inode)) = tree.lookup(path) else { return };
    let (taken, passed) = filter.takes(relative, parent);
    if taken {
        let digest = match &inode.kind {
            Kind::File(content) => Digest::from_bytes(content.sha256()),
            Kind::Symlink(target) => Digest::of(target),
            _ => Digest::of(""),
        };
        let size = if inode.is_dir() { 0 } else { inode.size() };
        let owner = (inode.meta.uid, inode.meta.gid);
        out.insert(path.clone(), FileState { size, digest, mode: inode.meta.mode, owner });
    }
    for (name, _) in inode.dir().into_iter().flat_map(vfs::Dir::iter) {
        let below =
            if relative.is_empty() { name.to_string() } else { format!("{relative}/{name}") };
        add_files(tree, &path.child(name), &below, (filter, &passed), out);
    }
}
