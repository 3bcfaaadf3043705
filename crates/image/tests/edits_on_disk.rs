//! Random edits done to a tree and to a real folder: the kernel and we agree on each, and the layers
//! that we make of them, applied by us and unpacked by GNU tar, give the tree the folder has.
//!
//! `EDIT_SCRIPTS=10000 cargo test -p image --test edits_on_disk` runs as many scripts.
#![allow(clippy::disallowed_methods, reason = "works on real files")]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use image::{EntryKind, Layer, TarLimits, Whiteout, apply_layer};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{Scratch, has, is_root, listing, sh};
use vfs::{
    AbsPath, Caller, Content, DiffOptions, Errno, Fs, NodeId, OpenFlags, ResolveFlags, SetTime,
    Timestamp, Tree,
};

/// One edit; paths are relative to the root.
#[derive(Clone, Debug)]
enum Edit {
    Write(String, u8, bool),
    Mkdir(String),
    Remove(String),
    RemoveAll(String),
    Rename(String, String),
    Link(String, String),
    Symlink(String, String),
    Chmod(String, u32),
    Chown(String, u32),
    Touch(String, u32),
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[abc]", 1..4).prop_map(|parts| parts.join("/"))
}

fn edit() -> impl Strategy<Value = Edit> {
    let mode = prop_oneof![0..0o1000_u32, Just(0o4755), Just(0o2755), Just(0o1777)];
    prop_oneof![
        4 => (path(), any::<u8>(), any::<bool>()).prop_map(|(p, n, a)| Edit::Write(p, n, a)),
        4 => path().prop_map(Edit::Mkdir),
        2 => path().prop_map(Edit::Remove),
        1 => path().prop_map(Edit::RemoveAll),
        2 => (path(), path()).prop_map(|(a, b)| Edit::Rename(a, b)),
        2 => (path(), path()).prop_map(|(a, b)| Edit::Link(a, b)),
        1 => (path(), path()).prop_map(|(a, b)| Edit::Symlink(a, b)),
        2 => (path(), mode).prop_map(|(p, m)| Edit::Chmod(p, m)),
        1 => (path(), 0..3_u32).prop_map(|(p, owner)| Edit::Chown(p, owner * 1000)),
        1 => (path(), 0..100_u32).prop_map(|(p, time)| Edit::Touch(p, time)),
    ]
}

const AT: NodeId = NodeId::ROOT;
const HERE: ResolveFlags = ResolveFlags::NOFOLLOW;
const THROUGH: ResolveFlags = ResolveFlags::FOLLOW;

/// When edits happen; whole seconds, because layers hold no others.
fn clock(step: usize) -> i64 {
    1_600_000_000 + step as i64
}

fn in_tree(fs: &mut Fs, edit: &Edit, step: usize) -> Result<(), Errno> {
    let root = Caller { umask: 0o022, ..Caller::root() };
    fs.set_now(Timestamp::from_secs(clock(step)));
    match edit {
        Edit::Write(path, n, append) => {
            let how = OpenFlags {
                write: true,
                create: true,
                append: *append,
                truncate: !append,
                ..OpenFlags::default()
            };
            let file = fs.open(&root, AT, path.as_bytes(), (how, THROUGH), 0o666)?;
            let written = fs.write(file, &vec![*n; usize::from(*n) * 5 + 1]).map(drop);
            fs.close(file);
            written
        }
        Edit::Mkdir(path) => fs.mkdir(&root, AT, path.as_bytes(), 0o777, HERE).map(drop),
        Edit::Remove(path) => match fs.unlink(&root, AT, path.as_bytes(), HERE) {
            Err(Errno::EISDIR) => fs.rmdir(&root, AT, path.as_bytes(), HERE),
            other => other,
        },
        Edit::RemoveAll(path) => {
            let spot = fs.resolve(&root, AT, path.as_bytes(), HERE)?;
            let node = spot.node.ok_or(Errno::ENOENT)?;
            remove_all(fs, &AbsPath::new(path), node)
        }
        Edit::Rename(a, b) => fs.rename(&root, (AT, a.as_bytes(), HERE), (AT, b.as_bytes(), HERE)),
        Edit::Link(a, b) => {
            fs.link(&root, (AT, a.as_bytes(), HERE), (AT, b.as_bytes(), HERE)).map(drop)
        }
        Edit::Symlink(target, path) => {
            fs.symlink(&root, target.as_bytes(), AT, path.as_bytes(), HERE).map(drop)
        }
        Edit::Chmod(path, mode) => fs.chmod(&root, AT, path.as_bytes(), *mode, THROUGH),
        Edit::Chown(path, owner) => {
            fs.chown(&root, AT, path.as_bytes(), (Some(*owner), Some(*owner)), HERE)
        }
        Edit::Touch(path, time) => {
            let time = SetTime::At(Timestamp::from_secs(i64::from(*time)));
            fs.utimes(&root, AT, path.as_bytes(), (time, time), THROUGH)
        }
    }
}

