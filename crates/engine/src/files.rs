//! The files of a filesystem, as people look at them.

use std::collections::HashMap;

use builder::{Build, PointId, group_name, user_name};
use vfs::{AbsPath, Kind, Tree};

/// One path of a filesystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDetail {
    /// Where.
    pub path: AbsPath,
    /// As `ls -l` shows it.
    pub mode: String,
    /// `user:group`, by name where the image has one.
    pub owner: String,
    /// Size in bytes. Directories have none.
    pub size: u64,
    /// Target of a symbolic link.
    pub link: Option<String>,
    /// Whether it is a directory.
    pub directory: bool,
    /// The step whose layer the path comes from; none for the base.
    pub origin: Option<usize>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileContent {
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// Its size.
    pub size: u64,
    /// Whether the content is modelled: of a base image, with a real name and size.
    pub modelled: bool,
}

/// The files at a commit point, ordered by path, at most `limit` of them, and how many there are.
#[must_use]
pub fn files_at(build: &Build, at: PointId, limit: usize) -> Option<(Vec<FileDetail>, usize)> {
    let tree = build.state_at(at)?.tree;
    let origins = origins(build, at);
    let (mut users, mut groups) = (HashMap::new(), HashMap::new());
    let mut files = Vec::new();
    let mut total = 0;
    for (path, _, inode) in tree.walk() {
        if path.is_root() {
            continue;
        }
        total += 1;
        if total > limit {
            continue;
        }
        let (uid, gid) = (inode.meta.uid, inode.meta.gid);
        let name = |id: u32, name: Option<String>| name.unwrap_or_else(|| id.to_string());
        let user = users.entry(uid).or_insert_with(|| name(uid, user_name(&tree, uid)));
        let group = groups.entry(gid).or_insert_with(|| name(gid, group_name(&tree, gid)));
        files.push(FileDetail {
            mode: inode.mode_text(),
            owner: format!("{user}:{group}"),
            size: match &inode.kind {
                Kind::File(content) => content.len(),
                _ => 0,
            },
            link: match &inode.kind {
                Kind::Symlink(target) => Some(String::from_utf8_lossy(target).into_owned()),
                _ => None,
            },
            directory: inode.is_dir(),
            origin: origins.get(&path).copied(),
            path,
        });
    }
    Some((files, total))
}

/// The step that wrote each path last. Steps of other stages are the base's.
fn origins(build: &Build, at: PointId) -> HashMap<AbsPath, usize> {
    let mut origins = HashMap::new();
    let stage = build.steps.get(at.step).map(|step| step.stage);
    for (index, outcome) in build.outcomes.iter().enumerate().take(at.step) {
        let own = build.steps.get(index).map(|step| step.stage) == stage;
        let Some(result) = outcome.result.as_ref().filter(|_| own) else { continue };
        for change in result.changes.iter() {
            let directory = result.tree.lookup(&change.path).is_none_or(|(_, i)| i.is_dir());
            // A directory that is only above a change is not the step's.
            if !directory || result.before.lookup(&change.path).is_none() {
                origins.insert(change.path.clone(), index);
            }
        }
    }
    let last = build.outcomes.get(at.step).and_then(|outcome| outcome.result.as_ref());
    let before = last.map(|result| result.before.clone());
    let before = before.or_else(|| {
        let earlier = (0..at.step).rev().find_map(|step| build.state_at(PointId::end_of(step)));
        earlier.map(|state| state.tree)
    });
    if let (Some(before), Some(state)) = (before, build.state_at(at)) {
        for change in before.diff(&state.tree) {
            origins.insert(change.path, at.step);
        }
    }
    origins
}

/// What a file holds, at most the first `limit` bytes; none for what is no file.
#[must_use]
pub fn read_file(tree: &Tree, path: &str, limit: usize) -> Option<FileContent> {
    let (_, inode) = tree.lookup(&AbsPath::new(path))?;
    let Kind::File(content) = &inode.kind else { return None };
    let size = content.len();
    let mut bytes = vec![0; limit.min(usize::try_from(size).unwrap_or(limit))];
    let read = content.read_at(0, &mut bytes);
    bytes.truncate(read);
    Some(FileContent { bytes, size, modelled: content.is_synthetic() })
}
