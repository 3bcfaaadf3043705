//! `ls`: what directories hold.

use crate::listing::{Entry, Format, Indicator, Look, Quoting, Time};
use crate::version;
use guest::{Arg, Long, Opts, Stat, bytes, civil, glob, number, order, out, quote};
use std::cmp::Ordering;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

const LONG: &[Long] = &[
    Long("all", Arg::No, 'a'),
    Long("almost-all", Arg::No, 'A'),
    Long("author", Arg::No, '@'),
    Long("block-size", Arg::Yes, '%'),
    Long("classify", Arg::Maybe, 'F'),
    Long("color", Arg::Maybe, '~'),
    Long("context", Arg::No, 'Z'),
    Long("dereference", Arg::No, 'L'),
    Long("dereference-command-line", Arg::No, 'H'),
    Long("dereference-command-line-symlink-to-dir", Arg::No, '#'),
    Long("directory", Arg::No, 'd'),
    Long("escape", Arg::No, 'b'),
    Long("file-type", Arg::No, '-'),
    Long("format", Arg::Yes, '/'),
    Long("full-time", Arg::No, '!'),
    Long("group-directories-first", Arg::No, '>'),
    Long("hide", Arg::Yes, '?'),
    Long("hide-control-chars", Arg::No, 'q'),
    Long("human-readable", Arg::No, 'h'),
    Long("hyperlink", Arg::Maybe, '#'),
    Long("ignore", Arg::Yes, 'I'),
    Long("ignore-backups", Arg::No, 'B'),
    Long("indicator-style", Arg::Yes, '^'),
    Long("inode", Arg::No, 'i'),
    Long("kibibytes", Arg::No, 'k'),
    Long("literal", Arg::No, 'N'),
    Long("no-group", Arg::No, 'G'),
    Long("numeric-uid-gid", Arg::No, 'n'),
    Long("quote-name", Arg::No, 'Q'),
    Long("quoting-style", Arg::Yes, '"'),
    Long("recursive", Arg::No, 'R'),
    Long("reverse", Arg::No, 'r'),
    Long("show-control-chars", Arg::No, '$'),
    Long("si", Arg::No, '&'),
    Long("size", Arg::No, 's'),
    Long("sort", Arg::Yes, '='),
    Long("tabsize", Arg::Yes, 'T'),
    Long("time", Arg::Yes, '*'),
    Long("time-style", Arg::Yes, '+'),
    Long("width", Arg::Yes, 'w'),
    Long("zero", Arg::No, '0'),
];

#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Name,
    Time,
    Size,
    Extension,
    Version,
    Width,
    None,
}

#[derive(Clone, Copy, PartialEq)]
enum Hidden {
    /// Names with a dot are left out.
    Hide,
    /// Only `.` and `..` are left out.
    Almost,
    Show,
}

#[derive(Clone, Copy, PartialEq)]
enum Follow {
    Never,
    /// Links on the command line that lead to directories.
    OperandDirs,
    Operands,
    Always,
}

struct Ls {
    look: Look,
    sort: Sort,
    reverse: bool,
    dirs_first: bool,
    hidden: Hidden,
    follow: Follow,
    directory: bool,
    recursive: bool,
    ignore: Vec<String>,
    hide: Vec<String>,
    status: i32,
    printed: bool,
}

