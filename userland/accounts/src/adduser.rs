//! `adduser` and `addgroup` of Debian's adduser 3.134.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;

use guest::out;

use crate::database::{Database, first_free, setting, today};
use crate::passwd::{Asked, ask_password, read_line};
use crate::useradd::missing_shell;
use crate::{End, Exit, fail, home, root_only};

const CONF: &str = "/etc/adduser.conf";

const USAGE: &str = "\
adduser [--uid ID] [--gid ID] [--ingroup GROUP] [--shell SHELL] [--comment TEXT] [--home DIR]
        [--no-create-home] [--disabled-password] [--disabled-login] [--quiet] USER
adduser --system [--uid ID] [--group] [--ingroup GROUP] [--shell SHELL] [--home DIR]
        [--no-create-home] [--quiet] USER
adduser --group [--gid ID] GROUP
addgroup [--gid ID] [--system] GROUP
adduser USER GROUP
";

/// What the command line asks for.
#[derive(Default)]
struct Request {
    system: bool,
    group: bool,
    quiet: bool,
    no_home: bool,
    any_name: bool,
    disabled_password: bool,
    disabled_login: bool,
    extra_groups: bool,
    uid: Option<u32>,
    gid: Option<u32>,
    first_uid: Option<u32>,
    last_uid: Option<u32>,
    first_gid: Option<u32>,
    last_gid: Option<u32>,
    ingroup: Option<String>,
    home: Option<String>,
    shell: Option<String>,
    comment: Option<String>,
    names: Vec<String>,
}

/// Runs `adduser` or, by that name, `addgroup`.
pub fn run(args: Vec<OsString>, name: &str) -> End {
    let mut request = parse(args)?;
    request.group |= name == "addgroup" && !request.system;
    let as_group = name == "addgroup";
    root_only(1, "Only root may add a user or group to the system.")?;
    let database = Database::read();
    match request.names.as_slice() {
        [user, group] if !as_group && !request.group && !request.system => {
            join(database, user, group, request.quiet)
        }
        [_, _] => fail(1, format!("{name} with two arguments is an unspecified operation.")),
        [group] if as_group || request.group && !request.system => {
            add_group(database, &group.clone(), &request, as_group && request.system)
        }
        [user] if request.system => add_system_user(database, &user.clone(), &request),
        [user] => add_user(database, &user.clone(), &request),
        _ => fail(1, "Only one or two names allowed."),
    }
}

fn parse(args: Vec<OsString>) -> Result<Request, Exit> {
    let mut out = Request::default();
    let mut args: VecDeque<String> =
        args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    while let Some(arg) = args.pop_front() {
        let Some(option) = arg.strip_prefix("--").or_else(|| arg.strip_prefix('-')) else {
            out.names.push(arg);
            continue;
        };
        if option.is_empty() {
            out.names.extend(args.drain(..));
            break;
        }
        let (option, value) = match option.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (option.to_owned(), None),
        };
        match option.as_str() {
            "system" => out.system = true,
            "group" => out.group = true,
            "quiet" | "q" => out.quiet = true,
            "no-create-home" => out.no_home = true,
            "disabled-password" => out.disabled_password = true,
            "disabled-login" => out.disabled_login = true,
            "force-badname" | "allow-badname" | "allow-bad-names" | "allow-all-names" => {
                out.any_name = true;
            }
            "add_extra_groups" | "add-extra-groups" => out.extra_groups = true,
            "debug" | "verbose" => {}
            "uid" | "gid" | "firstuid" | "lastuid" | "firstgid" | "lastgid" | "ingroup"
            | "home" | "shell" | "comment" | "gecos" | "conf" => {
                let Some(value) = value.or_else(|| args.pop_front()) else {
                    return misuse(format!("Option {option} requires an argument"));
                };
                set(&mut out, &option, value)?;
            }
            _ => return misuse(format!("Unknown option: {option}")),
        }
    }
    Ok(out)
}

fn set(out: &mut Request, option: &str, value: String) -> End {
    let number = match option {
        "uid" => &mut out.uid,
        "gid" => &mut out.gid,
        "firstuid" => &mut out.first_uid,
        "lastuid" => &mut out.last_uid,
        "firstgid" => &mut out.first_gid,
        "lastgid" => &mut out.last_gid,
        text => {
            let target = match text {
                "ingroup" => &mut out.ingroup,
                "home" => &mut out.home,
                "shell" => &mut out.shell,
                "conf" => return Ok(()),
                _ => &mut out.comment,
            };
            *target = Some(value);
            return Ok(());
        }
    };
    match value.parse() {
        Ok(value) => *number = Some(value),
        Err(_) => {
            return misuse(format!(
                "Value \"{value}\" invalid for option {option} (number expected)"
            ));
        }
    }
    Ok(())
}

