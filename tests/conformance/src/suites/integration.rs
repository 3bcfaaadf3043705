//! Whole builds, with real programs: what they leave, and what they refuse.
//!
//! The builds of a case share a cache and see the images that earlier ones have pushed, as with one
//! daemon. Contexts have the modes, links and sockets that the case gives them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result, anyhow, bail};
use base64::Engine as _;
use builder::{BaseImage, BuildError, Cache, Images, NoNetwork, Outside, Request, StepState};
use dockerfile::Ignore;
use engine::{Catalogue, Containers, Modules};
use regex::Regex;
use serde_json::Value;
use vfs::{AbsPath, Content, Dir, Inode, Kind, Meta, Name, Timestamp, Tree};

use super::frontend::Attrs;
use crate::case::{Case, Outcome, strings};

/// When the builds start.
const START: Timestamp = engine::EPOCH;

/// How many bytes of a command's output are kept.
const CONSOLE: usize = 1 << 20;

/// Runs the builds of a case, and then compares files between them.
pub fn check(case: &Case) -> Outcome {
    let mut lab = Lab::default();
    let mut skipped = Vec::new();
    let mut trees = Vec::new();
    for (number, build) in case.get("builds").as_array().into_iter().flatten().enumerate() {
        if let Some(reason) = cannot_run(build) {
            skipped.push(format!("build {number}: {reason}"));
            trees.push(None);
            continue;
        }
        let build = &corrected(case.id(), number, build);
        match lab.build(build) {
            Ok(tree) => trees.push(tree),
            Err(error) if error.is::<NoPrograms>() => return Outcome::Skip(error.to_string()),
            Err(error) => {
                return Outcome::fail(
                    format!("build {number} {}", build["expect"]),
                    format!("{error:#}"),
                );
            }
        }
    }
    for pair in case.get("compare").as_array().into_iter().flatten() {
        if let Err(error) = compare(pair, &trees) {
            return Outcome::fail(pair, format!("{error:#}"));
        }
    }
    if skipped.is_empty() { Outcome::Pass } else { Outcome::Skip(skipped.join("; ")) }
}

/// The attributes that a build has upstream, where the recording gives every build of a case those of
/// the last one (`dockerfile_cache_test.go`, `dockerfile_mount_test.go` of BuildKit).
const ATTRIBUTES: [(&str, usize, Attributes); 5] = [
    ("testNoCache", 0, &[("no-cache", "")]),
    ("testNoCache", 1, &[("no-cache", "")]),
    ("testCacheMountModeNoCache", 0, &[("build-arg:FOO", "abc")]),
    ("testCacheMountModeNoCache", 1, &[("build-arg:FOO", "def"), ("no-cache", "")]),
    ("testCacheMountModeNoCache", 2, &[("build-arg:FOO", "ghi")]),
];

/// Names and values.
type Attributes = &'static [(&'static str, &'static str)];

fn corrected(id: &str, number: usize, build: &Value) -> Value {
    let mut build = build.clone();
    let own = ATTRIBUTES.iter().find(|(case, at, _)| (*case, *at) == (id, number));
    for (name, value) in own.iter().flat_map(|(_, _, attributes)| attributes.iter()) {
        build["attrs"][*name] = (*value).into();
    }
    build
}

/// Why a build needs what is not here.
fn cannot_run(build: &Value) -> Option<&'static str> {
    let given = format!("{}{}{}", build["dockerfile"], build["attrs"], build["dockerfile_dir"]);
    let network = ["TESTSERVER", "http://", "https://", "git@"];
    if network.iter().any(|mark| given.contains(mark)) {
        return Some("network: it downloads from a server of the test");
    }
    if build["attrs"]["platform"].is_string() {
        return Some("multi-platform: all images here are linux/amd64");
    }
    if build["cache_import_export"] == true {
        return Some("network: it exports its cache to a registry");
    }
    if !build["context"].is_array() {
        return Some("its context is no list of files: it comes from outside the case");
    }
    None
}

/// Programs have not been built.
#[derive(Debug, thiserror::Error)]
#[error(
    "the programs are not built: run `cargo xtask build-userland`, or name their folder in LAYERLAB_USERLAND ({0})"
)]
struct NoPrograms(String);

/// A daemon's memory.
#[derive(Default)]
struct Lab {
    cache: Cache,
    images: Store,
}

