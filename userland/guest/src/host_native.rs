//! The same calls answered by the operating system: the door for native tests.

use crate::Stat;
use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};

fn flags(follow: bool) -> AtFlags {
    if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW }
}

fn convert(raw: rustix::fs::Stat) -> Stat {
    let nanos = |seconds: i64, nanos: i64| seconds.wrapping_mul(1_000_000_000).wrapping_add(nanos);
    Stat {
        dev: raw.st_dev,
        ino: raw.st_ino,
        nlink: raw.st_nlink,
        mode: raw.st_mode,
        uid: raw.st_uid,
        gid: raw.st_gid,
        rdev: u64::from(rustix::fs::major(raw.st_rdev)) << 32
            | u64::from(rustix::fs::minor(raw.st_rdev)),
        size: raw.st_size as u64,
        blocks: raw.st_blocks as u64,
        atime: nanos(raw.st_atime, raw.st_atime_nsec as i64),
        mtime: nanos(raw.st_mtime, raw.st_mtime_nsec as i64),
        ctime: nanos(raw.st_ctime, raw.st_ctime_nsec as i64),
    }
}

/// The status of a file; `follow` is false for the link itself.
pub fn stat(path: impl AsRef<Path>, follow: bool) -> io::Result<Stat> {
    Ok(convert(rustix::fs::statat(CWD, path.as_ref(), flags(follow))?))
}

/// How much room the filesystem has in which the path leads somewhere.
pub fn statfs(path: impl AsRef<Path>) -> io::Result<crate::Room> {
    let raw = rustix::fs::statvfs(path.as_ref())?;
    Ok(crate::Room {
        size: raw.f_blocks * raw.f_frsize,
        free: raw.f_bfree * raw.f_frsize,
        nodes: raw.f_files,
        free_nodes: raw.f_favail,
    })
}

/// The status of an open descriptor (0, 1 or 2).
pub fn fstat(fd: u32) -> io::Result<Stat> {
    Ok(convert(match fd {
        0 => rustix::fs::fstat(io::stdin())?,
        1 => rustix::fs::fstat(io::stdout())?,
        _ => rustix::fs::fstat(io::stderr())?,
    }))
}

/// Sets the permission bits (07777).
pub fn chmod(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    Ok(rustix::fs::chmod(path.as_ref(), Mode::from_raw_mode(mode))?)
}

/// Sets owner and group; `None` leaves one as it is.
pub fn chown(
    path: impl AsRef<Path>,
    follow: bool,
    uid: Option<u32>,
    gid: Option<u32>,
) -> io::Result<()> {
    let call = if follow { std::os::unix::fs::chown } else { std::os::unix::fs::lchown };
    call(path.as_ref(), uid, gid)
}

/// Sets the times, in nanoseconds since the epoch; `None` leaves one as it is.
pub fn utimes(
    path: impl AsRef<Path>,
    follow: bool,
    atime: Option<i64>,
    mtime: Option<i64>,
) -> io::Result<()> {
    const OMIT: i64 = 0x3fff_fffe;
    let spec = |time: Option<i64>| match time {
        Some(time) => Timespec {
            tv_sec: time.div_euclid(1_000_000_000),
            tv_nsec: time.rem_euclid(1_000_000_000),
        },
        None => Timespec { tv_sec: 0, tv_nsec: OMIT },
    };
    let times = Timestamps { last_access: spec(atime), last_modification: spec(mtime) };
    Ok(rustix::fs::utimensat(CWD, path.as_ref(), &times, flags(follow))?)
}

/// Makes a device node or a named pipe; `mode` carries the type bits.
pub fn mknod(path: impl AsRef<Path>, mode: u32, rdev: u64) -> io::Result<()> {
    let device = rustix::fs::makedev((rdev >> 32) as u32, rdev as u32);
    let bits = Mode::from_raw_mode(mode & 0o7777);
    Ok(rustix::fs::mknodat(CWD, path.as_ref(), FileType::from_raw_mode(mode), bits, device)?)
}

/// Makes a symbolic link.
pub fn symlink(target: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Sets the umask and returns the former one.
pub fn set_umask(mask: u32) -> u32 {
    rustix::process::umask(Mode::from_raw_mode(mask)).as_raw_mode()
}

/// The user id.
pub fn getuid() -> u32 {
    rustix::process::getuid().as_raw()
}

/// The group id.
pub fn getgid() -> u32 {
    rustix::process::getgid().as_raw()
}

/// The process id.
pub fn getpid() -> u32 {
    std::process::id()
}

/// The process id of the parent.
pub fn getppid() -> u32 {
    std::os::unix::process::parent_id()
}

/// The supplementary groups.
pub fn getgroups() -> Vec<u32> {
    let groups = rustix::process::getgroups().unwrap_or_default();
    groups.iter().map(|gid| gid.as_raw()).collect()
}

/// Makes the process that of another user, with this group and these supplementary groups.
pub fn set_identity(uid: u32, gid: u32, groups: &[u32]) -> io::Result<()> {
    let group = |gid: &u32| rustix::process::Gid::from_raw(*gid);
    rustix::thread::set_thread_groups(&groups.iter().map(group).collect::<Vec<_>>())?;
    rustix::thread::set_thread_gid(group(&gid))?;
    // The programs have one thread.
    Ok(rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(uid))?)
}

/// The working directory.
pub fn getcwd() -> io::Result<PathBuf> {
    std::env::current_dir()
}

/// Whether the descriptor (0, 1 or 2) is a terminal.
pub fn isatty(fd: u32) -> bool {
    use std::io::IsTerminal;
    match fd {
        0 => io::stdin().is_terminal(),
        1 => io::stdout().is_terminal(),
        _ => io::stderr().is_terminal(),
    }
}

/// Rows and columns of the terminal behind the descriptor.
pub fn winsize(_fd: u32) -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some((size.ws_row, size.ws_col))
}

/// Runs a program to its end with this environment and the descriptors `fds`: its own number of
/// each (0, 1 or 2), and that of this process.
///
/// The answer is its exit status as a shell shows it: 128 + n when signal n ended it.
pub fn spawn_with<S: AsRef<OsStr>>(
    argv: &[S],
    env: &[(OsString, OsString)],
    cwd: Option<&Path>,
    fds: &[(u32, u32)],
) -> io::Result<u32> {
    let Some(program) = argv.first() else {
        return Err(io::ErrorKind::NotFound.into());
    };
    let mut command = std::process::Command::new(program);
    command.arg0(program).args(&argv[1..]).env_clear();
    command.envs(env.iter().map(|(name, value)| (name, value)));
    if let Some(dir) = cwd {
        command.current_dir(dir);
    }
    for (child, parent) in fds.iter().filter(|(child, parent)| child != parent) {
        // SAFETY: the descriptor is one of this process and open for as long as the call lasts.
        let file = unsafe { std::os::fd::BorrowedFd::borrow_raw(*parent as i32) };
        let stdio = std::process::Stdio::from(file.try_clone_to_owned()?);
        match child {
            0 => command.stdin(stdio),
            1 => command.stdout(stdio),
            _ => command.stderr(stdio),
        };
    }
    let status = command.status()?;
    Ok(match status.code() {
        Some(code) => code as u32,
        None => 128 + status.signal().unwrap_or(0) as u32,
    })
}