fn misuse<T>(message: String) -> Result<T, Exit> {
    out::flush();
    eprint!("{message}\n{USAGE}");
    Err(Exit(1))
}

/// Whether `NAME_REGEX` of adduser.conf, as it is unless set, takes a name.
fn check_name(name: &str, request: &Request) -> End {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_' && request.system);
    let body = name.strip_suffix('$').unwrap_or(name);
    if request.any_name || begins && body.chars().all(plain) {
        return Ok(());
    }
    fail(
        1,
        "Please enter a username matching the regular expression\n            configured via the \
         NAME_REGEX configuration variable.  Use the\n            `--allow-bad-names' option to \
         relax this check or reconfigure\n            NAME_REGEX in configuration.",
    )
}

fn conf(name: &str, default: &str) -> String {
    setting(CONF, name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.into())
}

fn bounds(kind: &str, system: bool, first: Option<u32>, last: Option<u32>) -> (u32, u32) {
    let prefix = if system { "SYSTEM_" } else { "" };
    let (low, high) = if system { (100, 999) } else { (1000, 59_999) };
    let value = |name: &str, default: u32| {
        conf(&format!("{name}_{prefix}{kind}"), "").parse().unwrap_or(default)
    };
    (first.unwrap_or_else(|| value("FIRST", low)), last.unwrap_or_else(|| value("LAST", high)))
}

fn tell(quiet: bool, text: impl AsRef<str>) {
    if !quiet {
        out::line(text.as_ref());
    }
}

/// `adduser USER GROUP`
fn join(mut database: Database, user: &str, group: &str, quiet: bool) -> End {
    if database.users.named(user).is_none() {
        return fail(1, format!("The user `{user}' does not exist."));
    }
    if database.groups.named(group).is_none() {
        return fail(1, format!("The group `{group}' does not exist."));
    }
    if database.is_member(user, group) {
        if !quiet {
            guest::warn(format!("The user `{user}' is already a member of `{group}'."));
        }
        return Ok(());
    }
    tell(quiet, format!("Adding user `{user}' to group `{group}' ..."));
    database.set_member(user, group, true);
    database.save()?;
    tell(quiet, "Done.");
    Ok(())
}

fn add_group(mut database: Database, name: &str, request: &Request, system: bool) -> End {
    check_name(name, request)?;
    if let Some(row) = database.groups.named(name) {
        let gid: u32 = row[2].parse().unwrap_or(0);
        if system && request.gid.is_none_or(|wanted| wanted == gid) && (100..1000).contains(&gid) {
            if !request.quiet {
                guest::warn(format!(
                    "The group `{name}' already exists as a system group. Exiting."
                ));
            }
            return Ok(());
        }
        return fail(1, format!("The group `{name}' already exists."));
    }
    if let Some(gid) = request.gid.filter(|gid| database.groups.numbered(*gid).is_some()) {
        return fail(1, format!("The GID `{gid}' is already in use."));
    }
    let gid = request.gid.unwrap_or_else(|| {
        let (first, last) = bounds("GID", system, request.first_gid, request.last_gid);
        let taken = database.groups.ids();
        (first..=last).find(|id| !taken.contains(id)).unwrap_or(last)
    });
    tell(request.quiet, format!("Adding group `{name}' (GID {gid}) ..."));
    database.add_group(name, gid, "!");
    database.save()?;
    tell(request.quiet, "Done.");
    Ok(())
}

