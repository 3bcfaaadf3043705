//! Parts of filesystems that are copied elsewhere.

use vfs::{
    AbsPath, Caller, ChangeKind, Content, Errno, Fs, Inode, Kind, Limits, NodeId, OpenFlags,
    ResolveFlags, SetTime, Tree,
};

const WRITE: OpenFlags = OpenFlags {
    read: false,
    write: true,
    append: false,
    create: true,
    exclusive: false,
    truncate: true,
    directory: false,
};

/// A directory of a tree as a tree of its own.
pub fn subtree(tree: &Tree, path: &AbsPath) -> Option<Tree> {
    tree.lookup(path).filter(|(_, inode)| inode.is_dir())?;
    let mut fs = Fs::new(Tree::new(), Limits::default());
    copy(tree, path, &mut fs, &AbsPath::root()).ok()?;
    Some(fs.into_root())
}

/// What stands at a path, alone at the root of a tree, under its own name.
pub fn pick(tree: &Tree, path: &AbsPath) -> Option<Tree> {
    let mut fs = Fs::new(Tree::new(), Limits::default());
    copy(tree, path, &mut fs, &AbsPath::root().join(path.file_name())).ok()?;
    Some(fs.into_root())
}

/// A tree of one file.
///
/// # Errors
/// Those of writing it.
pub fn single(name: &str, content: Vec<u8>) -> Result<Tree, Errno> {
    let mut fs = Fs::new(Tree::new(), Limits::default());
    write(&mut fs, &AbsPath::root().join(name), &content)?;
    Ok(fs.into_root())
}

/// The tree with what stands in the root of `from` put into the directory `at`; a single file takes
/// the place itself where that is no directory.
///
/// # Errors
/// Those of writing there.
pub fn placed(tree: &Tree, from: &Tree, at: &AbsPath) -> Result<Tree, Errno> {
    let mut fs = Fs::new(tree.clone(), Limits::default());
    place(&mut fs, from, at)?;
    Ok(fs.into_root())
}

/// As [`placed`], in a filesystem that is in use.
///
/// # Errors
/// Those of writing there.
pub fn place(fs: &mut Fs, from: &Tree, at: &AbsPath) -> Result<(), Errno> {
    let names: Vec<AbsPath> = from
        .walk()
        .map(|(path, _, _)| path)
        .filter(|path| path.components().count() == 1)
        .collect();
    let is_dir = fs.root().lookup(at).is_some_and(|(_, inode)| inode.is_dir());
    match names.as_slice() {
        [only] if !is_dir && from.lookup(only).is_some_and(|(_, inode)| !inode.is_dir()) => {
            copy(from, only, fs, at)
        }
        _ => copy(from, &AbsPath::root(), fs, at),
    }
}

