//! `tee`: to standard output and to files.

use guest::{Arg, Failed, Long, Opts, out};
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};

const LONG: &[Long] = &[
    Long("append", Arg::No, 'a'),
    Long("ignore-interrupts", Arg::No, 'i'),
    Long("output-error", Arg::Maybe, 'p'),
];

/// Runs `tee`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut append = false;
    let mut opts = Opts::new(args, "aip", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        append |= opt.code == 'a';
    }
    let mut failed = Failed::default();
    let mut files = Vec::new();
    for name in opts.operands() {
        let mut options = OpenOptions::new();
        options.create(true).append(append).write(true).truncate(!append);
        match options.open(&name) {
            Ok(file) => files.push((name, file)),
            Err(error) => failed.path(&name, &error),
        }
    }
    let mut buffer = vec![0; 32 * 1024];
    let mut stdin = io::stdin().lock();
    loop {
        let len = match stdin.read(&mut buffer) {
            Ok(0) => break,
            Ok(len) => len,
            Err(error) => {
                failed.say(format!("read error: {}", guest::strerror(&error)));
                break;
            }
        };
        out::put(&buffer[..len]);
        out::flush();
        files.retain_mut(|(name, file)| match file.write_all(&buffer[..len]) {
            Ok(()) => true,
            Err(error) => {
                failed.path(name, &error);
                false
            }
        });
    }
    failed.status()
}
