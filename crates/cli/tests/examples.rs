//! The examples of `examples`: each directory is a build context, `NAME.json` beside it says what
//! the example is about, the edit that shows its point, and under `expect` what must come out:
//!
//! - `first`, `then`: how each step ends in the first build, and after the edit
//! - `miss`: why a step ran again after the edit
//! - `exit`, `exitThen`: with which code the failing step ends
//! - `output`, `outputThen`: what a step prints
//! - `bytes`, `hidden`, `bytesThen`: bytes in a step's layer, and those below that it hides
//! - `layers`, `present`, `absent`, `text`, `env`, `noEnv`: what the last image has
//!
//! Steps are numbered from 1, as in the page.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use engine::{Build, BuildError, BuildOptions, Digest, Engine, Miss, StepState};
use serde_json::Value;
use vfs::{AbsPath, Kind};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Engines with nothing in them, which share compiled programs.
struct Engines {
    compiled: Arc<Mutex<HashMap<Digest, wasi::Module>>>,
}

impl Engines {
    fn make(&self) -> Engine {
        let compiled = Arc::clone(&self.compiled);
        Engine::with_compiler(
            || 0,
            Arc::new(move |bytes| {
                let digest = Digest::of(bytes);
                if let Some(module) = compiled.lock().unwrap().get(&digest) {
                    return Ok(module.clone());
                }
                let module = wasi::Module::compile(bytes)?;
                compiled.lock().unwrap().insert(digest, module.clone());
                Ok(module)
            }),
        )
    }
}

fn build(engine: &mut Engine) -> Build {
    loop {
        match engine.build(&BuildOptions::default(), &mut |_| {}) {
            Err(BuildError::NotLoaded(module)) => {
                let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../userland/dist");
                let bytes = fs::read(modules.join(format!("{module}.wasm"))).unwrap();
                engine.load_module(&module, &bytes).unwrap();
            }
            end => return end.unwrap(),
        }
    }
}

fn put(engine: &mut Engine, dir: &Path, prefix: &str) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            put(engine, &entry.path(), &format!("{name}/"));
        } else {
            let executable = is_executable(&entry.path());
            engine.context().put(&name, fs::read(entry.path()).unwrap(), executable).unwrap();
        }
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sh")
}

fn states(build: &Build) -> Vec<&'static str> {
    let state = |state: &StepState| match state {
        StepState::Running => "running",
        StepState::Cached { .. } => "cached",
        StepState::Ran { .. } => "ran",
        StepState::Applied => "config",
        StepState::Failed(_) => "failed",
        StepState::NotReached => "not-reached",
    };
    build.outcomes.iter().map(|outcome| state(&outcome.state)).collect()
}

fn miss(build: &Build, step: usize) -> &'static str {
    match &build.outcomes[step - 1].state {
        StepState::Ran { miss, .. } => match miss {
            Miss::New => "new",
            Miss::Instruction { .. } => "instruction",
            Miss::Parent { .. } => "parent",
            Miss::Files(_) => "files",
            Miss::Environment { .. } => "environment",
            Miss::Workdir { .. } => "workdir",
            Miss::User { .. } => "user",
            Miss::NoCache => "no-cache",
        },
        _ => "none",
    }
}

fn output(build: &Build, step: usize) -> String {
    let outcome = &build.outcomes[step - 1];
    match (&outcome.state, &outcome.result) {
        (StepState::Failed(failure), _) => failure.output.tail(1000),
        (_, Some(result)) => result.output.tail(1000),
        _ => String::new(),
    }
}

fn exit(build: &Build) -> Option<i32> {
    match &build.outcomes[build.failed?].state {
        StepState::Failed(failure) => failure.exit_code,
        _ => None,
    }
}