/// Copies a file, or a directory with all that is in it.
fn copy(from: &Tree, source: &AbsPath, to: &mut Fs, at: &AbsPath) -> Result<(), Errno> {
    let (ino, _) = from.lookup(source).ok_or(Errno::ENOENT)?;
    let depth = source.components().count();
    for (path, _, inode) in from.walk_from(source.clone(), ino) {
        let target = path.components().skip(depth).fold(at.clone(), |path, name| path.join(name));
        copy_one(inode, to, &target)?;
    }
    // Times come last: what is put into a directory changes its own.
    // The directory that they are put into keeps its own.
    let root = Caller::root();
    let copied = from.walk_from(source.clone(), ino).filter(|(path, ..)| !path.is_root());
    for (path, _, inode) in copied {
        let target = path.components().skip(depth).fold(at.clone(), |path, name| path.join(name));
        let time = SetTime::At(inode.meta.mtime);
        match to.utimes(
            &root,
            NodeId::ROOT,
            target.as_bytes(),
            (time, time),
            ResolveFlags::NOFOLLOW,
        ) {
            // Devices were left out.
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

fn copy_one(inode: &Inode, to: &mut Fs, at: &AbsPath) -> Result<(), Errno> {
    let root = Caller { umask: 0, ..Caller::root() };
    match &inode.kind {
        Kind::File(content) => put(to, at, content.clone())?,
        Kind::Symlink(target) => {
            let flags = ResolveFlags::NOFOLLOW;
            to.symlink(&root, target, NodeId::ROOT, at.as_bytes(), flags)?;
            return Ok(());
        }
        _ if inode.is_dir() && at.is_root() => return Ok(()),
        _ if inode.is_dir() => {
            match to.mkdir(&root, NodeId::ROOT, at.as_bytes(), 0o755, ResolveFlags::NOFOLLOW) {
                Ok(_) | Err(Errno::EEXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        // Devices and the like stay where they are.
        _ => return Ok(()),
    }
    to.chmod(&root, NodeId::ROOT, at.as_bytes(), inode.meta.mode, ResolveFlags::FOLLOW)
}

/// Makes or replaces a file.
///
/// # Errors
/// Those of writing it.
pub fn write(fs: &mut Fs, path: &AbsPath, content: &[u8]) -> Result<(), Errno> {
    put(fs, path, Content::from(content.to_vec()))
}

fn put(fs: &mut Fs, path: &AbsPath, content: Content) -> Result<(), Errno> {
    let how = (WRITE, ResolveFlags::FOLLOW);
    let id = fs.open(&Caller::root(), NodeId::ROOT, path.as_bytes(), how, 0o644)?;
    let put = fs.put_content(id, content);
    fs.close(id);
    put
}

/// Makes a directory and those above it.
///
/// # Errors
/// Those of making it, for example `ENOTDIR`.
pub fn make_dir(fs: &mut Fs, path: &AbsPath) -> Result<(), Errno> {
    let root = Caller { umask: 0, ..Caller::root() };
    let mut here = AbsPath::root();
    for name in path.components() {
        here = here.join(name);
        match fs.mkdir(&root, NodeId::ROOT, here.as_bytes(), 0o755, ResolveFlags::NOFOLLOW) {
            Ok(_) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Changes the mode of a file.
///
/// # Errors
/// `ENOENT`.
pub fn chmod(fs: &mut Fs, path: &AbsPath, mode: u32) -> Result<(), Errno> {
    let root = Caller::root();
    fs.chmod(&root, NodeId::ROOT, path.as_bytes(), mode, ResolveFlags::FOLLOW)
}

/// Removes a file, and the directories above it that are empty then, up to `stop`.
///
/// # Errors
/// Those of removing the file.
pub fn remove(fs: &mut Fs, path: &AbsPath, stop: &AbsPath) -> Result<(), Errno> {
    let root = Caller::root();
    fs.unlink(&root, NodeId::ROOT, path.as_bytes(), ResolveFlags::NOFOLLOW)?;
    let mut dir = path.parent();
    while let Some(empty) = dir.filter(|dir| dir != stop && !dir.is_root()) {
        if fs.rmdir(&root, NodeId::ROOT, empty.as_bytes(), ResolveFlags::NOFOLLOW).is_err() {
            break;
        }
        dir = empty.parent();
    }
    Ok(())
}

/// Does below `at` what leads from one tree to another.
///
/// # Errors
/// Those of writing there.
pub fn redo(fs: &mut Fs, at: &AbsPath, before: &Tree, after: &Tree) -> Result<(), Errno> {
    let whole = |path: &AbsPath| path.components().fold(at.clone(), |at, name| at.join(name));
    make_dir(fs, at)?;
    for change in before.diff(after) {
        let target = whole(&change.path);
        match (change.kind, after.lookup(&change.path)) {
            (ChangeKind::Deleted, _) | (_, None) => remove_all(fs, &target)?,
            (_, Some((_, inode))) => copy_one(inode, fs, &target)?,
        }
    }
    Ok(())
}

/// Removes a file, or a directory with all that is in it.
fn remove_all(fs: &mut Fs, path: &AbsPath) -> Result<(), Errno> {
    let (root, at, flags) = (Caller::root(), NodeId::ROOT, ResolveFlags::NOFOLLOW);
    let mut below: Vec<(AbsPath, bool)> = match fs.root().lookup(path) {
        Some((ino, _)) => {
            let all = fs.root().walk_from(path.clone(), ino);
            all.map(|(path, _, inode)| (path, inode.is_dir())).collect()
        }
        None => return Ok(()),
    };
    below.reverse();
    for (path, is_dir) in below {
        match is_dir {
            true => fs.rmdir(&root, at, path.as_bytes(), flags)?,
            false => fs.unlink(&root, at, path.as_bytes(), flags)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use vfs::Timestamp;

    use super::*;

    #[test]
    fn times_are_copied() {
        let mut fs = Fs::new(Tree::new(), Limits::default());
        fs.set_now(Timestamp(7));
        make_dir(&mut fs, &AbsPath::new("/d/e")).expect("room");
        write(&mut fs, &AbsPath::new("/d/e/f"), b"1").expect("room");
        let copied = subtree(&fs.into_root(), &AbsPath::new("/d")).expect("a directory");
        for path in ["/e", "/e/f"] {
            let (_, inode) = copied.lookup(&AbsPath::new(path)).expect(path);
            assert_eq!(inode.meta.mtime, Timestamp(7), "{path}");
        }
    }

    #[test]
    fn parts_are_copied() {
        let file = single("a", b"1".to_vec()).expect("a file");
        let dir = placed(&Tree::new(), &file, &AbsPath::new("/copy")).expect("a free place");
        assert!(dir.lookup(&AbsPath::new("/copy")).is_some());
        let into = placed(&dir, &file, &AbsPath::root()).expect("the root is a directory");
        let paths: Vec<String> = into.walk().map(|(path, _, _)| path.to_string()).collect();
        assert_eq!(paths, ["/", "/a", "/copy"]);
        assert!(subtree(&into, &AbsPath::new("/a")).is_none());
        assert!(pick(&into, &AbsPath::new("/a")).is_some());
        assert!(pick(&into, &AbsPath::new("/b")).is_none());
    }

    #[test]
    fn changes_are_done_again() {
        let before = single("old", b"1".to_vec()).expect("a file");
        let after =
            placed(&Tree::new(), &single("x", b"2".to_vec()).expect("a file"), &AbsPath::new("/d"));
        let after = after.expect("a free place");
        let mut fs = Fs::new(Tree::new(), Limits::default());
        make_dir(&mut fs, &AbsPath::new("/host/dir")).expect("a directory");
        redo(&mut fs, &AbsPath::new("/host/dir"), &Tree::new(), &before)
            .expect("it can be written");
        redo(&mut fs, &AbsPath::new("/host/dir"), &before, &after).expect("it can be written");
        let paths: Vec<String> = fs.root().walk().map(|(path, _, _)| path.to_string()).collect();
        assert_eq!(paths, ["/", "/host", "/host/dir", "/host/dir/d"]);
    }
}
