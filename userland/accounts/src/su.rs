//! `su` and `runuser` of util-linux 2.38, and BusyBox's `su`.

use std::ffi::OsString;
use std::path::Path;

use guest::{Arg, Long, Opts};

use crate::database::Database;
use crate::table::members;
use crate::{End, Exit, fail, usage};

const LONG: &[Long] = &[
    Long("command", Arg::Yes, 'c'),
    Long("session-command", Arg::Yes, 'c'),
    Long("fast", Arg::No, 'f'),
    Long("group", Arg::Yes, 'g'),
    Long("supp-group", Arg::Yes, 'G'),
    Long("login", Arg::No, 'l'),
    Long("preserve-environment", Arg::No, 'm'),
    Long("pty", Arg::No, 'P'),
    Long("shell", Arg::Yes, 's'),
    Long("user", Arg::Yes, 'u'),
    Long("whitelist-environment", Arg::Yes, 'w'),
];

/// Runs `su`, or `runuser` by that name.
pub fn run(args: Vec<OsString>, name: &str, busybox: bool) -> End {
    let (mut login, mut preserve) = (false, false);
    let (mut command, mut shell, mut user) = (None, None, None);
    let short = if name == "runuser" { "+c:fg:G:lmpPs:u:w:" } else { "c:fg:G:lmpPs:w:" };
    let mut opts = Opts::new(args, short, LONG, "[options] [-] [<user> [<argument>...]]");
    for opt in opts.by_ref() {
        match opt.code {
            'c' => command = Some(opt.value()),
            'l' => login = true,
            'm' | 'p' => preserve = true,
            's' => shell = Some(opt.text()),
            'u' => user = Some(opt.text()),
            _ => {}
        }
    }
    let mut operands = opts.operands();
    if operands.first().is_some_and(|word| word == "-") {
        login = true;
        operands.remove(0);
    }
    let by_user = user.is_some();
    let user = match user {
        Some(user) => user,
        None if operands.is_empty() => "root".into(),
        None => operands.remove(0).to_string_lossy().into_owned(),
    };
    let database = Database::read();
    let row = database.users.named(&user).filter(|row| row.len() >= 6).cloned();
    let Some(row) = row else {
        return fail(
            1,
            match busybox {
                true => format!("unknown user {user}"),
                false => format!(
                    "user {user} does not exist or the user entry does not contain all the required fields"
                ),
            },
        );
    };
    if guest::getuid() != 0 {
        if name == "runuser" {
            return fail(1, "may not be used by non-root users");
        }
        // There is nobody to ask for a password.
        eprint!("Password: ");
        let why = if busybox { "incorrect password" } else { "Authentication failure" };
        eprintln!();
        return fail(1, why);
    }
    if by_user && operands.is_empty() {
        return usage(1, "[options] -u <user> [[--] <command>]");
    }
    let (uid, gid) = (number(&row[2])?, number(&row[3])?);
    let mut groups: Vec<u32> = database
        .groups
        .rows
        .iter()
        .filter(|group| members(group).contains(&user))
        .filter_map(|group| group.get(2)?.parse().ok())
        .collect();
    groups.insert(0, gid);
    groups.dedup();
    if let Err(error) = guest::set_identity(uid, gid, &groups) {
        return fail(1, format!("cannot set user id: {}", guest::strerror(&error)));
    }
    let own_shell = row.get(6).filter(|shell| !shell.is_empty()).cloned();
    let env_shell = guest::env("SHELL").map(|shell| shell.to_string_lossy().into_owned());
    let shell = shell
        .or_else(|| env_shell.filter(|_| preserve))
        .or(own_shell)
        .unwrap_or_else(|| "/bin/sh".into());
    let home = row[5].clone();
    let env = environment(&user, &home, &shell, (login, preserve), uid);
    let mut dir = None;
    if login {
        if Path::new(&home).is_dir() {
            dir = Some(home);
        } else {
            guest::warn(format!(
                "warning: cannot change directory to {home}: No such file or directory"
            ));
        }
    }
    let mut argv: Vec<OsString> = Vec::new();
    if by_user {
        argv = operands;
    } else {
        argv.push(shell.clone().into());
        if login {
            argv.push("-l".into());
        }
        if let Some(command) = command {
            argv.extend(["-c".into(), command]);
        }
        argv.extend(operands);
    }
    match guest::spawn(&argv, &env, dir.as_deref().map(Path::new)) {
        Ok(status) => match status {
            0 => Ok(()),
            status => Err(Exit(status as i32)),
        },
        Err(error) => {
            let status = if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 };
            let program = argv[0].to_string_lossy().into_owned();
            fail(status, format!("failed to execute {program}: {}", guest::strerror(&error)))
        }
    }
}

fn number(text: &str) -> Result<u32, Exit> {
    text.parse().map_err(|_| Exit(1))
}

/// The environment of the new process.
fn environment(
    user: &str,
    home: &str,
    shell: &str,
    (login, preserve): (bool, bool),
    uid: u32,
) -> Vec<(OsString, OsString)> {
    let mut env: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    if preserve && !login {
        return env;
    }
    if login {
        env.retain(|(name, _)| name == "TERM");
    }
    let mut set = |name: &str, value: &str| {
        env.retain(|(other, _)| other != name);
        env.push((name.into(), value.into()));
    };
    set("HOME", home);
    set("SHELL", shell);
    if uid != 0 || login {
        set("USER", user);
        set("LOGNAME", user);
    }
    if login {
        // ENV_PATH and ENV_SUPATH of Debian's login.defs.
        set(
            "PATH",
            if uid == 0 {
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            } else {
                "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
            },
        );
    }
    env
}
