//! The recorded cases.

macro_rules! tools {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let program = env!("CARGO_BIN_EXE_findutils");
            cases::check(stringify!($name), program, &["find", "xargs"], env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! { find xargs }
