//! Visiting a build: every step and every simple command of a `RUN`.

#![allow(clippy::disallowed_methods, reason = "a test reads the modules of programs")]

use std::path::Path;

use engine::{Build, BuildError, BuildOptions, Engine, Output, PointId, RunError, changes_between};

fn load(engine: &mut Engine, module: &str) {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../userland/dist");
    let path = dist.join(format!("{module}.wasm"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}: run `cargo xtask build-userland`", path.display())
    });
    engine.load_module(module, &bytes).expect("a module of ours");
}

fn build(engine: &mut Engine, dockerfile: &str) -> Build {
    engine.context().put("Dockerfile", dockerfile.as_bytes().to_vec(), false).expect("a file");
    loop {
        match engine.build(&BuildOptions::default(), &mut |_| {}) {
            Ok(build) => return build,
            Err(BuildError::NotLoaded(module)) => load(engine, &module),
            Err(error) => panic!("{error}"),
        }
    }
}

/// The commands of a step as `STATUS WORDS`.
fn commands(build: &Build, step: usize) -> Vec<String> {
    let points = build.outcomes[step].points.list.iter();
    points.map(|point| format!("{} {}", point.exit_code, point.words.join(" "))).collect()
}

/// `A /path` for each difference.
fn changes(build: &Build, from: PointId, to: PointId) -> Vec<String> {
    let tree = |at| build.state_at(at).expect("a point that was reached").tree;
    let (changes, count) = changes_between(&tree(from), &tree(to), 100);
    assert_eq!(changes.len(), count);
    changes.iter().map(|change| format!("{:?} {}", change.kind, change.path)).collect()
}

fn text(output: &Output) -> String {
    output.runs.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect()
}

#[test]
fn every_simple_command_can_be_visited() {
    let mut engine = Engine::new(|| 0);
    let build = build(
        &mut engine,
        "FROM alpine:3.20\n\
         ENV GREETING=hello\n\
         WORKDIR /srv\n\
         RUN touch a && X=1 && export Y=$X && mkdir d && cd d && echo $GREETING > b; rm ../a\n\
         CMD [\"sh\"]\n",
    );
    let run = 3;
    assert_eq!(
        commands(&build, run),
        ["0 touch a", "0 X=1", "0 export Y=1", "0 mkdir d", "0 cd d", "0 echo hello", "0 rm ../a"]
    );
    let at = |command| PointId { step: run, command };
    assert_eq!(changes(&build, PointId::end_of(2), at(0)), ["Added /srv/a"]);
    assert_eq!(changes(&build, at(0), at(5)), ["Added /srv/d", "Added /srv/d/b"]);
    assert_eq!(changes(&build, at(5), at(0)), ["Deleted /srv/d"]);
    assert_eq!(changes(&build, at(6), PointId::end_of(run)), [""; 0], "nothing is left of mounts");
    let state = build.state_at(at(4)).expect("cd d");
    assert_eq!(state.cwd, "/srv/d");
    assert!(state.env.contains(&"Y=1".to_owned()) && !state.env.contains(&"X=1".to_owned()));
    // 0 FROM, 1 ENV, 2 WORKDIR, seven commands, 3 RUN, 4 CMD
    assert_eq!(build.commit_points().len(), 5 + 7);
    // A shell there sees what was there, and changes nothing of the build.
    let args = ["/bin/sh", "-c", "ls; echo $Y $GREETING; pwd; rm /srv/a"].map(str::to_owned);
    let ran = loop {
        match engine.run_at(&build.state_at(at(3)).expect("mkdir d"), &args) {
            Err(RunError::NotLoaded(module)) => load(&mut engine, &module),
            ran => break ran.expect("it runs"),
        }
    };
    assert_eq!((text(&ran.output).as_str(), ran.exit_code), ("a\nd\n1 hello\n/srv\n", 0));
    assert_eq!(changes(&build, at(3), at(4)), [""; 0]);
}

#[test]
fn a_step_from_the_cache_and_one_that_failed_can_be_visited() {
    let mut engine = Engine::new(|| 0);
    let dockerfile = "FROM alpine:3.20\nRUN touch a; touch b\n";
    build(&mut engine, dockerfile);
    let failed = format!("{dockerfile}RUN touch c && false && touch d\nRUN touch e\n");
    let build = build(&mut engine, &failed);
    assert_eq!(build.failed, Some(2));
    assert_eq!(commands(&build, 1), ["0 touch a", "0 touch b"]);
    assert_eq!(commands(&build, 2), ["0 touch c", "1 false"]);
    let last = PointId { step: 2, command: 1 };
    assert_eq!(changes(&build, PointId::end_of(1), last), ["Added /c"]);
    assert!(build.state_at(PointId::end_of(2)).is_none());
    assert!(build.state_at(PointId::end_of(3)).is_none());
    assert_eq!(build.commit_points().last(), Some(&last));
}

#[test]
fn what_was_rolled_back_did_not_happen() {
    let mut engine = Engine::new(|| 0);
    // The producer is stopped where its pipe is full and runs again with a larger one.
    let build = build(
        &mut engine,
        "FROM alpine:3.20\nRUN { echo a; seq 1 20000; echo z > /z; } | cat > /all; f() { true; }; f\n",
    );
    assert_eq!(commands(&build, 1), ["0 echo a", "0 seq 1 20000", "0 echo z", "0 cat", "0 true"]);
    assert_eq!(build.outcomes[1].points.list[1].subshell, 1);
}

#[test]
fn a_loop_keeps_its_beginning() {
    let mut engine = Engine::new(|| 0);
    let build = build(
        &mut engine,
        "FROM alpine:3.20\nRUN i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done\n",
    );
    let points = &build.outcomes[1].points;
    assert_eq!((points.list.len(), points.dropped), (engine::POINTS, 4002 - 1000));
}
