//! The file calls, against what Linux answers.

use vfs::{
    Access, Caller, ChangeKind, Content, Cred, Errno, FileType, Fs, MountFlags, NodeId, OpenFlags,
    Rdev, ResolveFlags, SetTime, Stream, Timestamp, Whence,
};

const FOLLOW: ResolveFlags = ResolveFlags::FOLLOW;
const NOFOLLOW: ResolveFlags = ResolveFlags::NOFOLLOW;
const ROOT: NodeId = NodeId::ROOT;
const READ: OpenFlags = OpenFlags {
    read: true,
    write: false,
    append: false,
    create: false,
    exclusive: false,
    truncate: false,
    directory: false,
};
const CREATE: OpenFlags =
    OpenFlags { write: true, create: true, truncate: true, read: false, ..READ };

fn user(uid: u32) -> Caller {
    Caller { cred: Cred { uid, gid: uid, groups: vec![] }, ..Caller::root() }
}

fn write(fs: &mut Fs, caller: &Caller, path: &str, text: &str) -> vfs::Result<()> {
    let file = fs.open(caller, ROOT, path.as_bytes(), (CREATE, FOLLOW), 0o666)?;
    let written = fs.write(file, text.as_bytes());
    fs.close(file);
    written.map(|_| ())
}

fn mkdir(fs: &mut Fs, path: &str) {
    fs.mkdir(&Caller::root(), ROOT, path.as_bytes(), 0o777, NOFOLLOW).unwrap();
}

fn read(fs: &Fs, path: &str) -> String {
    String::from_utf8(fs.read_file(&Caller::root(), ROOT, path.as_bytes()).unwrap()).unwrap()
}

#[test]
fn paths_resolve_as_the_kernel_does() {
    let mut fs = Fs::default();
    let root = Caller::root();
    mkdir(&mut fs, "/a");
    mkdir(&mut fs, "/a/b");
    write(&mut fs, &root, "/a/b/file", "x").unwrap();
    for (target, path) in [
        ("b", "/a/link"),
        ("/a/b/file", "/abs"),
        ("loop2", "/loop1"),
        ("loop1", "/loop2"),
        ("nowhere", "/dangling"),
    ] {
        fs.symlink(&root, target.as_bytes(), ROOT, path.as_bytes(), NOFOLLOW).unwrap();
    }
    let errno =
        |path: &str, flags| fs.stat(&root, ROOT, path.as_bytes(), flags).map(|s| s.file_type);
    for (path, flags, expected) in [
        ("/a/link/file", FOLLOW, Ok(FileType::File)),
        ("/a/link", NOFOLLOW, Ok(FileType::Symlink)),
        ("/a/link/", NOFOLLOW, Ok(FileType::Dir)),
        ("/abs", FOLLOW, Ok(FileType::File)),
        ("/abs/", FOLLOW, Err(Errno::ENOTDIR)),
        ("/loop1", FOLLOW, Err(Errno::ELOOP)),
        ("/loop1", NOFOLLOW, Ok(FileType::Symlink)),
        ("/dangling", FOLLOW, Err(Errno::ENOENT)),
        ("/../../a/./b//file", FOLLOW, Ok(FileType::File)),
        ("/a/b/file/..", FOLLOW, Err(Errno::ENOTDIR)),
        ("/a/b/file/", FOLLOW, Err(Errno::ENOTDIR)),
        ("", FOLLOW, Err(Errno::ENOENT)),
        ("/", FOLLOW, Ok(FileType::Dir)),
    ] {
        assert_eq!(errno(path, flags), expected, "{path}");
    }
    let long = "/".to_owned() + &"x".repeat(256);
    assert_eq!(errno(&long, FOLLOW), Err(Errno::ENAMETOOLONG));
    assert_eq!(errno(&"/a".repeat(2048), FOLLOW), Err(Errno::ENAMETOOLONG));
}

#[test]
fn beneath_keeps_inside() {
    let mut fs = Fs::default();
    let root = Caller::root();
    mkdir(&mut fs, "/box");
    mkdir(&mut fs, "/box/in");
    fs.symlink(&root, b"../..", ROOT, b"/box/in/up", NOFOLLOW).unwrap();
    fs.symlink(&root, b"/box", ROOT, b"/box/abs", NOFOLLOW).unwrap();
    let at = fs.resolve(&root, ROOT, b"/box", FOLLOW).unwrap().existing().unwrap();
    let beneath = ResolveFlags { follow: true, beneath: true };
    for (path, expected) in [
        ("in/..", true),
        ("in/../..", false),
        ("..", false),
        ("/box", false),
        ("in/up", false),
        ("abs", false),
    ] {
        let got = fs.stat(&root, at, path.as_bytes(), beneath);
        assert_eq!(got.is_ok(), expected, "{path}: {got:?}");
        assert!(expected || got == Err(Errno::ENOTCAPABLE));
    }
}

