//! `layerlab sh` and `layerlab wasi`: arguments in, streams and status out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn layerlab(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_layerlab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn check(arguments: &[&str], stdout: &str, stderr: &str, status: i32) {
    let out = layerlab(arguments, "");
    assert_eq!(
        (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)),
        (stdout.into(), stderr.into()),
        "{arguments:?}"
    );
    assert_eq!(out.status.code(), Some(status), "{arguments:?}");
}

/// A directory of this test's own.
fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

#[test]
fn a_command_runs_in_each_shell() {
    check(
        &["sh", "-c", "echo $0; env | sort; umask; id -u; nosuch; exit 3"],
        "sh\nHOME=/root\nLC_ALL=C.UTF-8\nPATH=/usr/bin:/bin\nPWD=/work\n0022\n0\n",
        "sh: 1: nosuch: not found\n",
        3,
    );
    check(
        &["sh", "--shell", "bash", "-c", "a=(x y); echo ${a[1]}; nosuch"],
        "y\n",
        "bash: line 1: nosuch: command not found\n",
        127,
    );
    check(&["sh", "--shell", "ash", "-c", "nosuch"], "", "ash: nosuch: not found\n", 127);
}

#[test]
fn a_script_finds_the_files_of_its_directory_and_the_tree_is_dumped() {
    let dir = scratch("sh");
    std::fs::write(dir.join("in.txt"), "b\na\n").unwrap();
    std::fs::write(
        dir.join("run.sh"),
        "echo $0; sort in.txt > out.txt; ln -s out.txt l; mkdir d\n",
    )
    .unwrap();
    let tree = concat!(
        r#"{"tree":["#,
        r#"{"path":"d","type":"dir","mode":"0755"},"#,
        r#"{"path":"in.txt","type":"file","mode":"0644","sha256":"aea8a04c2f293417e499bf5de2def8ebb1ed40264d128a67180ea56fbe4600ff"},"#,
        r#"{"path":"l","type":"symlink","mode":"0777","target":"out.txt"},"#,
        r#"{"path":"out.txt","type":"file","mode":"0644","sha256":"911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2"}]}"#,
    );
    let root = dir.to_str().unwrap();
    let out = layerlab(&["sh", "--root", root, "--dump", "run.sh"], "");
    let stdout = String::from_utf8(out.stdout).unwrap();
    let (first, last) = stdout.trim_end().split_once('\n').unwrap();
    assert_eq!(first, "run.sh");
    assert_eq!(last, tree);
    assert!(out.status.success());
}

#[test]
fn what_cannot_be_run_is_said() {
    check(
        &["sh", "/nowhere/x.sh"],
        "",
        "layerlab sh: /nowhere/x.sh: No such file or directory (os error 2); SCRIPT is a file of this \
         machine, or of the directory after --root\n",
        1,
    );
}

/// A program that copies its first argument, a variable, and standard input to standard output,
/// writes a file below its first directory, and ends with 7.
const GUEST: &str = r#"(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open
    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 500) "made")
  (func $put (param $fd i32) (param $at i32) (param $len i32)
    (i32.store (i32.const 8) (local.get $at))
    (i32.store (i32.const 12) (local.get $len))
    (drop (call $fd_write (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 16))))
  (func (export "_start")
    (drop (call $args_get (i32.const 100) (i32.const 200)))
    (call $put (i32.const 1) (i32.load (i32.const 104)) (i32.const 3))
    (drop (call $environ_get (i32.const 100) (i32.const 200)))
    (call $put (i32.const 1) (i32.const 200) (i32.const 3))
    (i32.store (i32.const 8) (i32.const 600))
    (i32.store (i32.const 12) (i32.const 100))
    (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))
    (call $put (i32.const 1) (i32.const 600) (i32.load (i32.const 16)))
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 500) (i32.const 4) (i32.const 1)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 20)))
    (call $put (i32.load (i32.const 20)) (i32.const 600) (i32.load (i32.const 16)))
    (call $proc_exit (i32.const 7))))"#;

#[test]
fn a_module_gets_arguments_variables_input_and_directories() {
    let dir = scratch("wasi");
    let (module, shared) = (dir.join("guest.wasm"), dir.join("shared"));
    std::fs::write(&module, wat::parse_str(GUEST).unwrap()).unwrap();
    std::fs::create_dir(&shared).unwrap();
    let share = format!("{}::/", shared.display());
    let out = layerlab(
        &["wasi", "--env", "K=V", "--dir", &share, module.to_str().unwrap(), "arg", "--env"],
        "input",
    );
    assert_eq!(String::from_utf8_lossy(&out.stdout), "argK=Vinput");
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    assert_eq!(out.status.code(), Some(7));
    assert_eq!(std::fs::read_to_string(shared.join("made")).unwrap(), "input");
}

/// A program that waits for standard input or for a second, whichever comes first, and ends with the
/// number of events.
const WAITER: &str = r#"(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store8 (i32.const 8) (i32.const 0))
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 1000000000))
    (i32.store8 (i32.const 56) (i32.const 1))
    (drop (call $poll (i32.const 0) (i32.const 200) (i32.const 2) (i32.const 400)))
    (call $proc_exit (i32.add (i32.load (i32.const 400)) (i32.load8_u (i32.const 210))))))"#;

#[test]
fn waiting_for_input_that_never_comes_ends_when_the_time_is_up() {
    let dir = scratch("waiter");
    let module = dir.join("waiter.wasm");
    std::fs::write(&module, wat::parse_str(WAITER).unwrap()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_layerlab"))
        .args(["wasi", module.to_str().unwrap()])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // Its standard input stays open, and nothing is written to it.
    let open = child.stdin.take();
    assert_eq!(child.wait().unwrap().code(), Some(1), "one event, that of the clock");
    drop(open);
}
