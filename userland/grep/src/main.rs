//! `grep`, `egrep` and `fgrep`: lines that match a pattern, as GNU grep 3.8 prints them.

mod expr;
mod options;
mod pattern;
mod search;
mod walk;

use options::Options;
use pattern::Patterns;
use search::Search;
use std::path::Path;

fn main() {
    let mut args: Vec<_> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(2);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    let base = name.rsplit('/').next().unwrap_or_default().to_owned();
    if base == "expr" {
        guest::set_name(&name);
        guest::exit(expr::run(args));
    }
    guest::set_name("grep");
    guest::set_failure_status(2);
    guest::set_usage("Usage: grep [OPTION]... PATTERNS [FILE]...\n");
    guest::enter_cwd();
    let (options, texts, files) = options::read(args, &base);
    let patterns = match Patterns::new(&texts, &options) {
        Ok(patterns) => patterns,
        Err(error) => guest::fail(error.to_string()),
    };
    let mut search = Search::new(&options, &patterns);
    run(&mut search, &options, &files);
    guest::exit(match (search.failed, search.matched) {
        (true, true) if options.quiet => 0,
        (true, _) => 2,
        (false, true) => 0,
        (false, false) => 1,
    });
}

fn run(search: &mut Search<'_>, options: &Options, files: &[std::ffi::OsString]) {
    if files.is_empty() && !options.recursive {
        search.file(Path::new("-"), options.label.as_bytes());
        return;
    }
    if files.is_empty() {
        walk::tree(search, options, Path::new("."), false);
    }
    for file in files {
        if file == "-" {
            search.file(Path::new("-"), options.label.as_bytes());
        } else {
            walk::operand(search, options, Path::new(file));
        }
        if search.done {
            break;
        }
    }
}
