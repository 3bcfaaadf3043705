//! The suite about layers: applying them, finding what they change, and making them.

use image::{Entry, EntryKind, TarLimits, TarReader};
use serde_json::{Value, json};
use vfs::{
    AbsPath, Change, ChangeKind, Content, DiffOptions, Dir, Ino, Kind, Meta, Name, Timestamp, Tree,
};

use crate::case::{Case, Outcome, strings};

/// When the trees were made, and when they were changed.
const BEFORE: Timestamp = Timestamp(1_000_000_000);
const AFTER: Timestamp = Timestamp(2_000_000_000);

type Answer = Result<Value, String>;

pub fn check(case: &Case) -> Outcome {
    let (input, expected) = (case.get("input"), case.expected());
    let (answer, expected) = match case.text("kind") {
        "apply_layers" => return apply_layers(input, &expected["paths_after_each_layer"]),
        "diff_dirs" => (diff_dirs(input), &expected["changes"]),
        "diff_upper" => (diff_upper(input), &expected["changes"]),
        "make_layer" => (make_layer(input), &expected["tar_entries"]),
        _ => return case.unknown_kind(),
    };
    match answer {
        Ok(actual) => Outcome::compare(expected, &actual),
        Err(error) => Outcome::fail(expected, error),
    }
}

fn apply_layers(input: &Value, expected: &Value) -> Outcome {
    let mut tree = Tree::new();
    let layers = input["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, layer) in layers.iter().enumerate() {
        let entries: Vec<Entry> = strings(layer).iter().map(|name| entry(name)).collect();
        if let Err(error) = image::apply_layer(&mut tree, &entries) {
            return Outcome::fail(expected, error);
        }
        if expected[at].is_null() {
            continue;
        }
        let mut wanted = strings(&expected[at]);
        let mut paths: Vec<String> = tree
            .walk()
            .filter(|(path, ..)| !path.is_root())
            .map(|(path, _, inode)| {
                format!("{}{}", &path.to_string()[1..], if inode.is_dir() { "/" } else { "" })
            })
            .collect();
        wanted.sort();
        paths.sort();
        if wanted != paths {
            return Outcome::fail(json!(wanted), format!("after layer {at} {}", json!(paths)));
        }
    }
    Outcome::Pass
}

fn entry(name: &str) -> Entry {
    let (mode, kind) = if name.ends_with('/') {
        (0o755, EntryKind::Dir)
    } else {
        (0o644, EntryKind::File(Content::default()))
    };
    Entry { path: AbsPath::new(name), meta: Meta::root(mode, BEFORE), kind }
}

fn diff_dirs(input: &Value) -> Answer {
    let before = tree_of(&input["before"])?;
    let mut after = before.clone();
    for op in input["after_ops"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let words = strings(op);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        change(&mut after, &words).map_err(|error| format!("{op}: {error}"))?;
    }
    let changes = before.diff_by(&after, DiffOptions::LISTING);
    Ok(as_json(&changes))
}

fn diff_upper(input: &Value) -> Answer {
    let lower = tree_of(&input["lower"])?;
    let upper: Vec<Entry> = files_of(&input["upper"])?
        .into_iter()
        .map(|(path, meta, kind)| {
            let kind = match kind {
                Kind::File(content) => EntryKind::File(content),
                Kind::Symlink(target) => EntryKind::Symlink(target),
                _ => EntryKind::Dir,
            };
            Entry { path, meta, kind }
        })
        .collect();
    Ok(as_json(&image::layer_changes(&lower, &upper)))
}

fn make_layer(input: &Value) -> Answer {
    let prefix =
        if strings(&input["before"]).iter().any(|name| name.starts_with("./")) { "./" } else { "" };
    let mut tree = Tree::new();
    for name in strings(&input["before"]) {
        add_with_parents(&mut tree, &name)?;
    }
    let mut changes = Vec::new();
    for change in input["changes"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let [letter, name] = strings(change).try_into().map_err(|_| "a change is two words")?;
        let path = AbsPath::new(&name);
        let kind = match letter.as_str() {
            "D" => ChangeKind::Deleted,
            "A" => ChangeKind::Added,
            _ => ChangeKind::Modified,
        };
        if kind == ChangeKind::Deleted {
            let (dir, name) = place(&tree, &path)?;
            tree.remove(dir, name.as_bytes()).map_err(|errno| errno.to_string())?;
        } else {
            add_with_parents(&mut tree, &name)?;
        }
        changes.push(Change { path, kind });
    }
    let mut tar = Vec::new();
    image::write_layer(&tree, &changes, AFTER, &mut tar).map_err(|error| error.to_string())?;
    let entries = TarReader::new(tar.as_slice(), TarLimits::default())
        .read_all()
        .map_err(|error| error.to_string())?;
    let names = entries.iter().map(|entry| {
        let slash = if matches!(entry.kind, EntryKind::Dir) { "/" } else { "" };
        format!("{prefix}{}{slash}", &entry.path.to_string()[1..])
    });
    Ok(json!(names.collect::<Vec<_>>()))
}

