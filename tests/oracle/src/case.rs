//! One case: built, and compared.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use builder::{
    Build, BuildError, Cache, NoCache, Request, StepKind, StepResult, StepState, VertexKind,
};
use dockerfile::Ignore;
use serde_json::{Value, json};
use vfs::{AbsPath, Content, Dir, Inode, Kind, Meta, Name, Timestamp, Tree};

use crate::answer;
use crate::lab::{Lab, START};

/// The time of every file of a context.
const FILE_TIME: i64 = 1_704_153_600;

/// Why a case cannot be built here.
pub fn cannot_build(case: &Value) -> Option<&'static str> {
    if case["spec"]["contexts"].is_object() {
        return Some("the files of a named context are not recorded");
    }
    None
}

/// What differs, field by field.
pub fn compare(case: &Value, lab: &mut Lab) -> Result<Vec<(&'static str, String)>> {
    lab.cache = Cache::default();
    let all = context(&case["context"])?;
    for image in case["spec"]["pre"].as_array().into_iter().flatten() {
        let file = image["file"].as_str().unwrap_or("Dockerfile");
        let text = text_at(&all, file).context("the file of an image that is built first")?;
        let request = Request::new(&text, &all, START);
        let build = lab.build(&request)?.map_err(anyhow::Error::from)?;
        let Some(image_built) = build.image else { bail!("an image that is built first failed") };
        lab.tag(image["tag"].as_str().unwrap_or_default(), image_built);
    }
    let mut out = Vec::new();
    let ended = build(case, lab, &all)?;
    differences(case, lab, &ended, &mut out);
    if case["rebuild"].is_object() {
        let again = context(&case["rebuild_context"])?;
        let ended = build(case, lab, &again)?;
        if let Ended::Built(build) = &ended {
            field("rebuild", &steps_of(&case["rebuild"]["steps"]), &steps(build), &mut out);
        }
    }
    Ok(out)
}

/// How a build ended.
enum Ended {
    Built(Box<Build>),
    Refused(String),
}

fn build(case: &Value, lab: &mut Lab, all: &Tree) -> Result<Ended> {
    let (text, ignore) = match sources(all) {
        Ok(sources) => sources,
        Err(error) => return Ok(Ended::Refused(error)),
    };
    let context = builder::without_ignored(all, &ignore);
    let request = requested(case, &text, &context)?;
    Ok(match lab.build(&request)? {
        Ok(build) => Ended::Built(Box::new(build)),
        Err(BuildError::NotLoaded(module)) => bail!("{module} is not loaded"),
        Err(error) => Ended::Refused(error.to_string()),
    })
}

/// The Dockerfile, and what is ignored of the context.
///
/// # Errors
/// What is wrong with the patterns.
pub fn sources(all: &Tree) -> Result<(String, Ignore), String> {
    let text = text_at(all, "Dockerfile").unwrap_or_default();
    let ignore = text_at(all, "Dockerfile.dockerignore").or_else(|| text_at(all, ".dockerignore"));
    let ignore = Ignore::parse(&ignore.unwrap_or_default()).map_err(|error| error.to_string())?;
    Ok((text, ignore))
}

/// What a case asks for.
pub fn requested<'a>(case: &'a Value, text: &'a str, context: &'a Tree) -> Result<Request<'a>> {
    let mut request = Request::new(text, context, START);
    request.no_cache = NoCache::None;
    let arguments: Vec<&str> =
        case["spec"]["args"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for pair in arguments.chunks(2) {
        match pair {
            ["--target", name] => request.target = Some(name),
            ["--build-arg", arg] => {
                let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
                request.build_args.insert(name.to_owned(), value.to_owned());
            }
            ["--label", label] => {
                let (name, value) = label.split_once('=').unwrap_or((label, ""));
                request.labels.insert(name.to_owned(), value.to_owned());
            }
            other => bail!("the runner does not know the arguments {other:?}"),
        }
    }
    Ok(request)
}

