//! `image ls`

use std::fmt;

use serde_json::{Value, json};
use vfs::{AbsPath, Inode, Kind, Tree};

use crate::format_rfc3339;

/// The files of a tree at and below a path.
pub struct FilesReport(pub Vec<FileRow>);

/// A file.
pub struct FileRow {
    path: AbsPath,
    mode: String,
    links: u32,
    owner: (u32, u32),
    size: u64,
    modified: String,
    target: Option<String>,
}

impl FilesReport {
    /// What lies at `path` and below it; none where nothing is there.
    #[must_use]
    pub fn of(tree: &Tree, path: &AbsPath) -> Option<Self> {
        let (ino, _) = tree.lookup(path)?;
        let files = tree.walk_from(path.clone(), ino);
        Some(Self(files.map(|(path, _, inode)| FileRow::of(path, inode)).collect()))
    }

    /// An array with an object for each file.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let row = |file: &FileRow| {
            json!({
                "path": file.path.to_string(),
                "mode": file.mode,
                "links": file.links,
                "uid": file.owner.0,
                "gid": file.owner.1,
                "size": file.size,
                "modified": file.modified,
                "target": file.target,
            })
        };
        Value::Array(self.0.iter().map(row).collect())
    }
}

impl FileRow {
    fn of(path: AbsPath, inode: &Inode) -> Self {
        let meta = &inode.meta;
        let target = match &inode.kind {
            Kind::Symlink(target) => Some(String::from_utf8_lossy(target).into_owned()),
            _ => None,
        };
        Self {
            path,
            mode: inode.mode_text(),
            links: inode.nlink(),
            owner: (meta.uid, meta.gid),
            size: inode.size(),
            modified: format_rfc3339(meta.mtime),
            target,
        }
    }
}

impl fmt::Display for FilesReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<Vec<String>> = self
            .0
            .iter()
            .map(|file| {
                let arrow = file.target.as_ref().map(|target| format!(" -> {target}"));
                vec![
                    file.mode.clone(),
                    file.links.to_string(),
                    format!("{}:{}", file.owner.0, file.owner.1),
                    file.size.to_string(),
                    file.modified.clone(),
                    format!("{}{}", file.path, arrow.unwrap_or_default()),
                ]
            })
            .collect();
        let head = ["MODE", "LINKS", "OWNER", "SIZE", "MODIFIED", "PATH"];
        f.write_str(&super::table(&head, &[false, true, false, true, false, false], &rows))
    }
}