/// Runs `ls`, `dir` and `vdir`.
pub fn run(args: Vec<OsString>) -> i32 {
    guest::set_failure_status(2);
    let (mut ls, operands) = options(args);
    let headers = operands.len() > 1 || ls.recursive;
    let (mut files, mut dirs) = (Vec::new(), Vec::new());
    for name in operands {
        let path = PathBuf::from(&name);
        let follow = matches!(ls.follow, Follow::Always | Follow::Operands);
        let stat = match guest::stat(&path, follow) {
            Ok(stat) if stat.is_symlink() && ls.follow == Follow::OperandDirs => {
                guest::stat(&path, true).ok().filter(Stat::is_dir).map_or(Ok(stat), Ok)
            }

            other => other,
        };
        match stat {
            Ok(stat) if stat.is_dir() && !ls.directory => dirs.push(ls.entry(name, stat, &path)),
            Ok(stat) => files.push(ls.entry(name, stat, &path)),
            Err(error) => ls.complain("cannot access", &path, &error, true),
        }
    }
    ls.sort(&mut files);
    ls.sort(&mut dirs);
    if !files.is_empty() {
        ls.look.print(&files);
        ls.printed = true;
    }
    for dir in dirs {
        ls.dir(Path::new(&dir.name), headers, true, &mut Vec::new());
    }
    ls.status
}

impl Ls {
    fn complain(&mut self, what: &str, path: &Path, error: &io::Error, operand: bool) {
        guest::warn(format!("{what} {}: {}", quote::always(path), guest::strerror(error)));
        self.status = self.status.max(if operand { 2 } else { 1 });
    }

    fn entry(&self, name: OsString, stat: Stat, path: &Path) -> Entry {
        let mut link = None;
        if stat.is_symlink() && self.look.format == Format::Long {
            let there = if self.look.indicator > Indicator::None {
                guest::stat(path, true).ok()
            } else {
                None
            };
            link = std::fs::read_link(path).ok().map(|target| (target.into(), there));
        }
        Entry { name, stat, known: true, link }
    }

    fn needs_stat(&self) -> bool {
        self.look.format == Format::Long
            || self.look.blocks
            || self.look.inode
            || self.look.indicator > Indicator::None
            || self.look.color
            || self.recursive
            || self.dirs_first
            || matches!(self.sort, Sort::Time | Sort::Size)
    }

    fn shows(&self, name: &[u8]) -> bool {
        let matches =
            |patterns: &[String]| patterns.iter().any(|p| glob::matches(p.as_bytes(), name));
        let dotted = name.starts_with(b".");
        let shown = match self.hidden {
            Hidden::Hide => !dotted && !matches(&self.hide),
            _ => true,
        };
        shown && !matches(&self.ignore)
    }

    fn dir(&mut self, dir: &Path, header: bool, operand: bool, above: &mut Vec<(u64, u64)>) {
        let reading = std::fs::read_dir(dir);
        let names: io::Result<Vec<OsString>> =
            reading.and_then(|all| all.map(|entry| Ok(entry?.file_name())).collect());
        let names = match names {
            Ok(names) => names,
            Err(error) => return self.complain("cannot open directory", dir, &error, operand),
        };
        if header {
            if self.printed {
                out::put("\n");
            }
            out::put(self.look.quoted(bytes(dir)));
            out::put(":\n");
        }
        self.printed = true;
        let mut entries = Vec::new();
        if self.hidden == Hidden::Show {
            for dots in [".", ".."] {
                self.add(&mut entries, dir, dots.into());
            }
        }
        for name in names {
            if self.shows(bytes(&name)) {
                self.add(&mut entries, dir, name);
            }
        }
        self.sort(&mut entries);
        if self.look.format == Format::Long || self.look.blocks {
            self.look.total(&entries);
        }
        if !entries.is_empty() {
            self.look.print(&entries);
        }
        if !self.recursive {
            return;
        }
        let here = guest::stat(dir, true).map(|stat| (stat.dev, stat.ino));
        if let Ok(here) = here {
            if above.contains(&here) {
                guest::warn(format!("{}: not listing already-listed directory", quote::colon(dir)));
                self.status = 2;
                return;
            }
            above.push(here);
        }
        for entry in entries {
            if entry.stat.is_dir() && entry.name != "." && entry.name != ".." {
                self.dir(&dir.join(&entry.name), true, false, above);
            }
        }
        if here.is_ok() {
            above.pop();
        }
    }

