//! What `.dockerignore` leaves of a context.

use dockerfile::Ignore;
use vfs::{Inode, Tree};

/// The tree without what is ignored. A directory that is ignored stays if something in it does; what
/// stays keeps its attributes, times included.
#[must_use]
pub fn without_ignored(tree: &Tree, ignore: &Ignore) -> Tree {
    let mut out = tree.clone();
    if ignore.patterns().is_empty() {
        return out;
    }
    // Backwards, a directory comes after what is in it and can go once it is empty.
    let mut paths: Vec<_> = tree.walk().map(|(path, ..)| path).collect();
    paths.reverse();
    for path in paths.iter().filter(|path| !path.is_root()) {
        let name = path.to_string();
        if !ignore.matches(name.trim_start_matches('/')) {
            continue;
        }
        let empty = |inode: &Inode| inode.dir().is_none_or(vfs::Dir::is_empty);
        let parent = path.parent().and_then(|parent| out.lookup(&parent)).map(|(ino, _)| ino);
        if let (Some(parent), true) =
            (parent, out.lookup(path).is_some_and(|(_, inode)| empty(inode)))
        {
            // Its name has just been looked up.
            let _ = out.remove(parent, path.file_name());
        }
    }
    out
}
