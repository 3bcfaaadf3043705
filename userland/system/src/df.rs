//! `df`: how much room there is.

use std::ffi::OsString;
use std::path::PathBuf;

use guest::{Arg, Failed, Long, Opts, out};

use crate::mount::{Mounted, mounted};

const LONG: &[Long] = &[
    Long("all", Arg::No, 'a'),
    Long("block-size", Arg::Yes, 'B'),
    Long("human-readable", Arg::No, 'h'),
    Long("si", Arg::No, 'H'),
    Long("inodes", Arg::No, 'i'),
    Long("local", Arg::No, 'l'),
    Long("no-sync", Arg::No, 'n'),
    Long("output", Arg::Maybe, 'O'),
    Long("portability", Arg::No, 'P'),
    Long("print-type", Arg::No, 'T'),
    Long("type", Arg::Yes, 't'),
    Long("exclude-type", Arg::Yes, 'x'),
    Long("total", Arg::No, 'S'),
];

/// How numbers are shown.
#[derive(Clone, Copy)]
enum Unit {
    Blocks(u64),
    Human(u64),
}

/// Runs `df`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut unit, mut inodes, mut kind, mut portable) = (Unit::Blocks(1024), false, false, false);
    let (mut all, mut only, mut without, mut columns) = (false, None, None, None);
    let mut opts = Opts::new(args, "aB:hHiklmnPTt:x:", LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        match opt.code {
            'a' => all = true,
            'B' => match guest::number::with_suffix(&opt.text(), false) {
                Ok(size) if size > 0 => unit = Unit::Blocks(size),
                _ => guest::fail(format!("invalid --block-size argument '{}'", opt.text())),
            },
            'h' => unit = Unit::Human(1024),
            'H' => unit = Unit::Human(1000),
            'i' => inodes = true,
            'k' => unit = Unit::Blocks(1024),
            'm' => unit = Unit::Blocks(1 << 20),
            'O' => columns = opt.value.map(|text| text.to_string_lossy().into_owned()),
            'P' => portable = true,
            'T' => kind = true,
            't' => only = Some(opt.text()),
            'x' => without = Some(opt.text()),
            _ => {}
        }
    }
    let files = opts.operands();
    let mut failed = Failed::default();
    let rows = mounted();
    let mut shown: Vec<&Mounted> = Vec::new();
    if files.is_empty() {
        let real = |row: &&Mounted| all || size_of(&row.target).is_some_and(|size| size.0 > 0);
        let one = |row: &&Mounted| {
            all || matches!(row.kind.as_str(), "overlay" | "tmpfs" | "ext4")
                && row.target != "/etc/hosts"
        };
        shown.extend(rows.iter().filter(one).filter(real));
    }
    for file in &files {
        match std::fs::canonicalize(file) {
            Ok(path) => shown.extend(
                rows.iter()
                    .filter(|row| path.starts_with(&row.target))
                    .max_by_key(|row| PathBuf::from(&row.target).components().count()),
            ),
            Err(error) => failed.path(file, &error),
        }
    }
    shown.retain(|row| only.as_ref().is_none_or(|only| *only == row.kind));
    shown.retain(|row| without.as_ref() != Some(&row.kind));
    if shown.is_empty() {
        if !failed.0 {
            guest::warn("no file systems processed");
        }
        return 1;
    }
    let names: Vec<&str> = match &columns {
        Some(list) => list.split(',').collect(),
        None => {
            let mut names = vec!["source", "size", "used", "avail", "pcent", "target"];
            if inodes {
                names = vec!["source", "itotal", "iused", "iavail", "ipcent", "target"];
            }
            if kind {
                names.insert(1, "fstype");
            }
            names
        }
    };
    let head = |name: &&str| -> String {
        match (*name, unit) {
            ("source", _) => "Filesystem".into(),
            ("fstype", _) => "Type".into(),
            ("itotal", _) => "Inodes".into(),
            ("iused", _) => "IUsed".into(),
            ("iavail", _) => "IFree".into(),
            ("ipcent", _) => "IUse%".into(),
            ("size", Unit::Human(_)) => "Size".into(),
            ("size", Unit::Blocks(1024)) if portable => "1024-blocks".into(),
            ("size", Unit::Blocks(1024)) => "1K-blocks".into(),
            ("size", Unit::Blocks(1_048_576)) => "1M-blocks".into(),
            ("size", Unit::Blocks(size)) => format!("{size}B-blocks"),
            ("used", _) => "Used".into(),
            ("avail", Unit::Human(_)) => "Avail".into(),
            ("avail", _) => "Available".into(),
            ("pcent", _) => {
                if portable {
                    "Capacity".into()
                } else {
                    "Use%".into()
                }
            }
            ("target", _) => "Mounted on".into(),
            (other, _) => other.into(),
        }
    };
    let mut table: Vec<Vec<String>> = vec![names.iter().map(head).collect()];
    for row in shown {
        let (size, free, nodes, free_nodes) = size_of(&row.target).unwrap_or_default();
        let cell = |name: &&str| match *name {
            "source" => row.source.clone(),
            "fstype" => row.kind.clone(),
            "size" => amount(size, unit),
            "used" => amount(size - free, unit),
            "avail" => amount(free, unit),
            "pcent" => percent(size - free, size),
            "itotal" => count(nodes, unit),
            "iused" => count(nodes - free_nodes, unit),
            "iavail" => count(free_nodes, unit),
            "ipcent" => percent(nodes - free_nodes, nodes),
            _ => row.target.clone(),
        };
        table.push(names.iter().map(cell).collect());
    }
    print(&table, &names);
    failed.status()
}

/// Size, free room, inodes, free inodes.
fn size_of(target: &str) -> Option<(u64, u64, u64, u64)> {
    guest::statfs(target).ok().map(|room| (room.size, room.free, room.nodes, room.free_nodes))
}

fn amount(bytes: u64, unit: Unit) -> String {
    match unit {
        Unit::Blocks(size) => bytes.div_ceil(size).to_string(),
        Unit::Human(base) => guest::number::human(bytes, base),
    }
}

fn count(number: u64, unit: Unit) -> String {
    match unit {
        Unit::Blocks(_) => number.to_string(),
        Unit::Human(base) => guest::number::human(number, base),
    }
}

fn percent(used: u64, all: u64) -> String {
    if all == 0 { "-".into() } else { format!("{}%", (used * 100).div_ceil(all)) }
}

fn print(table: &[Vec<String>], names: &[&str]) {
    let least = |name: &str| match name {
        "source" => 14,
        "size" | "used" | "avail" => 5,
        "pcent" | "ipcent" => 4,
        _ => 0,
    };
    let widths: Vec<usize> = (0..names.len())
        .map(|at| table.iter().map(|row| row[at].len()).max().unwrap_or(0).max(least(names[at])))
        .collect();
    for row in table {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let width = widths[at];
            let left = matches!(names[at], "source" | "fstype" | "target");
            if at > 0 {
                line.push(' ');
            }
            line.push_str(&match left {
                true if at + 1 == row.len() => cell.clone(),
                true => format!("{cell:<width$}"),
                false => format!("{cell:>width$}"),
            });
        }
        out::line(line);
    }
}
