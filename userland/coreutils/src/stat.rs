//! `stat`: everything about a file.

use crate::{escape, rm};
use guest::accounts::{self, Database};
use guest::civil::{Civil, SECOND};
use guest::{Arg, Failed, Kind, Long, Opts, Stat, bytes, mode, out, quote};
use std::ffi::OsString;
use std::path::Path;

const LONG: &[Long] = &[
    Long("cached", Arg::Yes, '#'),
    Long("dereference", Arg::No, 'L'),
    Long("file-system", Arg::No, 'f'),
    Long("format", Arg::Yes, 'c'),
    Long("printf", Arg::Yes, 'p'),
    Long("terse", Arg::No, 't'),
];

const FULL: &str = "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n";
const ACCESS: &str = "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n\
                      Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
const TERSE: &str = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";

/// Runs `stat`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut follow, mut format, mut escapes, mut terse) = (false, None, false, false);
    let mut opts = Opts::new(args, "c:fLt", LONG, "[OPTION]... FILE...");
    for opt in opts.by_ref() {
        match opt.code {
            'c' => (format, escapes) = (Some(opt.text()), false),
            'p' => (format, escapes) = (Some(opt.text()), true),
            'L' => follow = true,
            't' => terse = true,
            'f' => guest::fail(
                "not supported here: -f, because the file system keeps no figures of its own",
            ),
            _ => {}
        }
    }
    let files = opts.operands();
    if files.is_empty() {
        guest::missing_operand();
    }
    let mut failed = Failed::default();
    for file in &files {
        let path = Path::new(file);
        let found = if file == "-" { guest::fstat(0) } else { guest::stat(path, follow) };
        let stat = match found {
            Ok(stat) => stat,
            Err(error) => {
                failed.cannot("cannot statx", path, &error);
                continue;
            }
        };
        let device = matches!(stat.kind(), Kind::Char | Kind::Block);
        let text = match &format {
            Some(text) if escapes => text.clone(),
            Some(text) => format!("{text}\n"),
            None if terse => TERSE.into(),
            None if device => format!(
                "{FULL}Device: %Hd,%Ld\tInode: %-10i  Links: %-5h Device type: %Hr,%Lr\n{ACCESS}"
            ),
            None => format!("{FULL}Device: %Hd,%Ld\tInode: %-10i  Links: %h\n{ACCESS}"),
        };
        if format.is_none() && !terse {
            out::put("  File: ");
            out::put(bytes(path));
            if stat.is_symlink()
                && let Ok(target) = std::fs::read_link(path)
            {
                out::put(" -> ");
                out::put(bytes(&target));
            }
            out::put("\n");
        }
        print(&text, path, &stat, escapes);
    }
    failed.status()
}

fn print(format: &str, path: &Path, stat: &Stat, escapes: bool) {
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' if escapes => {
                if let Some((text, used)) = escape::one(rest.as_bytes(), escape::Style::Format) {
                    out::put(text);
                    rest = rest.get(used..).unwrap_or_default();
                }
            }
            '%' => {
                let len = rest
                    .find(|c: char| !(c.is_ascii_digit() || "-+ #0.'".contains(c)))
                    .unwrap_or(rest.len());
                let (flags, tail) = rest.split_at(len);
                let mut letters = tail.chars();
                let Some(mut letter) = letters.next() else {
                    out::put("%");
                    continue;
                };
                let mut half = None;
                if matches!(letter, 'H' | 'L') && tail[1..].starts_with(['d', 'r']) {
                    half = Some(letter);
                    letter = letters.next().unwrap_or(letter);
                }
                rest = letters.as_str();
                if letter == '%' {
                    out::put("%");
                    continue;
                }
                match value(letter, half, path, stat, flags) {
                    Some(text) => out::put(pad(&text, flags, letter)),
                    None => out::put("?"),
                }
            }
            c => {
                let mut utf8 = [0; 4];
                out::put(c.encode_utf8(&mut utf8));
            }
        }
    }
}

