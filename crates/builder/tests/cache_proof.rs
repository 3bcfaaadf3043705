//! Two thousand random edits of random Dockerfiles and contexts: which steps come from the cache is
//! what a model says that knows nothing of the builder, and a hit never gives another image than a
//! build without a cache.
//!
//! The model's keys are written straight from BuildKit's rules: a command is known by its text, its
//! whole environment, directory and user and by what it runs on; a copy by the last part of its
//! source, its destination, its flags, what it is put on and the content it takes (names below what
//! was named, modes and owners count, times do not); `WORKDIR` by path and user; nothing else has a
//! key.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use builder::{
    BaseImage, Cache, Command, CommitPoints, Executor, Images, NoCache, NoNetwork, Output, Outside,
    Ran, Request, RunError, StepKind, StepState,
};
use vfs::{
    AbsPath, Caller, Content, Dir, Fs, Kind, Limits, Meta, Name, NodeId, OpenFlags, ResolveFlags,
    Timestamp, Tree,
};

const EDITS: usize = 2_000;
const START: Timestamp = Timestamp(1_700_000_000_000_000_000);

/// A small generator of numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Line {
    /// `put PATH TEXT`, or one that prints what it sees.
    Run(String),
    Copy {
        from: Option<usize>,
        source: String,
        dest: String,
        chown: bool,
        chmod: bool,
    },
    Workdir(String),
    User(String),
    Env(String, String),
    Arg(String, String),
    Label(String),
    Cmd(String),
    Comment(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Stage {
    base: Option<usize>,
    lines: Vec<Line>,
}

/// All that a build is made of.
#[derive(Clone, Debug, Default, PartialEq)]
struct Project {
    stages: Vec<Stage>,
    /// Content, whether it is executable, and a time, which does not count.
    files: BTreeMap<String, (String, bool, i64)>,
    build_args: BTreeMap<String, String>,
}

impl Project {
    fn text(&self) -> String {
        let mut out = String::new();
        for (index, stage) in self.stages.iter().enumerate() {
            let base = stage.base.map_or("scratch".to_owned(), |base| format!("s{base}"));
            let _ = writeln!(out, "FROM {base} AS s{index}");
            for line in &stage.lines {
                let _ = match line {
                    Line::Run(command) => writeln!(out, "RUN {command}"),
                    Line::Copy { from, source, dest, chown, chmod } => {
                        let from = from.map_or(String::new(), |from| format!("--from=s{from} "));
                        let chown = if *chown { "--chown=7:8 " } else { "" };
                        let chmod = if *chmod { "--chmod=700 " } else { "" };
                        writeln!(out, "COPY {from}{chown}{chmod}{source} {dest}")
                    }
                    Line::Workdir(path) => writeln!(out, "WORKDIR {path}"),
                    Line::User(user) => writeln!(out, "USER {user}"),
                    Line::Env(name, value) => writeln!(out, "ENV {name}={value}"),
                    Line::Arg(name, value) => writeln!(out, "ARG {name}={value}"),
                    Line::Label(value) => writeln!(out, "LABEL l={value}"),
                    Line::Cmd(value) => writeln!(out, "CMD [\"{value}\"]"),
                    Line::Comment(value) => writeln!(out, "# {value}"),
                };
            }
        }
        out
    }

    fn context(&self) -> Tree {
        let mut tree = Tree::new();
        for (path, (content, executable, time)) in &self.files {
            let path = AbsPath::new(path);
            let mut dir = Tree::ROOT;
            for name in path.parent().unwrap().components() {
                let found = tree.get(dir).unwrap().dir().unwrap().get(name);
                dir = found.unwrap_or_else(|| {
                    let meta = Meta::root(0o755, START);
                    tree.create(dir, Name::new(name).unwrap(), meta, Kind::Dir(Dir::default()))
                        .unwrap()
                });
            }
            let meta = Meta::root(if *executable { 0o755 } else { 0o644 }, Timestamp(*time));
            let kind = Kind::File(Content::from(content.clone().into_bytes()));
            tree.create(dir, Name::new(path.file_name()).unwrap(), meta, kind).unwrap();
        }
        tree
    }
}

// ---------------------------------------------------------------------------------------------
// The model.

/// A file or directory of the model's filesystem.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    /// None for a directory.
    content: Option<String>,
    mode: u32,
    owner: u32,
}

