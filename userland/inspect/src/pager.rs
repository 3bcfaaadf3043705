//! `less` and `more`: without a terminal, which a build step has not, they print what they are given.

use std::ffi::OsString;

use guest::{Opts, input, out};

/// Runs one of them.
pub fn run(args: Vec<OsString>, name: &str) -> i32 {
    let args = args.into_iter().filter(|arg| !arg.to_string_lossy().starts_with('+'));
    let short = "abBcdDeEfFgGhijJkKlLmMnNoOpPqQrRsSt:TuUvVwWx:Xy:z:#~1234567890";
    let mut files = Opts::new(args.collect(), short, &[], "[options] <file>...").operands();
    if files.is_empty() {
        if guest::isatty(0) {
            if name == "less" {
                out::line("Missing filename (\"less --help\" for help)");
                return 0;
            }
            guest::warn("bad usage");
            guest::try_help();
        }
        files.push("-".into());
    }
    // Without a terminal `more` tells files apart by their names, even one alone.
    let headed = name == "more" && files[0] != "-";
    for file in &files {
        let shown = file.to_string_lossy().into_owned();
        if guest::stat(file, true).is_ok_and(|stat| stat.is_dir()) {
            if name == "more" {
                out::line(format!("\n*** {shown}: directory ***\n"));
            } else {
                out::line(format!("{shown} is a directory"));
            }
            continue;
        }
        match input::read_all(file) {
            Ok(text) => {
                if headed {
                    out::line(format!("::::::::::::::\n{shown}\n::::::::::::::"));
                }
                out::put(text);
            }
            Err(error) => {
                out::flush();
                let why = guest::strerror(&error);
                if name == "more" {
                    guest::warn(format!("cannot open {shown}: {why}"));
                } else {
                    out::line(format!("{shown}: {why}"));
                }
            }
        }
    }
    0
}