    fn add(&mut self, entries: &mut Vec<Entry>, dir: &Path, name: OsString) {
        let unknown = |name| Entry { name, stat: Stat::default(), known: false, link: None };
        if !self.needs_stat() {
            return entries.push(unknown(name));
        }
        let path = dir.join(&name);
        let stat = match guest::stat(&path, self.follow == Follow::Always) {
            Err(error) if self.follow == Follow::Always => {
                self.complain("cannot access", &path, &error, false);
                let kind = guest::stat(&path, false).map_or(0, |stat| stat.mode & 0o170000);
                let stat = Stat { mode: kind, ..Stat::default() };
                return entries.push(Entry { stat, ..unknown(name) });
            }
            other => other,
        };
        match stat {
            Ok(stat) => entries.push(self.entry(name, stat, &path)),
            Err(error) => {
                self.complain("cannot access", &path, &error, false);
                entries.push(unknown(name));
            }
        }
    }

    fn sort(&self, entries: &mut Vec<Entry>) {
        let by_name = |a: &Entry, b: &Entry| bytes(&a.name).cmp(bytes(&b.name));
        let time = |entry: &Entry| self.look.time_of(&entry.stat);
        let compare = |a: &Entry, b: &Entry| {
            let order = match self.sort {
                Sort::None => return Ordering::Equal,
                Sort::Name => by_name(a, b),
                Sort::Time => time(b).cmp(&time(a)).then_with(|| by_name(a, b)),
                Sort::Size => b.stat.size.cmp(&a.stat.size).then_with(|| by_name(a, b)),
                Sort::Extension => {
                    extension(&a.name).cmp(extension(&b.name)).then_with(|| by_name(a, b))
                }
                Sort::Version => {
                    version::compare(bytes(&a.name), bytes(&b.name)).then_with(|| by_name(a, b))
                }
                Sort::Width => {
                    let width = |entry: &Entry| self.look.quoted(bytes(&entry.name)).len();
                    width(a).cmp(&width(b)).then_with(|| by_name(a, b))
                }
            };
            if self.reverse { order.reverse() } else { order }
        };
        order::sort(entries, compare);
        if self.dirs_first && self.sort != Sort::None {
            let is_dir = |entry: &Entry| {
                entry.stat.is_dir()
                    || entry.link.as_ref().is_some_and(|(_, to)| to.is_some_and(|to| to.is_dir()))
            };
            order::sort(entries, |a, b| is_dir(b).cmp(&is_dir(a)));
        }
    }
}

fn extension(name: &OsString) -> &[u8] {
    let name = bytes(name);
    name.iter().rposition(|c| *c == b'.').map_or(b"".as_slice(), |at| &name[at..])
}

