//! `-printf`

use crate::test::{Visit, letter};
use guest::accounts::{Database, name_of};
use guest::civil::Civil;
use guest::{Kind, bytes};

/// A part of a format.
pub enum Piece {
    /// Text as it is.
    Text(Vec<u8>),
    /// `%` with its flags and width, and its letter; times have a second letter.
    Directive(String, u8, u8),
    /// `\c`: what follows is left out.
    Stop,
}

/// Reads a format.
pub fn parse(format: &[u8]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&c) = format.get(at) {
        at += 1;
        match c {
            b'\\' => {
                let Some(&next) = format.get(at) else {
                    text.push(b'\\');
                    break;
                };
                at += 1;
                match next {
                    b'n' => text.push(b'\n'),
                    b't' => text.push(b'\t'),
                    b'a' => text.push(7),
                    b'b' => text.push(8),
                    b'f' => text.push(12),
                    b'r' => text.push(13),
                    b'v' => text.push(11),
                    b'\\' => text.push(b'\\'),
                    b'c' => {
                        out.push(Piece::Text(std::mem::take(&mut text)));
                        out.push(Piece::Stop);
                    }
                    b'0'..=b'7' => {
                        let digits = format[at - 1..].iter().take(3);
                        let digits: Vec<u8> =
                            digits.take_while(|c| (b'0'..=b'7').contains(c)).copied().collect();
                        at += digits.len() - 1;
                        let value = digits.iter().fold(0u32, |n, c| n * 8 + u32::from(c - b'0'));
                        text.push(value as u8);
                    }
                    next => text.extend([b'\\', next]),
                }
            }
            b'%' => {
                let start = at;
                while format
                    .get(at)
                    .is_some_and(|c| b"-0+ #".contains(c) || c.is_ascii_digit() || *c == b'.')
                {
                    at += 1;
                }
                let flags = String::from_utf8_lossy(&format[start..at]).into_owned();
                match format.get(at) {
                    Some(b'%') => text.push(b'%'),
                    Some(&letter) => {
                        out.push(Piece::Text(std::mem::take(&mut text)));
                        let mut second = 0;
                        if b"ACT".contains(&letter) {
                            at += 1;
                            second = format.get(at).copied().unwrap_or(b'@');
                        }
                        out.push(Piece::Directive(flags, letter, second));
                    }
                    None => guest::fail("error: % at end of format string"),
                }
                at += 1;
            }
            c => text.push(c),
        }
    }
    out.push(Piece::Text(text));
    out
}

/// Writes a file in a format.
pub fn write(pieces: &[Piece], visit: &Visit, out: &mut Vec<u8>) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend(text),
            Piece::Stop => return,
            Piece::Directive(flags, letter, second) => {
                let value = directive(*letter, *second, visit);
                pad(flags, *letter, &value, out);
            }
        }
    }
}

fn directive(which: u8, second: u8, visit: &Visit) -> Vec<u8> {
    let stat = &visit.stat;
    let path = bytes(&visit.path);
    let number = |number: u64| number.to_string().into_bytes();
    let named =
        |database, id: u32| name_of(database, id).unwrap_or_else(|| id.to_string()).into_bytes();
    match which {
        b'p' => path.to_vec(),
        b'f' => visit.name().to_vec(),
        b'h' => match path.iter().rposition(|c| *c == b'/') {
            Some(0) if path.len() == 1 => Vec::new(),
            Some(at) => path[..at].to_vec(),
            None => b".".to_vec(),
        },
        b'P' => {
            let rest = path.strip_prefix(bytes(&visit.start)).unwrap_or(path);
            rest.strip_prefix(b"/").unwrap_or(rest).to_vec()
        }
        b'H' => bytes(&visit.start).to_vec(),
        b'd' => number(visit.depth as u64),
        b's' => number(stat.size),
        b'b' => number(stat.blocks),
        b'k' => number(stat.blocks.div_ceil(2)),
        b'm' => format!("{:o}", stat.mode & 0o7777).into_bytes(),
        b'M' => guest::mode::letters(stat).into_bytes(),
        b'u' => named(Database::Users, stat.uid),
        b'g' => named(Database::Groups, stat.gid),
        b'U' => number(stat.uid.into()),
        b'G' => number(stat.gid.into()),
        b'n' => number(stat.nlink),
        b'i' => number(stat.ino),
        b'D' => number(stat.dev),
        b'l' if stat.kind() == Kind::Symlink => std::fs::read_link(&visit.path)
            .map(|target| bytes(&target).to_vec())
            .unwrap_or_default(),
        b'l' => Vec::new(),
        b'y' => letter(stat.kind()).to_string().into_bytes(),
        b'Y' => match guest::stat(&visit.path, true) {
            Ok(stat) => letter(stat.kind()).to_string().into_bytes(),
            Err(_) => b"N".to_vec(),
        },
        b't' | b'a' | b'c' => {
            let time = match which {
                b't' => stat.mtime,
                b'a' => stat.atime,
                _ => stat.ctime,
            };
            let nanos = format!("{:09}0", time.rem_euclid(1_000_000_000));
            Civil::from_nanos(time).format(&format!("%a %b %e %H:%M:%S.{nanos} %Y")).into_bytes()
        }
        b'T' | b'A' | b'C' => {
            let time = match which {
                b'T' => stat.mtime,
                b'A' => stat.atime,
                _ => stat.ctime,
            };
            let nanos = format!("{:09}0", time.rem_euclid(1_000_000_000));
            let civil = Civil::from_nanos(time);
            match second {
                b'@' => format!("{}.{nanos}", time.div_euclid(1_000_000_000)).into_bytes(),
                b'S' => civil.format(&format!("%S.{nanos}")).into_bytes(),
                b'T' | b'X' => civil.format(&format!("%H:%M:%S.{nanos}")).into_bytes(),
                b'+' => civil.format(&format!("%Y-%m-%d+%H:%M:%S.{nanos}")).into_bytes(),
                second => civil.format(&format!("%{}", char::from(second))).into_bytes(),
            }
        }
        other => vec![b'%', other],
    }
}

fn pad(flags: &str, which: u8, value: &[u8], out: &mut Vec<u8>) {
    let left = flags.contains('-');
    let digits = flags.trim_start_matches(['-', '+', ' ', '#', '0']);
    let zero = flags.trim_start_matches(['-', '+', ' ', '#']).starts_with('0')
        && b"dsbkmUGniD".contains(&which);
    let alternate = flags.contains('#') && which == b'm';
    let (width, precision) = match digits.split_once('.') {
        Some((width, precision)) => (width, precision.parse().ok()),
        None => (digits, None::<usize>),
    };
    let value = &value[..precision.unwrap_or(value.len()).min(value.len())];
    let value = if alternate { [b"0", value].concat() } else { value.to_vec() };
    let missing = width.parse::<usize>().unwrap_or(0).saturating_sub(value.len());
    let fill = |out: &mut Vec<u8>, c| out.extend(std::iter::repeat_n(c, missing));
    if !left {
        fill(out, if zero { b'0' } else { b' ' });
    }
    out.extend(&value);
    if left {
        fill(out, b' ');
    }
}
