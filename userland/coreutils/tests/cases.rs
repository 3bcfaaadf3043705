//! The recorded cases of the tools, one file each.

/// Every name of the module, so that scripts meet only its programs.
fn names() -> Vec<&'static str> {
    let map = include_str!("../../programs.txt");
    let line = map.lines().find_map(|line| line.strip_prefix("coreutils: "));
    // `test` and `[` are the shell's own; `env` finds the module's.
    line.unwrap_or_default().split_whitespace().collect()
}

macro_rules! tools {
    ($($test:ident)*) => {
        $(#[test]
        fn $test() {
            let file = stringify!($test).trim_end_matches('_');
            let program = env!("CARGO_BIN_EXE_coreutils");
            cases::check(file, program, &names(), env!("CARGO_TARGET_TMPDIR"));
        })*
    };
}

tools! {
    cat chmod chown cp cut date dd du echo env head id install lines ln ls mkdir mv nodes od paths
    printf pwd rm rmdir seq sets shape small sort starts stat sums tail tee test_ touch tr uniq wc
}
