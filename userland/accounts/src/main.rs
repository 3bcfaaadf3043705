//! Programs about users and groups: those of Debian's `passwd` 4.13 and `adduser` 3.134, `getent`,
//! and `su` as util-linux has it; in images with BusyBox only, BusyBox's.

mod adduser;
mod busybox;
mod database;
mod deluser;
mod getent;
mod group;
mod home;
mod passwd;
mod su;
mod table;
mod useradd;
mod userdel;
mod usermod;

use std::ffi::OsString;

/// How a program ended early, with its exit status; it has said why.
pub(crate) struct Exit(pub i32);

/// What a program answers.
pub(crate) type End = Result<(), Exit>;

fn main() {
    let mut args: Vec<OsString> = std::env::args_os().collect();
    if args.is_empty() {
        std::process::exit(2);
    }
    let name = args.remove(0).to_string_lossy().into_owned();
    let base = name.rsplit('/').next().unwrap_or_default().to_owned();
    guest::set_name(&base);
    guest::enter_cwd();
    let busybox = is_busybox();
    let end = match base.as_str() {
        "adduser" if busybox => busybox::adduser(args),
        "addgroup" if busybox => busybox::addgroup(args),
        "deluser" | "delgroup" if busybox => busybox::delete(args, &base),
        "passwd" if busybox => busybox::passwd(args),
        "chpasswd" if busybox => busybox::chpasswd(args),
        "adduser" | "addgroup" => adduser::run(args, &base),
        "deluser" | "delgroup" => deluser::run(args, &base),
        "useradd" => useradd::run(args),
        "userdel" => userdel::run(args),
        "usermod" => usermod::run(args),
        "groupadd" => group::add(args),
        "groupdel" => group::delete(args),
        "groupmod" => group::modify(args),
        "gpasswd" => group::gpasswd(args),
        "passwd" => passwd::run(args),
        "chpasswd" => passwd::from_input(args),
        "getent" => getent::run(args),
        "su" | "runuser" => su::run(args, &base, busybox),
        _ => {
            guest::out::line("This account is currently not available.");
            Err(Exit(1))
        }
    };
    guest::exit(end.err().map_or(0, |Exit(status)| status));
}

/// Whether the accounts are BusyBox's business: there is no `useradd`, and BusyBox is there.
fn is_busybox() -> bool {
    let there = |path: &str| guest::stat(path, true).is_ok();
    !there("/usr/sbin/useradd") && there("/bin/busybox") || {
        // BusyBox's own image has hard links of one file and none of them is called busybox.
        !there("/usr/sbin/useradd")
            && match (guest::stat("/bin/sh", true), guest::stat("/bin/adduser", true)) {
                (Ok(shell), Ok(program)) => shell.same_file(&program),
                _ => false,
            }
    }
}

/// Says `NAME: MESSAGE` and ends with a status.
pub(crate) fn fail<T>(status: i32, message: impl AsRef<str>) -> Result<T, Exit> {
    guest::warn(message);
    Err(Exit(status))
}

/// Prints how a program is called, on standard error, and ends with a status.
pub(crate) fn usage<T>(status: i32, text: &str) -> Result<T, Exit> {
    guest::out::flush();
    eprintln!("Usage: {} {text}", guest::name());
    Err(Exit(status))
}

/// Only root may go on.
pub(crate) fn root_only(status: i32, message: &str) -> End {
    if guest::getuid() == 0 { Ok(()) } else { fail(status, message) }
}
