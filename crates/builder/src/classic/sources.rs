//! What `COPY` and `ADD` take, and what the cache key says of it (`copy.go`, `pkg/tarsum`).

use image::Digest;
use vfs::{AbsPath, Inode, Kind, Tree};

use crate::content_hash::has_wildcard;
use crate::files::{FileError, Selected, select};

/// The sources of a copy.
pub struct Sources {
    pub selected: Vec<Selected>,
    /// `file:DIGEST`, `dir:DIGEST` or `multi:DIGEST`.
    pub digest: String,
}

/// Finds them.
///
/// # Errors
/// A sentence as the daemon gives it.
pub fn find(tree: &Tree, paths: &[String], is_context: bool) -> Result<Sources, String> {
    let mut selected = Vec::new();
    for path in paths {
        if is_context && leads_out(path) {
            return Err(format!("forbidden path outside the build context: {path} ()"));
        }
        match select(tree, path) {
            Ok(found) => selected.extend(found),
            Err(FileError::NotFound(found)) if !has_wildcard(path.as_bytes()) => {
                let name = found.to_string().trim_start_matches('/').to_owned();
                let what = format!("stat {name}: file does not exist");
                return Err(match is_context {
                    true => {
                        format!(
                            "file not found in build context or excluded by .dockerignore: {what}"
                        )
                    }
                    false => what,
                });
            }
            // What a wildcard matched and leads nowhere is left out.
            Err(FileError::NotFound(_)) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let digests: Vec<String> = selected.iter().map(|source| digest_of(tree, source)).collect();
    let digest = match digests.as_slice() {
        [] => return Err("no source files were specified".to_owned()),
        [one] => one.clone(),
        several => format!("multi:{}", Digest::of(several.join(",")).hex()),
    };
    Ok(Sources { selected, digest })
}

fn leads_out(path: &str) -> bool {
    let mut depth = 0_i64;
    for part in path.trim_start_matches('/').split('/') {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        if depth < 0 {
            return true;
        }
    }
    false
}

fn digest_of(tree: &Tree, source: &Selected) -> String {
    let Some((ino, inode)) = tree.lookup(&source.path) else { return "file:".to_owned() };
    if !inode.is_dir() {
        return format!("file:{}", member(&source.path, inode));
    }
    let members = tree.walk_from(source.path.clone(), ino).filter(|(path, ..)| !path.is_root());
    let mut digests: Vec<String> = members.map(|(path, _, inode)| member(&path, inode)).collect();
    digests.sort();
    format!("dir:{}", Digest::of(digests.join(",")).hex())
}

/// The digest of one file: its tar header without its time, then its content (`tarsum` version 1).
fn member(path: &AbsPath, inode: &Inode) -> String {
    let meta = &inode.meta;
    let mut name = path.to_string().trim_start_matches('/').to_owned();
    let (size, kind, link) = match &inode.kind {
        Kind::File(content) => (content.len(), '0', String::new()),
        Kind::Symlink(target) => (0, '2', String::from_utf8_lossy(target).into_owned()),
        Kind::Dir(_) => {
            name.push('/');
            (0, '5', String::new())
        }
        _ => (0, '3', String::new()),
    };
    let mut bytes = format!(
        "name{name}mode{}uid{}gid{}size{size}typeflag{kind}linkname{link}unamegnamedevmajor0devminor0",
        meta.mode, meta.uid, meta.gid
    )
    .into_bytes();
    if let Kind::File(content) = &inode.kind {
        bytes.extend_from_slice(&content.to_vec());
    }
    Digest::of(&bytes).hex()
}
