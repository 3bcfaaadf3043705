//! The state of `layerlab docker --state` holds whatever a command said was done, however the next
//! one ends.
//!
//! `LAYERLAB_KILLS=1000 cargo test -p layerlab --test state` looks longer.

#![allow(clippy::disallowed_methods, reason = "a test runs the command in a directory of its own")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn docker(state: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_layerlab"));
    command.arg("docker").arg("--state").arg(state).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a command that lists names prints.
fn names(state: &Path, args: &[&str]) -> Vec<String> {
    let output = docker(state, args).output().expect("the command starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the state can be read: {complaint}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn volumes(state: &Path) -> Vec<String> {
    names(state, &["volume", "ls", "-q"])
}

fn images(state: &Path) -> Vec<String> {
    names(state, &["images", "--format", "{{.Repository}}"])
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_done() {
    let kills: u64 =
        std::env::var("LAYERLAB_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("killed");
    let _ = std::fs::remove_dir_all(&folder);
    let (state, context) = (folder.join("state"), folder.join("context"));
    std::fs::create_dir_all(&context).expect("a directory");
    let (mut made, mut built) = (Vec::new(), Vec::new());
    let mut random = 7_u64;
    for number in 0..kills {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let name = format!("v{number:03}");
        // Every other command also reads files, which the journal keeps.
        let builds = number % 2 == 1;
        let text = format!("FROM scratch\nCOPY Dockerfile /{name}\n");
        std::fs::write(context.join("Dockerfile"), text).expect("a file");
        let place = context.display().to_string();
        let args: &[&str] = match builds {
            true => &["build", "-q", "-t", &name, &place],
            false => &["volume", "create", &name],
        };
        let mut child = docker(&state, args).spawn().expect("it starts");
        std::thread::sleep(Duration::from_micros((random >> 33) % 60_000));
        let _ = child.kill();
        if child.wait().expect("it ends").success() {
            if builds { built.push(name) } else { made.push(name) }
        }
    }
    assert!(!made.is_empty() && !built.is_empty(), "some commands came to their end");
    assert!(made.len() + built.len() < kills as usize, "some commands were killed");
    for (done, found) in [(&made, volumes(&state)), (&built, images(&state))] {
        for name in done {
            assert!(found.contains(name), "{name} was made: {found:?}");
        }
        assert!(found.iter().all(|name| name.len() == 4), "nothing half-written: {found:?}");
    }
    for name in images(&state) {
        // What is listed is there as a whole.
        assert_eq!(names(&state, &["history", "-q", &name]).len(), 1, "{name}");
    }
}

#[test]
fn what_was_being_written_is_cut_off() {
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cut");
    let _ = std::fs::remove_dir_all(&state);
    assert!(docker(&state, &["volume", "create", "one"]).status().expect("it runs").success());
    let journal = state.join("journal");
    let mut text = std::fs::read(&journal).expect("a journal");
    text.extend_from_slice(b"{\"args\":[\"volume\",\"cre");
    std::fs::write(&journal, text).expect("a journal");
    assert_eq!(volumes(&state), ["one"]);
    assert!(docker(&state, &["volume", "create", "two"]).status().expect("it runs").success());
    assert_eq!(volumes(&state), ["one", "two"]);
}