fn options(args: Vec<OsString>) -> (Ls, Vec<OsString>) {
    let terminal = guest::isatty(1);
    let mut look = Look {
        format: if terminal { Format::Columns } else { Format::Single },
        indicator: Indicator::None,
        quoting: if terminal { Quoting::Shell } else { Quoting::Literal },
        hide_control: terminal,
        inode: false,
        blocks: false,
        human: None,
        unit: 1,
        suffix: String::new(),
        numeric: false,
        owner: true,
        group: true,
        author: false,
        time: Time::Modified,
        time_formats: ("%b %e  %Y".into(), "%b %e %H:%M".into()),
        now: civil::now(),
        width: width(terminal),
        end: b'\n',
        color: false,
    };
    if let Some(style) = guest::env("TIME_STYLE") {
        time_style(&mut look, &style.to_string_lossy());
    }
    let mut sort = None;
    let mut time_given = false;
    let mut ls_follow = None;
    let mut full = false;
    let mut ls = Ls {
        look,
        sort: Sort::Name,
        reverse: false,
        dirs_first: false,
        hidden: Hidden::Hide,
        follow: Follow::Never,
        directory: false,
        recursive: false,
        ignore: Vec::new(),
        hide: Vec::new(),
        status: 0,
        printed: false,
    };
    let short = "1abcdfghiklmnopqrstuvw:xABCDFGHI:LNQRST:UXZ";
    let mut opts = Opts::new(args, short, LONG, "[OPTION]... [FILE]...");
    for opt in opts.by_ref() {
        let look = &mut ls.look;
        match opt.code {
            '1' if look.format == Format::Long => {}
            '1' => look.format = Format::Single,
            'a' => ls.hidden = Hidden::Show,
            'A' => ls.hidden = Hidden::Almost,
            'b' => look.quoting = Quoting::Escape,
            'B' => ls.ignore.extend(["*~".into(), ".*~".into()]),
            'c' => (look.time, time_given) = (Time::Changed, true),
            'C' => look.format = Format::Columns,
            'd' => ls.directory = true,
            'f' => {
                ls.hidden = Hidden::Show;
                sort = Some(Sort::None);
                look.color = false;
                if look.format == Format::Long {
                    look.format = if terminal { Format::Columns } else { Format::Single };
                }
            }
            'F' if when(&opt, "--classify", terminal) => look.indicator = Indicator::Classify,
            'g' => (look.format, look.owner) = (Format::Long, false),
            'G' => look.group = false,
            'h' => look.human = Some(1024),
            'H' => ls_follow = Some(Follow::Operands),
            '#' => ls_follow = Some(Follow::OperandDirs),
            'i' => look.inode = true,
            'I' => ls.ignore.push(opt.text()),
            '?' => ls.hide.push(opt.text()),
            'k' | 'T' | 'Z' | 'D' => {}
            'l' => look.format = Format::Long,
            'L' => ls_follow = Some(Follow::Always),
            'm' => look.format = Format::Commas,
            'n' => (look.format, look.numeric) = (Format::Long, true),
            'N' => look.quoting = Quoting::Literal,
            'o' => (look.format, look.group) = (Format::Long, false),
            'p' => look.indicator = Indicator::Slash,
            '-' => look.indicator = Indicator::FileType,
            'q' => look.hide_control = true,
            '$' => look.hide_control = false,
            'Q' => look.quoting = Quoting::C,
            'r' => ls.reverse = true,
            'R' => ls.recursive = true,
            's' => look.blocks = true,
            'S' => sort = Some(Sort::Size),
            't' => sort = Some(Sort::Time),
            'u' => (look.time, time_given) = (Time::Accessed, true),
            'U' => sort = Some(Sort::None),
            'v' => sort = Some(Sort::Version),
            'w' => match opt.text().parse() {
                Ok(width) => look.width = width,
                Err(_) => {
                    guest::fail(format!("invalid line width: {}", quote::locale(&opt.text())))
                }
            },
            'x' => look.format = Format::Across,
            'X' => sort = Some(Sort::Extension),
            '0' => {
                look.end = 0;
                look.format =
                    if look.format == Format::Long { Format::Long } else { Format::Single };
                (look.quoting, look.hide_control) = (Quoting::Literal, false);
            }
            '&' => look.human = Some(1000),
            '@' => look.author = true,
            '>' => ls.dirs_first = true,
            '!' => full = true,
            '+' => time_style(look, &opt.text()),
            '%' => match number::with_suffix(&opt.text(), false) {
                Ok(unit) if unit > 0 => {
                    look.unit = unit;
                    look.suffix =
                        opt.text().trim_start_matches(|c: char| c.is_ascii_digit()).into();
                    if look.suffix.len() < opt.text().len() {
                        look.suffix.clear();
                    }
                }
                _ if opt.text() == "human-readable" => look.human = Some(1024),
                _ if opt.text() == "si" => look.human = Some(1000),
                _ => guest::fail(format!(
                    "invalid --block-size argument {}",
                    quote::locale(&opt.text())
                )),
            },
            '~' => look.color = when(&opt, "--color", terminal),
            '/' => {
                look.format = guest::choose(
                    &opt.text(),
                    "--format",
                    &[
                        (&["verbose", "long"], Format::Long),
                        (&["commas"], Format::Commas),
                        (&["horizontal", "across"], Format::Across),
                        (&["vertical"], Format::Columns),
                        (&["single-column"], Format::Single),
                    ],
                );
            }
            '=' => {
                sort = Some(guest::choose(
                    &opt.text(),
                    "--sort",
                    &[
                        (&["none"], Sort::None),
                        (&["time"], Sort::Time),
                        (&["size"], Sort::Size),
                        (&["extension"], Sort::Extension),
                        (&["version"], Sort::Version),
                        (&["width"], Sort::Width),
                    ],
                ));
            }
            '*' => {
                time_given = true;
                look.time = guest::choose(
                    &opt.text(),
                    "--time",
                    &[
                        (&["atime", "access", "use"], Time::Accessed),
                        (&["ctime", "status"], Time::Changed),
                        (&["birth", "creation"], Time::Modified),
                    ],
                );
            }
            '^' => {
                look.indicator = guest::choose(
                    &opt.text(),
                    "--indicator-style",
                    &[
                        (&["none"], Indicator::None),
                        (&["slash"], Indicator::Slash),
                        (&["file-type"], Indicator::FileType),
                        (&["classify"], Indicator::Classify),
                    ],
                );
            }
            '"' => {
                look.quoting = guest::choose(
                    &opt.text(),
                    "--quoting-style",
                    &[
                        (&["literal"], Quoting::Literal),
                        (&["shell", "shell-escape"], Quoting::Shell),
                        (&["shell-always", "shell-escape-always"], Quoting::ShellAlways),
                        (&["c", "c-maybe", "locale", "clocale"], Quoting::C),
                        (&["escape"], Quoting::Escape),
                    ],
                );
            }
            _ => {}
        }
    }
    if full {
        ls.look.format = Format::Long;
        time_style(&mut ls.look, "full-iso");
    }
    ls.sort = match sort {
        Some(sort) => sort,
        None if time_given && ls.look.format != Format::Long => Sort::Time,
        None => Sort::Name,
    };
    ls.follow = ls_follow.unwrap_or(
        if ls.directory
            || ls.look.indicator == Indicator::Classify
            || ls.look.format == Format::Long
        {
            Follow::Never
        } else {
            Follow::OperandDirs
        },
    );
    let mut operands = opts.operands();
    if operands.is_empty() {
        operands.push(".".into());
    }
    (ls, operands)
}

