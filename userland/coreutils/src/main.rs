//! The basic tools in one module that answers to the name it is called by.
//!
//! Output and messages follow GNU coreutils 9.1. Each tool is a file of its own.

mod base64;
mod cat;
mod chmod;
mod chown;
mod copy;
mod cp;
mod cut;
mod date;
mod dd;
mod du;
mod echo;
mod env;
mod escape;
mod head;
mod id;
mod install;
mod lines;
mod listing;
mod ln;
mod ls;
mod mkdir;
mod mktemp;
mod mv;
mod nodes;
mod od;
mod paths;
mod printf;
mod pwd;
mod rm;
mod rmdir;
mod seq;
mod sets;
mod shape;
mod small;
mod sort;
mod sort_key;
mod starts;
mod stat;
mod sums;
mod tail;
mod target;
mod tee;
mod test;
mod tools;
mod touch;
mod tr;
mod truncate;
mod uniq;
mod version;
mod wc;
mod when;

use std::process::exit;

fn main() {
    let mut args: Vec<_> = std::env::args_os().collect();
    if base_name(&args) == "coreutils" {
        args.remove(0);
    }
    let base = base_name(&args);
    let Some(tool) = tools::find(&base) else {
        eprintln!("coreutils: not one of its programs: '{base}'");
        exit(127);
    };
    guest::set_name(&args.remove(0).to_string_lossy());
    if tool.needs_files {
        guest::enter_cwd();
    }
    guest::exit((tool.run)(args));
}

fn base_name(args: &[std::ffi::OsString]) -> String {
    let name = args.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.rsplit('/').next().unwrap_or_default().into()
}