fn remove_all(fs: &mut Fs, path: &AbsPath, node: NodeId) -> Result<(), Errno> {
    let root = Caller::root();
    if !fs.inode(node)?.is_dir() {
        return fs.unlink(&root, AT, path.as_bytes(), HERE);
    }
    for entry in fs.list(node)? {
        let child = path.child(&entry.name);
        let spot = fs.resolve(&root, AT, child.as_bytes(), HERE)?;
        remove_all(fs, &child, spot.node.ok_or(Errno::ENOENT)?)?;
    }
    fs.rmdir(&root, AT, path.as_bytes(), HERE)
}

fn on_disk(dir: &Path, edit: &Edit, step: usize) -> std::io::Result<()> {
    let at = |path: &str| dir.join(path);
    let time = |secs: i64| SystemTime::UNIX_EPOCH + Duration::from_secs(secs as u64);
    match edit {
        Edit::Write(path, n, append) => {
            let mut how = fs::OpenOptions::new();
            how.create(true).write(true).append(*append).truncate(!append);
            let mut file = how.open(at(path))?;
            file.write_all(&vec![*n; usize::from(*n) * 5 + 1])?;
            file.set_modified(time(clock(step)))
        }
        Edit::Mkdir(path) => fs::create_dir(at(path)),
        Edit::Remove(path) => match fs::remove_file(at(path)) {
            Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
                fs::remove_dir(at(path))
            }
            other => other,
        },
        Edit::RemoveAll(path) => match fs::symlink_metadata(at(path)) {
            Ok(meta) if meta.is_dir() => fs::remove_dir_all(at(path)),
            Ok(_) => fs::remove_file(at(path)),
            Err(error) => Err(error),
        },
        Edit::Rename(a, b) => fs::rename(at(a), at(b)),
        Edit::Link(a, b) => fs::hard_link(at(a), at(b)),
        Edit::Symlink(target, path) => std::os::unix::fs::symlink(target, at(path)),
        Edit::Chmod(path, mode) => fs::set_permissions(at(path), fs::Permissions::from_mode(*mode)),
        Edit::Chown(path, owner) => std::os::unix::fs::lchown(at(path), Some(*owner), Some(*owner)),
        Edit::Touch(path, secs) => fs::File::open(at(path))?.set_modified(time((*secs).into())),
    }
}

/// A folder in the words of [`listing`].
fn disk_listing(dir: &Path) -> Vec<String> {
    let mut files = BTreeMap::new();
    let mut stack = vec![dir.to_owned()];
    while let Some(at) = stack.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            if meta.is_dir() {
                stack.push(path.clone());
            }
            let name = AbsPath::new(path.strip_prefix(dir).unwrap().to_str().unwrap());
            files.insert(name, (path, meta));
        }
    }
    let mut first_names: HashMap<u64, AbsPath> = HashMap::new();
    // As a walk has it: a directory before what it holds, siblings by name.
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by(|(a, _), (b, _)| a.components().cmp(b.components()));
    files
        .into_iter()
        .map(|(name, (path, meta))| {
            let kind = meta.file_type();
            let (kind, what, time) = if kind.is_file() {
                let content = Content::from(fs::read(&path).unwrap());
                ("File", support::content_text(&content), meta.mtime())
            } else if kind.is_symlink() {
                ("Symlink", format!("-> {}", fs::read_link(&path).unwrap().display()), 0)
            } else {
                assert!(!kind.is_fifo());
                ("Dir", String::new(), 0)
            };
            let first = first_names.entry(meta.ino()).or_insert_with(|| name.clone()).clone();
            let link = if first == name { String::new() } else { format!(" = {first}") };
            let mode = if kind == "Symlink" { 0o777 } else { meta.mode() & 0o7777 };
            format!("{kind} {mode:o} {}:{} {time} {name}{link} {what}", meta.uid(), meta.gid())
        })
        .collect()
}

