//! `du`: how much room things take.

use crate::rm;
use guest::{Arg, Failed, Long, Opts, Stat, bytes, glob, number, out, quote};
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;

const LONG: &[Long] = &[
    Long("all", Arg::No, 'a'),
    Long("apparent-size", Arg::No, 'A'),
    Long("block-size", Arg::Yes, 'B'),
    Long("bytes", Arg::No, 'b'),
    Long("count-links", Arg::No, 'l'),
    Long("dereference", Arg::No, 'L'),
    Long("exclude", Arg::Yes, '-'),
    Long("human-readable", Arg::No, 'h'),
    Long("max-depth", Arg::Yes, 'd'),
    Long("null", Arg::No, '0'),
    Long("one-file-system", Arg::No, 'x'),
    Long("separate-dirs", Arg::No, 'S'),
    Long("si", Arg::No, 'i'),
    Long("summarize", Arg::No, 's'),
    Long("total", Arg::No, 'c'),
];

struct Du {
    all: bool,
    apparent: bool,
    unit: u64,
    human: Option<u64>,
    depth: usize,
    separate: bool,
    count_links: bool,
    follow: bool,
    exclude: Vec<String>,
    end: &'static str,
    seen: HashSet<(u64, u64)>,
    failed: Failed,
}

/// Runs `du`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut du = Du {
        all: false,
        apparent: false,
        unit: 1024,
        human: None,
        depth: usize::MAX,
        separate: false,
        count_links: false,
        follow: false,
        exclude: Vec::new(),
        end: "\n",
        seen: HashSet::new(),
        failed: Failed::default(),
    };
    let (mut total, mut summarize, mut depth) = (false, false, None);
    let mut opts = Opts::new(args, "0abB:cd:DhHklLmPsSx", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            '0' => du.end = "\0",
            'a' => du.all = true,
            'A' => du.apparent = true,
            'b' => (du.apparent, du.unit, du.human) = (true, 1, None),
            'B' => match number::with_suffix(&opt.text(), false) {
                Ok(unit) if unit > 0 => du.unit = unit,
                _ => guest::fail(format!("invalid -B argument {}", quote::locale(&opt.text()))),
            },
            'c' => total = true,
            'd' => match opt.text().parse() {
                Ok(levels) => depth = Some(levels),
                Err(_) => {
                    guest::warn(format!("invalid maximum depth {}", quote::locale(&opt.text())));
                    guest::try_help();
                }
            },
            'h' => du.human = Some(1024),
            'i' => du.human = Some(1000),
            'k' => (du.unit, du.human) = (1024, None),
            'm' => (du.unit, du.human) = (1 << 20, None),
            'l' => du.count_links = true,
            'L' => du.follow = true,
            's' => summarize = true,
            'S' => du.separate = true,
            '-' => du.exclude.push(opt.text()),
            _ => {}
        }
    }
    if summarize && du.all {
        guest::warn("cannot both summarize and show all entries");
        guest::try_help();
    }
    if summarize && depth.is_some_and(|depth: usize| depth > 0) {
        guest::warn(format!(
            "warning: summarizing conflicts with --max-depth={}",
            depth.unwrap_or_default()
        ));
        guest::try_help();
    }
    du.depth = if summarize { 0 } else { depth.unwrap_or(usize::MAX) };
    let mut files = opts.operands();
    if files.is_empty() {
        files.push(".".into());
    }
    let mut sum = 0;
    for file in &files {
        let path = Path::new(file);
        match guest::stat(path, du.follow) {
            Ok(stat) => sum += du.walk(path, &stat, 0),
            Err(error) => du.failed.cannot("cannot access", path, &error),
        }
    }
    if total {
        du.print(sum, b"total");
    }
    du.failed.status()
}

impl Du {
    fn print(&self, size: u64, name: &[u8]) {
        let shown = match self.human {
            Some(base) => number::human(size, base),
            None => size.div_ceil(self.unit).to_string(),
        };
        out::put(shown);
        out::put("\t");
        out::put(name);
        out::put(self.end);
    }

    /// The room a file or tree takes, in bytes.
    fn walk(&mut self, path: &Path, stat: &Stat, level: usize) -> u64 {
        let name = bytes(path).rsplit(|c| *c == b'/').next().unwrap_or_default();
        let excluded = |glob: &String| {
            glob::matches(glob.as_bytes(), name) || glob::matches(glob.as_bytes(), bytes(path))
        };
        if self.exclude.iter().any(excluded) {
            return 0;
        }
        let linked = stat.nlink > 1 && !stat.is_dir();
        if !self.count_links && (linked || level == 0) && !self.seen.insert((stat.dev, stat.ino)) {
            return 0;
        }
        let own = if !self.apparent {
            stat.blocks * 512
        } else if stat.is_file() || stat.is_symlink() || stat.is_dir() {
            stat.size
        } else {
            0
        };
        if !stat.is_dir() {
            if (self.all && level <= self.depth) || level == 0 {
                self.print(own, bytes(path));
            }
            return own;
        }
        let (mut sum, mut below) = (own, 0);
        match rm::list(path) {
            Ok(names) => {
                for name in names {
                    let child = path.join(name);
                    match guest::stat(&child, self.follow) {
                        Ok(stat) => {
                            let size = self.walk(&child, &stat, level + 1);
                            if stat.is_dir() { below += size } else { sum += size }
                        }
                        Err(error) => self.failed.cannot("cannot access", &child, &error),
                    }
                }
            }
            Err(error) => self.failed.cannot("cannot read directory", path, &error),
        }
        let shown = if self.separate { sum } else { sum + below };
        if level <= self.depth {
            self.print(shown, bytes(path));
        }
        sum + below
    }
}
