//! What changed between two snapshots.

use std::collections::{BTreeMap, BTreeSet};

use imbl::ordmap::DiffItem;

use crate::{AbsPath, Ino, Inode, Kind, Name, Tree};

/// How a path differs between two snapshots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Only the newer one has it (`A`).
    Added,
    /// Both have it, with other content, attributes or type (`C`).
    Modified,
    /// Only the older one has it (`D`); what lay below is not listed.
    Deleted,
}

impl ChangeKind {
    /// The letter `docker diff` prints.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Added => 'A',
            Self::Modified => 'C',
            Self::Deleted => 'D',
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub path: AbsPath,
    /// How.
    pub kind: ChangeKind,
}

/// What [`Tree::diff_by`] counts as a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiffOptions {
    /// Whether a directory of which only the mtime differs is modified.
    pub dir_times: bool,
    /// Whether the directories above a change are listed as modified.
    pub parents: bool,
    /// Whether a file that is added or modified under one name is listed under all it has: they are
    /// one file and stay one in a layer.
    pub links: bool,
}

impl DiffOptions {
    /// What a layer holds, as BuildKit and the containerd image store write it: not a directory of
    /// which only the time differs (`sameFile` in containerd/continuity's `fs/diff.go`, `sameDirent`
    /// in BuildKit's `util/overlay`), but a file that got one more name.
    pub const LAYER: Self = Self { dir_times: false, parents: true, links: true };
    /// What lies in the upper directory of an overlay, which Docker's overlay2 graph driver takes
    /// for the layer: a directory in which a file was made and removed as well.
    pub const UPPER_DIR: Self = Self { dir_times: true, ..Self::LAYER };
    /// What `docker diff` lists: moby/go-archive's `ChangesDirs`, and Docker 28 as recorded.
    pub const LISTING: Self = Self { dir_times: false, parents: true, links: false };
}

impl Tree {
    /// The changes that lead from `self` to `newer`, ordered by path.
    ///
    /// Costs what differs, not what exists, when one was made from a snapshot of the other.
    /// A file counts as modified when its type, content, mode, owner, extended attributes, device
    /// numbers or mtime differ; a directory's mtime does not count. For a change deeper below,
    /// directories are listed by [`Tree::diff_with_parents`] only. A file of several names that is
    /// added or modified under one is listed under all. The root itself is never listed.
    #[must_use]
    pub fn diff(&self, newer: &Self) -> Vec<Change> {
        self.diff_by(newer, DiffOptions { parents: false, ..DiffOptions::LAYER })
    }

    /// As [`Tree::diff`], with the directories above each change as `C`, as layers have them (the
    /// root is left out).
    #[must_use]
    pub fn diff_with_parents(&self, newer: &Self) -> Vec<Change> {
        self.diff_by(newer, DiffOptions::LAYER)
    }

    /// As [`Tree::diff`], by these rules.
    #[must_use]
    pub fn diff_by(&self, newer: &Self, options: DiffOptions) -> Vec<Change> {
        let mut found = BTreeMap::new();
        for path in self.touched_paths(newer) {
            compare(self, newer, &path, options.dir_times, &mut found);
        }
        if options.links {
            newer.other_names(&mut found);
        }
        if options.parents {
            let mut parents = BTreeSet::new();
            for path in found.keys() {
                let mut up = path.parent();
                while let Some(dir) = up.filter(|dir| !dir.is_root()) {
                    up = dir.parent();
                    if !parents.insert(dir) {
                        break;
                    }
                }
            }
            for dir in parents {
                found.entry(dir).or_insert(ChangeKind::Modified);
            }
        }
        found.into_iter().map(|(path, kind)| Change { path, kind }).collect()
    }

    /// Adds the other names of every file that is listed.
    fn other_names(&self, found: &mut BTreeMap<AbsPath, ChangeKind>) {
        let mut others = BTreeSet::new();
        for (path, kind) in &*found {
            if let Some((_, inode)) = self.lookup(path)
                && *kind != ChangeKind::Deleted
                && inode.links.len() > 1
            {
                self.paths_of(inode, &mut others);
            }
        }
        for path in others {
            found.entry(path).or_insert(ChangeKind::Modified);
        }
    }

