//! A layer's changes, with what people want to see of each.

use builder::{StepResult, group_name, user_name};
use vfs::{AbsPath, Change, ChangeKind, Inode, Kind, Tree};

/// One path of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDetail {
    /// Added, modified, deleted.
    pub kind: ChangeKind,
    /// Where.
    pub path: AbsPath,
    /// As `ls -l` shows it; of the old file for a deletion.
    pub mode: String,
    /// `user:group`, by name where the image has one.
    pub owner: String,
    /// Size in bytes; for a deletion that of everything it hides. Directories have none.
    pub size: u64,
    /// Size of a file that was there before.
    pub size_before: Option<u64>,
    /// Target of a symbolic link.
    pub link: Option<String>,
    /// Whether it is (for a deletion: was) a directory.
    pub directory: bool,
}

/// The changes of a layer, ordered by path, at most `limit` of them.
#[must_use]
pub fn changes_of(result: &StepResult, limit: usize) -> Vec<ChangeDetail> {
    details(&result.before, &result.tree, &result.changes[..limit.min(result.changes.len())])
}

/// What differs between two commit points, forwards or backwards, ordered by path, at most `limit`
/// changes; directories above a change are left out. The second part is how many changes there are.
#[must_use]
pub fn changes_between(before: &Tree, after: &Tree, limit: usize) -> (Vec<ChangeDetail>, usize) {
    let changes = before.diff(after);
    (details(before, after, &changes[..limit.min(changes.len())]), changes.len())
}

/// What people want to see of these changes.
pub(crate) fn details(before: &Tree, after: &Tree, changes: &[Change]) -> Vec<ChangeDetail> {
    changes
        .iter()
        .filter_map(|change| {
            let deleted = change.kind == ChangeKind::Deleted;
            let tree = if deleted { before } else { after };
            let (ino, inode) = tree.lookup(&change.path)?;
            let size_before = match change.kind {
                ChangeKind::Modified => {
                    before.lookup(&change.path).filter(|old| !old.1.is_dir()).map(|old| size(old.1))
                }
                _ => None,
            };
            let size = if deleted {
                tree.walk_from(change.path.clone(), ino).map(|(.., inode)| size(inode)).sum()
            } else {
                size(inode)
            };
            let link = match &inode.kind {
                Kind::Symlink(target) => Some(String::from_utf8_lossy(target).into_owned()),
                _ => None,
            };
            Some(ChangeDetail {
                kind: change.kind,
                path: change.path.clone(),
                mode: inode.mode_text(),
                owner: owner_text(tree, inode),
                size,
                size_before,
                link,
                directory: inode.is_dir(),
            })
        })
        .collect()
}

fn size(inode: &Inode) -> u64 {
    match &inode.kind {
        Kind::File(content) => content.len(),
        _ => 0,
    }
}

fn owner_text(tree: &Tree, inode: &Inode) -> String {
    let (uid, gid) = (inode.meta.uid, inode.meta.gid);
    let user = user_name(tree, uid).unwrap_or_else(|| uid.to_string());
    let group = group_name(tree, gid).unwrap_or_else(|| gid.to_string());
    format!("{user}:{group}")
}
