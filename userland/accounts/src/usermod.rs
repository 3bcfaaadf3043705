//! `usermod` of shadow 4.13.

use std::ffi::OsString;

use guest::{Arg, Long, Opts};

use crate::database::Database;
use crate::table::{members, set_members};
use crate::useradd::{days, missing_shell};
use crate::{End, Exit, fail, root_only, usage};

const LONG: &[Long] = &[
    Long("append", Arg::No, 'a'),
    Long("badname", Arg::No, 'b'),
    Long("comment", Arg::Yes, 'c'),
    Long("home", Arg::Yes, 'd'),
    Long("expiredate", Arg::Yes, 'e'),
    Long("inactive", Arg::Yes, 'f'),
    Long("gid", Arg::Yes, 'g'),
    Long("groups", Arg::Yes, 'G'),
    Long("login", Arg::Yes, 'l'),
    Long("lock", Arg::No, 'L'),
    Long("move-home", Arg::No, 'm'),
    Long("non-unique", Arg::No, 'o'),
    Long("password", Arg::Yes, 'p'),
    Long("remove", Arg::No, 'r'),
    Long("shell", Arg::Yes, 's'),
    Long("uid", Arg::Yes, 'u'),
    Long("unlock", Arg::No, 'U'),
];

const USAGE: &str = "[options] LOGIN";

#[derive(Default)]
struct Change {
    append: bool,
    remove: bool,
    not_unique: bool,
    move_home: bool,
    comment: Option<String>,
    home: Option<String>,
    expires: Option<String>,
    inactive: Option<String>,
    group: Option<String>,
    groups: Option<Vec<String>>,
    login: Option<String>,
    lock: Option<bool>,
    password: Option<String>,
    shell: Option<String>,
    uid: Option<u32>,
}

/// Runs `usermod`.
pub fn run(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let mut database = Database::read();
    let mut change = Change::default();
    let mut asked = false;
    let mut opts = Opts::new(args, "abc:d:e:f:g:G:l:Lmop:rR:P:s:u:UZ:", LONG, USAGE);
    for opt in opts.by_ref() {
        asked = true;
        let text = opt.text();
        match opt.code {
            'a' => change.append = true,
            'c' => change.comment = Some(text),
            'd' => change.home = Some(text),
            'e' => match days(&text) {
                Some(days) => change.expires = Some(days),
                None => return fail(3, format!("invalid date '{text}'")),
            },
            'f' => change.inactive = Some(text),
            'g' if database.group(&text).is_none() => {
                return fail(6, format!("group '{text}' does not exist"));
            }
            'g' => change.group = Some(text),
            'G' => {
                let names: Vec<&str> = text.split(',').filter(|name| !name.is_empty()).collect();
                if let Some(name) = names.iter().find(|name| database.group(name).is_none()) {
                    return fail(6, format!("group '{name}' does not exist"));
                }
                let known = names.iter().filter_map(|name| database.group(name));
                change.groups = Some(known.map(|row| row[0].clone()).collect());
            }
            'l' if !crate::useradd::is_name(&text) => {
                return fail(3, format!("invalid user name '{text}': use --badname to ignore"));
            }
            'l' => change.login = Some(text),
            'L' => change.lock = Some(true),
            'm' => change.move_home = true,
            'o' => change.not_unique = true,
            'p' => change.password = Some(text),
            'r' => change.remove = true,
            's' if !text.is_empty() && !text.starts_with(['/', '*']) => {
                return fail(3, format!("invalid shell '{text}'"));
            }
            's' => {
                missing_shell(&text);
                change.shell = Some(text);
            }
            'u' => match text.parse() {
                Ok(uid) => change.uid = Some(uid),
                Err(_) => return fail(3, format!("invalid user ID '{text}'")),
            },
            'U' => change.lock = Some(false),
            _ => {}
        }
    }
    let operands = opts.operands();
    let [name] = operands.as_slice() else { return usage(2, USAGE) };
    let name = name.to_string_lossy().into_owned();
    let Some(row) = database.users.named(&name).cloned() else {
        return fail(6, format!("user '{name}' does not exist"));
    };
    if !asked {
        guest::warn("no flags given");
        return Err(Exit(2));
    }
    if change.append && change.groups.is_none() {
        guest::warn("-a flag is only allowed with the -G flag");
        return usage(2, USAGE);
    }
    if change.move_home && change.home.is_none() {
        guest::warn("-m flag is only allowed with the -d flag");
        return usage(2, USAGE);
    }
    root_only(1, "Permission denied.")?;
    if let Some(uid) = change.uid
        && row[2] != uid.to_string()
        && !change.not_unique
        && database.users.numbered(uid).is_some()
    {
        return fail(4, format!("UID '{uid}' already exists"));
    }
    if let Some(login) = change.login.as_ref().filter(|login| **login != name)
        && database.users.named(login).is_some()
    {
        return fail(9, format!("user '{login}' already exists"));
    }
    apply(&mut database, &name, row, &change)
}

