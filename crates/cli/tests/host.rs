//! `layerlab host`: scripts with `docker` in them.

#![allow(clippy::disallowed_methods, reason = "a test runs the command in a directory of its own")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn dir(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("a directory");
    dir
}

fn host(dir: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_layerlab"))
        .arg("host")
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn docker_is_a_program_among_others() {
    let dir = dir("host-programs");
    std::fs::write(dir.join("Dockerfile"), "FROM alpine:3.20\nRUN touch /made\n").expect("a file");
    let script = "docker build -q -t lab . > /dev/null && docker images | grep -c lab\n\
                  for word in one two; do docker run --rm lab echo $word; done\n\
                  docker run --name kept lab rm /made\n\
                  docker diff kept | sort\n\
                  docker cp kept:/etc/alpine-release . && cat alpine-release\n\
                  docker rm $(docker ps -aq) | wc -l\n\
                  docker nonsense 2>&1 | head -n 1";
    let output = host(&dir, &["-c", script], "");
    assert_eq!(
        stdout(&output),
        "1\none\ntwo\nD /made\n3.20.3\n1\ndocker: unknown command: docker nonsense\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_script_on_standard_input_is_not_eaten_by_docker() {
    let dir = dir("host-input");
    let output = host(&dir, &[], "docker ps -q\necho next\ndocker volume create v\nexit 3\n");
    assert_eq!((stdout(&output).as_str(), output.status.code()), ("next\nv\n", Some(3)));
}

#[test]
fn state_is_kept_where_asked_for() {
    let dir = dir("host-state");
    host(&dir, &["--state", "lab", "-c", "docker volume create data"], "");
    let output = host(&dir, &["--state", "lab", "-c", "docker volume ls -q"], "");
    assert_eq!(stdout(&output), "data\n");
}
