//! The recorded cases.

macro_rules! tools {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let program = env!("CARGO_BIN_EXE_net");
            cases::check(stringify!($name), program, &["curl", "wget"], env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! { curl wget }