#[test]
fn permissions_are_checked_per_class() {
    let mut fs = Fs::default();
    let root = Caller::root();
    mkdir(&mut fs, "/tmp");
    fs.chmod(&root, ROOT, b"/tmp", 0o1777, FOLLOW).unwrap();
    mkdir(&mut fs, "/secret");
    fs.chmod(&root, ROOT, b"/secret", 0o700, FOLLOW).unwrap();
    write(&mut fs, &root, "/secret/key", "k").unwrap();
    let (ann, bob) = (user(1000), user(1001));
    assert_eq!(write(&mut fs, &ann, "/etc", ""), Err(Errno::EACCES));
    write(&mut fs, &ann, "/tmp/mine", "a").unwrap();
    assert_eq!(fs.stat(&ann, ROOT, b"/secret/key", FOLLOW), Err(Errno::EACCES));
    assert_eq!(fs.unlink(&bob, ROOT, b"/tmp/mine", FOLLOW), Err(Errno::EPERM), "sticky");
    assert_eq!(fs.chmod(&bob, ROOT, b"/tmp/mine", 0o777, FOLLOW), Err(Errno::EPERM));
    assert_eq!(fs.chown(&ann, ROOT, b"/tmp/mine", (Some(0), None), FOLLOW), Err(Errno::EPERM));
    fs.chmod(&ann, ROOT, b"/tmp/mine", 0o4711, FOLLOW).unwrap();
    assert_eq!(fs.access(&bob, ROOT, b"/tmp/mine", Access::READ), Err(Errno::EACCES));
    fs.chown(&root, ROOT, b"/tmp/mine", (Some(1001), None), FOLLOW).unwrap();
    let stat = fs.stat(&root, ROOT, b"/tmp/mine", FOLLOW).unwrap();
    assert_eq!((stat.meta.mode, stat.meta.uid), (0o711, 1001), "chown clears setuid");
    fs.chmod(&root, ROOT, b"/tmp/mine", 0o644, FOLLOW).unwrap();
    assert_eq!(fs.access(&root, ROOT, b"/tmp/mine", Access::EXECUTE), Err(Errno::EACCES));
    fs.unlink(&bob, ROOT, b"/tmp/mine", FOLLOW).unwrap();
}

#[test]
fn names_come_and_go() {
    let mut fs = Fs::default();
    let root = Caller::root();
    mkdir(&mut fs, "/d");
    mkdir(&mut fs, "/d/sub");
    write(&mut fs, &root, "/f", "one").unwrap();
    let here = |path: &'static str| (ROOT, path.as_bytes(), NOFOLLOW);
    fs.link(&root, here("/f"), here("/d/g")).unwrap();
    assert_eq!(fs.stat(&root, ROOT, b"/f", FOLLOW).unwrap().nlink, 2);
    assert_eq!(fs.stat(&root, ROOT, b"/d", FOLLOW).unwrap().nlink, 3);
    assert_eq!(fs.link(&root, here("/d"), here("/e")), Err(Errno::EPERM));
    assert_eq!(fs.rmdir(&root, ROOT, b"/d", FOLLOW), Err(Errno::ENOTEMPTY));
    assert_eq!(fs.rmdir(&root, ROOT, b"/f", FOLLOW), Err(Errno::ENOTDIR));
    assert_eq!(fs.unlink(&root, ROOT, b"/d", FOLLOW), Err(Errno::EISDIR));
    assert_eq!(fs.rename(&root, here("/d"), here("/d/sub/x")), Err(Errno::EINVAL));
    assert_eq!(fs.rename(&root, here("/f"), here("/d")), Err(Errno::EISDIR));
    fs.rename(&root, here("/f"), here("/d/g")).unwrap();
    assert!(
        fs.stat(&root, ROOT, b"/f", FOLLOW).is_ok(),
        "both names are one file: nothing happens"
    );
    fs.rename(&root, here("/d/sub"), here("/moved/")).unwrap();
    assert_eq!(fs.stat(&root, ROOT, b"/d", FOLLOW).unwrap().nlink, 2);
    fs.unlink(&root, ROOT, b"/f", FOLLOW).unwrap();
    assert_eq!(read(&fs, "/d/g"), "one");
}

