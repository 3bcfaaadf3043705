//! `diff` and `cmp` as GNU diffutils 3.8 has them.

mod cmp;
mod diff;
mod edits;
mod show;

use std::ffi::OsString;

fn main() {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(2);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    guest::set_name(&name);
    guest::set_failure_status(2);
    guest::enter_cwd();
    guest::exit(match name.rsplit('/').next() {
        Some("cmp") => cmp::run(args),
        _ => diff::run(args),
    });
}
