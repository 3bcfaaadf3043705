//! The recorded cases.

#[test]
fn awk() {
    let names = ["awk", "mawk"];
    cases::check("awk", env!("CARGO_BIN_EXE_awk"), &names, env!("CARGO_TARGET_TMPDIR"));
}
