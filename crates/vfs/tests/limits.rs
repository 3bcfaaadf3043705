//! What happens where a filesystem is full, and that what fails leaves nothing behind.

use vfs::{
    Caller, Content, Errno, Fs, Limit, Limits, NodeId, OpenFlags, OpenId, ResolveFlags, Stream,
    Tree, Usage, Whence,
};

const NOFOLLOW: ResolveFlags = ResolveFlags::NOFOLLOW;
const ROOT: NodeId = NodeId::ROOT;

fn open(fs: &mut Fs, path: &str) -> vfs::Result<OpenId> {
    let how = OpenFlags { read: true, write: true, create: true, ..OpenFlags::default() };
    fs.open(&Caller::root(), ROOT, path.as_bytes(), (how, NOFOLLOW), 0o644)
}

fn mkdir(fs: &mut Fs, at: NodeId, path: &str) -> vfs::Result<NodeId> {
    fs.mkdir(&Caller::root(), at, path.as_bytes(), 0o755, NOFOLLOW)
}

fn mv(fs: &mut Fs, from: (NodeId, &str), to: (NodeId, &str)) -> vfs::Result<()> {
    let (old, new) = (from.1.as_bytes(), to.1.as_bytes());
    fs.rename(&Caller::root(), (from.0, old, NOFOLLOW), (to.0, new, NOFOLLOW))
}

/// What is in the filesystem, to see that a call changed nothing.
fn state(fs: &Fs) -> (Usage, Vec<String>) {
    let rows = fs.root().walk().map(|(path, _, inode)| format!("{path} {}", inode.size()));
    (fs.root().usage(), rows.collect())
}

/// The call fails with this limit and its error number, and leaves everything as it was.
fn refused<T: PartialEq + std::fmt::Debug>(
    fs: &mut Fs,
    limit: Limit,
    call: impl FnOnce(&mut Fs) -> vfs::Result<T>,
) {
    let before = state(fs);
    assert_eq!(call(fs), Err(limit.errno()), "{limit}");
    assert_eq!(fs.limit_reached(), Some(limit));
    assert_eq!(state(fs), before, "{limit}");
}

#[test]
fn each_limit_has_its_error_and_its_words() {
    for (limit, errno, words) in [
        (
            Limit::Bytes(8 << 30),
            Errno::ENOSPC,
            "the filesystem is full: here it holds at most 8 GiB",
        ),
        (
            Limit::Resident(1 << 30),
            Errno::ENOSPC,
            "the filesystem is full: here files hold at most 1 GiB of data",
        ),
        (
            Limit::Files(2_000_000),
            Errno::EDQUOT,
            "there are too many files: here a filesystem has at most 2000000",
        ),
        (
            Limit::FileSize(1500),
            Errno::EFBIG,
            "a file is too large: here it has at most 1500 bytes",
        ),
        (
            Limit::Depth(1024),
            Errno::ENAMETOOLONG,
            "directories lie too deep: here a path has at most 1024 names and 4095 bytes",
        ),
        (
            Limit::OpenFiles(4096),
            Errno::ENFILE,
            "too many files are open: here at most 4096 at a time",
        ),
    ] {
        assert_eq!((limit.errno(), limit.to_string().as_str()), (errno, words));
    }
}

#[test]
fn writes_stop_at_the_limits() {
    let limits = Limits { bytes: 32, resident: 10, inodes: 3, file_size: 30, ..Limits::default() };
    let mut fs = Fs::new(Tree::new(), limits);
    let a = open(&mut fs, "/a").unwrap();
    let b = open(&mut fs, "/b").unwrap();
    assert_eq!(fs.write(a, b"12345678"), Ok(8));
    assert_eq!(fs.limit_reached(), None);
    refused(&mut fs, Limit::Resident(10), |fs| fs.write(b, b"123"));
    refused(&mut fs, Limit::Resident(10), |fs| fs.put_content(b, Content::from(vec![1; 9])));
    refused(&mut fs, Limit::Resident(10), |fs| fs.write(a, &[0; 8]));
    let limits = Limits { resident: 16, ..limits };
    let mut fs = Fs::new(fs.into_root(), limits);
    let (a, b) = (open(&mut fs, "/a").unwrap(), open(&mut fs, "/b").unwrap());
    refused(&mut fs, Limit::FileSize(30), |fs| fs.ftruncate(a, 31));
    refused(&mut fs, Limit::FileSize(30), |fs| fs.pwrite(a, 30, b"x"));
    refused(&mut fs, Limit::FileSize(30), |fs| fs.pwrite(a, u64::MAX - 1, b"x"));
    assert_eq!(fs.ftruncate(b, 20), Ok(()), "a hole is no data");
    assert_eq!(fs.pwrite(b, 21, &[0; 3]), Ok(3), "and neither are zeros in it");
    refused(&mut fs, Limit::Bytes(32), |fs| fs.ftruncate(b, 25));
    refused(&mut fs, Limit::Bytes(32), |fs| fs.pwrite(b, 24, b"x"));
    refused(&mut fs, Limit::Files(3), |fs| open(fs, "/c"));
    refused(&mut fs, Limit::Files(3), |fs| mkdir(fs, ROOT, "c"));
    fs.close(b);
    fs.unlink(&Caller::root(), ROOT, b"/b", NOFOLLOW).unwrap();
    assert!(mkdir(&mut fs, ROOT, "c").is_ok(), "what was removed makes room");
}

