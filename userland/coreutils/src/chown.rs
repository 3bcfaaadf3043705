//! `chown` and `chgrp`: change owner and group.

use crate::rm;
use guest::accounts::{self, Database};
use guest::{Arg, Failed, Long, Opts, Stat, out, quote};
use std::ffi::OsString;
use std::path::Path;

const LONG: &[Long] = &[
    Long("changes", Arg::No, 'c'),
    Long("dereference", Arg::No, 'D'),
    Long("from", Arg::Yes, '<'),
    Long("no-dereference", Arg::No, 'h'),
    Long("no-preserve-root", Arg::No, 'N'),
    Long("preserve-root", Arg::No, 'K'),
    Long("quiet", Arg::No, 'f'),
    Long("recursive", Arg::No, 'R'),
    Long("reference", Arg::Yes, '='),
    Long("silent", Arg::No, 'f'),
    Long("verbose", Arg::No, 'v'),
];

#[derive(Clone, Debug, Default)]
struct Owner {
    uid: Option<u32>,
    gid: Option<u32>,
    /// Both as they were written.
    user: Option<String>,
    group: Option<String>,
}

#[derive(Default)]
struct Chown {
    /// `chgrp`
    group_only: bool,
    owner: Owner,
    from: Owner,
    recursive: bool,
    follow: bool,
    verbose: bool,
    changes: bool,
    quiet: bool,
    keep_root: bool,
    failed: Failed,
}

/// Runs `chown`.
pub fn run(args: Vec<OsString>) -> i32 {
    main(args, false)
}

/// Runs `chgrp`.
pub fn run_group(args: Vec<OsString>) -> i32 {
    main(args, true)
}

fn main(args: Vec<OsString>, group_only: bool) -> i32 {
    let mut chown = Chown { group_only, follow: true, ..Chown::default() };
    let mut reference = None;
    let usage = if group_only {
        "[OPTION]... GROUP FILE..."
    } else {
        "[OPTION]... [OWNER][:[GROUP]] FILE..."
    };
    let mut opts = Opts::new(args, "HLPRcfhv", LONG, usage);
    for opt in opts.by_ref() {
        match opt.code {
            'R' => chown.recursive = true,
            'c' => chown.changes = true,
            'f' => chown.quiet = true,
            'h' => chown.follow = false,
            'v' => chown.verbose = true,
            'K' => chown.keep_root = true,
            '<' => chown.from = owner(&opt.text()),
            '=' => reference = opt.value,
            _ => {}
        }
    }
    let mut operands = opts.operands();
    let needed = if reference.is_some() { 1 } else { 2 };
    if operands.len() < needed {
        match operands.first() {
            Some(only) => guest::warn(format!("missing operand after {}", quote::locale(only))),
            None => guest::warn("missing operand"),
        }
        guest::try_help();
    }
    chown.owner = match reference {
        Some(reference) => match guest::stat(&reference, true) {
            Ok(stat) => Owner {
                uid: (!group_only).then_some(stat.uid),
                gid: Some(stat.gid),
                ..Owner::default()
            },
            Err(error) => guest::fail(format!(
                "failed to get attributes of {}: {}",
                quote::always(&reference),
                guest::strerror(&error)
            )),
        },
        None => {
            let spec = operands.remove(0).to_string_lossy().into_owned();
            if group_only {
                Owner { gid: Some(group(&spec, &spec)), group: Some(spec), ..Owner::default() }
            } else {
                owner(&spec)
            }
        }
    };
    for file in &operands {
        let path = Path::new(file);
        if chown.recursive && chown.keep_root && path == Path::new("/") {
            chown.failed.say("it is dangerous to operate recursively on '/'");
            guest::warn("use --no-preserve-root to override this failsafe");
            continue;
        }
        match guest::stat(path, chown.follow && !chown.recursive) {
            Ok(stat) => chown.one(path, &stat),
            Err(error) => match guest::stat(path, false) {
                Ok(_) => chown.complain("cannot dereference", path, &error),
                Err(error) => chown.complain("cannot access", path, &error),
            },
        }
    }
    chown.failed.status()
}

fn group(name: &str, shown: &str) -> u32 {
    accounts::id_of(Database::Groups, name)
        .unwrap_or_else(|| guest::fail(format!("invalid group: {}", quote::locale(shown))))
}

