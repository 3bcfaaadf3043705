//! `ln`: makes links.

use crate::target::{Target, join};
use crate::{paths, rm};
use guest::{Arg, Failed, Long, Opts, bytes, out, quote, strerror};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

const LONG: &[Long] = &[
    Long("backup", Arg::Maybe, 'b'),
    Long("directory", Arg::No, 'd'),
    Long("force", Arg::No, 'f'),
    Long("interactive", Arg::No, 'i'),
    Long("logical", Arg::No, 'L'),
    Long("no-dereference", Arg::No, 'n'),
    Long("no-target-directory", Arg::No, 'T'),
    Long("physical", Arg::No, 'P'),
    Long("relative", Arg::No, 'r'),
    Long("suffix", Arg::Yes, 'S'),
    Long("symbolic", Arg::No, 's'),
    Long("target-directory", Arg::Yes, 't'),
    Long("verbose", Arg::No, 'v'),
];

#[derive(Default)]
struct Ln {
    symbolic: bool,
    force: bool,
    ask: bool,
    relative: bool,
    logical: bool,
    verbose: bool,
    backup: Option<String>,
    failed: Failed,
}

/// Runs `ln`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut ln = Ln::default();
    let mut target = Target::default();
    let mut no_dereference = false;
    let usage = "[OPTION]... [-T] TARGET LINK_NAME\n  or:  ln [OPTION]... TARGET\n  \
                 or:  ln [OPTION]... TARGET... DIRECTORY\n  \
                 or:  ln [OPTION]... -t DIRECTORY TARGET...";
    let mut opts = Opts::new(args, "bdfFiLnPrsS:t:Tv", LONG, usage);
    for opt in opts.by_ref() {
        match opt.code {
            'b' => ln.backup = Some("~".into()),
            'f' => (ln.force, ln.ask) = (true, false),
            'i' => (ln.force, ln.ask) = (false, true),
            'L' => ln.logical = true,
            'n' => no_dereference = true,
            'P' => ln.logical = false,
            'r' => ln.relative = true,
            's' => ln.symbolic = true,
            'S' => ln.backup = Some(opt.text()),
            't' => target.dir = opt.value,
            'T' => target.no_dir = true,
            'v' => ln.verbose = true,
            _ => {}
        }
    }
    if ln.relative && !ln.symbolic {
        guest::fail("cannot do --relative without --symbolic");
    }
    let mut operands = opts.operands();
    if operands.len() == 1 && target.dir.is_none() && !target.no_dir {
        target.dir = Some(".".into());
    } else if let [.., last] = operands.as_slice()
        && operands.len() == 2
        && no_dereference
        && target.dir.is_none()
        && guest::stat(last, false).is_ok_and(|stat| stat.is_symlink())
    {
        target.no_dir = true;
    }
    if operands.is_empty() {
        guest::warn("missing file operand");
        guest::try_help();
    }
    if let Some(dir) = &target.dir
        && let Err(error) = guest::stat(dir, true)
    {
        guest::fail(format!("failed to access {}: {}", quote::always(dir), strerror(&error)));
    }
    if target.dir.as_ref().is_some_and(|dir| dir == ".") && operands.len() == 1 {
        let only = operands.remove(0);
        let name = bytes(&only).rsplit(|c| *c == b'/').find(|part| !part.is_empty());
        let to = join(&".".into(), name.unwrap_or_default());
        ln.one(Path::new(&only), &to);
    } else {
        for (from, to) in target.pairs(operands, false).pairs {
            ln.one(&from, &to);
        }
    }
    ln.failed.status()
}

impl Ln {
    fn one(&mut self, from: &Path, to: &Path) {
        let source = guest::stat(from, self.logical);
        if !self.symbolic {
            match &source {
                Err(error) => return self.failed.cannot("failed to access", from, error),
                Ok(stat) if stat.is_dir() => {
                    return self.failed.say(format!(
                        "{}: hard link not allowed for directory",
                        quote::colon(from)
                    ));
                }
                Ok(_) => {}
            }
        }
        let existing = guest::stat(to, false).ok();
        if let Some(there) = existing
            && (self.force || self.ask || self.backup.is_some())
        {
            if there.is_dir() {
                return self
                    .failed
                    .say(format!("{}: cannot overwrite directory", quote::colon(to)));
            }
            let same = if self.symbolic { guest::stat(from, false) } else { source };
            let same = same.is_ok_and(|stat| stat.same_file(&there));
            if same && (self.backup.is_none() || from == to) {
                if !self.symbolic && from != to {
                    return;
                }
                return self.failed.say(format!(
                    "{} and {} are the same file",
                    quote::always(from),
                    quote::always(to)
                ));
            }
            if self.ask && !rm::confirm(&format!("replace {}? ", quote::always(to))) {
                self.failed.0 = true;
                return;
            }
            let cleared = match &self.backup {
                Some(suffix) => {
                    let mut saved = to.as_os_str().to_owned();
                    saved.push(suffix);
                    fs::rename(to, saved)
                }
                None => fs::remove_file(to),
            };
            if let Err(error) = cleared {
                return self.failed.cannot("cannot remove", to, &error);
            }
        }
        let content = if self.relative { relative(from, to) } else { from.to_owned() };
        let made = if self.symbolic {
            guest::symlink(&content, to)
        } else if self.logical {
            fs::canonicalize(from).and_then(|real| fs::hard_link(real, to))
        } else {
            fs::hard_link(from, to)
        };
        match made {
            Ok(()) if self.verbose => {
                let arrow = if self.symbolic { "->" } else { "=>" };
                if let (Some(suffix), Some(_)) = (&self.backup, existing) {
                    let mut saved = to.as_os_str().to_owned();
                    saved.push(suffix);
                    out::put(format!("{} ~ ", quote::always(&saved)));
                }
                out::line(format!("{} {arrow} {}", quote::always(to), quote::always(&content)));
            }
            Ok(()) => {}
            Err(error) => {
                let text = strerror(&error);
                let kind = if self.symbolic { "symbolic" } else { "hard" };
                let shown = quote::always(to);
                let exists = existing.is_some();
                self.failed.say(if !self.symbolic && !exists {
                    format!(
                        "failed to create {kind} link {shown} => {}: {text}",
                        quote::always(from)
                    )
                } else if self.symbolic && !exists && bytes(from).is_empty() {
                    format!("failed to create {kind} link '' -> {shown}: {text}")
                } else {
                    format!("failed to create {kind} link {shown}: {text}")
                });
            }
        }
    }
}

/// The way from the directory of `to` to `from`.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let dir = match to.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    match (paths::resolve(dir, paths::Missing::Last), paths::resolve(from, paths::Missing::Any)) {
        (Ok(dir), Ok(from)) => paths::relative_to(&from, &dir),
        _ => from.to_owned(),
    }
}
