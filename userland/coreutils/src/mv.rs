//! `mv`: renames files, or copies and removes them where they cannot be renamed.

use crate::copy::{Copy, Follow};
use crate::rm;
use crate::target::Target;
use guest::{Arg, Failed, Long, Opts, out, quote, strerror};
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

const LONG: &[Long] = &[
    Long("backup", Arg::Maybe, 'b'),
    Long("force", Arg::No, 'f'),
    Long("interactive", Arg::No, 'i'),
    Long("no-clobber", Arg::No, 'n'),
    Long("no-target-directory", Arg::No, 'T'),
    Long("strip-trailing-slashes", Arg::No, '/'),
    Long("suffix", Arg::Yes, 'S'),
    Long("target-directory", Arg::Yes, 't'),
    Long("update", Arg::No, 'u'),
    Long("verbose", Arg::No, 'v'),
];

#[derive(Clone, Copy, PartialEq)]
enum Existing {
    Overwrite,
    Keep,
    Ask,
}

struct Move {
    existing: Existing,
    update: bool,
    verbose: bool,
    backup: Option<String>,
    failed: Failed,
}

/// Runs `mv`.
pub fn run(args: Vec<OsString>) -> i32 {
    let mut mv = Move {
        existing: Existing::Overwrite,
        update: false,
        verbose: false,
        backup: None,
        failed: Failed::default(),
    };
    let mut target = Target::default();
    let usage = "[OPTION]... [-T] SOURCE DEST\n  or:  mv [OPTION]... SOURCE... DIRECTORY\n  \
                 or:  mv [OPTION]... -t DIRECTORY SOURCE...";
    let mut opts = Opts::new(args, "bfint:uvS:TZ", LONG, usage);
    for opt in opts.by_ref() {
        match opt.code {
            'b' => mv.backup = Some("~".into()),
            'f' => mv.existing = Existing::Overwrite,
            'i' => mv.existing = Existing::Ask,
            'n' => mv.existing = Existing::Keep,
            'S' => mv.backup = Some(opt.text()),
            't' => target.dir = opt.value,
            'T' => target.no_dir = true,
            'u' => mv.update = true,
            'v' => mv.verbose = true,
            _ => {}
        }
    }
    for (from, to) in target.pairs(opts.operands(), false).pairs {
        mv.one(&from, &to);
    }
    mv.failed.status()
}

impl Move {
    fn one(&mut self, from: &Path, to: &Path) {
        let stat = match guest::stat(from, false) {
            Ok(stat) => stat,
            Err(error) => return self.failed.cannot("cannot stat", from, &error),
        };
        let existing = guest::stat(to, false).ok();
        if let Some(there) = &existing {
            if there.same_file(&stat) {
                if stat.is_dir() && from != to {
                    return self.below_itself(from, to);
                }
                self.failed.say(format!(
                    "{} and {} are the same file",
                    quote::always(from),
                    quote::always(to)
                ));
                return;
            }
            if there.is_dir() && !stat.is_dir() {
                self.failed.say(format!(
                    "cannot overwrite directory {} with non-directory",
                    quote::always(to)
                ));
                return;
            }
            if stat.is_dir() && !there.is_dir() {
                self.failed.say(format!(
                    "cannot overwrite non-directory {} with directory {}",
                    quote::always(to),
                    quote::always(from)
                ));
                return;
            }
            let kept = match self.existing {
                _ if self.update && there.mtime >= stat.mtime => true,
                Existing::Overwrite => false,
                Existing::Keep => true,
                Existing::Ask => !rm::confirm(&format!("overwrite {}? ", quote::always(to))),
            };
            if kept {
                return;
            }
            if let Some(suffix) = &self.backup {
                let mut saved = to.as_os_str().to_owned();
                saved.push(suffix);
                if let Err(error) = fs::rename(to, saved) {
                    return self.failed.cannot("cannot backup", to, &error);
                }
            }
        }
        match fs::rename(from, to) {
            Ok(()) => {
                if self.verbose {
                    out::line(format!("renamed {} -> {}", quote::always(from), quote::always(to)));
                }
            }
            Err(error) if error.kind() == ErrorKind::CrossesDevices => self.across(from, to),
            Err(error) if error.kind() == ErrorKind::InvalidInput && stat.is_dir() => {
                self.below_itself(from, to);
            }
            Err(error) => {
                let text = strerror(&error);
                self.failed.say(format!(
                    "cannot move {} to {}: {text}",
                    quote::always(from),
                    quote::always(to)
                ));
            }
        }
    }

    fn below_itself(&mut self, from: &Path, to: &Path) {
        self.failed.say(format!(
            "cannot move {} to a subdirectory of itself, {}",
            quote::always(from),
            quote::always(to)
        ));
    }

    /// From one device to another: a copy with everything kept, then the source is removed.
    fn across(&mut self, from: &Path, to: &Path) {
        let umask = guest::set_umask(0);
        guest::set_umask(umask);
        let mut copy = Copy {
            recursive: true,
            follow: Follow::Never,
            remove_first: true,
            mode: true,
            owner: true,
            times: true,
            links: true,
            verbose: self.verbose,
            moving: true,
            umask,
            ..Copy::default()
        };
        if !copy.operand(from, to) || copy.failed.0 {
            self.failed.0 = true;
            return;
        }
        let removed = match guest::stat(from, false) {
            Ok(stat) if stat.is_dir() => fs::remove_dir_all(from),
            _ => fs::remove_file(from),
        };
        match removed {
            Ok(()) if self.verbose => out::line(format!("removed {}", quote::always(from))),
            Ok(()) => {}
            Err(error) => self.failed.cannot("cannot remove", from, &error),
        }
    }
}