fn add_with_parents(tree: &mut Tree, name: &str) -> Result<(), String> {
    let path = AbsPath::new(name);
    let mut at = AbsPath::root();
    for part in path.components() {
        at = at.join(part);
        if tree.lookup(&at).is_some() {
            continue;
        }
        let is_file = at == path && !name.ends_with('/');
        let kind = if is_file { Kind::File(Content::default()) } else { Kind::Dir(Dir::default()) };
        put(tree, &at, Meta::root(if is_file { 0o644 } else { 0o755 }, BEFORE), kind)?;
    }
    Ok(())
}

fn as_json(changes: &[Change]) -> Value {
    let rows = changes
        .iter()
        .map(|change| json!([change.kind.letter().to_string(), change.path.to_string()]));
    Value::Array(rows.collect())
}

fn tree_of(files: &Value) -> Result<Tree, String> {
    let mut tree = Tree::new();
    for (path, meta, kind) in files_of(files)? {
        put(&mut tree, &path, meta, kind)?;
    }
    Ok(tree)
}

fn files_of(files: &Value) -> Result<Vec<(AbsPath, Meta, Kind)>, String> {
    let rows = files.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or_default();
            let kind = match text("type") {
                "dir" => Kind::Dir(Dir::default()),
                "symlink" => Kind::Symlink(text("target").as_bytes().into()),
                "file" => file(text("content")),
                other => return Err(format!("unknown type {other:?}")),
            };
            let mode = row["mode"].as_str().unwrap_or("0644");
            Ok((AbsPath::new(text("path")), Meta::root(octal(mode)?, BEFORE), kind))
        })
        .collect()
}

fn change(tree: &mut Tree, words: &[&str]) -> Result<(), String> {
    let [verb, name, rest @ ..] = words else { return Err("a change has two words".into()) };
    let path = AbsPath::new(name);
    let arg = |at: usize| rest.get(at).copied().unwrap_or_default();
    let (mode, kind) = match *verb {
        "touch" | "write" => {
            let (ino, inode) = tree.lookup(&path).ok_or("is not there")?;
            let meta = Meta { mtime: AFTER, ..inode.meta.clone() };
            if *verb == "touch" {
                return tree.edit_meta(ino, |old| *old = meta).map_err(|errno| errno.to_string());
            }
            (meta.mode, file(arg(0)))
        }
        "rm" => {
            let (dir, name) = place(tree, &path)?;
            return tree.remove(dir, name.as_bytes()).map_err(|errno| errno.to_string());
        }
        "create" | "replace_file" | "replace_dir_with_file" => (octal(arg(1))?, file(arg(0))),
        "mkdir" | "replace_with_dir" => (octal(arg(0))?, Kind::Dir(Dir::default())),
        "symlink" | "replace_symlink" => (0o777, Kind::Symlink(arg(0).as_bytes().into())),
        other => return Err(format!("unknown change {other:?}")),
    };
    if tree.lookup(&path).is_some() {
        let (dir, name) = place(tree, &path)?;
        tree.remove(dir, name.as_bytes()).map_err(|errno| errno.to_string())?;
    }
    put(tree, &path, Meta::root(mode, AFTER), kind)
}

fn file(content: &str) -> Kind {
    Kind::File(Content::from(content.as_bytes().to_vec()))
}

fn octal(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 8).map_err(|_| format!("{text:?} is no mode"))
}

fn put(tree: &mut Tree, path: &AbsPath, meta: Meta, kind: Kind) -> Result<(), String> {
    let (dir, name) = place(tree, path)?;
    tree.create(dir, name, meta, kind).map_err(|errno| format!("{path}: {errno}"))?;
    Ok(())
}

/// The directory a path is in, and its name there.
fn place(tree: &Tree, path: &AbsPath) -> Result<(Ino, Name), String> {
    let parent = path.parent().ok_or("the root cannot be changed")?;
    let (dir, _) = tree.lookup(&parent).ok_or_else(|| format!("{parent} is not there"))?;
    Ok((dir, Name::new(path.file_name()).map_err(|errno| errno.to_string())?))
}
