//! What never ends in a real shell ends here with the name of its limit; and what is deep does not
//! overflow the stack.

mod support;

use shell::Personality;
use support::run_command;

fn check(script: &str, expected: &str) {
    // A thread's stack of 1 MB, as in WebAssembly.
    let script = script.to_owned();
    let run = move || run_command(Personality::Bash, "bash", script.as_bytes());
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    let outcome = thread.join().expect("no panic");
    let both = [outcome.stdout, outcome.stderr].concat();
    let text = String::from_utf8_lossy(&both).into_owned();
    assert!(text.contains(expected), "expected {expected:?} in {text:?}");
}

/// Debug builds have larger frames than the release builds that ship.
const STACK: usize = if cfg!(debug_assertions) { 16 << 20 } else { 1 << 20 };

#[test]
fn recursion_ends_with_a_limit() {
    check("f() { f; }; f", "nested deeper than");
    check("f() { (f); }; f", "nested deeper than");
    check("f() { x=$(f); }; f", "nested deeper than");
    check("f() { eval f; }; f", "nested deeper than");
    check(
        "f() { if true; then case x in x) while :; do f; done;; esac; fi; }; f",
        "nested deeper than",
    );
    check("echo '. ./s' > s; . ./s", "nested deeper than");
    check("echo './s' > s; chmod +x s; ./s", "nested deeper than");
    check("echo 'sh ./s' > s; sh ./s", "nested deeper than");
    check("f() { echo x | f; }; f", "nested deeper than");
    check("f() { f | f; }; f", "nested deeper than");
    check("f() { f & }; f", "nested deeper than");
}

#[test]
fn deep_text_is_refused() {
    let deep = |open: &str, middle: &str, close: &str, n: usize| {
        format!("{}{middle}{}", open.repeat(n), close.repeat(n))
    };
    check(&deep("( ", "echo x", " )", 5000), "nested this deep");
    check(&deep("{ ", "echo x", "; }", 5000), "nested this deep");
    check(&deep("if true; then ", "echo x", "; fi", 5000), "nested this deep");
    check(&deep("echo $(", "echo x", ")", 3000), "nested this deep");
    check(&deep("echo ${x:-", "x", "}", 3000), "nested this deep");
    check(&deep("echo \"$(echo ", "x", ")\"", 3000), "nested this deep");
    check(
        &format!("echo $(({}1{}))", "(".repeat(5000), ")".repeat(5000)),
        "recursion level exceeded",
    );
    check(&format!("[[ {}a{} ]]; echo $?", "( ".repeat(500), " )".repeat(500)), "nested this deep");
    check(&format!("[ {}a{} ]; echo $?", "\\( ".repeat(5000), " \\)".repeat(5000)), "2");
}

#[test]
fn endless_loops_end() {
    check("while :; do :; done", "stopped after");
    check("for ((;;)); do :; done", "stopped after");
    check("x=$(yes); echo no", "wrote more than");
    check("yes | sort", "wrote more than");
}

#[test]
fn endless_producers_end_at_once() {
    check("yes | head -1", "y\n");
    check("cat /dev/zero | head -c 10 | wc -c", "10\n");
    check("seq 1000000000 | head -3", "1\n2\n3\n");
    check("while :; do echo a; done | head -2", "a\na\n");
    check("yes | while read x; do echo $x; break; done", "y\n");
    check("set -o pipefail; yes | head -1; echo ${PIPESTATUS[0]}", "141\n");
}
