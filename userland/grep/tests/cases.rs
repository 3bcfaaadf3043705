//! The recorded cases of `grep`.

#[test]
fn grep() {
    let names = ["grep", "egrep", "fgrep"];
    cases::check("grep", env!("CARGO_BIN_EXE_grep"), &names, env!("CARGO_TARGET_TMPDIR"));
}