fn differences(case: &Value, lab: &Lab, ended: &Ended, out: &mut Vec<(&'static str, String)>) {
    let message = match ended {
        Ended::Refused(message) => Some(message.clone()),
        Ended::Built(build) => build.failed.map(|step| match &build.outcomes[step].state {
            StepState::Failed(failure) => failure.message.clone(),
            other => format!("{other:?}"),
        }),
    };
    let exit = i64::from(message.is_some());
    field("exit", &case["exit_code"], &json!(exit), out);
    if let Some(wanted) = case["error_norm"].as_str().or(case["error"].as_str()) {
        let wanted = wanted.strip_prefix("ERROR: failed to build: failed to solve: ");
        field("error", &json!(wanted), &json!(message.as_deref().map(normal)), out);
    }
    let Ended::Built(build) = ended else { return };
    let wanted = &case["image"];
    if let (Some(image), true) = (&build.image, wanted.is_object()) {
        let has_base = wanted["base"].is_string();
        let base = if has_base { lab.base() } else { Tree::new() };
        let rootfs = answer::against_base(&base, &image.tree);
        for part in ["added", "changed", "removed"].into_iter().filter(|_| has_base) {
            field("rootfs", &sorted(&wanted["rootfs_vs_base"][part]), &sorted(&rootfs[part]), out);
        }
        let config = serde_json::to_value(&image.config.config).unwrap_or_default();
        field("config", &config_of(&wanted["config_raw"]["config"]), &config_of(&config), out);
        let history: Value = image.config.history.iter().map(entry).collect();
        field("history", &wanted["history"], &history, out);
        let results = layers(build);
        let layers: Vec<Value> =
            results.iter().map(|result| json!(answer::layer(result))).collect();
        let own = wanted["layers"].as_array().cloned().unwrap_or_default();
        let mut own: Vec<Value> = own
            .iter()
            .filter(|layer| !layer["base"].is_string())
            .map(|layer| layer["entries"].clone())
            .collect();
        if case["oracle"] == "docker28-bk" {
            for (recorded, result) in own.iter_mut().zip(&results) {
                answer::without_touched(recorded, result);
            }
        }
        field("layers", &json!(own), &json!(layers), out);
    }
    // Of a failed build only what failed is the same each time.
    let (mut wanted, mut found) = (steps_of(&case["steps"]), steps(build));
    if exit != 0 {
        for list in [&mut wanted, &mut found] {
            if let Some(list) = list.as_array_mut() {
                list.retain(|step| step[1] == "error");
            }
        }
    }
    field("steps", &wanted, &found, out);
}

/// Notes a field once, with the first place where it differs.
pub fn field(
    name: &'static str,
    wanted: &Value,
    found: &Value,
    out: &mut Vec<(&'static str, String)>,
) {
    if wanted != found && !out.iter().any(|(known, _)| *known == name) {
        out.push((name, difference(wanted, found)));
    }
}

/// The first place where two values differ, with both sides.
fn difference(wanted: &Value, found: &Value) -> String {
    match (wanted, found) {
        (Value::Array(a), Value::Array(b)) => {
            let at = a.iter().zip(b).take_while(|(x, y)| x == y).count();
            let (x, y) = (a.get(at).unwrap_or(&Value::Null), b.get(at).unwrap_or(&Value::Null));
            format!("[{at}] {}", difference(x, y))
        }
        _ => format!("expected {wanted} found {found}"),
    }
}

pub fn sorted(list: &Value) -> Value {
    let mut list = list.as_array().cloned().unwrap_or_default();
    for entry in &mut list {
        // The recorder leaves the time of a changed directory out of the comparison too.
        if let Some(fields) = entry.as_object_mut() {
            fields.sort_keys();
        }
    }
    list.sort_by_key(|entry| entry["path"].as_str().unwrap_or_default().to_owned());
    list.into()
}

/// Without what is empty.
pub fn config_of(config: &Value) -> Value {
    let fields = config.as_object().into_iter().flatten();
    fields
        .filter(|(_, value)| {
            !(value.is_null()
                || **value == json!(false)
                || **value == json!("")
                || **value == json!({})
                || **value == json!([]))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<std::collections::BTreeMap<_, _>>()
        .into_iter()
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub fn entry(entry: &image::History) -> Value {
    let mut out = json!({});
    for (name, text) in [("created_by", &entry.created_by), ("comment", &entry.comment)] {
        if !text.is_empty() {
            out[name] = json!(text);
        }
    }
    if entry.empty_layer {
        out["empty_layer"] = json!(true);
    }
    out
}

/// The layers of the target, lowest first, without those of the base image.
fn layers(build: &Build) -> Vec<Arc<StepResult>> {
    let Some(image) = &build.image else { return Vec::new() };
    let mut results: Vec<_> =
        build.outcomes.iter().filter_map(|outcome| outcome.result.clone()).collect();
    results.dedup_by(|a, b| Arc::ptr_eq(a, b));
    let own = image.layers.iter().filter_map(|layer| {
        results.iter().find(|result| result.layer.diff_id == layer.diff_id).cloned()
    });
    own.collect()
}

/// Names and statuses of all but internal vertices, of those that came to something.
fn steps(build: &Build) -> Value {
    let state = |steps: &[usize]| {
        let states = steps.iter().map(|step| (&build.steps[*step], &build.outcomes[*step].state));
        states
            .map(|(step, state)| match state {
                _ if step.kind == StepKind::Base => "base",
                StepState::Cached { .. } => "cached",
                StepState::Ran { .. } => "done",
                StepState::Failed(_) => "error",
                _ => "none",
            })
            .find(|state| *state != "cached")
            .unwrap_or("cached")
    };
    let vertices = build.definition.iter().filter(|vertex| !vertex.name.starts_with("[internal]"));
    let mut out: Vec<Value> = vertices
        .filter(|vertex| vertex.kind != VertexKind::Merge)
        .map(|vertex| json!([vertex.name, state(&vertex.steps)]))
        .filter(|step| step[1] != "none")
        .collect();
    out.sort_by_key(|step| step[0].to_string());
    out.into()
}

/// The same of a recorded build: the base is cached or done as the engine pleases, and what is
/// cancelled differs from run to run.
pub fn steps_of(steps: &Value) -> Value {
    let mut out: Vec<Value> = steps
        .as_array()
        .into_iter()
        .flatten()
        .filter(|step| step["status"] != "canceled")
        .filter(|step| !step["name"].as_str().unwrap_or_default().contains("] LINK "))
        .map(|step| {
            let name = step["name"].as_str().unwrap_or_default();
            // The containerd store gives imported images a digest, which holds the time of the import.
            let name = name.split("@sha256:").next().unwrap_or(name);
            let is_base = name.starts_with("FROM ") || name.contains("] FROM ");
            json!([
                name,
                if is_base { "base" } else { step["status"].as_str().unwrap_or_default() }
            ])
        })
        .collect();
    out.sort_by_key(|step| step[0].to_string());
    out.into()
}

/// A message without what is random in it.
fn normal(message: &str) -> String {
    match message.split_once("checksum of ref ") {
        Some((before, rest)) => {
            let rest = rest.split_once(": ").map_or("", |(_, rest)| rest);
            format!("{before}checksum of ref <ref>: {rest}")
        }
        None => message.to_owned(),
    }
}

pub fn context(files: &Value) -> Result<Tree> {
    let mut tree = Tree::new();
    let time = Timestamp::from_secs(FILE_TIME);
    let errno = |errno: vfs::Errno| anyhow::anyhow!("{errno}");
    // The directory that a context is sent into is made by the build.
    tree.edit_meta(Tree::ROOT, |meta| meta.mtime = START).map_err(errno)?;
    for file in files.as_array().into_iter().flatten() {
        let path = AbsPath::new(file["path"].as_str().unwrap_or_default());
        let mode = u32::from_str_radix(file["mode"].as_str().unwrap_or("0644"), 8)?;
        let mut dir = Tree::ROOT;
        if let Some(parent) = path.parent() {
            for name in parent.components() {
                let found = tree.get(dir).and_then(Inode::dir).and_then(|dir| dir.get(name));
                dir = match found {
                    Some(ino) => ino,
                    None => {
                        let name = Name::new(name).map_err(errno)?;
                        let kind = Kind::Dir(Dir::default());
                        tree.create(dir, name, Meta::root(0o755, time), kind).map_err(errno)?
                    }
                };
            }
        }
        let text = file["text"].as_str().unwrap_or_default();
        let kind = match file["type"].as_str().unwrap_or_default() {
            "dir" => Kind::Dir(Dir::default()),
            "symlink" => Kind::Symlink(file["link"].as_str().unwrap_or(text).as_bytes().into()),
            _ => Kind::File(Content::from(text.as_bytes().to_vec())),
        };
        let name = Name::new(path.file_name()).map_err(errno)?;
        match tree.lookup(&path) {
            Some((ino, _)) => tree.edit_meta(ino, |meta| meta.mode = mode).map_err(errno)?,
            None => {
                tree.create(dir, name, Meta::root(mode, time), kind).map_err(errno)?;
            }
        }
    }
    Ok(tree)
}

pub fn text_at(tree: &Tree, path: &str) -> Option<String> {
    match &tree.lookup(&AbsPath::new(path))?.1.kind {
        Kind::File(content) => Some(String::from_utf8_lossy(&content.to_vec()).into_owned()),
        _ => None,
    }
}
