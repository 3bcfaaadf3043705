//! `useradd` of shadow 4.13.

use std::ffi::OsString;
use std::path::Path;

use guest::{Arg, Long, Opts, out};

use crate::database::{Database, login_defs, next_id, range, setting, today};
use crate::{End, Exit, fail, home, root_only, usage};

const LONG: &[Long] = &[
    Long("badname", Arg::No, 'B'),
    Long("base-dir", Arg::Yes, 'b'),
    Long("comment", Arg::Yes, 'c'),
    Long("home-dir", Arg::Yes, 'd'),
    Long("defaults", Arg::No, 'D'),
    Long("expiredate", Arg::Yes, 'e'),
    Long("inactive", Arg::Yes, 'f'),
    Long("add-subids-for-system", Arg::No, 'F'),
    Long("gid", Arg::Yes, 'g'),
    Long("groups", Arg::Yes, 'G'),
    Long("skel", Arg::Yes, 'k'),
    Long("key", Arg::Yes, 'K'),
    Long("no-log-init", Arg::No, 'l'),
    Long("create-home", Arg::No, 'm'),
    Long("no-create-home", Arg::No, 'M'),
    Long("no-user-group", Arg::No, 'N'),
    Long("non-unique", Arg::No, 'o'),
    Long("password", Arg::Yes, 'p'),
    Long("system", Arg::No, 'r'),
    Long("shell", Arg::Yes, 's'),
    Long("uid", Arg::Yes, 'u'),
    Long("user-group", Arg::No, 'U'),
];

pub(crate) const DEFAULTS: &str = "/etc/default/useradd";

/// What `useradd` is to do.
#[derive(Default)]
pub(crate) struct NewUser {
    pub name: String,
    pub comment: String,
    pub home: Option<String>,
    pub expires: String,
    pub inactive: String,
    pub group: Option<String>,
    pub groups: Vec<String>,
    pub skeleton: Option<String>,
    pub make_home: bool,
    pub no_home: bool,
    pub user_group: Option<bool>,
    pub not_unique: bool,
    pub password: Option<String>,
    pub system: bool,
    pub subordinate: bool,
    pub shell: Option<String>,
    pub uid: Option<u32>,
    pub any_name: bool,
}

/// Runs `useradd`.
pub fn run(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let mut new = NewUser::default();
    let (mut base, mut defaults) = (None, false);
    let database = Database::read();
    let mut opts =
        Opts::new(args, "b:c:d:De:f:Fg:G:k:K:lmMNop:rR:P:s:u:UZ:", LONG, "[options] LOGIN");
    for opt in opts.by_ref() {
        let text = opt.text();
        match opt.code {
            'B' => new.any_name = true,
            'b' => base = Some(text),
            'c' if text.contains([':', '\n']) => {
                return fail(3, format!("invalid comment '{text}'"));
            }
            'c' => new.comment = text,
            'd' if !text.starts_with('/') => {
                return fail(3, format!("invalid home directory '{text}'"));
            }
            'd' => new.home = Some(text),
            'D' => defaults = true,
            'e' => match days(&text) {
                Some(days) => new.expires = days,
                None => return fail(3, format!("invalid date '{text}'")),
            },
            'f' => new.inactive = text,
            'F' => new.subordinate = true,
            'g' if database.group(&text).is_none() => {
                return fail(6, format!("group '{text}' does not exist"));
            }
            'g' => new.group = Some(text),
            'G' => {
                new.groups =
                    text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
                if let Some(missing) = new.groups.iter().find(|name| database.group(name).is_none())
                {
                    return fail(6, format!("group '{missing}' does not exist"));
                }
            }
            'k' => new.skeleton = Some(text),
            'm' => new.make_home = true,
            'M' => new.no_home = true,
            'N' => new.user_group = Some(false),
            'o' => new.not_unique = true,
            'p' => new.password = Some(text),
            'r' => new.system = true,
            's' if !text.is_empty() && !text.starts_with(['/', '*']) => {
                return fail(3, format!("invalid shell '{text}'"));
            }
            's' => {
                missing_shell(&text);
                new.shell = Some(text);
            }
            'u' => match text.parse() {
                Ok(uid) => new.uid = Some(uid),
                Err(_) => return fail(3, format!("invalid user ID '{text}'")),
            },
            'U' => new.user_group = Some(true),
            _ => {}
        }
    }
    let operands = opts.operands();
    if defaults {
        return show_defaults();
    }
    let [name] = operands.as_slice() else { return usage(2, "[options] LOGIN") };
    new.name = name.to_string_lossy().into_owned();
    if let Some(base) = base.filter(|_| new.home.is_none()) {
        new.home = Some(format!("{base}/{}", new.name));
    }
    root_only(1, "Permission denied.")?;
    add(database, new)
}

/// `useradd -D`.
fn show_defaults() -> End {
    let value = |name: &str, default: &str| {
        format!("{name}={}", setting(DEFAULTS, name).unwrap_or_else(|| default.into()))
    };
    for (name, default) in [
        ("GROUP", "100"),
        ("HOME", "/home"),
        ("INACTIVE", "-1"),
        ("EXPIRE", ""),
        ("SHELL", "/bin/sh"),
        ("SKEL", "/etc/skel"),
        ("CREATE_MAIL_SPOOL", "no"),
        ("LOG_INIT", "yes"),
    ] {
        out::line(value(name, default));
    }
    Ok(())
}

