//! Permission bits: `drwxr-xr-x`, `0755` and `u+x,go-w`.

use crate::{Kind, Stat};

/// The ten letters of `ls -l`.
pub fn letters(stat: &Stat) -> String {
    let mut text = String::from(match stat.kind() {
        Kind::File => "-",
        Kind::Dir => "d",
        Kind::Symlink => "l",
        Kind::Char => "c",
        Kind::Block => "b",
        Kind::Fifo => "p",
        Kind::Socket => "s",
        Kind::Unknown => "?",
    });
    let specials = [(0o4000, 's', 'S'), (0o2000, 's', 'S'), (0o1000, 't', 'T')];
    for (index, (special, with_x, without_x)) in specials.into_iter().enumerate() {
        let bits = stat.mode >> (6 - 3 * index);
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (stat.mode & special != 0, bits & 1 != 0) {
            (true, true) => with_x,
            (true, false) => without_x,
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

/// A change of mode, as `chmod` takes it.
#[derive(Clone, Debug)]
pub enum Change {
    /// An octal number; the flag tells whether set-uid and set-gid of directories are named too.
    Octal(u32, bool),
    /// Symbolic clauses, applied one after another.
    Symbolic(Vec<Clause>),
}

/// One `[ugoa]*[-+=][rwxXstugo]*`.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Bits of `u`, `g`, `o` that are concerned; 0 if nobody was named.
    who: u32,
    op: u8,
    bits: u32,
    /// `X`: execute only for directories and what is executable already.
    conditional_x: bool,
    /// Copies the permissions `u`, `g` or `o` have.
    copy: Option<u32>,
}

/// Reads a mode; `None` if it is not one.
pub fn parse(text: &str) -> Option<Change> {
    if text.bytes().next()?.is_ascii_digit() {
        let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777)?;
        return Some(Change::Octal(mode, text.len() > 4));
    }
    let mut clauses = Vec::new();
    for part in text.split(',') {
        parse_part(part.as_bytes(), &mut clauses)?;
    }
    Some(Change::Symbolic(clauses))
}

fn parse_part(part: &[u8], clauses: &mut Vec<Clause>) -> Option<()> {
    let mut who = 0;
    let mut rest = part;
    while let [c @ (b'u' | b'g' | b'o' | b'a'), tail @ ..] = rest {
        who |= match c {
            b'u' => 0o4700,
            b'g' => 0o2070,
            b'o' => 0o1007,
            _ => 0o7777,
        };
        rest = tail;
    }
    if rest.is_empty() {
        return None;
    }
    while let [op @ (b'+' | b'-' | b'='), tail @ ..] = rest {
        rest = tail;
        let mut clause = Clause { who, op: *op, bits: 0, conditional_x: false, copy: None };
        while let [c, tail @ ..] = rest {
            match c {
                b'r' => clause.bits |= 0o444,
                b'w' => clause.bits |= 0o222,
                b'x' => clause.bits |= 0o111,
                b'X' => clause.conditional_x = true,
                b's' => clause.bits |= 0o6000,
                b't' => clause.bits |= 0o1000,
                b'u' => clause.copy = Some(6),
                b'g' => clause.copy = Some(3),
                b'o' => clause.copy = Some(0),
                b'0'..=b'7' if who == 0 => {
                    let digits = std::str::from_utf8(rest).ok()?;
                    clause.bits = u32::from_str_radix(digits, 8).ok()?;
                    clause.who = 0o7777;
                    rest = &[];
                    break;
                }
                _ => break,
            }
            rest = tail;
        }
        clauses.push(clause);
    }
    rest.is_empty().then_some(())
}

impl Change {
    /// The mode a file of mode `old` gets. Set-uid and set-gid of directories stay unless named.
    pub fn apply(&self, old: u32, is_dir: bool, umask: u32) -> u32 {
        let clauses = match self {
            Change::Octal(mode, true) => return *mode,
            Change::Octal(mode, false) if is_dir => return *mode | (old & 0o6000),
            Change::Octal(mode, false) => return *mode,
            Change::Symbolic(clauses) => clauses,
        };
        let mut mode = old & 0o7777;
        for clause in clauses {
            let mut bits = clause.bits;
            if let Some(shift) = clause.copy {
                let triple = (mode >> shift) & 7;
                bits |= triple << 6 | triple << 3 | triple;
            }
            if clause.conditional_x && (is_dir || mode & 0o111 != 0) {
                bits |= 0o111;
            }
            let who = if clause.who == 0 { !umask & 0o7777 } else { clause.who };
            let bits = bits & who;
            mode = match clause.op {
                b'+' => mode | bits,
                b'-' => mode & !bits,
                _ => {
                    let clear = if clause.who == 0 { 0o7777 } else { clause.who };
                    let kept = if is_dir { old & 0o6000 & !clause.bits } else { 0 };
                    (mode & !clear) | bits | (kept & clear)
                }
            };
        }
        mode
    }
}
