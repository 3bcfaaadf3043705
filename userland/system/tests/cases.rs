//! The recorded cases.

#[test]
fn kill() {
    let program = env!("CARGO_BIN_EXE_system");
    cases::check("kill", program, &["kill"], env!("CARGO_TARGET_TMPDIR"));
}

#[test]
fn mount() {
    let program = env!("CARGO_BIN_EXE_system");
    cases::check("mount", program, &["mount", "umount", "df"], env!("CARGO_TARGET_TMPDIR"));
}
