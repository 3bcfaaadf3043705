//! How `ls` prints entries: the long form, columns, and names alone.

use guest::accounts::{self, Database};
use guest::civil::{Civil, SECOND};
use guest::{Kind, Stat, bytes, mode, number, out, quote};
use std::collections::HashMap;
use std::ffi::OsString;

/// One name of a listing.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name as it is shown.
    pub name: OsString,
    /// Its status; all zero where nothing needed it or it could not be had.
    pub stat: Stat,
    /// Whether `stat` could be had.
    pub known: bool,
    /// Where a symbolic link leads, and the status of what is there.
    pub link: Option<(OsString, Option<Stat>)>,
}

/// The shape of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `-l`
    Long,
    /// `-1`
    Single,
    /// `-C`
    Columns,
    /// `-x`
    Across,
    /// `-m`
    Commas,
}

/// What is appended to names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// Nothing.
    None,
    /// `/` after directories (`-p`).
    Slash,
    /// `-F` without `*`.
    FileType,
    /// `-F`
    Classify,
}

/// How names are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// As they are (`-N`).
    Literal,
    /// For a shell where it is needed.
    Shell,
    /// For a shell always.
    ShellAlways,
    /// In double quotes with escapes (`-Q`).
    C,
    /// With escapes (`-b`).
    Escape,
}

/// Which time is shown and sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Change of content.
    Modified,
    /// Change of status (`-c`).
    Changed,
    /// Access (`-u`).
    Accessed,
}

/// How a listing looks.
#[derive(Clone, Debug)]
pub struct Look {
    /// The shape.
    pub format: Format,
    /// What is appended to names.
    pub indicator: Indicator,
    /// How names are quoted.
    pub quoting: Quoting,
    /// `-q`: control characters become `?`.
    pub hide_control: bool,
    /// `-i`
    pub inode: bool,
    /// `-s`
    pub blocks: bool,
    /// `-h` (1024) or `--si` (1000).
    pub human: Option<u64>,
    /// `--block-size`: the unit of sizes, 1 unless set.
    pub unit: u64,
    /// What follows sizes in that unit.
    pub suffix: String,
    /// `-n`
    pub numeric: bool,
    /// False with `-g`.
    pub owner: bool,
    /// False with `-o` and `-G`.
    pub group: bool,
    /// `--author`
    pub author: bool,
    /// Which time.
    pub time: Time,
    /// `date` formats for old and recent times.
    pub time_formats: (String, String),
    /// The present, in nanoseconds since the epoch.
    pub now: i64,
    /// Columns of the terminal.
    pub width: usize,
    /// What ends a line.
    pub end: u8,
    /// Whether names are coloured.
    pub color: bool,
}

impl Look {
    /// The time a listing shows and sorts by.
    pub fn time_of(&self, stat: &Stat) -> i64 {
        match self.time {
            Time::Modified => stat.mtime,
            Time::Changed => stat.ctime,
            Time::Accessed => stat.atime,
        }
    }

    /// Prints entries in their order.
    pub fn print(&self, entries: &[Entry]) {
        let any_quoted = self.quoting == Quoting::Shell
            && entries.iter().any(|entry| self.quoted(bytes(&entry.name)).starts_with(b"'"));
        match self.format {
            Format::Long => self.long(entries, any_quoted),
            Format::Single => {
                let widths = self.prefix_widths(entries);
                for entry in entries {
                    out::put(self.prefix(entry, widths));
                    out::put(self.name(entry, false).0);
                    out::put([self.end]);
                }
            }
            Format::Commas => self.commas(entries),
            Format::Columns | Format::Across => self.columns(entries, any_quoted),
        }
    }

    /// `total N`, in front of what a directory holds.
    pub fn total(&self, entries: &[Entry]) {
        let blocks = entries.iter().map(|entry| entry.stat.blocks).sum();
        out::put(format!("total {}", self.room(blocks)));
        out::put([self.end]);
    }