type Files = BTreeMap<String, Node>;

#[derive(Clone, Debug, Default)]
struct ModelStage {
    key: String,
    files: Files,
    env: BTreeMap<String, String>,
    cwd: String,
    user: String,
}

/// What the model says of a project: a letter per layer step of the stages that are needed, or none
/// where a source is missing.
fn model(project: &Project, seen: &mut BTreeSet<String>) -> Option<Vec<char>> {
    let mut needed = BTreeSet::new();
    let mut todo = vec![project.stages.len() - 1];
    while let Some(stage) = todo.pop() {
        if needed.insert(stage) {
            let stage = &project.stages[stage];
            todo.extend(stage.base);
            todo.extend(stage.lines.iter().filter_map(|line| match line {
                Line::Copy { from, .. } => *from,
                _ => None,
            }));
        }
    }
    let context: Files = project
        .files
        .iter()
        .flat_map(|(path, (content, executable, _))| {
            let mode = if *executable { 0o755 } else { 0o644 };
            let file = Node { content: Some(content.clone()), mode, owner: 0 };
            let dirs = parents(path).into_iter().map(|dir| (dir, directory(0)));
            dirs.chain([(format!("/{path}"), file)]).collect::<Vec<_>>()
        })
        .collect();
    let mut out = Vec::new();
    let mut new_keys = Vec::new();
    let mut done: Vec<Option<ModelStage>> = vec![None; project.stages.len()];
    for (index, stage) in project.stages.iter().enumerate() {
        if !needed.contains(&index) {
            continue;
        }
        let mut state = match stage.base {
            Some(base) => done[base].clone().unwrap(),
            None => ModelStage { key: "scratch".into(), cwd: "/".into(), ..Default::default() },
        };
        for line in &stage.lines {
            let key = match line {
                Line::Run(command) => {
                    let key = format!(
                        "run|{}|{command}|{:?}|{}|{}",
                        state.key, state.env, state.cwd, state.user
                    );
                    run(command, &mut state);
                    key
                }
                Line::Workdir(path) => {
                    state.cwd = if path.starts_with('/') {
                        path.clone()
                    } else {
                        format!("{}/{path}", state.cwd.trim_end_matches('/'))
                    };
                    let owner = if state.user.is_empty() { 0 } else { state.user.parse().unwrap() };
                    let cwd = state.cwd.clone();
                    make_dirs(&mut state.files, &cwd, owner, 0o755);
                    format!("workdir|{}|{}|{}", state.key, state.cwd, state.user)
                }
                Line::Copy { from, source, dest, chown, chmod } => {
                    let tree = match from {
                        Some(from) => done[*from].as_ref().unwrap().files.clone(),
                        None => context.clone(),
                    };
                    let taken = select(&tree, source)?;
                    let base = source.trim_end_matches('/').rsplit('/').next().unwrap();
                    let key = format!(
                        "copy|{}|{base}|{dest}|{chown}|{chmod}|{}",
                        state.key,
                        content(&tree, &taken, source.contains('*'))
                    );
                    for path in taken {
                        copy(&tree, &path, &mut state.files, dest, *chown, *chmod);
                    }
                    key
                }
                Line::User(user) => {
                    state.user.clone_from(user);
                    continue;
                }
                Line::Env(name, value) => {
                    state.env.insert(name.clone(), value.clone());
                    continue;
                }
                Line::Arg(name, default) => {
                    let value = project.build_args.get(name).unwrap_or(default);
                    state.env.insert(name.clone(), value.clone());
                    continue;
                }
                Line::Label(_) | Line::Cmd(_) | Line::Comment(_) => continue,
            };
            out.push(if seen.contains(&key) || new_keys.contains(&key) { 'c' } else { 'r' });
            new_keys.push(key.clone());
            state.key = key;
        }
        done[index] = Some(state);
    }
    seen.extend(new_keys);
    Some(out)
}