fn apply(database: &mut Database, name: &str, mut row: Vec<String>, change: &Change) -> End {
    row.resize(7, String::new());
    let (old_uid, old_gid, old_home) = (row[2].clone(), row[3].clone(), row[5].clone());
    let gid = change.group.as_ref().and_then(|group| database.gid(group));
    let fields = [
        (2, change.uid.map(|uid| uid.to_string())),
        (3, gid.map(|gid| gid.to_string())),
        (4, change.comment.clone()),
        (5, change.home.clone()),
        (6, change.shell.clone()),
    ];
    for (at, value) in fields {
        if let Some(value) = value {
            row[at] = value;
        }
    }
    if let Some(shadow) = database.shadow.named_mut(name) {
        shadow.resize(9, String::new());
        if let Some(password) = &change.password {
            shadow[1].clone_from(password);
            shadow[2] = crate::database::today().to_string();
        }
        for (at, value) in [(6, &change.inactive), (7, &change.expires)] {
            if let Some(value) = value {
                shadow[at].clone_from(value);
            }
        }
        match (change.lock, shadow[1].strip_prefix('!').map(str::to_owned)) {
            (Some(true), None) => shadow[1] = format!("!{}", shadow[1]),
            (Some(false), Some(open)) if open.is_empty() => {
                guest::warn(
                    "unlocking the user's password would result in a passwordless account.\nYou \
                     should set a password with usermod -p to unlock this user's password.",
                );
            }
            (Some(false), Some(open)) => shadow[1] = open,
            _ => {}
        }
    }
    if let Some(groups) = &change.groups {
        for group in database.groups_of(name) {
            let named = groups.contains(&group);
            if change.remove && named || !change.append && !change.remove && !named {
                database.set_member(name, &group, false);
            }
        }
        if !change.remove {
            groups.iter().for_each(|group| database.set_member(name, group, true));
        }
    }
    match change.login.as_ref().filter(|login| *login != name) {
        Some(login) => rename(database, name, login, row.clone()),
        None => {
            if let Some(old) = database.users.named_mut(name) {
                old.clone_from(&row);
            }
        }
    }
    database.save()?;
    if change.move_home && guest::stat(&old_home, true).is_ok_and(|stat| stat.is_dir()) {
        if guest::stat(&row[5], true).is_ok() {
            return fail(12, format!("directory {} exists", row[5]));
        }
        if let Err(error) = std::fs::rename(&old_home, &row[5]) {
            let (from, to) = (&old_home, &row[5]);
            let why = guest::strerror(&error);
            return fail(12, format!("cannot rename directory {from} to {to}: {why}"));
        }
    }
    if row[2] != old_uid || change.group.is_some() {
        let id = |text: &String| text.parse().ok();
        let old = (id(&old_uid), id(&old_gid));
        let _ = give(std::path::Path::new(&row[5]), old, (id(&row[2]), id(&row[3])));
    }
    Ok(())
}

/// A new login name: the rows move to the end of the files.
fn rename(database: &mut Database, name: &str, login: &str, mut row: Vec<String>) {
    row[0] = login.to_owned();
    database.users.remove(name);
    database.users.rows.push(row);
    if let Some(mut shadow) = database.shadow.named(name).cloned() {
        database.shadow.remove(name);
        shadow[0] = login.to_owned();
        database.shadow.rows.push(shadow);
    }
    for table in [&mut database.groups, &mut database.group_shadow] {
        for row in &mut table.rows {
            let mut names = members(row);
            if let Some(at) = names.iter().position(|member| member == name) {
                names[at] = login.to_owned();
                set_members(row, &names);
            }
        }
    }
}

/// Hands the files of a home directory on that belonged to the user's old number, or its group's.
fn give(
    path: &std::path::Path,
    old: (Option<u32>, Option<u32>),
    new: (Option<u32>, Option<u32>),
) -> std::io::Result<()> {
    let stat = guest::stat(path, false)?;
    let uid = new.0.filter(|_| Some(stat.uid) == old.0);
    let gid = new.1.filter(|_| Some(stat.gid) == old.1);
    if uid.is_some() || gid.is_some() {
        guest::chown(path, false, uid, gid)?;
    }
    if stat.is_dir() {
        for entry in std::fs::read_dir(path)? {
            give(&entry?.path(), old, new)?;
        }
    }
    Ok(())
}
