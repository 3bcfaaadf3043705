//! The options of `grep`.

use guest::{Arg, Long, Opts, bytes, input};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("after-context", Arg::Yes, 'A'),
    Long("basic-regexp", Arg::No, 'G'),
    Long("before-context", Arg::Yes, 'B'),
    Long("binary-files", Arg::Yes, '%'),
    Long("byte-offset", Arg::No, 'b'),
    Long("color", Arg::Maybe, '~'),
    Long("colour", Arg::Maybe, '~'),
    Long("context", Arg::Yes, 'C'),
    Long("count", Arg::No, 'c'),
    Long("dereference-recursive", Arg::No, 'R'),
    Long("devices", Arg::Yes, 'D'),
    Long("directories", Arg::Yes, 'd'),
    Long("exclude", Arg::Yes, '-'),
    Long("exclude-dir", Arg::Yes, '/'),
    Long("exclude-from", Arg::Yes, '<'),
    Long("extended-regexp", Arg::No, 'E'),
    Long("file", Arg::Yes, 'f'),
    Long("files-with-matches", Arg::No, 'l'),
    Long("files-without-match", Arg::No, 'L'),
    Long("fixed-strings", Arg::No, 'F'),
    Long("group-separator", Arg::Yes, '='),
    Long("ignore-case", Arg::No, 'i'),
    Long("include", Arg::Yes, '+'),
    Long("initial-tab", Arg::No, 'T'),
    Long("invert-match", Arg::No, 'v'),
    Long("label", Arg::Yes, '@'),
    Long("line-buffered", Arg::No, '_'),
    Long("line-number", Arg::No, 'n'),
    Long("line-regexp", Arg::No, 'x'),
    Long("max-count", Arg::Yes, 'm'),
    Long("no-filename", Arg::No, 'h'),
    Long("no-group-separator", Arg::No, '!'),
    Long("no-ignore-case", Arg::No, '^'),
    Long("no-messages", Arg::No, 's'),
    Long("null", Arg::No, 'Z'),
    Long("null-data", Arg::No, 'z'),
    Long("only-matching", Arg::No, 'o'),
    Long("perl-regexp", Arg::No, 'P'),
    Long("quiet", Arg::No, 'q'),
    Long("recursive", Arg::No, 'r'),
    Long("regexp", Arg::Yes, 'e'),
    Long("silent", Arg::No, 'q'),
    Long("text", Arg::No, 'a'),
    Long("with-filename", Arg::No, 'H'),
    Long("word-regexp", Arg::No, 'w'),
];

/// How patterns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `-G`
    Basic,
    /// `-E`
    Extended,
    /// `-F`
    Fixed,
}

/// What happens to files that are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// Only that they match is told.
    Mention,
    /// They are taken as text (`-a`).
    Text,
    /// They are taken as not matching (`-I`).
    Skip,
}

/// What is printed of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// Its lines.
    Lines,
    /// The parts that match (`-o`).
    Matches,
    /// How many lines there are (`-c`).
    Count,
    /// Its name, if there is a line (`-l`).
    With,
    /// Its name, if there is none (`-L`).
    Without,
}

/// Everything options say.
#[derive(Clone, Debug)]
pub struct Options {
    /// How patterns are written.
    pub dialect: Dialect,
    /// `-i`
    pub ignore_case: bool,
    /// `-v`
    pub invert: bool,
    /// `-w`
    pub words: bool,
    /// `-x`
    pub lines: bool,
    /// What is printed of a file.
    pub print: Print,
    /// `-q`
    pub quiet: bool,
    /// `-s`
    pub no_messages: bool,
    /// `-n`
    pub numbers: bool,
    /// `-b`
    pub offsets: bool,
    /// `-T`
    pub tab: bool,
    /// Whether names of files are printed.
    pub names: bool,
    /// What follows a name: nothing is written after it but a NUL with `-Z`.
    pub null_after_name: bool,
    /// What ends a line.
    pub end: u8,
    /// `-m`
    pub most: u64,
    /// `-B`
    pub before: usize,
    /// `-A`
    pub after: usize,
    /// What is between groups of lines that do not touch.
    pub separator: Option<String>,
    /// `-r` or `-R`
    pub recursive: bool,
    /// `-R`
    pub follow: bool,
    /// `-d skip`
    pub skip_dirs: bool,
    /// What happens to files that are no text.
    pub binary: Binary,
    /// Name of standard input.
    pub label: String,
    /// Patterns of `--include` (true) and `--exclude` (false), in their order.
    pub globs: Vec<(bool, String)>,
    /// `--exclude-dir`
    pub exclude_dirs: Vec<String>,
    /// Whether output is passed on line by line.
    pub line_buffered: bool,
    /// Whether matches are coloured.
    pub color: bool,
}

