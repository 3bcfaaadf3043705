//! The recorded cases.

macro_rules! tools {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let (program, names) = (env!("CARGO_BIN_EXE_archive"), ["tar", "gzip", "gunzip", "zcat"]);
            cases::check(stringify!($name), program, &names, env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! { gzip tar }
