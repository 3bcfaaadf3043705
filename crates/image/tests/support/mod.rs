//! What several tests of this crate need: programs that may not be installed, scratch folders, and
//! trees as text.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    reason = "each test uses a part, some on real files"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use image::{Config, ContainerConfig, History, Image, Layer, RootFs};
use vfs::{Caller, Content, Fs, Kind, NodeId, OpenFlags, ResolveFlags, SetTime, Timestamp, Tree};

/// Whether the program is there; where it is not, says that the test is skipped and what installs it.
pub fn has(program: &str, package: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: {program} is not installed (apt-get install {package})");
    }
    found
}

/// Whether files may be given to anybody.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// Runs a shell command in `dir`.
///
/// # Panics
/// Where it fails.
pub fn sh(dir: &Path, command: &str) -> String {
    let output = try_sh(dir, command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command}\n{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// Runs a shell command in `dir` that may fail.
pub fn try_sh(dir: &Path, command: &str) -> Output {
    Command::new("sh").args(["-c", command]).current_dir(dir).output().expect("there is a shell")
}

/// A folder that is removed when it goes.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// A new, empty one.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("layerlab-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Trees may hold directories that even their owner may not write to.
        let _ = Command::new("chmod").arg("-R").arg("u+rwx").arg(&self.0).output();
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a file holds, or its digest where that is long.
pub fn content_text(content: &Content) -> String {
    if content.len() > 100 {
        return format!("{} bytes {:x?}", content.len(), &content.sha256()[..8]);
    }
    format!("{:?}", String::from_utf8_lossy(&content.to_vec()))
}

/// Each file on a line: type, mode, owner, time of files, path, and what it holds. Names of the same
/// file share a number.
pub fn listing(tree: &Tree) -> Vec<String> {
    let mut first_names = std::collections::HashMap::new();
    tree.walk()
        .filter(|(path, ..)| !path.is_root())
        .map(|(path, ino, inode)| {
            let meta = &inode.meta;
            let what = match &inode.kind {
                Kind::File(content) => content_text(content),
                Kind::Symlink(target) => format!("-> {}", String::from_utf8_lossy(target)),
                Kind::Dir(_) => String::new(),
                _ => format!("{} {}", inode.rdev().major, inode.rdev().minor),
            };
            let first = first_names.entry(ino).or_insert_with(|| path.clone()).clone();
            let link = if first == path { String::new() } else { format!(" = {first}") };
            let time = match inode.kind {
                Kind::File(_) => meta.mtime.secs(),
                _ => 0,
            };
            // A link has no mode of its own.
            let mode = if matches!(inode.kind, Kind::Symlink(_)) { 0o777 } else { meta.mode };
            format!(
                "{:?} {mode:o} {}:{} {time} {path}{link} {what}",
                inode.file_type(),
                meta.uid,
                meta.gid
            )
        })
        .collect()
}

const AT: NodeId = NodeId::ROOT;
const FLAGS: ResolveFlags = ResolveFlags::NOFOLLOW;

pub fn put(fs: &mut Fs, path: &str, text: &str, mode: u32) {
    let how = OpenFlags { write: true, create: true, truncate: true, ..OpenFlags::default() };
    let root = Caller { umask: 0, ..Caller::root() };
    let file = fs.open(&root, AT, path.as_bytes(), (how, FLAGS), mode).unwrap();
    fs.put_content(file, Content::from(text.as_bytes().to_vec())).unwrap();
    fs.close(file);
    fs.chmod(&root, AT, path.as_bytes(), mode, FLAGS).unwrap();
}

/// An image of three layers with links, owners, modes, whiteouts and a directory replaced.
pub fn sample() -> Image {
    let root = Caller { umask: 0, ..Caller::root() };
    let mut fs = Fs::default();
    let mut layers = Vec::new();
    let mut steps = Vec::new();
    let mut commit = |fs: &Fs, before: &Tree, step: &str| {
        let changes = before.diff_with_parents(fs.root());
        let time = Timestamp::from_secs(1_700_000_000);
        layers.push(Arc::new(Layer::of_changes(fs.root(), &changes, time)));
        steps.push(History {
            created: Some(time),
            created_by: step.to_owned(),
            ..History::default()
        });
    };
    let empty = fs.root().clone();
    fs.set_now(Timestamp::from_secs(1_600_000_000));
    for dir in ["/bin", "/etc", "/var", "/var/cache", "/tmp"] {
        fs.mkdir(&root, AT, dir.as_bytes(), 0o755, FLAGS).unwrap();
    }
    put(&mut fs, "/bin/tool", "#!/bin/sh\necho hello\n", 0o4755);
    fs.link(&root, (AT, b"/bin/tool", FLAGS), (AT, b"/bin/other", FLAGS)).unwrap();
    fs.symlink(&root, b"tool", AT, b"/bin/link", FLAGS).unwrap();
    put(&mut fs, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n", 0o644);
    put(&mut fs, "/var/cache/big", &"x".repeat(10_000), 0o600);
    put(&mut fs, &format!("/etc/{}", "n".repeat(150)), "long name", 0o644);
    fs.chown(&root, AT, b"/var/cache", (Some(1000), Some(50)), FLAGS).unwrap();
    fs.chmod(&root, AT, b"/tmp", 0o1777, FLAGS).unwrap();
    commit(&fs, &empty, "ADD base");
    let first = fs.root().clone();
    fs.set_now(Timestamp::from_secs(1_600_000_100));
    fs.unlink(&root, AT, b"/var/cache/big", FLAGS).unwrap();
    put(&mut fs, "/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n", 0o644);
    fs.chmod(&root, AT, b"/bin/tool", 0o755, FLAGS).unwrap();
    put(&mut fs, "/한글", "utf-8", 0o644);
    commit(&fs, &first, "RUN change <&>");
    let second = fs.root().clone();
    fs.set_now(Timestamp::from_secs(1_600_000_200));
    fs.rmdir(&root, AT, b"/var/cache", FLAGS).unwrap();
    fs.symlink(&root, b"/tmp", AT, b"/var/cache", FLAGS).unwrap();
    let time = SetTime::At(Timestamp::from_secs(1_500_000_000));
    fs.utimes(&root, AT, b"/etc/passwd", (time, time), FLAGS).unwrap();
    commit(&fs, &second, "RUN replace");
    steps.insert(
        1,
        History {
            created: Some(Timestamp::from_secs(1_700_000_000)),
            created_by: "ENV A=b".into(),
            empty_layer: true,
            ..History::default()
        },
    );
    let config = Config {
        architecture: "amd64".into(),
        os: "linux".into(),
        created: Some(Timestamp::from_secs(1_700_000_000)),
        config: ContainerConfig {
            env: vec!["PATH=/bin".into(), "A=b".into()],
            cmd: Some(vec!["/bin/tool".into()]),
            ..ContainerConfig::default()
        },
        rootfs: RootFs { diff_ids: layers.iter().map(|layer| layer.diff_id).collect() },
        history: steps,
        ..Config::default()
    };
    let image = Image::new(config, layers, vec!["lab/sample:1".into(), "lab/sample:two".into()]);
    assert_eq!(listing(&image.tree().unwrap()), listing(fs.root()), "layers make the tree");
    image
}