    fn room(&self, blocks: u64) -> String {
        match self.human {
            Some(base) => number::human(blocks * 512, base),
            None if self.unit > 1 => {
                format!("{}{}", (blocks * 512).div_ceil(self.unit), self.suffix)
            }
            None => blocks.div_ceil(2).to_string(),
        }
    }

    fn size(&self, size: u64) -> String {
        match self.human {
            Some(base) => number::human(size, base),
            None => format!("{}{}", size.div_ceil(self.unit), self.suffix),
        }
    }

    /// A name as it is shown, without colour or indicator.
    pub fn quoted(&self, name: &[u8]) -> Vec<u8> {
        let os = guest::os(name);
        match self.quoting {
            Quoting::Literal if self.hide_control => {
                let text = String::from_utf8_lossy(name);
                let shown = |c: char| if c.is_control() || c == '\u{fffd}' { '?' } else { c };
                text.chars().map(shown).collect::<String>().into_bytes()
            }
            Quoting::Literal => name.to_vec(),
            Quoting::Shell => quote::shell(&os).into_bytes(),
            Quoting::ShellAlways => {
                let text = String::from_utf8_lossy(name);
                if text.contains('\'') && !text.contains(['"', '$', '`', '\\', '!']) {
                    return format!("\"{text}\"").into_bytes();
                }
                format!("'{}'", text.replace('\'', "'\\''")).into_bytes()
            }
            Quoting::C => escaped(name, b'"'),
            Quoting::Escape => escaped(name, b' '),
        }
    }

    /// A name with colour and indicator, and how many columns it takes.
    fn name(&self, entry: &Entry, pad: bool) -> (Vec<u8>, usize) {
        let mut text = self.quoted(bytes(&entry.name));
        if pad && !text.starts_with(b"'") {
            text.insert(0, b' ');
        }
        let mut width = String::from_utf8_lossy(&text).chars().count();
        if self.color
            && entry.known
            && let Some(code) = color(entry)
        {
            text = [format!("\x1b[0m\x1b[{code}m").as_bytes(), &text, b"\x1b[0m"].concat();
        }
        let long_link = self.format == Format::Long && entry.link.is_some();
        if entry.known
            && !long_link
            && let Some(mark) = self.mark(&entry.stat)
        {
            text.push(mark);
            width += 1;
        }
        (text, width)
    }

    fn mark(&self, stat: &Stat) -> Option<u8> {
        match stat.kind() {
            Kind::Dir if self.indicator >= Indicator::Slash => Some(b'/'),
            _ if self.indicator < Indicator::FileType => None,
            Kind::Symlink => Some(b'@'),
            Kind::Fifo => Some(b'|'),
            Kind::Socket => Some(b'='),
            Kind::File if self.indicator == Indicator::Classify && stat.mode & 0o111 != 0 => {
                Some(b'*')
            }
            _ => None,
        }
    }

    fn prefix_widths(&self, entries: &[Entry]) -> (usize, usize) {
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        (
            widest(&mut entries.iter().map(|entry| inode(entry).len())),
            widest(&mut entries.iter().map(|entry| self.blocks_of(entry).len())),
        )
    }

    fn blocks_of(&self, entry: &Entry) -> String {
        if entry.known { self.room(entry.stat.blocks) } else { "?".into() }
    }

    /// Inode and blocks in front of a name.
    fn prefix(&self, entry: &Entry, widths: (usize, usize)) -> String {
        let mut text = String::new();
        if self.inode {
            text += &format!("{:>1$} ", inode(entry), widths.0);
        }
        if self.blocks {
            text += &format!("{:>1$} ", self.blocks_of(entry), widths.1);
        }
        text
    }

