//! `diff`

use crate::edits::{Change, changes};
use crate::show::{Form, Side, show};
use guest::civil::Civil;
use guest::{Arg, Long, Opts, bytes, glob, input, os, out, quote};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("brief", Arg::No, 'q'),
    Long("color", Arg::Maybe, '~'),
    Long("context", Arg::Maybe, 'C'),
    Long("ed", Arg::No, 'e'),
    Long("exclude", Arg::Yes, 'x'),
    Long("ignore-all-space", Arg::No, 'w'),
    Long("ignore-blank-lines", Arg::No, 'B'),
    Long("ignore-case", Arg::No, 'i'),
    Long("ignore-space-change", Arg::No, 'b'),
    Long("ignore-trailing-space", Arg::No, 'Z'),
    Long("label", Arg::Yes, 'L'),
    Long("minimal", Arg::No, 'd'),
    Long("new-file", Arg::No, 'N'),
    Long("normal", Arg::No, 'O'),
    Long("rcs", Arg::No, 'n'),
    Long("recursive", Arg::No, 'r'),
    Long("report-identical-files", Arg::No, 's'),
    Long("strip-trailing-cr", Arg::No, '!'),
    Long("text", Arg::No, 'a'),
    Long("unified", Arg::Maybe, 'U'),
];

struct Diff {
    form: Form,
    brief: bool,
    identical: bool,
    recursive: bool,
    new_file: bool,
    text: bool,
    case: bool,
    space_change: bool,
    all_space: bool,
    trailing_space: bool,
    blank_lines: bool,
    carriage: bool,
    labels: Vec<String>,
    exclude: Vec<Vec<u8>>,
    /// The options, as they are repeated before the files of a directory.
    command: String,
}

/// Runs `diff`.
pub fn run(args: Vec<OsString>) -> i32 {
    let given = args.clone();
    let mut diff = Diff {
        form: Form::Normal,
        brief: false,
        identical: false,
        recursive: false,
        new_file: false,
        text: false,
        case: false,
        space_change: false,
        all_space: false,
        trailing_space: false,
        blank_lines: false,
        carriage: false,
        labels: Vec::new(),
        exclude: Vec::new(),
        command: String::new(),
    };
    let mut opts = Opts::new(args, "abBcC:deEiL:nNpqrstuU:wx:yZ", LONG, "[OPTION]... FILES");
    opts.on_misuse(misuse);
    for opt in opts.by_ref() {
        let around = || match opt.value.as_ref().map(|_| opt.text().parse::<usize>()) {
            None => 3,
            Some(Ok(around)) => around,
            Some(Err(_)) => {
                guest::warn(format!("invalid context length '{}'", opt.text()));
                misuse()
            }
        };
        match opt.code {
            'u' => diff.form = Form::Unified(3),
            'U' => diff.form = Form::Unified(around()),
            'c' => diff.form = Form::Context(3),
            'C' => diff.form = Form::Context(around()),
            'e' => diff.form = Form::Ed,
            'n' => diff.form = Form::Rcs,
            'O' => diff.form = Form::Normal,
            'q' => diff.brief = true,
            's' => diff.identical = true,
            'r' => diff.recursive = true,
            'N' => diff.new_file = true,
            'a' => diff.text = true,
            'i' => diff.case = true,
            'b' => diff.space_change = true,
            'w' => diff.all_space = true,
            'Z' | 'E' => diff.trailing_space = true,
            'B' => diff.blank_lines = true,
            '!' => diff.carriage = true,
            'L' => diff.labels.push(opt.text()),
            'x' => diff.exclude.push(bytes(&opt.value()).to_vec()),
            'y' => guest::fail("not supported here: -y, because columns side by side are missing"),
            _ => {}
        }
    }
    let operands = opts.operands();
    let options = given.iter().filter(|arg| !operands.contains(arg)).map(quote::shell);
    diff.command = std::iter::once("diff".to_owned()).chain(options).collect::<Vec<_>>().join(" ");
    match operands.as_slice() {
        [] => {
            guest::warn(format!("missing operand after '{}'", guest::name()));
            misuse()
        }
        [one] => {
            guest::warn(format!("missing operand after '{}'", one.to_string_lossy()));
            misuse()
        }
        [one, two] => diff.operands(one, two),
        [_, _, extra, ..] => {
            guest::warn(format!("extra operand '{}'", extra.to_string_lossy()));
            misuse()
        }
    }
}

