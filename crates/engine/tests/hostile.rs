//! Commands that would not end, or take everything there is: each ends by itself or with the message
//! of its limit, and the engine goes on.

#![allow(clippy::disallowed_methods, reason = "a test meets this machine: its files")]

use std::path::Path;

use engine::{Command, EPOCH, Engine, RunError};
use vfs::{Fs, Limits, Tree};

/// How a command ended.
#[derive(Debug, PartialEq)]
enum End {
    /// With this status and this output.
    Status(i32, String),
    /// With this message.
    Stopped(String),
}

struct World {
    engine: Engine,
    root: Tree,
}

impl World {
    fn new() -> Self {
        let mut engine = Engine::new(|| 0);
        let base = engine.base_image("debian:bookworm-slim").expect("a base image");
        let mut fs = Fs::new(base.tree, Limits::default());
        engine::install(&mut fs).expect("a place for programs");
        Self { engine, root: fs.into_root() }
    }

    fn run(&mut self, shell: &str, script: &str) -> End {
        let args = [shell.to_owned(), "-c".to_owned(), script.to_owned()];
        let env = ["PATH=/usr/bin:/bin".to_owned()];
        let command = Command {
            root: &self.root,
            args: &args,
            env: &env,
            cwd: "/tmp",
            user: "",
            mounts: &[],
            hosts: &[],
            seed: 0,
            time: EPOCH,
        };
        loop {
            let output = match self.engine.run(&command, 1 << 20) {
                Ok(ran) => {
                    let runs = ran.output.runs.iter().flat_map(|run| run.1.iter().copied());
                    let text = String::from_utf8_lossy(&runs.collect::<Vec<u8>>()).into_owned();
                    return End::Status(ran.exit_code, text);
                }
                Err(RunError::Stopped { message, .. }) => return End::Stopped(message),
                Err(RunError::NotLoaded(module)) => module,
            };
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../userland/dist")
                .join(format!("{output}.wasm"));
            let bytes = std::fs::read(&path).unwrap_or_else(|error| {
                panic!("{}: {error}; `cargo xtask build-userland` makes it", path.display())
            });
            self.engine.load_module(&output, &bytes).expect("a module");
        }
    }
}

#[test]
fn what_is_cut_off_ends_at_once() {
    let mut world = World::new();
    for (script, expected) in [
        ("yes | head -1", "y\n"),
        ("cat /dev/zero | head -c 10 | wc -c", "10\n"),
        ("seq 1000000000 | head -3", "1\n2\n3\n"),
        ("yes | tr y n | sed 2q | tail -1", "n\n"),
        ("sleep 1000000; echo awake", "awake\n"),
        ("timeout 10 sleep 1000000; echo $?", "124\n"),
    ] {
        assert_eq!(world.run("sh", script), End::Status(0, expected.to_owned()), "{script}");
    }
}

#[test]
fn what_never_ends_meets_its_limit() {
    let mut world = World::new();
    for (shell, script, message) in [
        ("sh", "while :; do :; done", "steps"),
        ("bash", "for ((;;)); do :; done", "steps"),
        ("sh", "while :; do true | cat; done", "steps"),
        ("bash", "bomb() { bomb | bomb & }; bomb", "nested deeper than"),
        ("sh", "f() { f; }; f", "nested deeper than"),
        ("sh", "x=$(cat /dev/zero)", "bytes"),
        ("sh", "echo '. ./self' > self; . ./self", "nested deeper than"),
        ("sh", "echo 'sh self' > self; sh self", "nested deeper than"),
    ] {
        match world.run(shell, script) {
            End::Stopped(said) => assert!(said.contains(message), "{script}: {said}"),
            end => panic!("{script}: {end:?}"),
        }
        assert_eq!(world.run(shell, "echo on"), End::Status(0, "on\n".to_owned()));
    }
}

#[test]
fn what_takes_all_room_is_refused() {
    let mut world = World::new();
    for (script, message) in [
        ("dd if=/dev/zero of=/x bs=1M", "error writing '/x': File too large"),
        ("dd if=/dev/zero of=/x bs=1M", "layerlab: a file is too large: here it has at most 1 GiB"),
        ("cat /dev/zero > /x", "write error: File too large"),
        ("truncate -s 1025M /x", "layerlab: a file is too large: here it has at most 1 GiB"),
        (
            "for i in 1 2 3 4 5; do truncate -s 1G /x$i || exit; done",
            "layerlab: the filesystem is full: here it holds at most 4 GiB",
        ),
        (
            "while mkdir d; do cd d || exit; done; exit 1",
            "layerlab: directories lie too deep: here a path has at most 1024 names",
        ),
        (
            "awk 'BEGIN { x = \"0123456789abcdef\"; while (1) x = x x }'",
            "killed: memory of the process",
        ),
    ] {
        match world.run("sh", script) {
            End::Status(status, text) => {
                assert_ne!(status, 0, "{script}");
                assert!(text.contains(message), "{script}: {text}");
            }
            end => panic!("{script}: {end:?}"),
        }
        assert_eq!(world.run("sh", "echo on"), End::Status(0, "on\n".to_owned()));
    }
    // The archive leaves itself out.
    let script = "tar cf /all.tar / 2>&1 && tar tf /all.tar | grep -c all.tar";
    match world.run("sh", script) {
        End::Status(1, text) => assert!(text.ends_with("\n0\n"), "{text}"),
        end => panic!("{script}: {end:?}"),
    }
}