impl Lab {
    /// Builds and checks what the build expects; answers the filesystem.
    fn build(&mut self, build: &Value) -> Result<Option<Tree>> {
        let attrs = Attrs::of(&build["attrs"]);
        let all = tree_of(&build["context"]).context("the context")?;
        let name = attrs.get("filename").unwrap_or("Dockerfile").to_owned();
        let beside = tree_of(&build["dockerfile_dir"])?;
        let ignore_text = [format!("{name}.dockerignore"), ".dockerignore".to_owned()]
            .iter()
            .find_map(|file| text_at(&beside, file).or_else(|| text_at(&all, file)))
            .unwrap_or_default();
        let text = build["dockerfile"].as_str().unwrap_or_default();
        let ended = match Ignore::parse(&ignore_text) {
            Err(error) => Err(error.to_string()),
            Ok(ignore) => {
                let context = builder::without_ignored(&all, &ignore);
                let mut request = Request::new(text, &context, START);
                attrs.apply(&mut request);
                request.ignore = Some(&ignore);
                if build["session"] == true {
                    request.secrets.insert("mysecret".to_owned(), b"pw".to_vec());
                }
                self.run(&request)?
            }
        };
        let expect = &build["expect"];
        match (ended, build["should_succeed"] == true) {
            (Ok(image), true) => {
                for export in build["export"].as_array().into_iter().flatten() {
                    if let Some(name) = export["attrs"]["name"].as_str() {
                        self.images.pushed.insert(engine::familiar(name), image.clone());
                    }
                }
                check_tree(expect, &image.tree)?;
                Ok(Some(image.tree))
            }
            (Err(message), false) => {
                check_error(expect, &message)?;
                Ok(None)
            }
            (Ok(_), false) => bail!("the build succeeded"),
            (Err(message), true) => bail!("the build failed: {message}"),
        }
    }

    /// The image, or the message of the failure.
    fn run(&mut self, request: &Request<'_>) -> Result<Result<BaseImage, String>> {
        let modules = modules();
        let mut executor = Containers::new(modules.clone(), CONSOLE);
        loop {
            let mut outside = Outside {
                executor: &mut executor,
                images: &mut self.images,
                network: &mut NoNetwork,
                micros: &|| 0,
            };
            return Ok(match builder::build(request, &mut outside, &mut self.cache, &mut |_| {}) {
                Ok(build) => match (build.image, build.failed) {
                    (Some(image), _) => Ok(image),
                    (None, failed) => {
                        let state = failed.map(|step| &build.outcomes[step].state);
                        let Some(StepState::Failed(failure)) = state else {
                            bail!("no step failed and there is no image");
                        };
                        let output = failure.output.tail(10);
                        Err(format!("{} ({output})", failure.message))
                    }
                },
                Err(BuildError::NotLoaded(name)) => {
                    modules.load(&name, &module_bytes(&name)?)?;
                    continue;
                }
                Err(error) => Err(error.to_string()),
            });
        }
    }
}

/// The base images, and those that the case has pushed.
#[derive(Default)]
struct Store {
    catalogue: Option<Catalogue>,
    pushed: BTreeMap<String, BaseImage>,
}

impl Images for Store {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        if let Some(image) = self.pushed.get(&engine::familiar(reference)) {
            return Ok(image.clone());
        }
        self.catalogue.get_or_insert_with(Catalogue::new).find(reference)
    }
}

/// The programs, compiled once for all cases.
fn modules() -> Modules {
    static MODULES: OnceLock<Modules> = OnceLock::new();
    MODULES.get_or_init(|| Modules::new(Arc::new(wasi::Module::compile))).clone()
}

fn module_bytes(name: &str) -> Result<Vec<u8>> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../userland/dist");
    let folder = std::env::var_os("LAYERLAB_USERLAND").map_or(source, PathBuf::from);
    let file = folder.join(format!("{name}.wasm"));
    std::fs::read(&file)
        .map_err(|error| anyhow!(NoPrograms(format!("{}: {error}", file.display()))))
}

fn tree_of(files: &Value) -> Result<Tree> {
    let mut tree = Tree::new();
    for file in files.as_array().into_iter().flatten() {
        let path = AbsPath::new(file["path"].as_str().unwrap_or_default());
        put(&mut tree, &path, file).with_context(|| format!("{path}"))?;
    }
    Ok(tree)
}

fn put(tree: &mut Tree, path: &AbsPath, file: &Value) -> Result<()> {
    let errno = |errno: vfs::Errno| anyhow!("{errno}");
    let mode = u32::from_str_radix(file["mode"].as_str().unwrap_or("0777"), 8)?;
    let mut dir = Tree::ROOT;
    let above: Vec<Vec<u8>> = path.components().map(<[u8]>::to_vec).collect();
    let Some((last, above)) = above.split_last() else { return Ok(()) };
    for name in above {
        dir = match tree.get(dir).and_then(Inode::dir).and_then(|entries| entries.get(name)) {
            Some(ino) => ino,
            None => {
                let meta = Meta::root(0o755, START);
                let name = Name::new(name).map_err(errno)?;
                tree.create(dir, name, meta, Kind::Dir(Dir::default())).map_err(errno)?
            }
        };
    }
    let kind = match file["type"].as_str().unwrap_or_default() {
        "file" => Kind::File(Content::from(bytes_of(&file["content"])?)),
        "dir" => Kind::Dir(Dir::default()),
        "symlink" => Kind::Symlink(file["target"].as_str().unwrap_or_default().as_bytes().into()),
        "socket" => Kind::Socket,
        other => bail!("the runner does not know files of the type {other:?}"),
    };
    let name = Name::new(last).map_err(errno)?;
    if matches!(kind, Kind::Dir(_))
        && let Some((ino, _)) = tree.lookup(path)
    {
        tree.edit_meta(ino, |meta| meta.mode = mode).map_err(errno)?;
        return Ok(());
    }
    tree.create(dir, name, Meta::root(mode, START), kind).map_err(errno)?;
    Ok(())
}

