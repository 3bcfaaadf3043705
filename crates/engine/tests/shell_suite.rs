//! The suites in `tests/shell/userland/*.md`: scripts that use many programs, in a container with the
//! whole userland, beside what real dash and bash made of them with Debian's programs.

#![allow(clippy::disallowed_methods, reason = "a test meets this machine: its files and settings")]

#[path = "../../shell/tests/support/suite.rs"]
mod suite;

use std::path::Path;

use engine::{Command, EPOCH, Engine, RunError};
use suite::{CASE_DIR, ENVIRONMENT, Outcome};
use vfs::{Caller, Fs, Limits, NodeId, ResolveFlags, Stream, Tree};

#[test]
fn scripts_do_what_they_do_on_debian() {
    let mut engine = Engine::new(|| 0);
    let root = container(&mut engine);
    let env = ENVIRONMENT.map(|(name, value)| format!("{name}={value}"));
    suite::check("userland", |shell, script| {
        let args = [shell.to_owned(), "-c".to_owned(), script.to_owned()];
        let command = Command {
            root: &root,
            args: &args,
            env: &env,
            cwd: CASE_DIR,
            user: "",
            time: EPOCH,
            mounts: &[],
            hosts: &[],
            seed: 0,
        };
        run(&mut engine, &command)
    });
}

/// Debian with all programs and an empty case directory.
fn container(engine: &mut Engine) -> Tree {
    let base = engine.base_image("debian:bookworm-slim").expect("a base image");
    let mut fs = Fs::new(base.tree, Limits::default());
    fs.set_now(EPOCH);
    engine::install(&mut fs).expect("a place for programs");
    let (root, dir) = (Caller::root(), CASE_DIR.as_bytes());
    fs.mkdir(&root, NodeId::ROOT, dir, 0o755, ResolveFlags::NOFOLLOW).expect("a directory");
    fs.into_root()
}

fn run(engine: &mut Engine, command: &Command<'_>) -> Outcome {
    loop {
        let (status, output, root) = match engine.run(command, 1 << 20) {
            Err(RunError::NotLoaded(module)) => {
                load(engine, &module);
                continue;
            }
            Ok(ran) => (ran.exit_code, ran.output, Some(ran.root)),
            Err(RunError::Stopped { output, .. }) => (-1, output, None),
        };
        let stream = |wanted: Stream| {
            let runs = output.runs.iter().filter(|run| run.0 == wanted);
            runs.flat_map(|run| run.1.iter().copied()).collect()
        };
        let tree = root.as_ref().map(suite::tree).unwrap_or_default();
        return Outcome {
            status,
            stdout: stream(Stream::Stdout),
            stderr: stream(Stream::Stderr),
            tree,
        };
    }
}

fn load(engine: &mut Engine, module: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../userland/dist")
        .join(format!("{module}.wasm"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo xtask build-userland` makes it", path.display())
    });
    engine.load_module(module, &bytes).expect("a module");
}