#[test]
fn only_so_many_files_are_open() {
    let limits = Limits { open_files: 2, console: 3, ..Limits::default() };
    let mut fs = Fs::new(Tree::new(), limits);
    let out = fs.open_console(Stream::Stderr);
    fs.write(out, b"12345").unwrap();
    assert_eq!((fs.console().stream(Stream::Stderr), fs.console().dropped()), (b"123".to_vec(), 2));
    let file = open(&mut fs, "/a").unwrap();
    refused(&mut fs, Limit::OpenFiles(2), |fs| open(fs, "/b"));
    fs.close(file);
    assert!(open(&mut fs, "/b").is_ok());
}

#[test]
fn a_gigabyte_of_nothing_takes_no_memory() {
    let mut fs = Fs::default();
    let file = open(&mut fs, "/x").unwrap();
    fs.ftruncate(file, 1 << 30).unwrap();
    assert_eq!(fs.root().usage(), Usage { inodes: 2, bytes: 1 << 30, resident: 0 });
    fs.seek(file, -1, Whence::End).unwrap();
    fs.write(file, b"x").unwrap();
    let zeros = vec![0; 1 << 20];
    for block in 0..512 {
        fs.pwrite(file, block << 20, &zeros).unwrap();
    }
    let usage = fs.root().usage();
    assert_eq!(usage.bytes, 1 << 30);
    assert!(usage.resident < 300_000, "{usage:?}");
    let mut end = [9; 3];
    assert_eq!(fs.pread(file, (1 << 30) - 2, &mut end), Ok(2));
    assert_eq!(end, [0, b'x', 9]);
}

#[test]
fn paths_end_at_a_depth() {
    let limits = Limits { depth: 10, ..Limits::default() };
    let mut fs = Fs::new(Tree::new(), limits);
    let mut deepest = ROOT;
    for _ in 0..10 {
        deepest = mkdir(&mut fs, deepest, "d").unwrap();
    }
    let depth = Limit::Depth(10);
    refused(&mut fs, depth, |fs| mkdir(fs, deepest, "d"));
    refused(&mut fs, depth, |fs| fs.symlink(&Caller::root(), b"/", deepest, b"l", NOFOLLOW));
    open(&mut fs, "/f").unwrap();
    refused(&mut fs, depth, |fs| {
        fs.link(&Caller::root(), (ROOT, b"/f", NOFOLLOW), (deepest, b"f", NOFOLLOW))
    });
    refused(&mut fs, depth, |fs| mv(fs, (ROOT, "f"), (deepest, "f")));
    // What moves takes along what is below it.
    let a = mkdir(&mut fs, ROOT, "a").unwrap();
    mkdir(&mut fs, a, "b").unwrap();
    let ninth = fs.resolve(&Caller::root(), deepest, b"..", NOFOLLOW).unwrap().existing().unwrap();
    refused(&mut fs, depth, |fs| mv(fs, (ROOT, "a"), (ninth, "a")));
    let eighth = fs.resolve(&Caller::root(), ninth, b"..", NOFOLLOW).unwrap().existing().unwrap();
    assert_eq!(mv(&mut fs, (ROOT, "a"), (eighth, "a")), Ok(()));
}

#[test]
fn every_path_can_be_named() {
    let mut fs = Fs::default();
    let long = "n".repeat(255);
    let mut at = ROOT;
    for _ in 0..15 {
        at = mkdir(&mut fs, at, &long).unwrap();
    }
    // 15 times a slash and 255 bytes are 3840.
    let limit = Limit::Depth(Limits::default().depth);
    let last = mkdir(&mut fs, at, &"n".repeat(100)).unwrap();
    refused(&mut fs, limit, |fs| mkdir(fs, at, &long));
    refused(&mut fs, limit, |fs| mv(fs, (at, &"n".repeat(100)), (at, &long)));
    let path = fs.path_of(last).unwrap();
    assert!(fs.stat(&Caller::root(), ROOT, path.as_bytes(), NOFOLLOW).is_ok());
}
