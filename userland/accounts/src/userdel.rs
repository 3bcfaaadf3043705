//! `userdel` of shadow 4.13.

use std::ffi::OsString;

use guest::{Arg, Long, Opts};

use crate::database::{Database, login_defs};
use crate::table::members;
use crate::{End, fail, root_only, usage};

const LONG: &[Long] =
    &[Long("force", Arg::No, 'f'), Long("remove", Arg::No, 'r'), Long("root", Arg::Yes, 'R')];

/// Runs `userdel`.
pub fn run(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let mut remove_home = false;
    let mut opts = Opts::new(args, "frR:P:Z", LONG, "[options] LOGIN");
    for opt in opts.by_ref() {
        remove_home |= opt.code == 'r';
    }
    let operands = opts.operands();
    let [name] = operands.as_slice() else { return usage(2, "[options] LOGIN") };
    let name = name.to_string_lossy().into_owned();
    root_only(1, "Permission denied.")?;
    let mut database = Database::read();
    let Some(row) = database.users.named(&name).cloned() else {
        return fail(6, format!("user '{name}' does not exist"));
    };
    remove(&mut database, &name, &row);
    database.save()?;
    if remove_home {
        let spool = format!("/var/mail/{name}");
        match std::fs::remove_file(&spool) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                guest::warn(format!("{name} mail spool ({spool}) not found"));
            }
            _ => {}
        }
        let home = row.get(5).map_or("", String::as_str);
        let uid = row.get(2).and_then(|uid| uid.parse().ok());
        match guest::stat(home, true) {
            Err(_) => {
                guest::warn(format!("{name} home directory ({home}) not found"));
                return Ok(());
            }
            Ok(stat) if Some(stat.uid) != uid => {
                return fail(12, format!("{home} not owned by {name}, not removing"));
            }
            Ok(_) => {
                let _ = std::fs::remove_dir_all(home);
            }
        }
    }
    Ok(())
}

/// Takes a user out of all files, and the group of its name if it is nobody else's.
pub(crate) fn remove(database: &mut Database, name: &str, row: &[String]) {
    let gid = row.get(3).cloned().unwrap_or_default();
    database.users.remove(name);
    database.shadow.remove(name);
    database.sub_users.remove(name);
    database.sub_groups.remove(name);
    for group in database.groups_of(name) {
        database.set_member(name, &group, false);
    }
    let own = database
        .groups
        .named(name)
        .is_some_and(|group| group.get(2) == Some(&gid) && members(group).is_empty());
    let shared = database.users.rows.iter().any(|row| row.get(3) == Some(&gid));
    if own && !shared && login_defs("USERGROUPS_ENAB").as_deref() == Some("yes") {
        database.groups.remove(name);
        database.group_shadow.remove(name);
    } else if own && shared {
        guest::out::flush();
        eprintln!("userdel: group {name} is the primary group of another user and is not removed.");
    }
}
