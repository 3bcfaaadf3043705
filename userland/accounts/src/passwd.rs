//! `passwd` and `chpasswd` of shadow 4.13 with PAM.

use std::ffi::OsString;
use std::io::{BufRead as _, Read as _, Write as _};

use guest::{Arg, Long, Opts, out};
use sha_crypt::{ROUNDS_DEFAULT, Sha512Params, sha512_crypt_b64};

use crate::database::{Database, today};
use crate::{End, Exit, fail, root_only};

const LONG: &[Long] = &[
    Long("all", Arg::No, 'a'),
    Long("delete", Arg::No, 'd'),
    Long("expire", Arg::No, 'e'),
    Long("inactive", Arg::Yes, 'i'),
    Long("lock", Arg::No, 'l'),
    Long("mindays", Arg::Yes, 'n'),
    Long("quiet", Arg::No, 'q'),
    Long("status", Arg::No, 'S'),
    Long("unlock", Arg::No, 'u'),
    Long("warndays", Arg::Yes, 'w'),
    Long("maxdays", Arg::Yes, 'x'),
];

/// What came of asking for a new password.
pub enum Asked {
    /// Its hash.
    Changed(String),
    /// Nothing; why has been said.
    Unchanged,
}

/// A line of standard input; none at its end.
pub fn read_line() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).unwrap_or(0);
    (read > 0).then(|| line.trim_end_matches('\n').to_owned())
}

/// Asks twice, as PAM does.
pub fn ask_password() -> Asked {
    out::flush();
    let ask = |question: &str| {
        eprint!("{question}");
        let _ = std::io::stderr().flush();
        read_line().filter(|line| !line.is_empty())
    };
    let Some(first) = ask("New password: ") else {
        eprintln!("Password change has been aborted.");
        return Asked::Unchanged;
    };
    match ask("Retype new password: ") {
        Some(second) if second == first => Asked::Changed(hash(&first)),
        None => {
            eprintln!("Password change has been aborted.");
            Asked::Unchanged
        }
        Some(_) => {
            eprintln!("Sorry, passwords do not match.");
            Asked::Unchanged
        }
    }
}

/// The password as `crypt(3)` hashes it by SHA-512, with a random salt.
pub fn hash(password: &str) -> String {
    const LETTERS: &[u8] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut random = [0; 16];
    let read =
        std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random));
    // Without a source of randomness every password has the same salt.
    let _ = read;
    let salt: String =
        random.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)])).collect();
    let params = Sha512Params::new(ROUNDS_DEFAULT).unwrap_or_default();
    let digest = sha512_crypt_b64(password.as_bytes(), salt.as_bytes(), &params);
    format!("$6${salt}${}", digest.unwrap_or_default())
}