fn directory(owner: u32) -> Node {
    Node { content: None, mode: 0o755, owner }
}

/// The directories above a path, without the root.
fn parents(path: &str) -> Vec<String> {
    let path = path.trim_start_matches('/');
    path.match_indices('/').map(|(at, _)| format!("/{}", &path[..at])).collect()
}

fn make_dirs(files: &mut Files, path: &str, owner: u32, mode: u32) {
    let path = path.trim_end_matches('/');
    let mut all = parents(path);
    if !path.is_empty() {
        all.push(path.to_owned());
    }
    for dir in all {
        files.entry(dir).or_insert(Node { content: None, mode, owner });
    }
}

/// `put PATH TEXT` and `see PATH`, which writes the environment.
fn run(command: &str, state: &mut ModelStage) {
    for part in command.split(';') {
        let words: Vec<&str> = part.split_whitespace().collect();
        let [_, path, text] = words.as_slice() else { panic!("{part}") };
        let env = state.env.iter().filter(|(name, _)| *name != "PATH");
        let env: String = env.map(|(name, value)| format!("{name}={value},")).collect();
        let content = if words[0] == "see" { env } else { (*text).to_owned() };
        for dir in parents(path) {
            state.files.entry(dir).or_insert(directory(0));
        }
        let file = Node { content: Some(content), mode: 0o644, owner: 0 };
        // What is there keeps its attributes.
        let file = match state.files.get(*path) {
            Some(old) => Node { content: file.content, ..old.clone() },
            None => file,
        };
        state.files.insert((*path).to_owned(), file);
    }
}

/// The paths that a source names; none where one without a wildcard is missing.
fn select(tree: &Files, source: &str) -> Option<Vec<String>> {
    let path = format!("/{}", source.trim_matches('/'));
    match path.split_once('*') {
        Some((before, after)) => Some(
            tree.keys()
                .filter(|path| {
                    let middle = path.strip_prefix(before).and_then(|p| p.strip_suffix(after));
                    middle.is_some_and(|middle| !middle.contains('/'))
                })
                .cloned()
                .collect(),
        ),
        None if path == "/" => Some(vec![String::new()]),
        None => tree.contains_key(&path).then(|| vec![path]),
    }
}

fn content(tree: &Files, taken: &[String], wildcard: bool) -> String {
    let mut out = String::new();
    for path in taken {
        if wildcard {
            out.push_str(path.rsplit('/').next().unwrap());
        }
        for (name, node) in tree.iter().filter(|(name, _)| is_in(name, path)) {
            let _ = write!(out, "[{} {node:?}]", &name[path.len()..]);
        }
    }
    out
}

