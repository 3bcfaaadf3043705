//! `curl` 7.88 and `wget` 1.21 on a machine without a network: names that `/etc/hosts` has are known,
//! nobody answers, and what these programs say then they say here. `curl` reads `file:` URLs.

mod curl;
mod url;
mod wget;

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
    let args = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    guest::exit(if base == "wget" { wget::run(args) } else { curl::run(args) });
}