    fn long(&self, entries: &[Entry], pad: bool) {
        let mut names = Names::default();
        let mut rows = Vec::new();
        let mut widths = [0; 7];
        for entry in entries {
            let stat = &entry.stat;
            let device = matches!(stat.kind(), Kind::Char | Kind::Block);
            let time = self.time_of(stat);
            let old = time > self.now || time < self.now - 31_556_952 / 2 * SECOND;
            let format = if old { &self.time_formats.0 } else { &self.time_formats.1 };
            let row = if entry.known {
                [
                    stat.nlink.to_string(),
                    names.get(Database::Users, stat.uid, self.numeric),
                    names.get(Database::Groups, stat.gid, self.numeric),
                    if device { format!("{},", stat.rdev >> 32) } else { String::new() },
                    if device { (stat.rdev as u32).to_string() } else { self.size(stat.size) },
                    Civil::from_nanos(time).format(format),
                    mode::letters(stat),
                ]
            } else {
                let kind = &mode::letters(stat)[..1];
                ["?", "?", "?", "", "?", "?", &format!("{kind}?????????")].map(String::from)
            };
            for (width, text) in widths.iter_mut().zip(&row) {
                *width = text.chars().count().max(*width);
            }
            rows.push(row);
        }
        let prefix = self.prefix_widths(entries);
        let [links, owner, group, major, mut size, date, _] = widths;
        if major > 0 {
            // Majors and minors are columns of their own, and sizes span both.
            size = size.max(
                rows.iter()
                    .filter(|row| row[3].is_empty())
                    .map(|row| row[4].len())
                    .max()
                    .unwrap_or(0)
                    .saturating_sub(major + 1),
            );
        }
        for (entry, row) in entries.iter().zip(rows) {
            let mut line = self.prefix(entry, prefix);
            line += &format!("{} {:>links$} ", row[6], row[0]);
            if self.owner {
                line += &account(&row[1], owner);
            }
            if self.group {
                line += &account(&row[2], group);
            }
            if self.author {
                line += &account(&row[1], owner);
            }
            if row[3].is_empty() && major > 0 {
                line += &format!("{:>1$} ", row[4], major + 1 + size);
            } else if major > 0 {
                line += &format!("{:>major$} {:>size$} ", row[3], row[4]);
            } else {
                line += &format!("{:>size$} ", row[4]);
            }
            line += &format!("{:>date$} ", row[5]);
            out::put(line);
            out::put(self.name(entry, pad).0);
            if let Some((target, there)) = &entry.link {
                out::put(" -> ");
                out::put(self.quoted(bytes(target)));
                if let Some(mark) = there.as_ref().and_then(|stat| self.mark(stat)) {
                    out::put([mark]);
                }
            }
            out::put([self.end]);
        }
    }

    fn commas(&self, entries: &[Entry]) {
        let mut column = 0;
        for (index, entry) in entries.iter().enumerate() {
            let prefix = self.prefix(entry, (0, 0));
            let (name, width) = self.name(entry, false);
            let width = width + prefix.len();
            if index > 0 {
                let fits = self.width == 0 || column + width + 2 < self.width;
                out::put(if fits { b", " } else { b",\n" });
                column = if fits { column + 2 } else { 0 };
            }
            out::put(prefix);
            out::put(name);
            column += width;
        }
        if !entries.is_empty() {
            out::put([self.end]);
        }
    }

    fn columns(&self, entries: &[Entry], pad: bool) {
        let prefix = self.prefix_widths(entries);
        let cells: Vec<(Vec<u8>, usize)> = entries
            .iter()
            .map(|entry| {
                let before = self.prefix(entry, prefix);
                let (name, width) = self.name(entry, pad);
                ([before.as_bytes(), &name].concat(), before.len() + width)
            })
            .collect();
        if self.width == 0 {
            for (index, (text, _)) in cells.iter().enumerate() {
                out::put(if index > 0 { "  " } else { "" });
                out::put(text);
            }
            out::put([self.end]);
            return;
        }
        let down = self.format == Format::Columns;
        let (columns, widths) = self.layout(&cells, down);
        let rows = cells.len().div_ceil(columns);
        for row in 0..rows {
            let mut at = 0;
            for (column, width) in widths.iter().enumerate() {
                let index = if down { column * rows + row } else { row * columns + column };
                let Some((text, used)) = cells.get(index) else { break };
                out::put(text);
                let next = if down { index + rows } else { index + 1 };
                if next < cells.len() && column + 1 < columns {
                    indent(at + used, at + width);
                    at += width;
                }
            }
            out::put([self.end]);
        }
    }