/// `user`, `user:group`, `user:` (with the login group) and `:group`.
fn owner(spec: &str) -> Owner {
    let invalid = || -> ! { guest::fail(format!("invalid user: {}", quote::locale(spec))) };
    let whole_is_user = accounts::id_of(Database::Users, spec).is_some();
    let (user, rest) = match spec.split_once(':') {
        Some((user, rest)) => (user, Some(rest)),
        None if whole_is_user => (spec, None),
        None => match spec.split_once('.') {
            Some((user, rest)) => {
                guest::warn(format!("warning: '.' should be ':': {}", quote::locale(spec)));
                (user, Some(rest))
            }
            None => (spec, None),
        },
    };
    let uid = match user {
        "" => None,
        user => match accounts::id_of(Database::Users, user) {
            Some(uid) => Some(uid),
            None => invalid(),
        },
    };
    let gid = match rest {
        None => None,
        Some("") if uid.is_some() => {
            let entries = accounts::entries(Database::Users);
            let entry = entries.iter().find(|entry| Some(entry.id) == uid && entry.name == user);
            match entry.and_then(|entry| entry.fields.get(3)?.parse().ok()) {
                Some(gid) => Some(gid),
                None => guest::fail(format!("invalid spec: {}", quote::locale(spec))),
            }
        }
        Some("") => None,
        Some(name) => Some(group(name, spec)),
    };
    let given = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Owner { uid, gid, user: given(user), group: rest.and_then(given) }
}

impl Chown {
    fn complain(&mut self, what: &str, path: &Path, error: &std::io::Error) {
        if self.quiet {
            self.failed.0 = true;
        } else {
            self.failed.cannot(what, path, error);
        }
    }

    fn one(&mut self, path: &Path, stat: &Stat) {
        if self.recursive && stat.is_dir() {
            match rm::list(path) {
                Ok(names) => {
                    for name in names {
                        let child = path.join(name);
                        match guest::stat(&child, false) {
                            Ok(stat) => self.one(&child, &stat),
                            Err(error) => self.complain("cannot access", &child, &error),
                        }
                    }
                }
                Err(error) => self.complain("cannot read directory", path, &error),
            }
        }
        let wanted = |from: Option<u32>, is: u32| from.is_none_or(|from| from == is);
        if !wanted(self.from.uid, stat.uid) || !wanted(self.from.gid, stat.gid) {
            return;
        }
        let follow = self.follow && !self.recursive;
        let what = if self.group_only { "changing group of" } else { "changing ownership of" };
        if let Err(error) = guest::chown(path, follow, self.owner.uid, self.owner.gid) {
            return self.complain(what, path, &error);
        }
        let differs = |to: Option<u32>, is: u32| to.is_some_and(|to| to != is);
        let changed = differs(self.owner.uid, stat.uid) || differs(self.owner.gid, stat.gid);
        if !(self.verbose || (self.changes && changed)) {
            return;
        }
        let user =
            |id: u32| accounts::name_of(Database::Users, id).unwrap_or_else(|| id.to_string());
        let group =
            |id: u32| accounts::name_of(Database::Groups, id).unwrap_or_else(|| id.to_string());
        let to_user = |id: u32| match &self.owner.user {
            Some(name) if changed => name.clone(),
            _ => user(id),
        };
        let to_group = |id: u32| match &self.owner.group {
            Some(name) if changed => name.clone(),
            _ => group(id),
        };
        let (kind, old, new) = match (self.owner.uid, self.owner.gid) {
            (Some(uid), Some(gid)) => (
                "ownership",
                format!("{}:{}", user(stat.uid), group(stat.gid)),
                format!("{}:{}", to_user(uid), to_group(gid)),
            ),
            (Some(uid), None) => ("ownership", user(stat.uid), to_user(uid)),
            (None, Some(gid)) => ("group", group(stat.gid), to_group(gid)),
            (None, None) => {
                let old = format!("{}:{}", user(stat.uid), group(stat.gid));
                ("ownership", old.clone(), old)
            }
        };
        let shown = quote::always(path);
        if changed {
            out::line(format!("changed {kind} of {shown} from {old} to {new}"));
        } else {
            out::line(format!("{kind} of {shown} retained as {new}"));
        }
    }
}
