//! `cat`: files one after another.

use guest::{Arg, Failed, Long, Opts, Stat, input, out};
use std::ffi::OsString;
use std::io::{self, Read};

const LONG: &[Long] = &[
    Long("number-nonblank", Arg::No, 'b'),
    Long("number", Arg::No, 'n'),
    Long("squeeze-blank", Arg::No, 's'),
    Long("show-nonprinting", Arg::No, 'v'),
    Long("show-ends", Arg::No, 'E'),
    Long("show-tabs", Arg::No, 'T'),
    Long("show-all", Arg::No, 'A'),
];

#[derive(Default)]
struct Cat {
    number: bool,
    number_nonblank: bool,
    ends: bool,
    nonprinting: bool,
    tabs: bool,
    squeeze: bool,
    line: u64,
    blank_lines: u32,
    in_line: bool,
}

/// Runs `cat`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut cat = Cat::default();
    let mut opts = Opts::new(args, "benstuvAET", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'b' => (cat.number_nonblank, cat.number) = (true, true),
            'e' => (cat.ends, cat.nonprinting) = (true, true),
            'n' => cat.number = true,
            's' => cat.squeeze = true,
            't' => (cat.tabs, cat.nonprinting) = (true, true),
            'v' => cat.nonprinting = true,
            'A' => (cat.ends, cat.tabs, cat.nonprinting) = (true, true, true),
            'E' => cat.ends = true,
            'T' => cat.tabs = true,
            _ => {}
        }
    }
    let mut files = opts.operands();
    if files.is_empty() {
        files.push("-".into());
    }
    let mut failed = Failed::default();
    let output = guest::fstat(1).ok();
    for file in files {
        if is_output(&file, output.as_ref()) {
            failed.say(format!("{}: input file is output file", guest::quote::colon(&file)));
        } else if let Err(error) = cat.file(&file) {
            failed.path(&file, &error);
        }
    }
    failed.status()
}

/// Whether a file that already holds something would be appended to itself for ever.
fn is_output(file: &OsString, output: Option<&Stat>) -> bool {
    let Some(output) = output.filter(|stat| stat.is_file() && stat.size > 0) else { return false };
    let input = if file == "-" { guest::fstat(0) } else { guest::stat(file, true) };
    input.is_ok_and(|input| input.same_file(output))
}

impl Cat {
    fn file(&mut self, file: &OsString) -> io::Result<()> {
        let mut source = input::open(file)?.into_inner();
        let plain = !(self.number || self.ends || self.nonprinting || self.tabs || self.squeeze);
        let mut buffer = vec![0; 32 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(len) if plain => {
                    out::put(&buffer[..len]);
                    if len < buffer.len() {
                        // What a terminal or a pipe gave so far is passed on at once.
                        out::flush();
                    }
                }
                Ok(len) => self.decorate(&buffer[..len]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn decorate(&mut self, text: &[u8]) {
        for &byte in text {
            if !self.in_line {
                if byte == b'\n' {
                    self.blank_lines += 1;
                    if self.squeeze && self.blank_lines > 1 {
                        continue;
                    }
                } else {
                    self.blank_lines = 0;
                }
                if self.number && !(self.number_nonblank && byte == b'\n') {
                    self.line += 1;
                    out::put(format!("{:6}\t", self.line));
                }
                self.in_line = true;
            }
            match byte {
                b'\n' => {
                    if self.ends {
                        out::put("$");
                    }
                    out::put("\n");
                    self.in_line = false;
                }
                b'\t' if self.tabs => out::put("^I"),
                b'\t' => out::put("\t"),
                byte if self.nonprinting => visible(byte),
                byte => out::put([byte]),
            }
        }
    }
}

fn visible(byte: u8) {
    let (prefix, low) = if byte >= 128 { ("M-", byte - 128) } else { ("", byte) };
    out::put(prefix);
    match low {
        0..32 => out::put([b'^', low + 64]),
        127 => out::put("^?"),
        _ => out::put([low]),
    }
}
