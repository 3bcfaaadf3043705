//! What `find` asks of a file.

use guest::accounts::{self, Database};
use guest::{Kind, Stat, bytes, glob};
use regex_posix::Regex;
use std::ffi::OsString;

/// `+n`, `n` or `-n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Less.
    Less,
    /// Equal.
    Exactly,
    /// Greater.
    More,
}

impl Compare {
    fn holds(self, value: i64, wanted: i64) -> bool {
        match self {
            Compare::Less => value < wanted,
            Compare::Exactly => value == wanted,
            Compare::More => value > wanted,
        }
    }
}

/// How `-perm` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermTest {
    /// These bits and no others.
    Exactly,
    /// All of these bits.
    All,
    /// Any of these bits.
    Any,
}

/// A question.
pub enum Test {
    /// The answer is known.
    Constant(bool),
    /// The last component; whether case counts not.
    Name(Vec<u8>, bool),
    /// The whole path.
    Path(Vec<u8>, bool),
    /// The target of a link.
    LinkName(Vec<u8>, bool),
    /// The whole path.
    Regex(Regex),
    /// The kind by its letter; whether links are followed.
    Type(Vec<char>, bool),
    /// A file or directory with nothing in it.
    Empty,
    /// The size in units, rounded up.
    Size(Compare, i64, i64),
    /// The age of a time in units; whether from the end of today.
    Age(u8, Compare, i64, i64, bool),
    /// A time is later than this one.
    Newer(u8, i64),
    /// Permission bits.
    Perm(PermTest, u32),
    /// What this user may do.
    Access(u32),
    /// User or group.
    Owner(bool, Compare, u32),
    /// A user or group without a name.
    NoOwner(bool),
    /// Number of names.
    Links(Compare, i64),
    /// Number of the inode.
    Inode(Compare, i64),
    /// Device and inode.
    SameFile(u64, u64),
}

/// A file that is looked at.
pub struct Visit {
    /// Its path, as it is printed.
    pub path: OsString,
    /// The operand it was found under.
    pub start: OsString,
    /// How far below the operand it is.
    pub depth: usize,
    /// Its status.
    pub stat: Stat,
}

impl Visit {
    /// The last component, as `-name` sees it.
    pub fn name(&self) -> &[u8] {
        let path = bytes(&self.path);
        let end = path.iter().rposition(|c| *c != b'/').map_or(0, |at| at + 1);
        if end == 0 {
            return &path[..path.len().min(1)];
        }
        let start = path[..end].iter().rposition(|c| *c == b'/').map_or(0, |at| at + 1);
        &path[start..end]
    }
}

/// The letter of a kind.
pub fn letter(kind: Kind) -> char {
    match kind {
        Kind::File => 'f',
        Kind::Dir => 'd',
        Kind::Symlink => 'l',
        Kind::Char => 'c',
        Kind::Block => 'b',
        Kind::Fifo => 'p',
        Kind::Socket => 's',
        Kind::Unknown => 'U',
    }
}

fn matches(pattern: &[u8], text: &[u8], ignore_case: bool) -> bool {
    if ignore_case {
        glob::matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
    } else {
        glob::matches(pattern, text)
    }
}

impl Test {
    /// The answer for a file.
    pub fn holds(&self, visit: &Visit, now: i64) -> bool {
        let stat = &visit.stat;
        match self {
            Test::Constant(answer) => *answer,
            Test::Name(pattern, ignore) => matches(pattern, visit.name(), *ignore),
            Test::Path(pattern, ignore) => matches(pattern, bytes(&visit.path), *ignore),
            Test::LinkName(pattern, ignore) => {
                stat.kind() == Kind::Symlink
                    && std::fs::read_link(&visit.path)
                        .is_ok_and(|target| matches(pattern, bytes(&target), *ignore))
            }
            Test::Regex(regex) => {
                let path = bytes(&visit.path);
                regex.ends(path, 0).is_ok_and(|ends| ends.contains(&path.len()))
            }
            Test::Type(letters, follow) => {
                let kind = if *follow {
                    guest::stat(&visit.path, true).map_or(stat.kind(), |stat| stat.kind())
                } else {
                    stat.kind()
                };
                letters.contains(&letter(kind))
            }
            Test::Empty => match stat.kind() {
                Kind::File => stat.size == 0,
                Kind::Dir => {
                    std::fs::read_dir(&visit.path).is_ok_and(|mut list| list.next().is_none())
                }
                _ => false,
            },
            Test::Size(compare, count, unit) => {
                let size = i64::try_from(stat.size).unwrap_or(i64::MAX);
                compare.holds((size + unit - 1) / unit, *count)
            }
            Test::Age(which, compare, count, unit, day) => {
                let time = time(stat, *which);
                let now = if *day { (now / DAY_NANOS + 1) * DAY_NANOS } else { now };
                let seconds = (now - time).div_euclid(1_000_000_000);
                compare.holds(seconds.div_euclid(*unit), *count)
            }
            Test::Newer(which, than) => time(stat, *which) > *than,
            Test::Perm(kind, mode) => {
                let bits = stat.mode & 0o7777;
                match kind {
                    PermTest::Exactly => bits == *mode,
                    PermTest::All => bits & mode == *mode,
                    PermTest::Any => *mode == 0 || bits & mode != 0,
                }
            }
            Test::Access(bit) => may(stat, *bit),
            Test::Owner(user, compare, id) => {
                let own = if *user { stat.uid } else { stat.gid };
                compare.holds(own.into(), (*id).into())
            }
            Test::NoOwner(true) => accounts::name_of(Database::Users, stat.uid).is_none(),
            Test::NoOwner(false) => accounts::name_of(Database::Groups, stat.gid).is_none(),
            Test::Links(compare, count) => compare.holds(stat.nlink as i64, *count),
            Test::Inode(compare, count) => compare.holds(stat.ino as i64, *count),
            Test::SameFile(dev, ino) => (stat.dev, stat.ino) == (*dev, *ino),
        }
    }
}

const DAY_NANOS: i64 = 86_400_000_000_000;

fn time(stat: &Stat, which: u8) -> i64 {
    match which {
        b'a' => stat.atime,
        b'c' => stat.ctime,
        _ => stat.mtime,
    }
}

/// Whether this user may read (4), write (2) or execute (1).
fn may(stat: &Stat, bit: u32) -> bool {
    let mode = stat.mode;
    if guest::getuid() == 0 {
        return bit != 1 || stat.kind() == Kind::Dir || mode & 0o111 != 0;
    }
    let shift = if guest::getuid() == stat.uid {
        6
    } else if guest::getgid() == stat.gid || guest::getgroups().contains(&stat.gid) {
        3
    } else {
        0
    };
    mode >> shift & bit != 0
}
