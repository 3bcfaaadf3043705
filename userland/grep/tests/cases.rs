//! The recorded cases of `grep` and `expr`.

#[test]
fn grep() {
    let names = ["grep", "egrep", "fgrep"];
    cases::check("grep", env!("CARGO_BIN_EXE_grep"), &names, env!("CARGO_TARGET_TMPDIR"));
}

#[test]
fn expr() {
    cases::check("expr", env!("CARGO_BIN_EXE_grep"), &["expr"], env!("CARGO_TARGET_TMPDIR"));
}
