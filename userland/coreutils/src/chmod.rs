//! `chmod`: changes permissions.

use crate::rm;
use guest::mode::{self, Change};
use guest::{Arg, Failed, Long, Opts, Stat, bytes, out, quote};
use std::ffi::OsString;
use std::path::Path;

const LONG: &[Long] = &[
    Long("changes", Arg::No, 'c'),
    Long("recursive", Arg::No, 'R'),
    Long("no-preserve-root", Arg::No, 'N'),
    Long("preserve-root", Arg::No, 'K'),
    Long("quiet", Arg::No, 'f'),
    Long("reference", Arg::Yes, '='),
    Long("silent", Arg::No, 'f'),
    Long("verbose", Arg::No, 'v'),
];

struct Chmod {
    change: Change,
    umask: u32,
    recursive: bool,
    keep_root: bool,
    verbose: bool,
    changes: bool,
    quiet: bool,
    /// Whether the mode was given like an option, `-w`, so that the umask may hide a part of it.
    as_option: bool,
    failed: Failed,
}

/// Runs `chmod`.
pub fn run(mut args: Vec<OsString>) -> i32 {
    // `-x` and its like are modes although they look like options.
    let is_mode = |arg: &OsString| match bytes(arg) {
        [b'-', rest @ ..] if !rest.is_empty() && !rest.starts_with(b"-") => {
            rest.iter().all(|c| b"rwxXstugoa,+-=01234567".contains(c))
        }
        _ => false,
    };
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let as_option = args[..end].iter().position(is_mode).map(|at| args.remove(at));
    let (mut recursive, mut verbose, mut changes, mut quiet) = (false, false, false, false);
    let (mut keep_root, mut reference) = (false, None);
    let mut opts = Opts::new(args, "Rcfv", LONG, "[OPTION]... MODE[,MODE]... FILE...");
    for opt in opts.by_ref() {
        match opt.code {
            'R' => recursive = true,
            'c' => changes = true,
            'f' => quiet = true,
            'v' => verbose = true,
            'K' => keep_root = true,
            'N' => keep_root = false,
            _ => reference = opt.value,
        }
    }
    let mut files = opts.operands();
    let was_option = as_option.is_some();
    let text = match (&reference, as_option) {
        (Some(_), _) => None,
        (None, Some(mode)) => Some(mode),
        (None, None) if files.is_empty() => guest::missing_operand(),
        (None, None) => Some(files.remove(0)),
    };
    if files.is_empty() {
        match &text {
            Some(mode) => guest::warn(format!("missing operand after {}", quote::locale(mode))),
            None => guest::warn("missing operand"),
        }
        guest::try_help();
    }
    let umask = guest::set_umask(0);
    guest::set_umask(umask);
    let change = match (&reference, text) {
        (Some(reference), _) => match guest::stat(reference, true) {
            Ok(stat) => Change::Octal(stat.perm(), true),
            Err(error) => guest::fail(format!(
                "failed to get attributes of {}: {}",
                quote::always(reference),
                guest::strerror(&error)
            )),
        },
        (None, text) => {
            let text = text.unwrap_or_default();
            mode::parse(&text.to_string_lossy()).unwrap_or_else(|| {
                guest::warn(format!("invalid mode: {}", quote::locale(&text)));
                guest::try_help()
            })
        }
    };
    let mut chmod = Chmod {
        change,
        umask,
        recursive,
        keep_root,
        verbose,
        changes,
        quiet,
        as_option: was_option,
        failed: Failed::default(),
    };
    for file in &files {
        chmod.operand(Path::new(file));
    }
    chmod.failed.status()
}

impl Chmod {
    fn complain(&mut self, what: &str, path: &Path, error: &std::io::Error) {
        if self.quiet {
            self.failed.0 = true;
        } else {
            self.failed.cannot(what, path, error);
        }
    }

    fn operand(&mut self, path: &Path) {
        match guest::stat(path, true) {
            Ok(stat) => {
                if self.recursive && self.keep_root && path == Path::new("/") {
                    self.failed.say("it is dangerous to operate recursively on '/'");
                    return guest::warn("use --no-preserve-root to override this failsafe");
                }
                self.one(path, &stat);
            }
            Err(_) if guest::stat(path, false).is_ok_and(|stat| stat.is_symlink()) => {
                let shown = quote::always(path);
                if !self.quiet {
                    guest::warn(format!("cannot operate on dangling symlink {shown}"));
                }
                self.failed.0 = true;
            }
            Err(error) => self.complain("cannot access", path, &error),
        }
    }

    fn one(&mut self, path: &Path, stat: &Stat) {
        let old = stat.perm();
        let new = self.change.apply(old, stat.is_dir(), self.umask);
        if let Err(error) = guest::chmod(path, new) {
            return self.complain("changing permissions of", path, &error);
        }
        let letters = |mode| mode::letters(&Stat { mode, ..Stat::default() })[1..].to_owned();
        let shown = quote::always(path);
        if old != new && (self.verbose || self.changes) {
            out::line(format!(
                "mode of {shown} changed from {old:04o} ({}) to {new:04o} ({})",
                letters(old),
                letters(new)
            ));
        } else if self.verbose {
            out::line(format!("mode of {shown} retained as {old:04o} ({})", letters(old)));
        }
        let wanted = self.change.apply(old, stat.is_dir(), 0);
        if self.as_option && new & !wanted != 0 {
            self.failed.say(format!(
                "{}: new permissions are {}, not {}",
                quote::colon(path),
                letters(new),
                letters(wanted)
            ));
        }
        if !self.recursive || !stat.is_dir() {
            return;
        }
        match rm::list(path) {
            Ok(names) => {
                for name in names {
                    let child = path.join(name);
                    match guest::stat(&child, false) {
                        Ok(stat) if stat.is_symlink() => {
                            if self.verbose {
                                out::line(format!(
                                    "neither symbolic link {} nor referent has been changed",
                                    quote::always(&child)
                                ));
                            }
                        }
                        Ok(stat) => self.one(&child, &stat),
                        Err(error) => self.complain("cannot access", &child, &error),
                    }
                }
            }
            Err(error) => self.complain("cannot read directory", path, &error),
        }
    }
}
