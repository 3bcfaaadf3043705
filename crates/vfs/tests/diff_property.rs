//! The fast difference of two snapshots against a comparison of every path.

use std::collections::BTreeMap;

use proptest::prelude::*;
use vfs::{
    AbsPath, Caller, ChangeKind, DiffOptions, Fs, NodeId, OpenFlags, ResolveFlags, Timestamp, Tree,
};

#[derive(Debug, Clone)]
enum Edit {
    Write(String, u8),
    Mkdir(String),
    Remove(String),
    Rename(String, String),
    Link(String, String),
    Symlink(String),
    Chmod(String, u32),
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[abc]", 1..4).prop_map(|parts| format!("/{}", parts.join("/")))
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (path(), any::<u8>()).prop_map(|(p, b)| Edit::Write(p, b)),
        path().prop_map(Edit::Mkdir),
        path().prop_map(Edit::Remove),
        (path(), path()).prop_map(|(a, b)| Edit::Rename(a, b)),
        (path(), path()).prop_map(|(a, b)| Edit::Link(a, b)),
        path().prop_map(Edit::Symlink),
        (path(), 0..0o1000_u32).prop_map(|(p, m)| Edit::Chmod(p, m)),
    ]
}

/// Does the edit if it can be done; what the calls refuse is part of the game.
fn apply(fs: &mut Fs, edit: &Edit, time: i64) {
    let (root, at, flags) = (Caller::root(), NodeId::ROOT, ResolveFlags::NOFOLLOW);
    fs.set_now(Timestamp(time));
    match edit {
        Edit::Write(path, byte) => {
            let how = OpenFlags { write: true, create: true, ..OpenFlags::default() };
            if let Ok(file) = fs.open(&root, at, path.as_bytes(), (how, flags), 0o666) {
                let _ = fs.write(file, &[*byte]);
                fs.close(file);
            }
        }
        Edit::Mkdir(path) => {
            let _ = fs.mkdir(&root, at, path.as_bytes(), 0o755, flags);
        }
        Edit::Remove(path) => {
            if fs.unlink(&root, at, path.as_bytes(), flags).is_err() {
                let _ = fs.rmdir(&root, at, path.as_bytes(), flags);
            }
        }
        Edit::Rename(a, b) => {
            let _ = fs.rename(&root, (at, a.as_bytes(), flags), (at, b.as_bytes(), flags));
        }
        Edit::Link(a, b) => {
            let _ = fs.link(&root, (at, a.as_bytes(), flags), (at, b.as_bytes(), flags));
        }
        Edit::Symlink(path) => {
            let _ = fs.symlink(&root, b"target", at, path.as_bytes(), flags);
        }
        Edit::Chmod(path, mode) => {
            let _ = fs.chmod(&root, at, path.as_bytes(), *mode, flags);
        }
    }
}

/// Everything that counts of every path, without inode numbers.
fn listing(tree: &Tree) -> BTreeMap<AbsPath, String> {
    tree.walk()
        .map(|(path, _, inode)| {
            let meta = &inode.meta;
            let what = match &inode.kind {
                vfs::Kind::File(content) => format!("{:?} {}", content.to_vec(), meta.mtime.0),
                vfs::Kind::Symlink(target) => format!("{target:?} {}", meta.mtime.0),
                _ => meta.mtime.0.to_string(),
            };
            (path, format!("{:?} {:o} {what}", inode.file_type(), meta.mode))
        })
        .collect()
}

fn naive(old: &Tree, newer: &Tree) -> Vec<(AbsPath, ChangeKind)> {
    let (old, new) = (listing(old), listing(newer));
    let mut out = BTreeMap::new();
    for (path, what) in new.iter().filter(|(path, _)| !path.is_root()) {
        match old.get(path) {
            None => out.insert(path.clone(), ChangeKind::Added),
            Some(before) if before != what => out.insert(path.clone(), ChangeKind::Modified),
            Some(_) => None,
        };
    }
    for path in old.keys().filter(|path| !new.contains_key(path)) {
        // Only the topmost deleted path counts, and none below what is no directory any more.
        let parent = path.parent().expect("the root stays");
        if new.get(&parent).is_some_and(|what| what.starts_with("Dir")) {
            out.insert(path.clone(), ChangeKind::Deleted);
        }
    }
    // A file that is listed under one name is listed under all.
    let listed: Vec<_> = out
        .iter()
        .filter(|(_, kind)| **kind != ChangeKind::Deleted)
        .filter_map(|(path, _)| newer.lookup(path).filter(|(_, inode)| !inode.is_dir()))
        .map(|(ino, _)| ino)
        .collect();
    for (path, ..) in newer.walk().filter(|(_, ino, _)| listed.contains(ino)) {
        out.entry(path).or_insert(ChangeKind::Modified);
    }
    out.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn diff_equals_the_naive_comparison(
        before in prop::collection::vec(edit(), 0..40),
        after in prop::collection::vec(edit(), 0..25),
    ) {
        let mut fs = Fs::default();
        for (time, edit) in before.iter().enumerate() {
            apply(&mut fs, edit, time as i64);
        }
        let old = fs.root().clone();
        let kept = listing(&old);
        for (time, edit) in after.iter().enumerate() {
            apply(&mut fs, edit, 1000 + time as i64);
        }
        prop_assert_eq!(&listing(&old), &kept, "a snapshot never changes");
        let options = DiffOptions { parents: false, ..DiffOptions::UPPER_DIR };
        let fast = old.diff_by(fs.root(), options);
        let fast: Vec<_> = fast.into_iter().map(|c| (c.path, c.kind)).collect();
        prop_assert_eq!(fast, naive(&old, fs.root()));
        // What is counted while it changes equals what a walk counts.
        let inodes: std::collections::BTreeSet<_> = fs.root().walk().map(|(_, ino, _)| ino).collect();
        prop_assert_eq!(fs.root().usage().inodes, inodes.len() as u64);
    }
}