/// A text, or `{"base64": ...}`.
fn bytes_of(content: &Value) -> Result<Vec<u8>> {
    match (content.as_str(), content["base64"].as_str()) {
        (Some(text), _) => Ok(text.as_bytes().to_vec()),
        (None, Some(text)) => Ok(base64::engine::general_purpose::STANDARD.decode(text)?),
        (None, None) => Ok(Vec::new()),
    }
}

fn text_at(tree: &Tree, path: &str) -> Option<String> {
    let (_, inode) = tree.lookup(&AbsPath::new(path))?;
    let Kind::File(content) = &inode.kind else { return None };
    Some(String::from_utf8_lossy(&content.to_vec()).into_owned())
}

/// The bytes of a file, links followed.
fn read(tree: &Tree, path: &str) -> Result<Vec<u8>> {
    let fs = vfs::Fs::new(tree.clone(), vfs::Limits::default());
    fs.read_file(&vfs::Caller::root(), vfs::NodeId::ROOT, AbsPath::new(path).as_bytes())
        .map_err(|errno| anyhow!("{path}: {errno}"))
}

fn check_tree(expect: &Value, tree: &Tree) -> Result<()> {
    let list = |name: &str| expect[name].as_array().cloned().unwrap_or_default();
    let path_of = |value: &Value| value["path"].as_str().unwrap_or_default().to_owned();
    for file in list("files") {
        let found = read(tree, &path_of(&file))?;
        let shown = String::from_utf8_lossy(&found).into_owned();
        if !file["content"].is_null() && bytes_of(&file["content"])? != found {
            bail!("{} holds {shown:?}", path_of(&file));
        }
        if let Some(part) = file["contains"].as_str()
            && !shown.contains(part)
        {
            bail!("{} holds {shown:?}", path_of(&file));
        }
    }
    for wanted in list("exists") {
        let path = path_of(&wanted);
        let found = tree.lookup(&AbsPath::new(&path));
        let (_, inode) = found.ok_or_else(|| anyhow!("{path} is not there"))?;
        if wanted["type"] == "dir" && !inode.is_dir() {
            bail!("{path} is no directory");
        }
    }
    for gone in list("absent") {
        let path = path_of(&gone);
        if tree.lookup(&AbsPath::new(&path)).is_some() {
            bail!("{path} is there");
        }
    }
    for link in list("links") {
        let path = path_of(&link);
        let found = tree.lookup(&AbsPath::new(&path)).map(|(_, inode)| &inode.kind);
        match found {
            Some(Kind::Symlink(target))
                if Some(&*String::from_utf8_lossy(target)) == link["target"].as_str() => {}
            other => bail!("{path} is {other:?}"),
        }
    }
    for path in strings(&expect["empty_dirs"]) {
        let found = tree.lookup(&AbsPath::new(&path)).and_then(|(_, inode)| inode.dir());
        if found.is_none_or(|dir| !dir.is_empty()) {
            bail!("{path} is no empty directory");
        }
    }
    Ok(())
}

fn check_error(expect: &Value, message: &str) -> Result<()> {
    let parts = &expect["error_contains"];
    let one = parts.as_str().map(str::to_owned);
    for part in strings(parts).into_iter().chain(one) {
        if !message.contains(&part) {
            bail!("the error reads {message:?}");
        }
    }
    let patterns = &expect["error_regexp"];
    let one = patterns.as_str().map(str::to_owned);
    for pattern in strings(patterns).into_iter().chain(one) {
        if !Regex::new(&pattern)?.is_match(message) {
            bail!("the error reads {message:?}");
        }
    }
    Ok(())
}

fn compare(pair: &Value, trees: &[Option<Tree>]) -> Result<()> {
    let side = |name: &str| -> Result<Option<Vec<u8>>> {
        let build = pair[name]["build"].as_u64().unwrap_or_default() as usize;
        let path = pair[name]["path"].as_str().unwrap_or_default();
        let tree = trees.get(build).and_then(Option::as_ref);
        tree.map(|tree| read(tree, path)).transpose()
    };
    let (Some(a), Some(b)) = (side("a")?, side("b")?) else { return Ok(()) };
    match pair["kind"].as_str().unwrap_or_default() {
        "same_content" if a == b => Ok(()),
        "different_content" if a != b => Ok(()),
        "same_content" => bail!("the contents differ"),
        "different_content" => bail!("the contents are the same"),
        other => bail!("the runner does not know the comparison {other:?}"),
    }
}
