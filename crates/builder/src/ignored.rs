//! What `.dockerignore` leaves of a context.

use dockerfile::Ignore;
use vfs::{Caller, Fs, Limits, NodeId, ResolveFlags, Timestamp, Tree};

/// The tree without what is ignored. A directory that is ignored stays if something in it does.
/// Directories that something is taken from are dated `now`.
#[must_use]
pub fn without_ignored(tree: &Tree, ignore: &Ignore, now: Timestamp) -> Tree {
    if ignore.patterns().is_empty() {
        return tree.clone();
    }
    let mut fs = Fs::new(tree.clone(), Limits::default());
    fs.set_now(now);
    // Backwards, a directory comes after what is in it and can go once it is empty.
    let mut paths: Vec<_> = tree.walk().map(|(path, _, inode)| (path, inode.is_dir())).collect();
    paths.reverse();
    for (path, is_dir) in paths.iter().filter(|(path, _)| !path.is_root()) {
        let name = path.to_string();
        if !ignore.matches(name.trim_start_matches('/')) {
            continue;
        }
        let root = Caller { umask: 0, ..Caller::root() };
        let flags = ResolveFlags::NOFOLLOW;
        // ENOTEMPTY is the answer for a directory that an exception keeps something in.
        let _ = if *is_dir {
            fs.rmdir(&root, NodeId::ROOT, path.as_bytes(), flags)
        } else {
            fs.unlink(&root, NodeId::ROOT, path.as_bytes(), flags)
        };
    }
    fs.into_root()
}