fn add_system_user(mut database: Database, name: &str, request: &Request) -> End {
    let quiet = request.quiet;
    check_name(name, request)?;
    if let Some(row) = database.users.named(name) {
        let uid: u32 = row[2].parse().unwrap_or(0);
        if !(100..1000).contains(&uid) {
            let what = "already exists, but is not a system user. Exiting.";
            return fail(1, format!("The user `{name}' {what}"));
        }
        if request.uid.is_some_and(|wanted| wanted != uid) {
            return fail(
                1,
                format!("The user `{name}' already exists with a different UID. Exiting."),
            );
        }
        tell(quiet, format!("The system user `{name}' already exists. Exiting.\n").trim_end());
        return Ok(());
    }
    let (group_name, gid) = match (&request.ingroup, request.gid) {
        (Some(group), _) => {
            match database.groups.named(group).and_then(|row| row[2].parse().ok()) {
                Some(gid) => (group.clone(), Some(gid)),
                None => return fail(1, format!("The group `{group}' does not exist.")),
            }
        }
        (None, Some(gid)) if !request.group => match database.groups.numbered(gid) {
            Some(row) => (row[0].clone(), Some(gid)),
            None => return fail(1, format!("The GID {gid} does not exist.")),
        },
        _ if request.group => (name.to_owned(), None),
        _ => ("nogroup".to_owned(), Some(database.gid("nogroup").unwrap_or(65_534))),
    };
    if gid.is_none() && database.groups.named(name).is_some() {
        return fail(1, format!("The group `{name}' already exists."));
    }
    let uid = match request.uid {
        Some(uid) if database.users.numbered(uid).is_some() => {
            return fail(1, format!("The UID {uid} is already in use."));
        }
        Some(uid) => uid,
        None => {
            let (first, last) = bounds("UID", true, request.first_uid, request.last_uid);
            let taken = database.users.ids();
            (first..=last).find(|id| !taken.contains(id)).unwrap_or(last)
        }
    };
    tell(quiet, format!("Adding system user `{name}' (UID {uid}) ..."));
    let gid = match gid {
        Some(gid) => {
            tell(
                quiet,
                format!("Adding new user `{name}' (UID {uid}) with group `{group_name}' ..."),
            );
            gid
        }
        None => {
            let (first, last) = bounds("GID", true, request.first_gid, request.last_gid);
            let taken = database.groups.ids();
            let free = || (first..=last).find(|id| !taken.contains(id)).unwrap_or(last);
            let gid = request.gid.unwrap_or_else(free);
            tell(quiet, format!("Adding new group `{name}' (GID {gid}) ..."));
            tell(quiet, format!("Adding new user `{name}' (UID {uid}) with group `{name}' ..."));
            database.add_group(name, gid, "!");
            gid
        }
    };
    let home = request.home.clone().unwrap_or_else(|| "/nonexistent".into());
    let shell = request.shell.clone().unwrap_or_else(|| "/usr/sbin/nologin".into());
    missing_shell(&shell);
    let comment = request.comment.clone().unwrap_or_default();
    push_user(&mut database, name, uid, gid, &comment, &home, &shell, true);
    database.save()?;
    make_home(&home, uid, gid, request, true);
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the fields of a line of /etc/passwd")]
fn push_user(
    database: &mut Database,
    name: &str,
    uid: u32,
    gid: u32,
    comment: &str,
    home: &str,
    shell: &str,
    system: bool,
) {
    let (uid, gid) = (uid.to_string(), gid.to_string());
    database.users.push(&[name, "x", &uid, &gid, comment, home, shell]);
    if database.shadow.exists {
        let day = today().to_string();
        let [least, most, warning] = if system { ["", "", ""] } else { ["0", "99999", "7"] };
        database.shadow.push(&[name, "!", &day, least, most, warning, "", "", ""]);
    }
    if !system {
        database.add_subordinate(name);
    }
}

fn add_user(mut database: Database, name: &str, request: &Request) -> End {
    let quiet = request.quiet;
    check_name(name, request)?;
    if database.users.named(name).is_some() {
        return fail(1, format!("The user `{name}' already exists."));
    }
    let group = match (&request.ingroup, request.gid) {
        (Some(group), _) => match database.groups.named(group) {
            Some(row) => Some(row.clone()),
            None => return fail(1, format!("The group `{group}' does not exist.")),
        },
        (None, Some(gid)) => match database.groups.numbered(gid) {
            Some(row) => Some(row.clone()),
            None => return fail(1, format!("The GID {gid} does not exist.")),
        },
        _ => None,
    };
    if group.is_none() && database.groups.named(name).is_some() {
        return fail(1, format!("The group `{name}' already exists."));
    }
    if let Some(uid) = request.uid.filter(|uid| database.users.numbered(*uid).is_some()) {
        return fail(1, format!("The UID {uid} is already in use."));
    }
    tell(quiet, format!("Adding user `{name}' ..."));
    let range = bounds("UID", false, request.first_uid, request.last_uid);
    let uid = request.uid.unwrap_or_else(|| match &group {
        Some(_) => {
            let taken = database.users.ids();
            (range.0..=range.1).find(|id| !taken.contains(id)).unwrap_or(range.1)
        }
        None => first_free(&database, range),
    });
    let (group_name, gid) = match &group {
        Some(row) => (row[0].clone(), row[2].parse().unwrap_or(0)),
        None => {
            tell(quiet, format!("Adding new group `{name}' ({uid}) ..."));
            database.add_group(name, uid, "!");
            (name.to_owned(), uid)
        }
    };
    tell(quiet, format!("Adding new user `{name}' ({uid}) with group `{group_name} ({gid})' ..."));
    let home = request.home.clone().unwrap_or_else(|| format!("{}/{name}", conf("DHOME", "/home")));
    let shell = request.shell.clone().unwrap_or_else(|| conf("DSHELL", "/bin/bash"));
    missing_shell(&shell);
    push_user(&mut database, name, uid, gid, "", &home, &shell, false);
    database.save()?;
    make_home(&home, uid, gid, request, false);
    if !request.disabled_password && !request.disabled_login {
        set_password(name);
    }
    let comment = match &request.comment {
        Some(text) => {
            let mut parts: Vec<&str> = text.split(',').collect();
            parts.resize(parts.len().max(4), "");
            parts.join(",")
        }
        None => ask_comment(name),
    };
    let mut database = Database::read();
    if let Some(row) = database.users.named_mut(name) {
        row[4] = comment;
    }
    if database.groups.named("users").is_some() && group_name != "users" {
        tell(quiet, format!("Adding new user `{name}' to supplemental / extra groups `users' ..."));
        tell(quiet, format!("Adding user `{name}' to group `users' ..."));
        database.set_member(name, "users", true);
    }
    database.save()
}

/// Asks until the passwords agree or no other try is wanted.
fn set_password(name: &str) {
    loop {
        if let Asked::Changed(hash) = ask_password() {
            let mut database = Database::read();
            if let Some(row) = database.shadow.named_mut(name) {
                row[1] = hash;
            }
            let _ = database.save();
            eprintln!("passwd: password updated successfully");
            return;
        }
        eprintln!("passwd: Authentication token manipulation error\npasswd: password unchanged");
        out::put("Try again? [y/N] ");
        out::flush();
        let answer = read_line();
        if !answer.is_some_and(|answer| answer.starts_with(['y', 'Y'])) {
            return;
        }
    }
}

/// What is known about a person, as `chfn` asks for it.
fn ask_comment(name: &str) -> String {
    out::line(format!("Changing the user information for {name}"));
    out::line("Enter the new value, or press ENTER for the default");
    let mut parts = Vec::new();
    for question in ["Full Name", "Room Number", "Work Phone", "Home Phone", "Other"] {
        out::put(format!("\t{question} []: "));
        out::flush();
        parts.push(read_line().unwrap_or_default());
    }
    out::put("Is the information correct? [Y/n] ");
    out::flush();
    read_line();
    parts.truncate(if parts[4].is_empty() { 4 } else { 5 });
    parts.join(",")
}

fn make_home(home: &str, uid: u32, gid: u32, request: &Request, system: bool) {
    let quiet = request.quiet;
    if home == "/nonexistent" || home.starts_with("/nonexistent/") {
        return tell(quiet, format!("Not creating `{home}'."));
    }
    if request.no_home {
        return tell(quiet, format!("Not creating home directory `{home}'."));
    }
    if let Ok(stat) = guest::stat(home, true) {
        if !quiet {
            guest::warn(format!(
                "The home directory `{home}' already exists.  Not touching this directory."
            ));
        }
        if stat.uid != uid {
            guest::warn(format!(
                "Warning: The home directory `{home}' does not belong to the user you are currently creating."
            ));
        }
        return;
    }
    tell(quiet, format!("Creating home directory `{home}' ..."));
    let (key, default) = if system { ("SYS_DIR_MODE", "0755") } else { ("DIR_MODE", "0700") };
    let mode = u32::from_str_radix(&conf(key, default), 8).unwrap_or(0o755);
    let skeleton = conf("SKEL", "/etc/skel");
    let made = home::make(home, mode).and_then(|()| guest::chown(home, true, Some(uid), Some(gid)));
    if let Err(error) = made {
        return guest::warn(format!(
            "Couldn't create home directory `{home}': {}.",
            guest::strerror(&error)
        ));
    }
    if !system && guest::stat(&skeleton, true).is_ok_and(|stat| stat.is_dir()) {
        tell(quiet, format!("Copying files from `{skeleton}' ..."));
        let _ = home::copy(Path::new(&skeleton), Path::new(home), uid, gid, false);
    }
    let _ = std::io::stderr().flush();
}
