//! `id`, `whoami` and `groups`: who one is.

use guest::accounts::{self, Database};
use guest::{Arg, Failed, Long, Opts, out, quote};
use std::ffi::OsString;

const LONG: &[Long] = &[
    Long("context", Arg::No, 'Z'),
    Long("group", Arg::No, 'g'),
    Long("groups", Arg::No, 'G'),
    Long("name", Arg::No, 'n'),
    Long("real", Arg::No, 'r'),
    Long("user", Arg::No, 'u'),
    Long("zero", Arg::No, 'z'),
];

struct Identity {
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
}

/// The process itself, or a user of the database.
fn identity(user: Option<&str>) -> Option<Identity> {
    let Some(user) = user else {
        let (uid, gid) = (guest::getuid(), guest::getgid());
        let mut groups = vec![gid];
        groups.extend(guest::getgroups().into_iter().filter(|id| *id != gid));
        return Some(Identity { uid, gid, groups });
    };
    let users = accounts::entries(Database::Users);
    let by_number = || users.iter().find(|entry| user.parse() == Ok(entry.id));
    let entry = users.iter().find(|entry| entry.name == user).or_else(by_number)?;
    let gid = entry.fields.get(3)?.parse().ok()?;
    let mut groups = vec![gid];
    for group in accounts::entries(Database::Groups) {
        let members = group.fields.get(3).map_or("", String::as_str);
        if group.id != gid && members.split(',').any(|member| member == entry.name) {
            groups.push(group.id);
        }
    }
    Some(Identity { uid: entry.id, gid, groups })
}

/// Runs `id`.
pub fn run(args: Vec<OsString>) -> i32 {
    let (mut what, mut name, mut real, mut end) = (None, false, false, "\n");
    let mut opts = Opts::new(args, "agGnruzZ", LONG, "[OPTION]... [USER]...");
    for opt in opts.by_ref() {
        match opt.code {
            'g' | 'G' | 'u' if what.is_some_and(|what| what != opt.code) => {
                guest::fail("cannot print \"only\" of more than one choice");
            }
            'g' | 'G' | 'u' => what = Some(opt.code),
            'n' => name = true,
            'r' => real = true,
            'z' => end = "\0",
            'Z' => guest::fail("--context (-Z) works only on an SELinux-enabled kernel"),
            _ => {}
        }
    }
    if what.is_none() && (name || real) {
        guest::fail("cannot print only names or real IDs in default format");
    }
    if what.is_none() && end == "\0" {
        guest::fail("option --zero not permitted in default format");
    }
    let operands = opts.operands();
    let mut failed = Failed::default();
    let users: Vec<Option<String>> = match operands.as_slice() {
        [] => vec![None],
        users => users.iter().map(|user| Some(user.to_string_lossy().into_owned())).collect(),
    };
    for user in users {
        let Some(who) = identity(user.as_deref()) else {
            failed.say(format!("{}: no such user", quote::locale(&user.unwrap_or_default())));
            continue;
        };
        let mut shown = |database: Database, id: u32| -> String {
            if !name {
                return id.to_string();
            }
            accounts::name_of(database, id).unwrap_or_else(|| {
                let kind = if database == Database::Users { "user" } else { "group" };
                failed.say(format!("cannot find name for {kind} ID {id}"));
                id.to_string()
            })
        };
        match what {
            Some('u') => out::put(shown(Database::Users, who.uid)),
            Some('g') => out::put(shown(Database::Groups, who.gid)),
            Some(_) => {
                let separator = if end == "\0" { "\0" } else { " " };
                let names: Vec<String> =
                    who.groups.iter().map(|id| shown(Database::Groups, *id)).collect();
                out::put(names.join(separator));
            }
            None => {
                let named = |database, id: u32| match accounts::name_of(database, id) {
                    Some(name) => format!("{id}({name})"),
                    None => id.to_string(),
                };
                let groups: Vec<String> =
                    who.groups.iter().map(|id| named(Database::Groups, *id)).collect();
                out::put(format!(
                    "uid={} gid={} groups={}",
                    named(Database::Users, who.uid),
                    named(Database::Groups, who.gid),
                    groups.join(",")
                ));
            }
        }
        out::put(end);
    }
    failed.status()
}

/// Runs `whoami`.
pub fn whoami(args: Vec<OsString>) -> i32 {
    let mut opts = Opts::new(args, "", &[], "[OPTION]...");
    if let Some(extra) = opts.operands().first() {
        guest::extra_operand(extra);
    }
    let uid = guest::getuid();
    match accounts::name_of(Database::Users, uid) {
        Some(name) => out::line(name),
        None => guest::fail(format!("cannot find name for user ID {uid}")),
    }
    0
}

/// Runs `groups`.
pub fn groups(args: Vec<OsString>) -> i32 {
    let users = Opts::new(args, "", &[], "[OPTION]... [USERNAME]...").operands();
    let names = |who: &Identity| {
        let name =
            |id: &u32| accounts::name_of(Database::Groups, *id).unwrap_or_else(|| id.to_string());
        who.groups.iter().map(name).collect::<Vec<_>>().join(" ")
    };
    let mut failed = Failed::default();
    if users.is_empty()
        && let Some(who) = identity(None)
    {
        out::line(names(&who));
    }
    for user in &users {
        let user = user.to_string_lossy();
        match identity(Some(&user)) {
            Some(who) => out::line(format!("{user} : {}", names(&who))),
            None => failed.say(format!("{}: no such user", quote::locale(user.as_ref()))),
        }
    }
    failed.status()
}
