//! `tree` 2.1.0.

use std::ffi::OsString;
use std::path::Path;

use guest::{Kind, Stat, bytes, glob, out};

#[derive(Default)]
struct Options {
    all: bool,
    dirs_only: bool,
    full: bool,
    follow: bool,
    no_indent: bool,
    no_report: bool,
    dirs_first: bool,
    classify: bool,
    protection: bool,
    size: bool,
    human: bool,
    user: bool,
    group: bool,
    reverse: bool,
    by_time: bool,
    prune: bool,
    quote: bool,
    ascii: bool,
    depth: Option<usize>,
    only: Vec<String>,
    without: Vec<String>,
}

/// How many directories and files were shown.
#[derive(Default)]
struct Count {
    dirs: usize,
    files: usize,
}

/// Runs `tree`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut options = Options::default();
    let mut roots: Vec<OsString> = Vec::new();
    let mut args = args.into_iter();
    options.ascii = !guest::utf8_locale();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        if let Some(long) = text.strip_prefix("--").filter(|long| !long.is_empty()) {
            match long {
                "noreport" => options.no_report = true,
                "dirsfirst" => options.dirs_first = true,
                "prune" => options.prune = true,
                "charset=ascii" => options.ascii = true,
                _ if long.starts_with("charset") => {}
                _ => {
                    out::flush();
                    eprintln!("tree: Invalid argument `--{long}'.");
                    return 1;
                }
            }
            continue;
        }
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            roots.push(arg);
            continue;
        };
        for letter in letters.chars() {
            match letter {
                'a' => options.all = true,
                'd' => options.dirs_only = true,
                'f' => options.full = true,
                'l' => options.follow = true,
                'i' => options.no_indent = true,
                'F' => options.classify = true,
                'p' => options.protection = true,
                's' => options.size = true,
                'h' => (options.size, options.human) = (true, true),
                'u' => options.user = true,
                'g' => options.group = true,
                'r' => options.reverse = true,
                't' => options.by_time = true,
                'Q' => options.quote = true,
                'n' | 'C' | 'N' | 'q' | 'x' | 'v' | 'A' | 'S' => {}
                'L' | 'P' | 'I' => {
                    let Some(value) = args.next().map(|arg| arg.to_string_lossy().into_owned())
                    else {
                        out::flush();
                        eprintln!("tree: Missing argument to -{letter} option.");
                        return 1;
                    };
                    match letter {
                        'L' => match value.parse() {
                            Ok(depth) if depth > 0 => options.depth = Some(depth),
                            _ => {
                                out::flush();
                                eprintln!("tree: Invalid level, must be greater than 0.");
                                return 1;
                            }
                        },
                        'P' => options.only.extend(value.split('|').map(str::to_owned)),
                        _ => options.without.extend(value.split('|').map(str::to_owned)),
                    }
                }
                letter => {
                    out::flush();
                    eprintln!("tree: Invalid argument -`{letter}'.");
                    return 1;
                }
            }
        }
    }
    if roots.is_empty() {
        roots.push(".".into());
    }
    let mut count = Count::default();
    let (mut status, mut rooted) = (0, false);
    for root in &roots {
        let shown = root.to_string_lossy();
        match guest::stat(root, true) {
            Ok(stat) if stat.is_dir() => {
                count.dirs += usize::from(!rooted);
                rooted = true;
                let quoted = if options.quote { format!("\"{shown}\"") } else { shown.to_string() };
                let slash = if options.classify && !shown.ends_with('/') { "/" } else { "" };
                out::line(format!("{}{quoted}{slash}", facts(&stat, &options)));
                let mut seen = vec![real(Path::new(root))];
                show(Path::new(root), "", 1, &options, &mut count, &mut seen);
            }
            found => {
                let facts = found.map(|stat| facts(&stat, &options)).unwrap_or_default();
                count.files += usize::from(!facts.is_empty());
                out::line(format!("{facts}{shown}  [error opening dir]"));
                status = 2;
            }
        }
    }
    if !options.no_report {
        let plural = |number: usize, one: &str, many: &str| {
            format!("{number} {}", if number == 1 { one } else { many })
        };
        let dirs = plural(count.dirs, "directory", "directories");
        let files = plural(count.files, "file", "files");
        out::line(if options.dirs_only {
            format!("\n{dirs}")
        } else {
            format!("\n{dirs}, {files}")
        });
    }
    status
}

struct Entry {
    name: OsString,
    stat: Stat,
}

