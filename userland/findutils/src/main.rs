//! `find` and `xargs` as GNU findutils 4.9 has them.

mod act;
mod find;
mod parse;
mod printf;
mod test;
mod xargs;

use std::ffi::OsString;

fn main() {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(1);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    guest::set_name(&name);
    guest::enter_cwd();
    guest::exit(match name.rsplit('/').next() {
        Some("xargs") => xargs::run(args),
        _ => find::run(args),
    });
}