/// What the example says of itself beside what came out, key by key.
fn check(name: &str, expect: &Value, first: &Build, then: &Build) {
    let image = then.image.as_ref();
    let found = |path: &str| {
        let image = image.unwrap_or_else(|| panic!("{name}: no image"));
        image.tree.lookup(&AbsPath::new(path)).map(|(_, inode)| inode.kind.clone())
    };
    let figures = |build: &Build, step: usize| {
        let result = build.outcomes[step - 1].result.as_ref().unwrap();
        (result.summary.bytes, result.summary.hidden_bytes)
    };
    for (key, value) in expect.as_object().unwrap() {
        let strings = || value.as_array().unwrap().iter().map(|value| value.as_str().unwrap());
        let steps = || {
            let entries = value.as_object().unwrap().iter();
            entries.map(|(step, value)| (step.parse::<usize>().unwrap(), value))
        };
        match key.as_str() {
            "first" => assert_eq!(states(first), strings().collect::<Vec<_>>(), "{name}"),
            "then" => assert_eq!(states(then), strings().collect::<Vec<_>>(), "{name}, edited"),
            "miss" => {
                steps().for_each(|(step, why)| assert_eq!(miss(then, step), why, "{name} {step}"));
            }
            "exit" => assert_eq!(exit(first).map(Value::from).as_ref(), Some(value), "{name}"),
            "exitThen" => assert_eq!(exit(then).map(Value::from).as_ref(), Some(value), "{name}"),
            "output" | "outputThen" => steps().for_each(|(step, text)| {
                let printed = output(if key == "output" { first } else { then }, step);
                assert!(printed.contains(text.as_str().unwrap()), "{name} {step}: {printed}");
            }),
            "bytes" => steps().for_each(|(step, bytes)| {
                assert_eq!(figures(first, step).0, bytes.as_u64().unwrap(), "{name} {step}");
            }),
            "bytesThen" => steps().for_each(|(step, bytes)| {
                assert_eq!(figures(then, step).0, bytes.as_u64().unwrap(), "{name} {step}");
            }),
            "hidden" => steps().for_each(|(step, bytes)| {
                assert_eq!(figures(first, step).1, bytes.as_u64().unwrap(), "{name} {step}");
            }),
            "layers" => {
                assert_eq!(image.map(|image| image.layers.len() as u64), value.as_u64(), "{name}");
            }
            "present" => strings().for_each(|path| assert!(found(path).is_some(), "{name} {path}")),
            "absent" => strings().for_each(|path| assert!(found(path).is_none(), "{name} {path}")),
            "text" => value.as_object().unwrap().iter().for_each(|(path, text)| {
                let Some(Kind::File(content)) = found(path) else { panic!("{name} {path}") };
                assert_eq!(content.to_vec(), text.as_str().unwrap().as_bytes(), "{name} {path}");
            }),
            "env" => value.as_object().unwrap().iter().for_each(|(variable, value)| {
                let set = format!("{variable}={}", value.as_str().unwrap());
                assert!(env(then).contains(&set), "{name} {set}");
            }),
            "noEnv" => strings().for_each(|variable| {
                let begin = format!("{variable}=");
                assert!(!env(then).iter().any(|set| set.starts_with(&begin)), "{name} {variable}");
            }),
            other => panic!("{name}: {other} is not understood"),
        }
    }
}

fn env(build: &Build) -> Vec<String> {
    let config = &build.image.as_ref().unwrap().config;
    config.config.env.clone()
}

#[test]
fn examples_show_what_they_say() {
    let engines = Engines { compiled: Arc::default() };
    let mut orders = BTreeSet::new();
    for entry in fs::read_dir(examples()).unwrap() {
        let dir = entry.unwrap().path();
        if !dir.is_dir() {
            continue;
        }
        let name = dir.file_name().unwrap().to_str().unwrap();
        let about = fs::read_to_string(dir.with_extension("json")).unwrap();
        let about: Value = serde_json::from_str(&about).unwrap();
        for text in ["title", "point", "try"] {
            for language in ["en", "ko"] {
                let said = about[text][language].as_str().unwrap_or_default();
                assert!(!said.is_empty(), "{name} has no {text} in {language}");
            }
        }
        assert!(orders.insert(about["order"].as_u64().unwrap()), "{name}: its order is taken");

        let mut engine = engines.make();
        put(&mut engine, &dir, "");
        let first = build(&mut engine);
        let edit =
            |key: &str| about["edit"][key].as_str().unwrap_or_else(|| panic!("{name} {key}"));
        let file = edit("file");
        let before = engine.context().text(file).unwrap();
        let after = before.replacen(edit("find"), edit("replace"), 1);
        assert_ne!(before, after, "{name}: its edit changes nothing");
        let executable = is_executable(&dir.join(file));
        engine.context().put(file, after.into_bytes(), executable).unwrap();
        let then = build(&mut engine);
        let expect = &about["expect"];
        assert!(expect.as_object().unwrap().len() >= 2, "{name} claims too little");
        check(name, expect, &first, &then);
    }
    assert!(orders.len() >= 12, "only {} examples were found", orders.len());
}