fn entries(dir: &Path, options: &Options) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(dir).ok()?.flatten() {
        let name = entry.file_name();
        let text = name.to_string_lossy();
        if !options.all && text.starts_with('.') {
            continue;
        }
        let Ok(stat) = guest::stat(entry.path(), false) else { continue };
        let is_dir = leads_to_dir(&entry.path(), &stat);
        let matches = |pattern: &String| glob::matches(pattern.as_bytes(), text.as_bytes());
        if options.without.iter().any(matches) || options.dirs_only && !is_dir {
            continue;
        }
        if !stat.is_dir() && !options.only.is_empty() && !options.only.iter().any(matches) {
            continue;
        }
        entries.push(Entry { name, stat });
    }
    entries.sort_by(|a, b| bytes(&a.name).cmp(bytes(&b.name)));
    if options.by_time {
        entries.sort_by_key(|entry| entry.stat.mtime);
    }
    if options.reverse {
        entries.reverse();
    }
    if options.dirs_first {
        entries.sort_by_key(|entry| !leads_to_dir(&dir.join(&entry.name), &entry.stat));
    }
    Some(entries)
}

fn leads_to_dir(path: &Path, stat: &Stat) -> bool {
    stat.is_dir() || stat.is_symlink() && guest::stat(path, true).is_ok_and(|stat| stat.is_dir())
}

/// Which file it is: its device and inode.
fn real(path: &Path) -> (u64, u64) {
    guest::stat(path, true).map_or((0, 0), |stat| (stat.dev, stat.ino))
}

fn show(
    dir: &Path,
    indent: &str,
    depth: usize,
    options: &Options,
    count: &mut Count,
    seen: &mut Vec<(u64, u64)>,
) {
    let Some(mut entries) = entries(dir, options) else { return };
    if options.prune {
        entries.retain(|entry| {
            let path = dir.join(&entry.name);
            !leads_to_dir(&path, &entry.stat) || entry.stat.is_dir() && holds(&path, options)
        });
    }
    let [branch, corner, bar] = if options.ascii {
        ["|-- ", "`-- ", "|   "]
    } else {
        ["├── ", "└── ", "│\u{a0}\u{a0} "]
    };
    let number = entries.len();
    for (at, Entry { name, stat }) in entries.iter().enumerate() {
        let last = at + 1 == number;
        let path = dir.join(name);
        if options.no_indent {
            out::put("");
        } else {
            out::put(format!("{indent}{}", if last { corner } else { branch }));
        }
        let shown = if options.full { path.to_string_lossy() } else { name.to_string_lossy() };
        let shown = if options.quote { format!("\"{shown}\"") } else { shown.into_owned() };
        let mut line = format!("{}{shown}", facts(stat, options));
        let is_dir = leads_to_dir(&path, stat);
        if options.classify {
            line.push_str(mark(stat));
        }
        if stat.is_symlink() {
            let target = std::fs::read_link(&path).unwrap_or_default();
            let target = target.to_string_lossy();
            let target = if options.quote { format!("\"{target}\"") } else { target.into_owned() };
            line.push_str(&format!(" -> {target}"));
            if options.classify
                && let Ok(stat) = guest::stat(&path, true)
            {
                line.push_str(mark(&stat));
            }
        }
        let recursive =
            is_dir && stat.is_symlink() && options.follow && seen.contains(&real(&path));
        if recursive {
            line.push_str("  [recursive, not followed]");
        }
        out::line(line);
        if is_dir {
            count.dirs += 1;
        } else {
            count.files += 1;
        }
        let descends = stat.is_dir() || is_dir && options.follow && !recursive;
        if descends && options.depth.is_none_or(|most| depth < most) {
            let deeper = format!("{indent}{}", if last { "    " } else { bar });
            seen.push(real(&path));
            show(&path, &deeper, depth + 1, options, count, seen);
        }
    }
}

/// Whether there is a file somewhere below.
fn holds(dir: &Path, options: &Options) -> bool {
    let entries = entries(dir, options).unwrap_or_default();
    entries.iter().any(|entry| !entry.stat.is_dir() || holds(&dir.join(&entry.name), options))
}

fn mark(stat: &Stat) -> &'static str {
    match stat.kind() {
        Kind::Dir => "/",
        Kind::Socket => "=",
        Kind::Fifo => "|",
        Kind::File if stat.perm() & 0o111 != 0 => "*",
        _ => "",
    }
}

/// What stands in brackets before the name.
fn facts(stat: &Stat, options: &Options) -> String {
    use guest::accounts::{Database, name_of};
    let mut parts = Vec::new();
    if options.protection {
        parts.push(guest::mode::letters(stat));
    }
    let name = |database, id: u32| name_of(database, id).unwrap_or_else(|| id.to_string());
    if options.user {
        parts.push(format!("{:<8}", name(Database::Users, stat.uid)));
    }
    if options.group {
        parts.push(format!("{:<8}", name(Database::Groups, stat.gid)));
    }
    if options.size {
        parts.push(if options.human {
            format!("{:>4}", guest::number::human(stat.size, 1024))
        } else {
            format!("{:>11}", stat.size)
        });
    }
    if parts.is_empty() { String::new() } else { format!("[{}]  ", parts.join(" ")) }
}
