//! Where `cp`, `mv`, `ln` and `install` put things: a file, or a directory for many.

use guest::{bytes, quote};
use std::ffi::OsString;
use std::path::PathBuf;

/// `-t DIR` and `-T`.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The directory named with `-t`.
    pub dir: Option<OsString>,
    /// Whether the destination is never taken as a directory to put things in.
    pub no_dir: bool,
}

/// Operands sorted out.
#[derive(Debug)]
pub struct Pairs {
    /// Each source with its destination.
    pub pairs: Vec<(PathBuf, PathBuf)>,
    /// Whether the destination is a directory that things are put into.
    pub into_dir: bool,
}

impl Target {
    /// Pairs sources with destinations, or ends the program with GNU's message.
    pub fn pairs(&self, mut operands: Vec<OsString>, parents: bool) -> Pairs {
        if operands.is_empty() || (operands.len() == 1 && self.dir.is_none()) {
            match operands.first() {
                None => guest::warn("missing file operand"),
                Some(only) => guest::warn(format!(
                    "missing destination file operand after {}",
                    quote::always(only)
                )),
            }
            guest::try_help();
        }
        if self.no_dir {
            if self.dir.is_some() {
                guest::fail(
                    "cannot combine --target-directory (-t) and --no-target-directory (-T)",
                );
            }
            if let [_, _, extra, ..] = operands.as_slice() {
                guest::warn(format!("extra operand {}", quote::always(extra)));
                guest::try_help();
            }
            let to = operands.pop().unwrap_or_default();
            let from = operands.pop().unwrap_or_default();
            return Pairs { pairs: vec![(from.into(), to.into())], into_dir: false };
        }
        let dir = match &self.dir {
            Some(dir) => {
                self.require_dir(dir, "target directory");
                dir.clone()
            }
            None => {
                let last = operands.pop().unwrap_or_default();
                let is_dir = guest::stat(&last, true).is_ok_and(|stat| stat.is_dir());
                if !is_dir {
                    if operands.len() > 1 {
                        self.require_dir(&last, "target");
                    }
                    let from = operands.pop().unwrap_or_default();
                    return Pairs { pairs: vec![(from.into(), last.into())], into_dir: false };
                }
                last
            }
        };
        let place = |from: OsString| {
            let to = if parents {
                join(&dir, bytes(&from).strip_prefix(b"/").unwrap_or(bytes(&from)))
            } else {
                join(&dir, last_name(bytes(&from)))
            };
            (PathBuf::from(from), to)
        };
        Pairs { pairs: operands.into_iter().map(place).collect(), into_dir: true }
    }

    fn require_dir(&self, dir: &OsString, what: &str) {
        let problem = match guest::stat(dir, true) {
            Ok(stat) if stat.is_dir() => return,
            Ok(_) => "Not a directory".into(),
            Err(error) => guest::strerror(&error),
        };
        guest::fail(format!("{what} {}: {problem}", quote::always(dir)));
    }
}

/// The last component without slashes after it; `/` stays.
fn last_name(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&c| c != b'/').map_or(0, |at| at + 1);
    let path = &path[..end];
    let start = path.iter().rposition(|&c| c == b'/').map_or(0, |at| at + 1);
    &path[start..]
}

/// Joined as text, so that `d/` and `x` become `d/x`, and `d` and `..` become `d/..`.
pub fn join(dir: &OsString, name: &[u8]) -> PathBuf {
    let mut path = bytes(dir).to_vec();
    if !path.ends_with(b"/") && !name.is_empty() {
        path.push(b'/');
    }
    path.extend(name);
    guest::os(path).into()
}