/// Applies `-`, `0`, a width and, to texts, a precision.
fn pad(text: &[u8], flags: &str, letter: char) -> Vec<u8> {
    let left = flags.contains('-');
    let digits = flags.trim_start_matches(|c: char| "-+ #0'".contains(c));
    let zero = flags.trim_start_matches(['-', '+', ' ', '#', '\'']).starts_with('0')
        && !matches!(letter, 'A' | 'F' | 'G' | 'N' | 'U' | 'n' | 'm' | 'x' | 'y' | 'z' | 'w');
    let (width, precision) = digits.split_once('.').unwrap_or((digits, ""));
    let width: usize = width.parse().unwrap_or(0);
    let is_text = matches!(letter, 'A' | 'F' | 'G' | 'N' | 'U' | 'n');
    let mut text = text.to_vec();
    if is_text && let Ok(precision) = precision.parse() {
        text.truncate(precision);
    }
    let missing = width.saturating_sub(text.len());
    if left {
        text.extend(std::iter::repeat_n(b' ', missing));
    } else {
        let fill = if zero { b'0' } else { b' ' };
        text.splice(..0, std::iter::repeat_n(fill, missing));
    }
    text
}

fn value(
    letter: char,
    half: Option<char>,
    path: &Path,
    stat: &Stat,
    flags: &str,
) -> Option<Vec<u8>> {
    let user = || accounts::name_of(Database::Users, stat.uid).unwrap_or("UNKNOWN".into());
    let group = || accounts::name_of(Database::Groups, stat.gid).unwrap_or("UNKNOWN".into());
    let (major, minor) = (stat.dev >> 8 & 0xfff, stat.dev & 0xff | stat.dev >> 12 & 0xfff00);
    let (rmajor, rminor) = (stat.rdev >> 32, stat.rdev & 0xffff_ffff);
    let full = |time| Civil::from_nanos(time).format("%Y-%m-%d %H:%M:%S.%N %z");
    let seconds = |time: i64| match flags.split_once('.') {
        None => time.div_euclid(SECOND).to_string(),
        Some((_, digits)) => {
            let digits: usize = digits.parse().unwrap_or(9);
            if digits == 0 {
                return time.div_euclid(SECOND).to_string();
            }
            let nanos = format!("{:09}", time.rem_euclid(SECOND));
            format!("{}.{}", time.div_euclid(SECOND), &nanos[..digits.clamp(1, 9)])
        }
    };
    let text = match (letter, half) {
        ('d', Some('H')) => major.to_string(),
        ('d', Some(_)) => minor.to_string(),
        ('r', Some('H')) => rmajor.to_string(),
        ('r', Some(_)) => rminor.to_string(),
        ('a', _) if flags.contains('#') => format!("{:#o}", stat.perm()).replacen("0o", "0", 1),
        ('a', _) => format!("{:o}", stat.perm()),
        ('A', _) => mode::letters(stat),
        ('b', _) => stat.blocks.to_string(),
        ('B', _) => "512".into(),
        ('C', _) => "?".into(),
        ('d', _) => stat.dev.to_string(),
        ('D', _) => format!("{:x}", stat.dev),
        ('f', _) => format!("{:x}", stat.mode),
        ('F', _) => rm::kind_name(stat).into(),
        ('g', _) => stat.gid.to_string(),
        ('G', _) => group(),
        ('h', _) => stat.nlink.to_string(),
        ('i', _) => stat.ino.to_string(),
        ('m', _) => mount_point(),
        ('n', _) => return Some(bytes(path).to_vec()),
        ('N', _) => {
            let mut text = quote::always(path);

            if stat.is_symlink()
                && let Ok(target) = std::fs::read_link(path)
            {
                text += &format!(" -> {}", quote::always(&target));
            }
            text
        }
        ('o', _) => "4096".into(),
        ('r', _) => (rmajor << 8 | rminor).to_string(),
        ('R', _) => format!("{:x}", rmajor << 8 | rminor),
        ('s', _) => stat.size.to_string(),
        ('t', _) => format!("{rmajor:x}"),
        ('T', _) => format!("{rminor:x}"),
        ('u', _) => stat.uid.to_string(),
        ('U', _) => user(),
        ('w', _) => "-".into(),
        ('W', _) => "0".into(),
        ('x', _) => full(stat.atime),
        ('X', _) => seconds(stat.atime),
        ('y', _) => full(stat.mtime),
        ('Y', _) => seconds(stat.mtime),
        ('z', _) => full(stat.ctime),
        ('Z', _) => seconds(stat.ctime),
        _ => return None,
    };
    Some(text.into_bytes())
}

/// A container has one file system that matters.
fn mount_point() -> String {
    "/".into()
}
