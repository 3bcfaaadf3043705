//! What several tests of this crate need: programs that may not be installed, scratch folders, and
//! trees as text.
#![allow(dead_code, reason = "each test uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vfs::{Kind, Tree};

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

/// Each file on a line: type, mode, owner, time of files, path, and what it holds. Names of the same
/// file share a number.
pub fn listing(tree: &Tree) -> Vec<String> {
    let mut first_names = std::collections::HashMap::new();
    tree.walk()
        .filter(|(path, ..)| !path.is_root())
        .map(|(path, ino, inode)| {
            let meta = &inode.meta;
            let what = match &inode.kind {
                Kind::File(content) if content.len() > 100 => {
                    format!("{} bytes {:x?}", content.len(), &content.sha256()[..8])
                }
                Kind::File(content) => format!("{:?}", String::from_utf8_lossy(&content.to_vec())),
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
