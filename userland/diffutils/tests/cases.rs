//! The recorded cases.

macro_rules! tools {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let program = env!("CARGO_BIN_EXE_diffutils");
            cases::check(stringify!($name), program, &["cmp", "diff"], env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! { cmp diff }
