//! The suite about the digest of what `COPY` takes.

use builder::{Selector, content_hash};
use serde_json::json;
use vfs::{AbsPath, Content, Kind, Meta, Name, Timestamp, Tree};

use crate::case::{Case, Outcome, strings};

pub fn check(case: &Case) -> Outcome {
    let mut tree = Tree::new();
    for line in strings(case.get("tree")) {
        if let Err(error) = change(&mut tree, &line) {
            return Outcome::fail("a tree", format!("{line:?}: {error}"));
        }
    }
    let options = case.get("opts");
    let flag = |name: &str| options.get(name).and_then(serde_json::Value::as_bool) == Some(true);
    let list = |name: &str| options.get(name).map(strings).unwrap_or_default();
    let selector = Selector {
        path: case.text("path"),
        follow_links: flag("follow_links"),
        wildcard: flag("wildcard"),
        include: &list("include"),
        exclude: &list("exclude"),
    };
    let answer = content_hash(&tree, &selector).map_err(|error| error.to_string());
    let expected = case.expected();
    match (&answer, expected["error"].as_str(), expected["not_digest"].as_str()) {
        (Err(message), Some(error), _) if message.contains(error) => Outcome::Pass,
        (Ok(digest), None, Some(other)) if digest.to_string() != other => Outcome::Pass,
        (Ok(digest), None, None) => {
            Outcome::compare(&expected["digest"], &json!(digest.to_string()))
        }
        _ => Outcome::fail(expected, format!("{answer:?}")),
    }
}

/// `ADD path file [content]`, `ADD path file >/link`, `ADD path dir`, `ADD path symlink target`;
/// `CHG` and `DEL` with the same words.
fn change(tree: &mut Tree, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [verb, path, kind, rest @ ..] = words.as_slice() else {
        return Err("a change has three words".to_owned());
    };
    let path = AbsPath::new(path);
    let text = |errno: vfs::Errno| errno.to_string();
    let dir = path.parent().ok_or("the root cannot be changed")?;
    let (dir, _) = tree.lookup(&dir).ok_or("its directory is not there")?;
    let name = Name::new(path.file_name()).map_err(text)?;
    let data = rest.first().copied().unwrap_or_default();
    let is_there = tree.lookup(&path).is_some_and(|(_, inode)| inode.is_dir());
    match *verb {
        "ADD" => {}
        "CHG" if is_there && *kind == "dir" => return Ok(()),
        "CHG" | "DEL" => tree.remove(dir, name.as_bytes()).map_err(text)?,
        other => return Err(format!("unknown verb {other:?}")),
    }
    if *verb == "DEL" {
        return Ok(());
    }
    let (mode, kind) = match *kind {
        "dir" => (0o755, Kind::Dir(vfs::Dir::default())),
        "symlink" => (0o777, Kind::Symlink(data.as_bytes().into())),
        "file" => match data.strip_prefix('>') {
            Some(target) => {
                let (ino, _) = tree.lookup(&AbsPath::new(target)).ok_or("no such link target")?;
                return tree.link(ino, dir, name).map_err(text);
            }
            None => (0o644, Kind::File(Content::from(data.as_bytes().to_vec()))),
        },
        other => return Err(format!("unknown kind {other:?}")),
    };
    tree.create(dir, name, Meta::root(mode, Timestamp::default()), kind).map_err(text)?;
    Ok(())
}
