//! The recorded cases of `sed`.

#[test]
fn sed() {
    cases::check("sed", env!("CARGO_BIN_EXE_sed"), &["sed"], env!("CARGO_TARGET_TMPDIR"));
}
