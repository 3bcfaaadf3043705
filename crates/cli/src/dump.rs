//! What a directory holds, as JSON.

use engine::Digest;
use serde_json::{Value, json};
use vfs::{AbsPath, FileType, Kind, Tree};

/// `{"tree": [{"path", "type", "mode", "sha256" of files, "target" of links}]}` of what lies below
/// `dir`, with paths relative to it and in their order; `without` is left out.
pub fn dump(tree: &Tree, dir: &AbsPath, without: Option<&AbsPath>) -> Value {
    let mut entries = Vec::new();
    for (path, _, inode) in tree.walk() {
        if !path.starts_with(dir) || path == *dir || Some(&path) == without {
            continue;
        }
        let below = &path.as_bytes()[dir.as_bytes().len() + 1..];
        let mut entry = json!({
            "path": String::from_utf8_lossy(below),
            "type": name_of(inode.file_type()),
            "mode": format!("{:04o}", inode.meta.mode),
        });
        match &inode.kind {
            Kind::File(content) => {
                let digest = Digest::of(content.to_vec()).to_string();
                entry["sha256"] = json!(digest.trim_start_matches("sha256:"));
            }
            Kind::Symlink(target) => entry["target"] = json!(String::from_utf8_lossy(target)),
            _ => {}
        }
        entries.push(entry);
    }
    json!({ "tree": entries })
}

fn name_of(file_type: FileType) -> &'static str {
    match file_type {
        FileType::File => "file",
        FileType::Dir => "dir",
        FileType::Symlink => "symlink",
        FileType::CharDevice => "char-device",
        FileType::BlockDevice => "block-device",
        FileType::Fifo => "fifo",
        FileType::Socket => "socket",
    }
}
