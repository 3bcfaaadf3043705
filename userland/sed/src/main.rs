//! `sed`: edits text as it streams by, as GNU sed 4.9 does.

mod command;
mod escape;
mod execute;
mod input;
mod output;
mod replace;
mod script;
mod usage;

use execute::Machine;
use guest::{Arg, Long, Opts, bytes};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("binary", Arg::No, 'b'),
    Long("debug", Arg::No, '#'),
    Long("expression", Arg::Yes, 'e'),
    Long("file", Arg::Yes, 'f'),
    Long("follow-symlinks", Arg::No, '@'),
    Long("in-place", Arg::Maybe, 'i'),
    Long("line-length", Arg::Yes, 'l'),
    Long("null-data", Arg::No, 'z'),
    Long("posix", Arg::No, 'p'),
    Long("quiet", Arg::No, 'n'),
    Long("regexp-extended", Arg::No, 'E'),
    Long("sandbox", Arg::No, 'S'),
    Long("separate", Arg::No, 's'),
    Long("silent", Arg::No, 'n'),
    Long("unbuffered", Arg::No, 'u'),
];

/// What the options say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `-n`
    pub quiet: bool,
    /// `-E`
    pub extended: bool,
    /// `-s`
    pub separate: bool,
    /// `-i`, with the ending of backups.
    pub in_place: Option<String>,
    /// `--follow-symlinks`
    pub follow: bool,
    /// `-l`
    pub line_length: usize,
    /// What ends a line.
    pub end: u8,
    /// `-u`
    pub unbuffered: bool,
    /// `--posix`
    pub posix: bool,
    /// `--sandbox`
    pub sandbox: bool,
}

fn main() {
    let mut args: Vec<_> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(1);
    }
    guest::set_name(&args.remove(0).to_string_lossy());
    guest::enter_cwd();
    let mut options = Options { line_length: 70, end: b'\n', ..Options::default() };
    let mut script = script::Source::default();
    let mut opts = Opts::new(args, "bsnrzuEe:f:l:i::s", LONG, usage::AFTER_NAME);
    opts.on_misuse(usage::exit);
    for opt in opts.by_ref() {
        match opt.code {
            'n' => options.quiet = true,
            'e' => script.expression(bytes(&opt.value())),
            'f' => script.file(&opt.value()),
            'i' => {
                options.separate = true;
                options.in_place = Some(opt.text());
            }
            'l' => match opt.text().parse() {
                // 1 means no limit too, but only here.
                Ok(length) => options.line_length = if length == 1 { 0 } else { length },
                Err(_) => guest::fail(format!("invalid line length: {}", opt.text())),
            },
            'r' | 'E' => options.extended = true,
            's' => options.separate = true,
            'u' => options.unbuffered = true,
            'z' => options.end = 0,
            'p' => options.posix = true,
            'S' => options.sandbox = true,
            '@' => options.follow = true,
            _ => {}
        }
    }
    let mut operands = opts.operands();
    if script.is_empty() {
        if operands.is_empty() {
            usage::exit();
        }
        script.expression(bytes(&operands.remove(0)));
    }
    let program = match script::parse(&script, &mut options) {
        Ok(program) => program,
        Err(error) => guest::fail(error),
    };
    if operands.is_empty() {
        operands.push(OsString::from("-"));
    }
    let status = Machine::new(&options, &program, operands).run();
    guest::exit(status);
}
