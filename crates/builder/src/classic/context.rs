//! What the classic builder's client sends (`TarWithOptions` of moby/go-archive).

use dockerfile::Ignore;
use vfs::{AbsPath, Tree};

/// The tree without what is ignored: a directory that is ignored goes with all that is in it, unless an
/// exception begins with its path.
#[must_use]
pub fn context(tree: &Tree, ignore: &Ignore) -> Tree {
    let mut out = tree.clone();
    let mut gone: Option<AbsPath> = None;
    for (path, _, inode) in tree.walk().skip(1) {
        if gone.as_ref().is_some_and(|gone| path.starts_with(gone)) {
            continue;
        }
        let name = path.to_string().trim_start_matches('/').to_owned();
        let below = format!("{name}/");
        let goes_on = inode.is_dir()
            && ignore.patterns().iter().any(|pattern| {
                pattern.exception && format!("{}/", pattern.text).starts_with(&below)
            });
        if !ignore.matches(&name) || goes_on {
            continue;
        }
        let parent = path.parent().and_then(|parent| out.lookup(&parent)).map(|(ino, _)| ino);
        if let Some(parent) = parent {
            remove_all(&mut out, parent, &path);
        }
        gone = Some(path);
    }
    out
}

fn remove_all(tree: &mut Tree, parent: vfs::Ino, path: &AbsPath) {
    let below: Vec<AbsPath> = match tree.lookup(path) {
        Some((_, inode)) => inode
            .dir()
            .into_iter()
            .flat_map(vfs::Dir::iter)
            .map(|(name, _)| path.child(name))
            .collect(),
        None => return,
    };
    if let Some((ino, _)) = tree.lookup(path) {
        for path in &below {
            remove_all(tree, ino, path);
        }
    }
    // It has just been looked up, and is empty.
    let _ = tree.remove(parent, path.file_name());
}
