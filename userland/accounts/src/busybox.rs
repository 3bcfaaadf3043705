//! `adduser`, `addgroup`, `deluser`, `delgroup`, `passwd` and `chpasswd` of BusyBox 1.36
//! (`loginutils/`), for images that have only these.

use std::ffi::OsString;
use std::path::Path;

use guest::{Arg, Long, Opts, out};

use crate::database::{Database, today};
use crate::passwd::{hash, read_line};
use crate::table::members;
use crate::{End, Exit, fail, home, root_only, usage};

/// What BusyBox says to anybody else.
const ROOT_ONLY: &str = "permission denied (are you root?)";

/// The first and the last number of people's accounts, or of the system's own.
fn range(system: bool) -> (u32, u32) {
    if system { (100, 999) } else { (1000, 60_000) }
}

fn check_name(name: &str) -> End {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.@".contains(c);
    let body = name.strip_suffix('$').unwrap_or(name);
    match body.chars().find(|&c| !plain(c)) {
        _ if body.is_empty() || body.starts_with(['-', '.']) => fail(
            1,
            format!(
                "illegal character with code {} at position 0",
                body.bytes().next().unwrap_or(0)
            ),
        ),
        Some(c) => {
            let at = body.find(c).unwrap_or(0);
            fail(1, format!("illegal character with code {} at position {at}", u32::from(c)))
        }
        None => Ok(()),
    }
}

/// Runs `adduser`.
pub fn adduser(args: Vec<OsString>) -> End {
    const LONG: &[Long] = &[
        Long("home", Arg::Yes, 'h'),
        Long("gecos", Arg::Yes, 'g'),
        Long("shell", Arg::Yes, 's'),
        Long("ingroup", Arg::Yes, 'G'),
        Long("system", Arg::No, 'S'),
        Long("disabled-password", Arg::No, 'D'),
        Long("empty-password", Arg::No, 'D'),
        Long("no-create-home", Arg::No, 'H'),
        Long("uid", Arg::Yes, 'u'),
        Long("skel", Arg::Yes, 'k'),
    ];
    const USAGE: &str = "adduser [OPTIONS] USER [GROUP]\n\nCreate new user, or add USER to GROUP";
    let (mut home, mut shell, mut group, mut uid) = (None, None, None, None);
    let (mut comment, mut skeleton) = ("Linux User,,,".to_owned(), "/etc/skel".to_owned());
    let (mut system, mut no_password, mut no_home) = (false, false, false);
    let mut opts = Opts::new(args, "h:g:s:G:DSHu:k:", LONG, USAGE);
    opts.on_misuse(misuse);
    for opt in opts.by_ref() {
        let text = opt.text();
        match opt.code {
            'h' => home = Some(text),
            'g' => comment = text,
            's' => shell = Some(text),
            'G' => group = Some(text),
            'S' => system = true,
            'D' => no_password = true,
            'H' => no_home = true,
            'k' => skeleton = text,
            'u' => match text.parse::<u32>() {
                Ok(number) => uid = Some(number),
                Err(_) => return fail(1, format!("invalid number '{text}'")),
            },
            _ => {}
        }
    }
    root_only(1, ROOT_ONLY)?;
    let operands: Vec<String> =
        opts.operands().iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let name = match operands.as_slice() {
        [name] => name.clone(),
        // addgroup does this one.
        [user, group] => {
            guest::set_name("addgroup");
            return join(user, group);
        }
        _ => misuse(),
    };
    check_name(&name)?;
    let mut database = Database::read();
    if database.users.named(&name).is_some() {
        return fail(1, format!("user '{name}' in use"));
    }
    if let Some(uid) = uid.filter(|uid| database.users.numbered(*uid).is_some()) {
        return fail(1, format!("uid '{uid}' in use"));
    }
    let (first, last) = range(system);
    let taken = (database.users.ids(), database.groups.ids());
    let alone = group.is_none() && !system;
    let free = |id: &u32| !(taken.0.contains(id) || alone && taken.1.contains(id));
    let uid = match uid.or_else(|| (first..=last).find(free)) {
        Some(uid) => uid,
        None => return fail(1, "no free uids left"),
    };
    let gid = match &group {
        Some(group) => match database.gid(group) {
            Some(gid) => gid,
            None => return fail(1, format!("unknown group {group}")),
        },
        // The system's users are in nobody's group.
        None if system && database.gid("nogroup").is_some() => {
            database.gid("nogroup").unwrap_or_default()
        }
        None => {
            if database.groups.named(&name).is_some() {
                return fail(1, format!("group name '{name}' is in use"));
            }
            add_group_row(&mut database, &name, uid);
            uid
        }
    };
    let home = home.unwrap_or_else(|| format!("/home/{name}"));
    let default = if system { "/bin/false" } else { "/bin/sh" };
    let shell = shell.unwrap_or_else(|| default.into());
    database.users.push(&[&name, "x", &uid.to_string(), &gid.to_string(), &comment, &home, &shell]);
    if database.shadow.exists {
        let day = today().to_string();
        database.shadow.push(&[&name, "!", &day, "0", "99999", "7", "", "", ""]);
    }
    database.save()?;
    if !no_home {
        make_home(&home, &skeleton, uid, gid);
    }
    if !no_password && !system {
        guest::set_name("passwd");
        return ask(&name);
    }
    Ok(())
}