/// Options, patterns and files.
pub fn read(args: Vec<OsString>, base: &str) -> (Options, Vec<Vec<u8>>, Vec<OsString>) {
    let mut options = Options {
        dialect: match base {
            "egrep" => Dialect::Extended,
            "fgrep" => Dialect::Fixed,
            _ => Dialect::Basic,
        },
        ignore_case: false,
        invert: false,
        words: false,
        lines: false,
        print: Print::Lines,
        quiet: false,
        no_messages: false,
        numbers: false,
        offsets: false,
        tab: false,
        names: false,
        null_after_name: false,
        end: b'\n',
        most: u64::MAX,
        before: 0,
        after: 0,
        separator: Some("--".into()),
        recursive: false,
        follow: false,
        skip_dirs: false,
        binary: Binary::Mention,
        label: "(standard input)".into(),
        globs: Vec::new(),
        exclude_dirs: Vec::new(),
        line_buffered: false,
        color: false,
    };
    let (mut names, mut only, mut list, mut count) = (None, false, None, false);
    let (mut context, mut before, mut after) = (0, None, None);
    let mut digits = String::new();
    let mut patterns: Option<Vec<Vec<u8>>> = None;
    let short = "0123456789A:B:C:D:EFGHILPTUVX:abcd:e:f:hiLlm:noqRrsuvwxyZz";
    let mut opts = Opts::new(args, short, LONG, "[OPTION]... PATTERNS [FILE]...");
    for opt in opts.by_ref() {
        if !opt.code.is_ascii_digit() && !digits.is_empty() {
            context = length(&std::mem::take(&mut digits));
        }
        match opt.code {
            digit @ '0'..='9' => digits.push(digit),
            'A' => after = Some(length(&opt.text())),
            'B' => before = Some(length(&opt.text())),
            'C' => context = length(&opt.text()),
            'E' => options.dialect = Dialect::Extended,
            'F' => options.dialect = Dialect::Fixed,
            'G' => options.dialect = Dialect::Basic,
            'P' => guest::fail(
                "not supported here: -P, because Perl's regular expressions are not part of \
                 this grep; use -E",
            ),
            'H' => names = Some(true),
            'I' => options.binary = Binary::Skip,
            'L' => list = Some(Print::Without),
            'T' => options.tab = true,
            'Z' => options.null_after_name = true,
            'a' => options.binary = Binary::Text,
            'b' => options.offsets = true,
            'c' => count = true,
            'd' => match opt.text().as_str() {
                "read" => {}
                "skip" => options.skip_dirs = true,
                "recurse" => options.recursive = true,
                other => guest::fail(format!(
                    "invalid argument {} for {}",
                    guest::quote::locale(other),
                    guest::quote::locale("--directories")
                )),
            },
            'e' => add_patterns(&mut patterns, bytes(&opt.value())),
            'f' => {
                let path = opt.value();
                match input::read_all(&path) {
                    Ok(text) if text.is_empty() => {
                        patterns.get_or_insert_default();
                    }
                    Ok(text) => {
                        add_patterns(&mut patterns, text.strip_suffix(b"\n").unwrap_or(&text));
                    }
                    Err(error) => guest::fail(format!(
                        "{}: {}",
                        path.to_string_lossy(),
                        guest::strerror(&error)
                    )),
                }
            }
            'h' => names = Some(false),
            'i' | 'y' => options.ignore_case = true,
            '^' => options.ignore_case = false,
            'l' => list = Some(Print::With),
            'm' => match opt.text().parse::<i64>() {
                Ok(most) => options.most = u64::try_from(most).unwrap_or(u64::MAX),
                Err(_) => guest::fail("invalid max count"),
            },
            'n' => options.numbers = true,
            'o' => only = true,
            'q' => options.quiet = true,
            'r' => options.recursive = true,
            'R' => (options.recursive, options.follow) = (true, true),
            's' => options.no_messages = true,
            'v' => options.invert = true,
            'w' => options.words = true,
            'x' => options.lines = true,
            'z' => options.end = 0,
            '_' => options.line_buffered = true,
            '@' => options.label = opt.text(),
            '=' => options.separator = Some(opt.text()),
            '!' => options.separator = None,
            '+' => options.globs.push((true, opt.text())),
            '-' => options.globs.push((false, opt.text())),
            '<' => {
                let path = opt.value();
                match input::read_all(&path) {
                    Ok(text) => options.globs.extend(
                        String::from_utf8_lossy(&text)
                            .lines()
                            .filter(|line| !line.is_empty())
                            .map(|line| (false, line.to_owned())),
                    ),
                    Err(error) => guest::fail(format!(
                        "{}: {}",
                        path.to_string_lossy(),
                        guest::strerror(&error)
                    )),
                }
            }
            '/' => options.exclude_dirs.push(opt.text().trim_end_matches('/').to_owned()),
            '%' => match opt.text().as_str() {
                "binary" => options.binary = Binary::Mention,
                "text" => options.binary = Binary::Text,
                "without-match" => options.binary = Binary::Skip,
                _ => guest::fail("unknown binary-files type"),
            },
            '~' => match opt.text().as_str() {
                "always" | "yes" | "force" => options.color = true,
                "" | "auto" | "tty" | "if-tty" => options.color = guest::isatty(1),
                _ => options.color = false,
            },
            _ => {}
        }
    }
    if !digits.is_empty() {
        context = length(&digits);
    }
    options.before = before.unwrap_or(context);
    options.after = after.unwrap_or(context);
    let mut operands = opts.operands();
    if patterns.is_none() {
        if operands.is_empty() {
            guest::try_help();
        }
        add_patterns(&mut patterns, bytes(&operands.remove(0)));
    }
    options.print = match list {
        Some(list) => list,
        None if count => Print::Count,
        None if only => Print::Matches,
        None => Print::Lines,
    };
    options.names = names.unwrap_or(operands.len() > 1 || options.recursive);
    if names.is_none() && options.recursive && operands.len() == 1 {
        options.names = guest::stat(&operands[0], true).is_ok_and(|stat| stat.is_dir());
    }
    (options, patterns.unwrap_or_default(), operands)
}

fn add_patterns(patterns: &mut Option<Vec<Vec<u8>>>, text: &[u8]) {
    patterns.get_or_insert_default().extend(text.split(|c| *c == b'\n').map(<[u8]>::to_vec));
}

fn length(text: &str) -> usize {
    match text.parse() {
        Ok(length) => length,
        Err(_) if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) => usize::MAX,
        Err(_) => guest::fail(format!("{text}: invalid context length argument")),
    }
}