    /// The largest number of columns that fits, with the width of each.
    fn layout(&self, cells: &[(Vec<u8>, usize)], down: bool) -> (usize, Vec<usize>) {
        let most = (self.width / 3).clamp(1, cells.len().max(1));
        for columns in (1..=most).rev() {
            let rows = cells.len().div_ceil(columns);
            let mut widths = vec![3; columns];
            for (index, (_, width)) in cells.iter().enumerate() {
                let column = if down { index / rows } else { index % columns };
                let gap = if column + 1 == columns { 0 } else { 2 };
                widths[column] = widths[column].max(width + gap);
            }
            if columns == 1 || widths.iter().sum::<usize>() < self.width {
                return (columns, widths);
            }
        }
        (1, vec![0])
    }
}

/// Names stand to the left, numbers to the right.
fn account(name: &str, width: usize) -> String {
    if name.bytes().all(|c| c.is_ascii_digit()) {
        format!("{name:>width$} ")
    } else {
        format!("{name:<width$} ")
    }
}

fn indent(mut from: usize, to: usize) {
    while from < to {
        if to / 8 > (from + 1) / 8 {
            out::put("\t");
            from += 8 - from % 8;
        } else {
            out::put(" ");
            from += 1;
        }
    }
}

fn inode(entry: &Entry) -> String {
    if entry.known { entry.stat.ino.to_string() } else { "?".into() }
}

/// The colours `dircolors` has for types.
fn color(entry: &Entry) -> Option<&'static str> {
    let stat = &entry.stat;
    Some(match stat.kind() {
        Kind::Dir if stat.mode & 0o1002 == 0o1002 => "30;42",
        Kind::Dir if stat.mode & 0o002 != 0 => "34;42",
        Kind::Dir if stat.mode & 0o1000 != 0 => "37;44",
        Kind::Dir => "01;34",
        Kind::Symlink => "01;36",
        Kind::Fifo => "40;33",
        Kind::Socket => "01;35",
        Kind::Block | Kind::Char => "40;33;01",
        Kind::File if stat.mode & 0o4000 != 0 => "37;41",
        Kind::File if stat.mode & 0o2000 != 0 => "30;43",
        Kind::File if stat.mode & 0o111 != 0 => "01;32",
        _ => return None,
    })
}

fn escaped(name: &[u8], special: u8) -> Vec<u8> {
    let mut text = Vec::new();
    if special == b'"' {
        text.push(b'"');
    }
    for &c in name {
        match c {
            b'\n' => text.extend(b"\\n"),
            b'\t' => text.extend(b"\\t"),
            b'\r' => text.extend(b"\\r"),
            b'\\' => text.extend(b"\\\\"),
            c if c == special => text.extend([b'\\', c]),
            c if c < 32 || c == 127 => text.extend(format!("\\{c:03o}").bytes()),
            c => text.push(c),
        }
    }
    if special == b'"' {
        text.push(b'"');
    }
    text
}

#[derive(Default)]
struct Names {
    known: HashMap<(bool, u32), String>,
}

impl Names {
    fn get(&mut self, database: Database, id: u32, numeric: bool) -> String {
        let name = self.known.entry((database == Database::Users, id)).or_insert_with(|| {
            let name = if numeric { None } else { accounts::name_of(database, id) };
            name.unwrap_or_else(|| id.to_string())
        });
        name.clone()
    }
}
