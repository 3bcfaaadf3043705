//! `groupadd`, `groupdel`, `groupmod` and `gpasswd` of shadow 4.13.

use std::ffi::OsString;

use guest::{Arg, Long, Opts, out};

use crate::database::{Database, next_id, range};
use crate::table::{members, set_members};
use crate::{End, fail, root_only, usage};

const USAGE: &str = "[options] GROUP";

const ADD: &[Long] = &[
    Long("force", Arg::No, 'f'),
    Long("gid", Arg::Yes, 'g'),
    Long("key", Arg::Yes, 'K'),
    Long("non-unique", Arg::No, 'o'),
    Long("password", Arg::Yes, 'p'),
    Long("system", Arg::No, 'r'),
    Long("users", Arg::Yes, 'U'),
];

const MODIFY: &[Long] = &[
    Long("append", Arg::No, 'a'),
    Long("gid", Arg::Yes, 'g'),
    Long("new-name", Arg::Yes, 'n'),
    Long("non-unique", Arg::No, 'o'),
    Long("password", Arg::Yes, 'p'),
    Long("users", Arg::Yes, 'U'),
];

fn one_operand(opts: &mut Opts) -> Result<String, crate::Exit> {
    match opts.operands().as_slice() {
        [name] => Ok(name.to_string_lossy().into_owned()),
        _ => usage(2, USAGE),
    }
}

/// Runs `groupadd`.
pub fn add(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let (mut force, mut gid, mut not_unique, mut system) = (false, None, false, false);
    let (mut password, mut users) = ("!".to_owned(), Vec::new());
    let mut opts = Opts::new(args, "fg:K:op:rR:P:U:", ADD, USAGE);
    for opt in opts.by_ref() {
        let text = opt.text();
        match opt.code {
            'f' => force = true,
            'g' => match text.parse::<u32>() {
                Ok(number) => gid = Some(number),
                Err(_) => return fail(3, format!("invalid group ID '{text}'")),
            },
            'o' => not_unique = true,
            'p' => password = text,
            'r' => system = true,
            'U' => users = text.split(',').map(str::to_owned).collect(),
            _ => {}
        }
    }
    let name = one_operand(&mut opts)?;
    root_only(10, "Permission denied.")?;
    let mut database = Database::read();
    if !crate::useradd::is_name(&name) {
        return fail(3, format!("'{name}' is not a valid group name"));
    }
    if database.groups.named(&name).is_some() {
        return if force { Ok(()) } else { fail(9, format!("group '{name}' already exists")) };
    }
    if let Some(number) = gid.filter(|gid| !not_unique && database.groups.numbered(*gid).is_some())
    {
        if !force {
            return fail(4, format!("GID '{number}' already exists"));
        }
        gid = None;
    }
    let taken = database.groups.ids();
    let gid = gid.unwrap_or_else(|| next_id(&taken, range("GID", system), system, None));
    database.add_group(&name, gid, &password);
    for user in users {
        if database.users.named(&user).is_none() {
            return fail(6, format!("Invalid member username {user}"));
        }
        database.set_member(&user, &name, true);
    }
    database.save()
}

/// Runs `groupdel`.
pub fn delete(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let mut force = false;
    let mut opts = Opts::new(args, "fR:P:", &[Long("force", Arg::No, 'f')], USAGE);
    for opt in opts.by_ref() {
        force |= opt.code == 'f';
    }
    let name = one_operand(&mut opts)?;
    root_only(10, "Permission denied.")?;
    let mut database = Database::read();
    let Some(row) = database.groups.named(&name).cloned() else {
        return fail(6, format!("group '{name}' does not exist"));
    };
    let user = database.users.rows.iter().find(|user| user.len() > 3 && user[3] == row[2]);
    if let Some(user) = user.filter(|_| !force) {
        return fail(8, format!("cannot remove the primary group of user '{}'", user[0]));
    }
    database.groups.remove(&name);
    database.group_shadow.remove(&name);
    database.save()
}