fn misuse() -> ! {
    out::flush();
    eprintln!("BusyBox v1.36.1 multi-call binary.\n\nUsage: {} [OPTIONS] NAME", guest::name());
    std::process::exit(1)
}

fn add_group_row(database: &mut Database, name: &str, gid: u32) {
    database.groups.push(&[name, "x", &gid.to_string(), ""]);
    if database.group_shadow.exists {
        database.group_shadow.push(&[name, "!", "", ""]);
    }
}

fn make_home(home: &str, skeleton: &str, uid: u32, gid: u32) {
    let perror =
        |error: &std::io::Error| guest::warn(format!("{home}: {}", guest::strerror(error)));
    match std::fs::create_dir(home) {
        Ok(()) => {
            if guest::stat(skeleton, true).is_ok_and(|stat| stat.is_dir()) {
                let _ = home::copy(Path::new(skeleton), Path::new(home), uid, gid, false);
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => perror(&error),
    }
    let done =
        guest::chown(home, true, Some(uid), Some(gid)).and_then(|()| guest::chmod(home, 0o2755));
    if let Err(error) = done {
        perror(&error);
    }
}

/// Adds a user to a group; one who is in it already stays in it.
fn join(user: &str, group: &str) -> End {
    let mut database = Database::read();
    if database.groups.named(group).is_none() {
        return fail(1, format!("unknown group {group}"));
    }
    if database.users.named(user).is_none() {
        return fail(1, format!("unknown user {user}"));
    }
    database.set_member(user, group, true);
    database.save()
}

/// Runs `addgroup`.
pub fn addgroup(args: Vec<OsString>) -> End {
    const LONG: &[Long] = &[Long("gid", Arg::Yes, 'g'), Long("system", Arg::No, 'S')];
    let (mut gid, mut system) = (None, false);
    let mut opts = Opts::new(args, "g:S", LONG, "[-g GID] [-S] [USER] GROUP");
    opts.on_misuse(misuse);
    for opt in opts.by_ref() {
        match opt.code {
            'S' => system = true,
            _ => match opt.text().parse::<u32>() {
                Ok(number) => gid = Some(number),
                Err(_) => return fail(1, format!("invalid number '{}'", opt.text())),
            },
        }
    }
    root_only(1, ROOT_ONLY)?;
    let operands: Vec<String> =
        opts.operands().iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let name = match operands.as_slice() {
        [user, group] => return join(user, group),
        [name] => name,
        _ => misuse(),
    };
    check_name(name)?;
    let mut database = Database::read();
    if database.groups.named(name).is_some() {
        return fail(1, format!("group '{name}' in use"));
    }
    if let Some(gid) = gid.filter(|gid| database.groups.numbered(*gid).is_some()) {
        return fail(1, format!("gid '{gid}' in use"));
    }
    let taken = database.groups.ids();
    let (first, last) = range(system);
    let Some(gid) = gid.or_else(|| (first..=last).find(|id| !taken.contains(id))) else {
        return fail(1, "no free gids left");
    };
    add_group_row(&mut database, name, gid);
    database.save()
}

/// Runs `deluser` or `delgroup`.
pub fn delete(args: Vec<OsString>, name: &str) -> End {
    const LONG: &[Long] = &[Long("remove-home", Arg::No, 'r')];
    let mut remove_home = false;
    let mut opts = Opts::new(args, "", LONG, "[USER] GROUP");
    opts.on_misuse(misuse);
    for opt in opts.by_ref() {
        remove_home |= opt.code == 'r';
    }
    let operands: Vec<String> =
        opts.operands().iter().map(|word| word.to_string_lossy().into_owned()).collect();
    root_only(1, ROOT_ONLY)?;
    let mut database = Database::read();
    match operands.as_slice() {
        [user, group] => {
            if database.users.named(user).is_none() {
                return fail(1, format!("unknown user {user}"));
            }
            if database.groups.named(group).is_none() {
                return fail(1, format!("unknown group {group}"));
            }
            if !database.is_member(user, group) {
                return fail(1, format!("can't find {user} in /etc/group"));
            }
            database.set_member(user, group, false);
            database.save()
        }
        [group] if name == "delgroup" => {
            let Some(row) = database.groups.named(group).cloned() else {
                return fail(1, format!("unknown group {group}"));
            };
            let user = database.users.rows.iter().find(|user| user.len() > 3 && user[3] == row[2]);
            if let Some(user) = user {
                return fail(
                    1,
                    format!("'{}' still has '{group}' as their primary group!", user[0]),
                );
            }
            database.groups.remove(group);
            database.group_shadow.remove(group);
            database.save()
        }
        [user] => {
            let Some(row) = database.users.named(user).cloned() else {
                return fail(1, format!("unknown user {user}"));
            };
            delete_user(&mut database, user, &row);
            database.save()?;
            if remove_home {
                let _ = std::fs::remove_dir_all(row.get(5).map_or("", String::as_str));
            }
            Ok(())
        }
        _ => misuse(),
    }
}

fn delete_user(database: &mut Database, user: &str, row: &[String]) {
    database.users.remove(user);
    database.shadow.remove(user);
    for group in database.groups_of(user) {
        database.set_member(user, &group, false);
    }
    let own = database
        .groups
        .named(user)
        .is_some_and(|group| group.get(2) == row.get(3) && members(group).is_empty());
    let shared = database.users.rows.iter().any(|other| other.get(3) == row.get(3));
    if own && !shared {
        database.groups.remove(user);
        database.group_shadow.remove(user);
    }
}

/// Asks for a password, as `passwd` does.
fn ask(name: &str) -> End {
    out::line(format!("Changing password for {name}"));
    out::flush();
    eprint!("New password: ");
    let first = read_line();
    eprint!("\nRetype password: ");
    let second = if first.is_some() { read_line() } else { None };
    eprintln!();
    match (first, second) {
        (Some(first), Some(second)) if first == second => set(name, &hash(&first)),
        (Some(_), Some(_)) => {
            eprintln!("Passwords don't match");
            fail(1, format!("password for {name} is unchanged"))
        }
        _ => fail(1, format!("password for {name} is unchanged")),
    }
}

fn set(name: &str, password: &str) -> End {
    let mut database = Database::read();
    let row = match database.shadow.named_mut(name) {
        Some(row) => Some(row),
        None => database.users.named_mut(name),
    };
    if let Some(row) = row {
        row[1] = password.to_owned();
    }
    database.save()?;
    out::line(format!("{}: password for {name} changed by root", guest::name()));
    Ok(())
}

/// Runs `passwd`.
pub fn passwd(args: Vec<OsString>) -> End {
    let mut what = None;
    let mut opts = Opts::new(args, "dlua:", &[], "[-dlu] [USER]");
    opts.on_misuse(misuse);
    for opt in opts.by_ref() {
        what = Some(opt.code);
    }
    let name =
        opts.operands().first().map_or("root".into(), |name| name.to_string_lossy().into_owned());
    let database = Database::read();
    if database.users.named(&name).is_none() {
        return fail(1, format!("unknown user {name}"));
    }
    root_only(1, ROOT_ONLY)?;
    let row = database.shadow.named(&name).or_else(|| database.users.named(&name));
    let now = row.map_or(String::new(), |row| row[1].clone());
    match (what, now.strip_prefix('!')) {
        (Some('d'), _) => set(&name, ""),
        (Some('l'), None) => set(&name, &format!("!{now}")),
        (Some('u'), Some(open)) => set(&name, open),
        (Some('l'), _) => fail(1, format!("password for {name} is already locked")),
        (Some('u'), _) => fail(1, format!("password for {name} is already unlocked")),
        _ => ask(&name),
    }
}

/// Runs `chpasswd`.
pub fn chpasswd(args: Vec<OsString>) -> End {
    const LONG: &[Long] = &[Long("encrypted", Arg::No, 'e'), Long("md5", Arg::No, 'm')];
    let mut encrypted = false;
    let mut opts = Opts::new(args, "ec:mR:", LONG, "[-e]");
    opts.on_misuse(misuse);
    for opt in opts.by_ref() {
        encrypted |= opt.code == 'e';
    }
    if !opts.operands().is_empty() {
        return usage(1, "[-e]");
    }
    root_only(1, ROOT_ONLY)?;
    for line in std::iter::from_fn(read_line) {
        let Some((name, password)) = line.split_once(':') else {
            return fail(1, "missing new password");
        };
        let mut database = Database::read();
        if database.users.named(name).is_none() {
            return fail(1, format!("unknown user {name}"));
        }
        let new = if encrypted { password.to_owned() } else { hash(password) };
        let row = match database.shadow.named_mut(name) {
            Some(row) => Some(row),
            None => database.users.named_mut(name),
        };
        if let Some(row) = row {
            row[1] = new;
        }
        database.save()?;
        out::line(format!("chpasswd: password for '{name}' changed"));
    }
    Ok::<(), Exit>(())
}