#[test]
fn an_unlinked_file_lives_until_it_is_closed() {
    let mut fs = Fs::default();
    let root = Caller::root();
    write(&mut fs, &root, "/f", "content").unwrap();
    let inodes = fs.root().usage().inodes;
    let open = fs.open(&root, ROOT, b"/f", (READ, FOLLOW), 0).unwrap();
    fs.unlink(&root, ROOT, b"/f", FOLLOW).unwrap();
    let mut buf = [0; 16];
    assert_eq!(fs.read(open, &mut buf), Ok(7));
    assert_eq!(fs.fstat(open).unwrap().nlink, 0);
    assert_eq!(fs.root().usage().inodes, inodes);
    fs.close(open);
    assert_eq!(fs.root().usage().inodes, inodes - 1);
    assert_eq!(fs.root().usage().bytes, 0);
}

#[test]
fn offsets_are_shared_and_append_appends() {
    let mut fs = Fs::default();
    let root = Caller::root();
    let a = fs.open(&root, ROOT, b"/f", (CREATE, FOLLOW), 0o666).unwrap();
    let b = fs.dup(a).unwrap();
    fs.write(a, b"one ").unwrap();
    fs.write(b, b"two ").unwrap();
    fs.close(a);
    fs.write(b, b"three").unwrap();
    fs.close(b);
    assert_eq!(read(&fs, "/f"), "one two three");
    let append = OpenFlags { append: true, write: true, read: true, ..READ };
    let c = fs.open(&root, ROOT, b"/f", (append, FOLLOW), 0).unwrap();
    assert_eq!(fs.seek(c, -5, Whence::End), Ok(8));
    fs.write(c, b"!").unwrap();
    assert_eq!(read(&fs, "/f"), "one two three!");
    assert_eq!(fs.seek(c, -1, Whence::Start), Err(Errno::EINVAL));
    assert_eq!(fs.stat(&root, ROOT, b"/f", FOLLOW).unwrap().meta.mode, 0o644, "umask");
}

#[test]
fn pipes_say_when_one_would_wait() {
    let mut fs = Fs::default();
    let (read, write) = fs.pipe(4);
    let mut buf = [0; 8];
    assert_eq!(fs.read(read, &mut buf), Err(Errno::EAGAIN));
    assert_eq!(fs.write(write, b"abcdef"), Ok(4));
    assert_eq!(fs.write(write, b"ef"), Err(Errno::EAGAIN));
    assert_eq!(fs.read(read, &mut buf), Ok(4));
    fs.close(write);
    assert_eq!(fs.read(read, &mut buf), Ok(0), "end of file");
    let (read, write) = fs.pipe(4);
    fs.close(read);
    assert_eq!(fs.write(write, b"x"), Err(Errno::EPIPE));
}

#[test]
fn a_checkpoint_takes_everything_back() {
    let mut fs = Fs::default();
    let root = Caller::root();
    let out = fs.open_console(Stream::Stdout);
    fs.write(out, b"kept").unwrap();
    let checkpoint = fs.checkpoint();
    fs.write(out, b" dropped").unwrap();
    write(&mut fs, &root, "/f", "x").unwrap();
    fs.set_now(Timestamp(5));
    fs.restore(checkpoint);
    assert_eq!(fs.console().stream(Stream::Stdout), b"kept");
    assert_eq!(fs.stat(&root, ROOT, b"/f", FOLLOW), Err(Errno::ENOENT));
    assert_eq!(fs.now(), Timestamp(0));
}

#[test]
fn mounts_cover_and_are_not_part_of_the_tree() {
    let mut fs = Fs::default();
    let root = Caller::root();
    mkdir(&mut fs, "/dev");
    let before = fs.root().clone();
    let mut dev = Fs::default();
    dev.mknod(&root, ROOT, b"/null", FileType::CharDevice, 0o666, Rdev { major: 1, minor: 3 })
        .unwrap();
    fs.mount(
        &vfs::AbsPath::new("/dev"),
        dev.into_root(),
        &vfs::AbsPath::root(),
        MountFlags::default(),
    )
    .unwrap();
    write(&mut fs, &root, "/dev/null", "swallowed").unwrap();
    write(&mut fs, &root, "/dev/file", "y").unwrap();
    let dir = fs.resolve(&root, ROOT, b"/dev", FOLLOW).unwrap().existing().unwrap();
    assert_eq!(fs.path_of(dir).unwrap().to_string(), "/dev");
    assert_eq!(fs.resolve(&root, dir, b"..", FOLLOW).unwrap().existing(), Ok(ROOT));
    assert_eq!(fs.rmdir(&root, ROOT, b"/dev", FOLLOW), Err(Errno::ENOTEMPTY));
    let here = |path: &'static str| (ROOT, path.as_bytes(), NOFOLLOW);
    assert_eq!(fs.rename(&root, here("/dev/file"), here("/file")), Err(Errno::EXDEV));
    let mut read_only = Fs::default();
    mkdir(&mut read_only, "/x");
    fs.mount(
        &vfs::AbsPath::new("/dev"),
        read_only.into_root(),
        &vfs::AbsPath::new("/x"),
        MountFlags { read_only: true, ..MountFlags::default() },
    )
    .unwrap();
    assert_eq!(write(&mut fs, &root, "/dev/z", ""), Err(Errno::EROFS));
    assert!(before.diff(fs.root()).is_empty());
}