/// What GNU tar makes of two layers. It knows no whiteouts and puts nothing in the place of a
/// directory, so these are done by hand.
fn unpacked_by_tar(scratch: &Scratch, layers: &[Layer]) -> Vec<String> {
    let dir = scratch.0.join("unpacked");
    fs::create_dir(&dir).unwrap();
    for layer in layers {
        for entry in &layer.entries {
            let path = match entry.whiteout() {
                Some(Whiteout::Path(path)) => path,
                _ => entry.path.clone(),
            };
            let path = dir.join(&path.to_string()[1..]);
            let Ok(meta) = fs::symlink_metadata(&path) else { continue };
            let stays =
                entry.whiteout().is_none() && meta.is_dir() == matches!(entry.kind, EntryKind::Dir);
            match meta.is_dir() {
                _ if stays => {}
                true => fs::remove_dir_all(path).unwrap(),
                false => fs::remove_file(path).unwrap(),
            }
        }
        let mut bytes = Vec::new();
        layer.write_tar(&mut bytes).unwrap();
        fs::write(scratch.0.join("layer.tar"), bytes).unwrap();
        sh(
            &scratch.0,
            "tar -xpf layer.tar -C unpacked --same-owner --numeric-owner --exclude '.wh.*'",
        );
    }
    disk_listing(&dir)
}

fn check(before: &[Edit], after: &[Edit]) {
    let scratch = Scratch::new("edits");
    let folder = scratch.0.join("folder");
    fs::create_dir(&folder).unwrap();
    let mut fs = Fs::default();
    let mut trees = vec![Tree::new()];
    let mut step = 0;
    for edits in [before, after] {
        for edit in edits {
            let (ours, theirs) = (in_tree(&mut fs, edit, step), on_disk(&folder, edit, step));
            assert_eq!(
                ours.map_err(|errno| errno.to_string()),
                theirs.map_err(|error| {
                    let text = error.to_string();
                    text.split(" (os error").next().unwrap_or_default().to_owned()
                }),
                "{edit:?}"
            );
            step += 1;
        }
        trees.push(fs.root().clone());
    }
    let expected = listing(fs.root());
    assert_eq!(disk_listing(&folder), expected, "the folder and the tree");
    let time = Timestamp::from_secs(clock(step));
    let layers: Vec<Layer> = trees
        .windows(2)
        .map(|pair| {
            Layer::of_changes(&pair[1], &pair[0].diff_by(&pair[1], DiffOptions::UPPER_DIR), time)
        })
        .collect();
    let mut applied = Tree::new();
    for layer in &layers {
        let mut bytes = Vec::new();
        layer.write_tar(&mut bytes).unwrap();
        let read = Layer::read(bytes.as_slice(), TarLimits::default()).unwrap();
        assert_eq!(read.diff_id, layer.diff_id);
        apply_layer(&mut applied, &read.entries).unwrap();
    }
    assert_eq!(listing(&applied), expected, "the layers, applied by us");
    let mut opaque = trees[1].clone();
    let layer = Layer::with_opaque_dirs(&trees[1], &trees[2], time);
    apply_layer(&mut opaque, &layer.entries).unwrap();
    assert_eq!(listing(&opaque), expected, "the layer with opaque directories");
    assert_eq!(unpacked_by_tar(&scratch, &layers), expected, "the layers, unpacked by tar");
}

#[test]
fn layers_of_random_edits_give_the_tree_a_real_folder_has() {
    if !has("tar", "tar") {
        return;
    }
    if !is_root() {
        eprintln!("skipped: only root may give files to others and read what it shut");
        return;
    }
    let cases = std::env::var("EDIT_SCRIPTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let edits = |most| prop::collection::vec(edit(), 0..most);
    TestRunner::new(config)
        .run(&(edits(30), edits(20)), |(before, after)| {
            check(&before, &after);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
