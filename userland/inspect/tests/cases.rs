//! The recorded cases.

macro_rules! tools {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let program = env!("CARGO_BIN_EXE_inspect");
            let names = ["file", "tree", "less", "more", "hexdump", "hd", "xxd", "strings"];
            cases::check(stringify!($name), program, &names, env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! { file hexdump pager strings tree xxd }