/// Runs `passwd`.
pub fn run(args: Vec<OsString>) -> End {
    guest::set_failure_status(2);
    let mut asked = Vec::new();
    let mut opts = Opts::new(args, "adei:kln:qr:Suw:x:", LONG, "[options] [LOGIN]");
    for opt in opts.by_ref() {
        asked.push((opt.code, opt.text()));
    }
    let operands = opts.operands();
    let me = guest::accounts::name_of(guest::accounts::Database::Users, guest::getuid());
    let name = match operands.first() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => me.clone().unwrap_or_else(|| "root".into()),
    };
    let mut database = Database::read();
    if database.users.named(&name).is_none() {
        return fail(1, format!("user '{name}' does not exist"));
    }
    if guest::getuid() != 0 && me.as_ref() != Some(&name) {
        return fail(1, format!("You may not view or modify password information for {name}."));
    }
    let changes: Vec<_> =
        asked.iter().filter(|(code, _)| !matches!(code, 'q' | 'a' | 'k')).collect();
    if changes.iter().any(|(code, _)| *code == 'S') {
        let Some(row) = database.shadow.named(&name) else { return Ok(()) };
        out::line(status(row));
        return Ok(());
    }
    if changes.is_empty() {
        return match ask_password() {
            Asked::Changed(hash) => {
                if let Some(row) = database.shadow.named_mut(&name) {
                    row[1] = hash;
                    row[2] = today().to_string();
                }
                database.save()?;
                eprintln!("passwd: password updated successfully");
                Ok(())
            }
            Asked::Unchanged => {
                eprintln!(
                    "passwd: Authentication token manipulation error\npasswd: password unchanged"
                );
                Err(Exit(10))
            }
        };
    }
    root_only(1, "Permission denied.")?;
    let Some(row) = database.shadow.named_mut(&name) else { return Ok(()) };
    row.resize(9, String::new());
    for (code, value) in changes {
        match code {
            'd' => row[1].clear(),
            'e' => row[2] = "0".into(),
            'i' => row[6].clone_from(value),
            'l' if !row[1].starts_with('!') => row[1].insert(0, '!'),
            'n' => row[3].clone_from(value),
            'u' => match row[1].strip_prefix('!').map(str::to_owned) {
                Some(open) if open.is_empty() => {
                    return fail(
                        3,
                        "unlocking the password would result in a passwordless account.\nYou should \
                         set a password with usermod -p to unlock the password of this account.",
                    );
                }
                Some(open) => row[1] = open,
                None => {}
            },
            'w' => row[5].clone_from(value),
            'x' => row[4].clone_from(value),
            _ => {}
        }
    }
    database.save()?;
    out::line("passwd: password changed.");
    Ok(())
}

fn status(row: &[String]) -> String {
    let field = |at: usize| row.get(at).map_or("", String::as_str);
    let state = match field(1) {
        "" => "NP",
        password if password.starts_with(['!', '*']) => "L",
        _ => "P",
    };
    let day: i64 = field(2).parse().unwrap_or(0);
    let or_none = |at: usize| match field(at) {
        "" => "-1".to_owned(),
        text => text.to_owned(),
    };
    format!(
        "{} {state} {} {} {} {} {}",
        field(0),
        guest::civil::Civil::from_nanos(day * 86_400_000_000_000).format("%Y-%m-%d"),
        or_none(3),
        or_none(4),
        or_none(5),
        or_none(6)
    )
}

/// Runs `chpasswd`.
pub fn from_input(args: Vec<OsString>) -> End {
    const LONG: &[Long] = &[
        Long("crypt-method", Arg::Yes, 'c'),
        Long("encrypted", Arg::No, 'e'),
        Long("md5", Arg::No, 'm'),
    ];
    let mut encrypted = false;
    let mut opts = Opts::new(args, "c:ems:R:", LONG, "[options]");
    for opt in opts.by_ref() {
        encrypted |= opt.code == 'e';
    }
    let _ = opts.operands();
    root_only(1, "Permission denied.")?;
    let mut database = Database::read();
    let mut failed = false;
    let lines: Vec<String> = std::iter::from_fn(read_line).collect();
    for (number, line) in (1..).zip(&lines) {
        let Some((name, password)) = line.split_once(':') else {
            guest::warn(format!("line {number}: missing new password"));
            failed = true;
            continue;
        };
        if database.users.named(name).is_none() {
            if encrypted {
                guest::warn(format!("line {number}: user '{name}' does not exist"));
            } else {
                guest::warn(format!(
                    "(user {name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error"
                ));
                guest::warn(format!("(line {number}, user {name}) password not changed"));
            }
            failed = true;
            continue;
        }
        let new = if encrypted { password.to_owned() } else { hash(password) };
        match database.shadow.named_mut(name) {
            Some(row) => {
                row[1] = new;
                row[2] = today().to_string();
            }
            None => {
                if let Some(row) = database.users.named_mut(name) {
                    row[1] = new;
                }
            }
        }
    }
    if failed && encrypted {
        return fail(1, "error detected, changes ignored");
    }
    database.save()?;
    if failed { Err(Exit(1)) } else { Ok(()) }
}