#[test]
fn times_and_digests() {
    let mut fs = Fs::default();
    let root = Caller::root();
    fs.set_now(Timestamp::from_secs(100));
    write(&mut fs, &root, "/f", "x").unwrap();
    fs.set_now(Timestamp::from_secs(200));
    fs.utimes(&root, ROOT, b"/f", (SetTime::Keep, SetTime::At(Timestamp(-1))), FOLLOW).unwrap();
    let stat = fs.stat(&root, ROOT, b"/f", FOLLOW).unwrap();
    assert_eq!(stat.meta.atime.secs(), 100);
    assert_eq!((stat.meta.mtime.secs(), stat.meta.mtime.subsec_nanos()), (-1, 999_999_999));
    assert_eq!(stat.meta.ctime.secs(), 200);
    assert_eq!(Content::synthetic(1, 1 << 20).sha256(), Content::synthetic(1, 1 << 20).sha256());
}

#[test]
fn diff_names_what_changed_and_nothing_else() {
    let mut fs = Fs::default();
    let root = Caller::root();
    for dir in ["/keep", "/gone", "/gone/deep", "/swap", "/moved"] {
        mkdir(&mut fs, dir);
    }
    for file in ["/keep/same", "/keep/edit", "/gone/deep/f", "/swap/in", "/moved/m"] {
        write(&mut fs, &root, file, file).unwrap();
    }
    let before = fs.root().clone();
    fs.set_now(Timestamp(9));
    write(&mut fs, &root, "/keep/edit", "new").unwrap();
    write(&mut fs, &root, "/keep/added", "new").unwrap();
    fs.unlink(&root, ROOT, b"/gone/deep/f", FOLLOW).unwrap();
    fs.rmdir(&root, ROOT, b"/gone/deep", FOLLOW).unwrap();
    fs.rmdir(&root, ROOT, b"/gone", FOLLOW).unwrap();
    fs.unlink(&root, ROOT, b"/swap/in", FOLLOW).unwrap();
    fs.rmdir(&root, ROOT, b"/swap", FOLLOW).unwrap();
    write(&mut fs, &root, "/swap", "now a file").unwrap();
    fs.rename(&root, (ROOT, b"/moved", NOFOLLOW), (ROOT, b"/elsewhere", NOFOLLOW)).unwrap();
    let show = |changes: Vec<vfs::Change>| {
        changes.iter().map(|c| format!("{} {}", c.kind.letter(), c.path)).collect::<Vec<_>>()
    };
    assert_eq!(
        show(before.diff_with_parents(fs.root())),
        [
            "A /elsewhere",
            "A /elsewhere/m",
            "D /gone",
            "C /keep",
            "A /keep/added",
            "C /keep/edit",
            "D /moved",
            "C /swap"
        ]
    );
    assert_eq!(show(fs.root().diff(&before)).iter().filter(|l| l.starts_with('A')).count(), 6);
    assert_eq!(before.diff(&before), []);
    // A change of content below is no change of the directory itself.
    let before = fs.root().clone();
    write(&mut fs, &root, "/keep/edit", "newer").unwrap();
    fs.set_now(Timestamp(10));
    write(&mut fs, &root, "/keep/edit", "newest").unwrap();
    assert_eq!(show(before.diff(fs.root())), ["C /keep/edit"]);
    assert_eq!(before.diff_with_parents(fs.root())[0].kind, ChangeKind::Modified);
}

#[test]
fn modes_read_as_ls_writes_them() {
    let mut fs = Fs::default();
    let caller = Caller { umask: 0, ..Caller::root() };
    for (name, kind, mode, expected) in [
        ("a", FileType::File, 0o4755, "-rwsr-xr-x"),
        ("b", FileType::File, 0o2644, "-rw-r-Sr--"),
        ("c", FileType::Fifo, 0o1777, "prwxrwxrwt"),
    ] {
        let node =
            fs.mknod(&caller, NodeId::ROOT, name.as_bytes(), kind, mode, Rdev::default()).unwrap();
        assert_eq!(fs.inode(node).unwrap().mode_text(), expected);
    }
}