/// The value of an option that depends on the terminal.
fn when(opt: &guest::Opt, option: &str, terminal: bool) -> bool {
    opt.value.is_none()
        || guest::choose(
            &opt.text(),
            option,
            &[
                (&["always", "yes", "force"], true),
                (&["never", "no", "none"], false),
                (&["auto", "tty", "if-tty"], terminal),
            ],
        )
}

fn width(terminal: bool) -> usize {
    let columns = guest::env("COLUMNS").and_then(|columns| columns.to_string_lossy().parse().ok());
    let measured = || if terminal { guest::winsize(1) } else { None };
    columns
        .or_else(|| measured().map(|size| size.1.into()))
        .filter(|width| *width > 0)
        .unwrap_or(80)
}

fn time_style(look: &mut Look, style: &str) {
    let style = style.strip_prefix("posix-").unwrap_or(style);
    let formats = match style {
        "full-iso" => ("%Y-%m-%d %H:%M:%S.%N %z", "%Y-%m-%d %H:%M:%S.%N %z"),
        "long-iso" => ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M"),
        "iso" => ("%Y-%m-%d ", "%m-%d %H:%M"),
        "locale" => return,
        _ => match style.strip_prefix('+') {
            Some(format) => format.split_once('\n').unwrap_or((format, format)),
            None => {
                guest::fail(format!("invalid argument {} for ‘time style’", quote::locale(style)))
            }
        },
    };
    look.time_formats = (formats.0.into(), formats.1.into());
}
