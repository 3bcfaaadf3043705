//! Programs about the machine, over `/proc`: `mount`, `umount` and `kill` of util-linux 2.38, `df` of
//! coreutils 9.1, `free`, `ps`, `pidof` and `uptime` of procps 4.0.

mod df;
mod free;
mod kill;
mod mount;
mod ps;

use std::ffi::OsString;

fn main() {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(2);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    guest::set_name(&name);
    guest::enter_cwd();
    guest::exit(match name.rsplit('/').next().unwrap_or_default() {
        "df" => df::run(args),
        "free" => free::run(args),
        "kill" => kill::run(args),
        "mount" => mount::run(args),
        "umount" => mount::unmount(args),
        "uptime" => free::uptime(args),
        "pidof" => ps::pidof(args),
        _ => ps::run(args),
    });
}

/// What a file of `/proc` holds; nothing where there is none.
fn proc(path: &str) -> String {
    std::fs::read(path).map(|text| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
}