/// Points to `--help`, with the name in front as these programs do.
pub fn misuse() -> ! {
    guest::fail(format!("Try '{} --help' for more information.", guest::name()))
}

fn is_dir(path: &OsString) -> bool {
    path != "-" && guest::stat(path, true).is_ok_and(|stat| stat.is_dir())
}

fn join(dir: &OsString, name: &[u8]) -> OsString {
    let dir = bytes(dir);
    let slash: &[u8] = if dir.ends_with(b"/") { b"" } else { b"/" };
    os([dir, slash, name].concat())
}

fn base(path: &OsString) -> &[u8] {
    bytes(path).rsplit(|c| *c == b'/').next().unwrap_or_default()
}

impl Diff {
    fn operands(&self, one: &OsString, two: &OsString) -> i32 {
        match (is_dir(one), is_dir(two)) {
            (true, true) => self.dirs(one, two),
            (true, false) => self.files(&join(one, base(two)), two),
            (false, true) => self.files(one, &join(two, base(one))),
            (false, false) => self.files(one, two),
        }
    }

    fn dirs(&self, one: &OsString, two: &OsString) -> i32 {
        let list = |dir: &OsString| match std::fs::read_dir(dir) {
            Ok(entries) => entries
                .flatten()
                .map(|entry| bytes(&entry.file_name()).to_vec())
                .filter(|name| !self.exclude.iter().any(|pattern| glob::matches(pattern, name)))
                .collect::<BTreeSet<_>>(),
            Err(error) => {
                guest::fail(format!("{}: {}", dir.to_string_lossy(), guest::strerror(&error)))
            }
        };
        let (left, right) = (list(one), list(two));
        let mut status = 0;
        for name in left.union(&right) {
            let (a, b) = (join(one, name), join(two, name));
            let only = match (left.contains(name), right.contains(name)) {
                (true, false) => Some(one),
                (false, true) => Some(two),
                _ => None,
            };
            let is_dirs = (is_dir(&a), is_dir(&b));
            if let Some(dir) = only.filter(|_| !self.new_file || is_dirs.0 || is_dirs.1) {
                let shown = String::from_utf8_lossy(name);
                out::line(format!("Only in {}: {shown}", dir.to_string_lossy()));
                status = status.max(1);
                continue;
            }
            status = status.max(match is_dirs {
                (true, true) if self.recursive => self.dirs(&a, &b),
                (true, true) => {
                    let (a, b) = (a.to_string_lossy(), b.to_string_lossy());
                    out::line(format!("Common subdirectories: {a} and {b}"));
                    0
                }
                (false, false) => self.compare(&a, &b, true),
                (dir, _) => {
                    let kind = |dir| if dir { "directory" } else { "regular file" };
                    let (x, y) = (a.to_string_lossy(), b.to_string_lossy());
                    out::line(format!(
                        "File {x} is a {} while file {y} is a {}",
                        kind(dir),
                        kind(!dir)
                    ));
                    1
                }
            });
        }
        status
    }

    fn files(&self, one: &OsString, two: &OsString) -> i32 {
        self.compare(one, two, false)
    }

    fn read(&self, path: &OsString) -> Option<Vec<u8>> {
        match input::read_all(path) {
            Ok(text) => Some(text),
            Err(error) if self.new_file && error.kind() == std::io::ErrorKind::NotFound => {
                Some(Vec::new())
            }
            Err(error) => {
                guest::warn(format!("{}: {}", path.to_string_lossy(), guest::strerror(&error)));
                None
            }
        }
    }

