//! Programs that show what files and directories hold: `file` 5.44, `tree` 2.1, `less` 590, `more` and
//! `hexdump` of util-linux 2.38, `xxd` of vim 9.0, `strings` of binutils 2.40.

mod file;
mod hexdump;
mod pager;
mod strings;
mod tree;
mod xxd;

use std::ffi::OsString;

fn main() {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(2);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    let base = name.rsplit('/').next().unwrap_or_default();
    guest::set_name(base);
    guest::enter_cwd();
    guest::exit(match base {
        "file" => file::run(args),
        "tree" => tree::run(args),
        "hexdump" | "hd" => hexdump::run(args, base == "hd"),
        "xxd" => xxd::run(args),
        "strings" => strings::run(args),
        _ => pager::run(args, base),
    });
}