fn is_in(name: &str, path: &str) -> bool {
    name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn copy(tree: &Files, source: &str, files: &mut Files, dest: &str, chown: bool, chmod: bool) {
    let (owner, mode) =
        (if chown { Some(7) } else { None }, if chmod { Some(0o700) } else { None });
    make_dirs(files, dest, owner.unwrap_or(0), mode.unwrap_or(0o755));
    let put = |node: &Node| Node {
        content: node.content.clone(),
        mode: mode.unwrap_or(node.mode),
        owner: owner.unwrap_or(node.owner),
    };
    let is_dir = source.is_empty() || tree[source].content.is_none();
    for (name, node) in tree.iter().filter(|(name, _)| is_in(name, source)) {
        let below = match (&name[source.len()..], is_dir) {
            ("", true) => continue,
            ("", false) => format!("/{}", source.rsplit('/').next().unwrap()),
            (below, _) => below.to_owned(),
        };
        files.insert(format!("{}{below}", dest.trim_end_matches('/')), put(node));
    }
}

// ---------------------------------------------------------------------------------------------
// The builder, with commands that do what the model's do.

struct Commands;

impl Executor for Commands {
    fn run(&mut self, command: &Command<'_>) -> Result<Ran, RunError> {
        let mut fs = Fs::new(command.root.clone(), Limits::default());
        fs.set_now(command.time);
        let (root, at) = (Caller { umask: 0, ..Caller::root() }, NodeId::ROOT);
        for part in command.args.last().unwrap().split(';') {
            let words: Vec<&str> = part.split_whitespace().collect();
            let [verb, path, text] = words.as_slice() else { panic!("{part}") };
            for dir in parents(path) {
                let _ = fs.mkdir(&root, at, dir.as_bytes(), 0o755, ResolveFlags::NOFOLLOW);
            }
            let mut env: Vec<&String> =
                command.env.iter().filter(|entry| !entry.starts_with("PATH=")).collect();
            env.sort();
            let env: String = env.into_iter().map(|entry| format!("{entry},")).collect();
            let content = if *verb == "see" { env } else { (*text).to_owned() };
            let how = OpenFlags { write: true, create: true, truncate: true, ..Default::default() };
            let flags = (how, ResolveFlags::FOLLOW);
            let file = fs.open(&root, at, path.as_bytes(), flags, 0o644).unwrap();
            fs.put_content(file, Content::from(content.into_bytes())).unwrap();
            fs.close(file);
        }
        let (output, mounts) = (Output::default(), Vec::new());
        Ok(Ran {
            root: fs.into_root(),
            exit_code: 0,
            output,
            mounts,
            time: command.time,
            points: CommitPoints::default(),
        })
    }
}

struct NoImages;

impl Images for NoImages {
    fn find(&mut self, reference: &str) -> Result<BaseImage, String> {
        Err(format!("{reference}: not found"))
    }
}

fn build(project: &Project, cache: &mut Cache) -> (Vec<char>, String) {
    let (text, context) = (project.text(), project.context());
    let mut request = Request::new(&text, &context, START);
    request.build_args = project.build_args.clone();
    request.no_cache = NoCache::None;
    let (executor, images, network) = (&mut Commands, &mut NoImages, &mut NoNetwork);
    let mut outside = Outside { executor, images, network, micros: &|| 0 };
    let build = builder::build(&request, &mut outside, cache, &mut |_| {});
    let build = build.unwrap_or_else(|error| panic!("{error}\n{text}"));
    if let Some(step) = build.failed {
        panic!("{:?}\n{text}", build.outcomes[step].state);
    }
    let states = build.steps.iter().zip(&build.outcomes);
    let letters =
        states.filter(|(step, _)| step.kind == StepKind::Layer).filter_map(|(_, outcome)| {
            match &outcome.state {
                StepState::Cached { .. } => Some('c'),
                StepState::Ran { .. } => Some('r'),
                StepState::NotReached => None,
                other => panic!("{other:?}\n{text}"),
            }
        });
    (letters.collect(), build.image.unwrap().config.id().to_string())
}

// ---------------------------------------------------------------------------------------------
// Random projects and edits.

const NAMES: [&str; 3] = ["A", "B", "C"];
const DIRS: [&str; 4] = ["/d", "/d/e", "/out", "/w"];
const SOURCES: [&str; 7] = ["a.txt", "src", "src/", "src/*.txt", "docs", ".", "src/in/deep.txt"];

fn random_line(random: &mut Random, stage: usize) -> Line {
    let number = random.below(4).to_string();
    match random.below(14) {
        0..=2 => {
            let verb = *random.pick(&["put", "see"]);
            let path = format!("{}/r{}", random.pick(&["/r", "/r/s", "/q"]), random.below(3));
            Line::Run(format!("{verb} {path} {number}"))
        }
        3..=6 => {
            let from = (stage > 0 && random.below(3) == 0).then(|| random.below(stage));
            let source = match from {
                Some(_) => (*random.pick(&["/r", "/q", "/d", "/r/r0"])).to_owned(),
                None => (*random.pick(&SOURCES)).to_owned(),
            };
            let dest = format!("{}/", random.pick(&DIRS));
            let (chown, chmod) = (random.below(6) == 0, random.below(6) == 0);
            Line::Copy { from, source, dest, chown, chmod }
        }
        7 => Line::Workdir((*random.pick(&["/w", "/w/x", "y"])).to_owned()),
        8 => Line::User((*random.pick(&["0", "7"])).to_owned()),
        9 => Line::Env((*random.pick(&NAMES)).to_owned(), number),
        10 => Line::Arg((*random.pick(&NAMES)).to_owned(), number),
        11 => Line::Label(number),
        12 => Line::Cmd(number),
        _ => Line::Comment(number),
    }
}

fn random_project(random: &mut Random) -> Project {
    let mut project = Project::default();
    for stage in 0..1 + random.below(3) {
        let base = (stage > 0 && random.below(2) == 0).then(|| random.below(stage));
        let lines = (0..2 + random.below(6)).map(|_| random_line(random, stage)).collect();
        project.stages.push(Stage { base, lines });
    }
    for path in ["a.txt", "src/one.txt", "src/two.txt", "src/in/deep.txt", "docs/x.md"] {
        project.files.insert(path.to_owned(), (random.below(4).to_string(), false, 0));
    }
    project
}

fn edit(random: &mut Random, project: &Project) -> Project {
    let mut new = project.clone();
    let stage = random.below(new.stages.len());
    let count = new.stages[stage].lines.len();
    let at = random.below(count + 1);
    let paths: Vec<String> = new.files.keys().cloned().collect();
    let path = random.pick(&paths).clone();
    match random.below(12) {
        0 | 1 => new.stages[stage].lines.insert(at, random_line(random, stage)),
        2 if count > 1 => {
            new.stages[stage].lines.remove(at % count);
        }
        3 if count > 0 => new.stages[stage].lines[at % count] = random_line(random, stage),
        4 if count > 1 => new.stages[stage].lines.swap(at % count, (at + 1) % count),
        5 | 6 => new.files.get_mut(&path).unwrap().0 = random.below(6).to_string(),
        7 => new.files.get_mut(&path).unwrap().1 ^= true,
        8 => new.files.get_mut(&path).unwrap().2 += 1_000_000_000,
        9 => {
            let name = format!("src/{}.txt", random.pick(&["three", "four", "in/other"]));
            new.files.insert(name, (random.below(3).to_string(), false, 0));
        }
        10 if paths.len() > 2 => {
            new.files.remove(&path);
        }
        _ => {
            let value = random.below(4).to_string();
            new.build_args.insert((*random.pick(&NAMES)).to_owned(), value);
        }
    }
    new
}

#[test]
fn the_cache_answers_as_buildkits_rules_say() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut edits, mut hits, mut misses) = (0, 0, 0);
    while edits < EDITS {
        let mut project = random_project(&mut random);
        let (mut cache, mut seen) = (Cache::default(), BTreeSet::new());
        if model(&project, &mut seen).is_none() {
            continue;
        }
        build(&project, &mut cache);
        for _ in 0..40 {
            let edited = edit(&mut random, &project);
            let Some(expected) = model(&edited, &mut seen) else { continue };
            // A hit keeps the times of the files that were copied first, as with BuildKit: what is only
            // touched is built beside the cache, so that images stay comparable.
            let touched = edited.files.values().any(|file| file.2 != 0);
            let (states, id) = if touched {
                build(&edited, &mut cache.clone())
            } else {
                build(&edited, &mut cache)
            };
            let shown = |letters: &[char]| letters.iter().collect::<String>();
            assert_eq!(
                shown(&states),
                shown(&expected),
                "edit {edits}\n--- before\n{}--- after\n{}{:?}",
                project.text(),
                edited.text(),
                edited.files
            );
            edits += 1;
            if touched {
                assert!(!states.contains(&'r'), "times do not count");
                continue;
            }
            let (_, cold) = build(&edited, &mut Cache::default());
            assert_eq!(id, cold, "a hit gave another image\n{}", edited.text());
            hits += expected.iter().filter(|letter| **letter == 'c').count();
            misses += expected.iter().filter(|letter| **letter == 'r').count();
            project = edited;
        }
    }
    assert!(hits > 1_000 && misses > 1_000, "{hits} hits and {misses} misses prove little");
}