    fn compare(&self, one: &OsString, two: &OsString, in_dir: bool) -> i32 {
        let (a, b) = (self.read(one), self.read(two));
        let (Some(a), Some(b)) = (a, b) else { return 2 };
        let (x, y) = (one.to_string_lossy(), two.to_string_lossy());
        if a == b {
            if self.identical {
                out::line(format!("Files {x} and {y} are identical"));
            }
            return 0;
        }
        let binary = |text: &[u8]| text[..text.len().min(32_768)].contains(&0);
        if !self.text && (binary(&a) || binary(&b)) {
            let kind = if self.brief { "Files" } else { "Binary files" };
            out::line(format!("{kind} {x} and {y} differ"));
            return 1;
        }
        let (old, new): (Vec<&[u8]>, Vec<&[u8]>) = (
            a.split_inclusive(|c| *c == b'\n').collect(),
            b.split_inclusive(|c| *c == b'\n').collect(),
        );
        let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut number = |line: &&[u8]| {
            let key = self.key(line);
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        };
        let (left, right): (Vec<usize>, Vec<usize>) =
            (old.iter().map(&mut number).collect(), new.iter().map(&mut number).collect());
        // Lines that are printed around changes are looked at when runs of changes are moved.
        let horizon = match self.form {
            Form::Unified(around) | Form::Context(around) => around,
            _ => 0,
        };
        let mut found = changes(&left, &right, horizon);
        if self.blank_lines {
            let blank = |line: &&[u8]| self.key(line).trim_ascii().is_empty();
            found.retain(|change: &Change| {
                !(old[change.old.0..change.old.1].iter().all(blank)
                    && new[change.new.0..change.new.1].iter().all(blank))
            });
        }
        if found.is_empty() {
            if self.identical {
                out::line(format!("Files {x} and {y} are identical"));
            }
            return 0;
        }
        if self.brief {
            out::line(format!("Files {x} and {y} differ"));
            return 1;
        }
        if in_dir {
            out::line(format!("{} {} {}", self.command, quote::shell(one), quote::shell(two)));
        }
        let header = |path: &OsString, at: usize| match self.labels.get(at) {
            Some(label) => label.clone(),
            None => format!("{}\t{}", path.to_string_lossy(), self.time(path)),
        };
        let old = Side { header: header(one, 0), lines: old };
        let new = Side { header: header(two, 1), lines: new };
        show(self.form, &found, &old, &new);
        1
    }

    fn time(&self, path: &OsString) -> String {
        let stat = if path == "-" { guest::fstat(0) } else { guest::stat(path, true) };
        let time = stat.map_or(0, |stat| stat.mtime);
        let civil = Civil::from_nanos(time);
        if matches!(self.form, Form::Context(_)) && !guest::utf8_locale() {
            return civil.format("%a %b %e %H:%M:%S %Y");
        }
        let nanos = format!("{:09}", time.rem_euclid(1_000_000_000));
        civil.format(&format!("%Y-%m-%d %H:%M:%S.{nanos} +0000"))
    }

    /// A line as it is compared.
    fn key(&self, line: &[u8]) -> Vec<u8> {
        let (mut text, end) = match line.strip_suffix(b"\n") {
            Some(text) => (text.to_vec(), true),
            None => (line.to_vec(), false),
        };
        if self.carriage && text.last() == Some(&b'\r') {
            text.pop();
        }
        let spaces = self.all_space || self.space_change || self.trailing_space;
        if self.all_space {
            text.retain(|c| !c.is_ascii_whitespace());
        } else if self.space_change {
            let mut out = Vec::new();
            for c in text.trim_ascii_end() {
                if !c.is_ascii_whitespace() {
                    out.push(*c);
                } else if out.last() != Some(&b' ') {
                    out.push(b' ');
                }
            }
            text = out;
        } else if self.trailing_space {
            text.truncate(text.trim_ascii_end().len());
        }
        if self.case {
            text.make_ascii_lowercase();
        }
        // A last line without its end differs from one with it.
        if end || spaces {
            text.push(b'\n');
        }
        text
    }
}
