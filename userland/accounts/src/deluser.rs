//! `deluser` and `delgroup` of Debian's adduser 3.134.

use std::ffi::OsString;

use guest::out;

use crate::database::Database;
use crate::table::members;
use crate::{End, fail, root_only};

/// Runs `deluser` or, by that name, `delgroup`.
pub fn run(args: Vec<OsString>, name: &str) -> End {
    let (mut quiet, mut system, mut only_if_empty) = (false, false, false);
    let (mut remove_home, mut all_files, mut group) = (false, false, name == "delgroup");
    let mut names = Vec::new();
    for arg in args {
        let arg = arg.to_string_lossy().into_owned();
        match arg.trim_start_matches('-') {
            _ if !arg.starts_with('-') => names.push(arg),
            "quiet" | "q" => quiet = true,
            "system" => system = true,
            "only-if-empty" => only_if_empty = true,
            "remove-home" => remove_home = true,
            "remove-all-files" => all_files = true,
            "group" => group = true,
            "backup" | "debug" | "verbose" | "force" => {}
            option => {
                out::flush();
                eprintln!("Unknown option: {option}");
                return Err(crate::Exit(1));
            }
        }
    }
    root_only(1, "Only root may remove a user or group from the system.")?;
    let database = Database::read();
    match names.as_slice() {
        [user, group] => leave(database, user, group, quiet),
        [name] if group => delete_group(database, name, quiet, system, only_if_empty),
        [name] => delete_user(database, name, quiet, system, remove_home || all_files),
        _ => fail(1, "Only one or two names allowed."),
    }
}

fn tell(quiet: bool, text: impl AsRef<str>) {
    if !quiet {
        out::line(text.as_ref());
    }
}

fn leave(mut database: Database, user: &str, group: &str, quiet: bool) -> End {
    let Some(row) = database.users.named(user).cloned() else {
        return fail(2, format!("The user `{user}' does not exist."));
    };
    let Some(group_row) = database.groups.named(group).cloned() else {
        return fail(3, format!("The group `{group}' does not exist."));
    };
    if row.get(3) == group_row.get(2) {
        return fail(7, "You may not remove the user from their primary group.");
    }
    if !database.is_member(user, group) {
        return fail(6, format!("The user `{user}' is not a member of group `{group}'."));
    }
    tell(quiet, format!("Removing user `{user}' from group `{group}' ..."));
    database.set_member(user, group, false);
    database.save()?;
    tell(quiet, "Done.");
    Ok(())
}

fn delete_group(
    mut database: Database,
    name: &str,
    quiet: bool,
    system: bool,
    only_if_empty: bool,
) -> End {
    let Some(row) = database.groups.named(name).cloned() else {
        if system {
            guest::warn(format!("The group `{name}' does not exist."));
            return Ok(());
        }
        return fail(3, format!("The group `{name}' does not exist."));
    };
    let gid: u32 = row[2].parse().unwrap_or(0);
    if system && !(100..1000).contains(&gid) {
        return fail(4, format!("The group `{name}' is not a system group. Exiting."));
    }
    if only_if_empty && !members(&row).is_empty() {
        return fail(5, format!("The group `{name}' is not empty!"));
    }
    tell(quiet, format!("Removing group `{name}' ..."));
    let user = database.users.rows.iter().find(|user| user.len() > 3 && user[3] == row[2]);
    if let Some(user) = user {
        out::flush();
        eprintln!("groupdel: cannot remove the primary group of user '{}'", user[0]);
        return fail(1, format!("`/sbin/groupdel {name}' returned error code 8. Exiting."));
    }
    database.groups.remove(name);
    database.group_shadow.remove(name);
    database.save()?;
    tell(quiet, "Done.");
    Ok(())
}

fn delete_user(
    mut database: Database,
    name: &str,
    quiet: bool,
    system: bool,
    remove_home: bool,
) -> End {
    let Some(row) = database.users.named(name).cloned() else {
        let message = format!("The user `{name}' does not exist.");
        if system {
            guest::warn(format!(
                "The user `{name}' does not exist, but --system was given. Exiting."
            ));
            return Ok(());
        }
        return fail(2, message);
    };
    let uid: u32 = row.get(2).and_then(|uid| uid.parse().ok()).unwrap_or(0);
    if system && !(100..1000).contains(&uid) {
        return fail(1, format!("The user `{name}' is not a system user. Exiting."));
    }
    if guest::stat("/usr/bin/crontab", true).is_err() {
        guest::warn(
            "`/usr/bin/crontab' not executed. Skipping crontab removal. Package `cron' required.",
        );
    }
    if remove_home {
        tell(quiet, "Looking for files to backup/remove ...");
        let home = row.get(5).map_or("", String::as_str);
        if guest::stat(home, true).is_ok_and(|stat| stat.uid == uid) {
            tell(quiet, "Removing files ...");
            let _ = std::fs::remove_dir_all(home);
        }
    }
    tell(quiet, format!("Removing user `{name}' ..."));
    crate::userdel::remove(&mut database, name, &row);
    database.save()?;
    tell(quiet, "Done.");
    Ok(())
}