/// Runs `groupmod`.
pub fn modify(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let (mut gid, mut new_name, mut not_unique, mut password) = (None, None, false, None);
    let (mut users, mut append) = (None, false);
    let mut opts = Opts::new(args, "ag:n:op:R:P:U:", MODIFY, USAGE);
    for opt in opts.by_ref() {
        let text = opt.text();
        match opt.code {
            'a' => append = true,
            'g' => match text.parse::<u32>() {
                Ok(number) => gid = Some(number),
                Err(_) => return fail(3, format!("invalid group ID '{text}'")),
            },
            'n' => new_name = Some(text),
            'o' => not_unique = true,
            'p' => password = Some(text),
            'U' => users = Some(text.split(',').map(str::to_owned).collect::<Vec<_>>()),
            _ => {}
        }
    }
    let name = one_operand(&mut opts)?;
    root_only(10, "Permission denied.")?;
    let mut database = Database::read();
    let Some(row) = database.groups.named(&name).cloned() else {
        return fail(6, format!("group '{name}' does not exist"));
    };
    let old = row[2].clone();
    if let Some(gid) = gid.filter(|gid| gid.to_string() != old && !not_unique)
        && database.groups.numbered(gid).is_some()
    {
        return fail(4, format!("GID '{gid}' already exists"));
    }
    if let Some(new) = new_name.as_ref().filter(|new| **new != name)
        && database.groups.named(new).is_some()
    {
        return fail(9, format!("group '{new}' already exists"));
    }
    if let Some(gid) = gid.map(|gid| gid.to_string()) {
        if let Some(row) = database.groups.named_mut(&name) {
            row[2].clone_from(&gid);
        }
        for user in &mut database.users.rows {
            if user.len() > 3 && user[3] == old {
                user[3].clone_from(&gid);
            }
        }
    }
    for table in [&mut database.groups, &mut database.group_shadow] {
        if let Some(users) = &users
            && let Some(row) = table.named_mut(&name)
        {
            let mut names = if append { members(row) } else { Vec::new() };
            names.extend(users.iter().cloned());
            names.dedup();
            set_members(row, &names);
        }
    }
    if let Some(password) = password
        && let Some(row) = database.group_shadow.named_mut(&name)
    {
        row[1] = password;
    }
    if let Some(new) = new_name.filter(|new| *new != name) {
        for table in [&mut database.groups, &mut database.group_shadow] {
            if let Some(mut row) = table.named(&name).cloned() {
                table.remove(&name);
                row[0].clone_from(&new);
                table.rows.push(row);
            }
        }
    }
    database.save()
}

/// Runs `gpasswd`.
pub fn gpasswd(args: Vec<OsString>) -> End {
    const LONG: &[Long] = &[
        Long("add", Arg::Yes, 'a'),
        Long("delete", Arg::Yes, 'd'),
        Long("members", Arg::Yes, 'M'),
    ];
    guest::set_failure_status(2);
    let mut asked = None;
    let mut opts = Opts::new(args, "a:d:M:A:rRQ:", LONG, "[option] GROUP");
    for opt in opts.by_ref() {
        asked = Some((opt.code, opt.text()));
    }
    let operands = opts.operands();
    let ([group], Some((what, user))) = (operands.as_slice(), asked) else {
        return usage(2, "[option] GROUP");
    };
    let group = group.to_string_lossy().into_owned();
    root_only(1, "Permission denied.")?;
    let mut database = Database::read();
    if matches!(what, 'a' | 'd') && database.users.named(&user).is_none() && what == 'a' {
        return fail(3, format!("user '{user}' does not exist"));
    }
    if database.groups.named(&group).is_none() {
        return fail(3, format!("group '{group}' does not exist in /etc/group"));
    }
    match what {
        'a' => {
            out::line(format!("Adding user {user} to group {group}"));
            database.set_member(&user, &group, true);
        }
        'd' => {
            out::line(format!("Removing user {user} from group {group}"));
            if !database.is_member(&user, &group) {
                return fail(3, format!("user '{user}' is not a member of '{group}'"));
            }
            database.set_member(&user, &group, false);
        }
        _ => {
            let names: Vec<String> = user.split(',').map(str::to_owned).collect();
            for table in [&mut database.groups, &mut database.group_shadow] {
                if let Some(row) = table.named_mut(&group) {
                    set_members(row, &names);
                }
            }
        }
    }
    database.save()
}