    /// Directories in the place of other directories, the topmost only: all that the older ones held
    /// is gone, though names may come again. Ordered by path.
    #[must_use]
    pub fn replaced_dirs(&self, newer: &Self) -> Vec<AbsPath> {
        let mut replaced: Vec<AbsPath> = Vec::new();
        for path in self.touched_paths(newer) {
            let (Some((old, a)), Some((new, b))) = (self.lookup(&path), newer.lookup(&path)) else {
                continue;
            };
            let is_below = replaced.last().is_some_and(|dir| path.starts_with(dir));
            if old != new && a.is_dir() && b.is_dir() && !is_below {
                replaced.push(path);
            }
        }
        replaced
    }

    /// Every path at which an inode differs, in either tree.
    fn touched_paths(&self, newer: &Self) -> BTreeSet<AbsPath> {
        let mut touched = BTreeSet::new();
        for item in self.inodes.diff(&newer.inodes) {
            match item {
                DiffItem::Add(_, inode) => newer.paths_of(inode, &mut touched),
                DiffItem::Remove(_, inode) => self.paths_of(inode, &mut touched),
                DiffItem::Update { old: (_, old), new: (_, new) } => {
                    self.paths_of(old, &mut touched);
                    newer.paths_of(new, &mut touched);
                }
            }
        }
        touched
    }

    fn paths_of(&self, inode: &Inode, out: &mut BTreeSet<AbsPath>) {
        for (dir, name) in &inode.links {
            out.extend(self.path_of(*dir).map(|dir| dir.child(name)));
        }
    }
}

fn compare(
    older: &Tree,
    newer: &Tree,
    path: &AbsPath,
    dir_times: bool,
    found: &mut BTreeMap<AbsPath, ChangeKind>,
) {
    if found.contains_key(path) {
        return;
    }
    match (older.lookup(path), newer.lookup(path)) {
        (None, None) => {}
        (None, Some((ino, _))) => {
            for (path, ..) in newer.walk_from(path.clone(), ino) {
                found.insert(path, ChangeKind::Added);
            }
        }
        (Some(_), None) => {
            // Only the topmost deleted directory is listed.
            let gone_with_parent = path
                .parent()
                .is_some_and(|dir| newer.lookup(&dir).is_none_or(|(_, inode)| !inode.is_dir()));
            if !gone_with_parent {
                found.insert(path.clone(), ChangeKind::Deleted);
            }
        }
        (Some((old_ino, old)), Some((new_ino, new))) => {
            if differs(old, new, dir_times) {
                found.insert(path.clone(), ChangeKind::Modified);
            }
            match (&old.kind, &new.kind) {
                (Kind::Dir(a), Kind::Dir(b)) if old_ino != new_ino => {
                    // Replaced by another directory: inodes below may be shared under other paths,
                    // so every entry is looked at.
                    let names: BTreeSet<&Name> =
                        a.iter().chain(b.iter()).map(|(name, _)| name).collect();
                    for name in names {
                        compare(older, newer, &path.child(name), dir_times, found);
                    }
                }
                (Kind::Dir(_), Kind::Dir(_)) => {}
                (_, Kind::Dir(_)) => add_below(newer, path, new_ino, found),
                _ => {}
            }
        }
    }
}

fn add_below(newer: &Tree, path: &AbsPath, ino: Ino, found: &mut BTreeMap<AbsPath, ChangeKind>) {
    for (path, ..) in newer.walk_from(path.clone(), ino).skip(1) {
        found.insert(path, ChangeKind::Added);
    }
}

fn differs(old: &Inode, new: &Inode, dir_times: bool) -> bool {
    let both_are_dirs = old.is_dir() && new.is_dir();
    let times_count = dir_times || !both_are_dirs;
    times_count && old.meta.mtime != new.meta.mtime || !old.same_as(new)
}