/// Warns where a login shell could not be run.
pub(crate) fn missing_shell(shell: &str) {
    let usable =
        guest::stat(shell, true).is_ok_and(|stat| stat.is_file() && stat.perm() & 0o111 != 0);
    if !shell.is_empty() && !usable {
        // Debian's adduser has useradd and usermod do it.
        let name = if guest::name() == "usermod" { "usermod" } else { "useradd" };
        guest::out::flush();
        eprintln!("{name}: Warning: missing or non-executable shell '{shell}'");
    }
}

/// Days since the epoch of a date, or of the number of days itself; empty for none.
pub(crate) fn days(text: &str) -> Option<String> {
    if text.is_empty() || text == "-1" {
        return Some(String::new());
    }
    if let Ok(number) = text.parse::<i64>() {
        return (number >= 0).then(|| number.to_string());
    }
    let parts: Vec<i64> = text.split('-').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [year, month, day] = parts[..] else { return None };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = guest::civil::days_from_civil(year, month as u32, day as u32);
    Some(days.to_string())
}

/// Whether Debian's tools take a name.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 32
        && !name.starts_with(['-', '+', '~'])
        && !name.contains(|c: char| c == ':' || c == ',' || c == '/' || c.is_whitespace())
        && !matches!(name, "." | "..")
}

/// Adds the user.
pub(crate) fn add(mut database: Database, new: NewUser) -> End {
    let NewUser { name, system, .. } = &new;
    let (name, system) = (name.as_str(), *system);
    if !is_name(name) && !new.any_name {
        return fail(3, format!("invalid user name '{name}': use --badname to ignore"));
    }
    if database.users.named(name).is_some() {
        return fail(9, format!("user '{name}' already exists"));
    }
    let by_default = login_defs("USERGROUPS_ENAB").as_deref() == Some("yes");
    let own_group = new.user_group.unwrap_or(by_default && new.group.is_none());
    if own_group && database.groups.named(name).is_some() {
        let hint = "if you want to add this user to that group, use -g.";
        return fail(9, format!("group {name} exists - {hint}"));
    }
    let uid = match new.uid {
        Some(uid) if !new.not_unique && database.users.numbered(uid).is_some() => {
            return fail(4, format!("UID {uid} is not unique"));
        }
        Some(uid) => {
            let (min, max) = range("UID", system);
            if !(min..=max).contains(&uid) && !system {
                eprintln!(
                    "useradd warning: {name}'s uid {uid} outside of the UID_MIN {min} and UID_MAX {max} range."
                );
            }
            uid
        }
        None => next_id(&database.users.ids(), range("UID", system), system, None),
    };
    let gid = match &new.group {
        _ if own_group => {
            let taken = database.groups.ids();
            // The user's number for its group as well, if it is free.
            let gid = match new.uid.filter(|uid| !taken.contains(uid)) {
                Some(gid) => gid,
                None => next_id(&taken, range("GID", system), system, Some(uid)),
            };
            database.add_group(name, gid, "!");
            gid
        }
        Some(group) => database.gid(group).unwrap_or(0),
        None => setting(DEFAULTS, "GROUP").and_then(|group| database.gid(&group)).unwrap_or(100),
    };
    let base = setting(DEFAULTS, "HOME").unwrap_or_else(|| "/home".into());
    let home = new.home.clone().unwrap_or_else(|| format!("{base}/{name}"));
    let shell = new.shell.clone().or_else(|| setting(DEFAULTS, "SHELL"));
    let shell = shell.unwrap_or_else(|| "/bin/sh".into());
    let (uid_text, gid_text) = (uid.to_string(), gid.to_string());
    database.users.push(&[name, "x", &uid_text, &gid_text, &new.comment, &home, &shell]);
    let password = new.password.as_deref().unwrap_or("!");
    if database.shadow.exists {
        let limits = if system { ["", "", ""] } else { ["0", "99999", "7"] };
        let [least, most, warning] = limits;
        let day = today().to_string();
        let (inactive, expires) = (&new.inactive, &new.expires);
        database.shadow.push(&[name, password, &day, least, most, warning, inactive, expires, ""]);
    }
    let names: Vec<String> = new
        .groups
        .iter()
        .filter_map(|group| database.group(group).map(|row| row[0].clone()))
        .collect();
    for group in names {
        database.set_member(name, &group, true);
    }
    if (!system && uid >= range("UID", false).0) || new.subordinate {
        database.add_subordinate(name);
    }
    database.save()?;
    let wanted = new.make_home || login_defs("CREATE_HOME").as_deref() == Some("yes") && !system;
    if wanted && !new.no_home {
        make_home(&home, uid, gid, new.skeleton.as_deref())?;
    }
    Ok(())
}

fn make_home(home: &str, uid: u32, gid: u32, skeleton: Option<&str>) -> End {
    if guest::stat(home, true).is_ok() {
        guest::warn(format!("warning: the home directory {home} already exists."));
        guest::warn("Not copying any file from skel directory into it.");
        return Ok(());
    }
    let octal = |name: &str| login_defs(name).and_then(|text| u32::from_str_radix(&text, 8).ok());
    let mode = octal("HOME_MODE").unwrap_or_else(|| 0o777 & !octal("UMASK").unwrap_or(0o22));
    let done = home::make(home, mode).and_then(|()| {
        let default = setting(DEFAULTS, "SKEL").unwrap_or_else(|| "/etc/skel".into());
        let skeleton = Path::new(skeleton.unwrap_or(&default));
        if guest::stat(skeleton, true).is_ok_and(|stat| stat.is_dir()) {
            home::copy(skeleton, Path::new(home), uid, gid, true)?;
        }
        guest::chown(home, true, Some(uid), Some(gid))
    });
    done.map_err(|error| {
        guest::warn(format!("cannot create directory {home}: {}", guest::strerror(&error)));
        Exit(12)
    })
}
