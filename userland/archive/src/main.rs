//! `tar`, `gzip`, `gunzip` and `zcat` as GNU has them.

mod create;
mod extract;
mod gzip;
mod tar;

use std::ffi::OsString;

fn main() {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(2);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    guest::set_name(&name);
    guest::enter_cwd();
    let base = name.rsplit('/').next().unwrap_or_default();
    guest::exit(match base {
        "tar" => tar::run(args),
        base => gzip::run(args, base),
    });
}
