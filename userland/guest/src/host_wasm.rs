//! The calls of `layerlab_v1`, see `docs/layerlab_v1.md`.

use crate::{Stat, bytes};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

mod ext {
    #[link(wasm_import_module = "layerlab_v1")]
    unsafe extern "C" {
        pub fn stat(path: *const u8, len: usize, follow: i32, out: *mut u8) -> i32;
        pub fn statfs(path: *const u8, len: usize, out: *mut u64) -> i32;
        pub fn fstat(fd: u32, out: *mut u8) -> i32;
        pub fn chmod(path: *const u8, len: usize, follow: i32, mode: u32) -> i32;
        pub fn chown(path: *const u8, len: usize, follow: i32, uid: u32, gid: u32) -> i32;
        pub fn utimes(path: *const u8, len: usize, follow: i32, atime: i64, mtime: i64) -> i32;
        pub fn mknod(path: *const u8, len: usize, mode: u32, rdev: i64) -> i32;
        pub fn umask(mask: u32) -> u32;
        pub fn getuid() -> u32;
        pub fn getgid() -> u32;
        pub fn getpid() -> u32;
        pub fn getppid() -> u32;
        pub fn getgroups(out: *mut u32, cap: usize) -> usize;
        pub fn setids(uid: u32, gid: u32, groups: *const u32, count: usize) -> i32;
        pub fn getcwd(out: *mut u8, cap: usize, len: *mut usize) -> i32;
        pub fn isatty(fd: u32) -> i32;
        pub fn winsize(fd: u32, out: *mut u16) -> i32;
        pub fn spawn(request: *const u8, len: usize, status: *mut u32) -> i32;
    }
}

/// WASI's errno for a buffer that is too small.
const RANGE: i32 = 68;

fn check(errno: i32) -> io::Result<()> {
    match errno {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

fn read_stat(raw: &[u8; 88]) -> Stat {
    let word = |at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&raw[at..at + 8]);
        u64::from_le_bytes(word)
    };
    Stat {
        dev: word(0),
        ino: word(8),
        nlink: word(16),
        mode: word(24) as u32,
        uid: (word(24) >> 32) as u32,
        gid: word(32) as u32,
        rdev: word(40),
        size: word(48),
        blocks: word(56),
        atime: word(64) as i64,
        mtime: word(72) as i64,
        ctime: word(80) as i64,
    }
}

/// The status of a file; `follow` is false for the link itself.
pub fn stat(path: impl AsRef<Path>, follow: bool) -> io::Result<Stat> {
    let path = bytes(path.as_ref());
    let mut raw = [0; 88];
    // SAFETY: the pointers and the length describe live buffers of this module.
    check(unsafe { ext::stat(path.as_ptr(), path.len(), follow.into(), raw.as_mut_ptr()) })?;
    Ok(read_stat(&raw))
}

/// How much room the filesystem has in which the path leads somewhere.
pub fn statfs(path: impl AsRef<Path>) -> io::Result<crate::Room> {
    let path = bytes(path.as_ref());
    let mut raw = [0; 4];
    // SAFETY: pointer and length describe `path`; four words are written.
    check(unsafe { ext::statfs(path.as_ptr(), path.len(), raw.as_mut_ptr()) })?;
    let [size, free, nodes, free_nodes] = raw;
    Ok(crate::Room { size, free, nodes, free_nodes })
}

/// The status of an open descriptor.
pub fn fstat(fd: u32) -> io::Result<Stat> {
    let mut raw = [0; 88];
    // SAFETY: `raw` is as long as `Stat` is.
    check(unsafe { ext::fstat(fd, raw.as_mut_ptr()) })?;
    Ok(read_stat(&raw))
}

/// Sets the permission bits (07777).
pub fn chmod(path: impl AsRef<Path>, mode: u32) -> io::Result<()> {
    let path = bytes(path.as_ref());
    // SAFETY: pointer and length describe `path`.
    check(unsafe { ext::chmod(path.as_ptr(), path.len(), 1, mode) })
}

/// Sets owner and group; `None` leaves one as it is.
pub fn chown(
    path: impl AsRef<Path>,
    follow: bool,
    uid: Option<u32>,
    gid: Option<u32>,
) -> io::Result<()> {
    let path = bytes(path.as_ref());
    let (uid, gid) = (uid.unwrap_or(u32::MAX), gid.unwrap_or(u32::MAX));
    // SAFETY: pointer and length describe `path`.
    check(unsafe { ext::chown(path.as_ptr(), path.len(), follow.into(), uid, gid) })
}

/// Sets the times, in nanoseconds since the epoch; `None` leaves one as it is.
pub fn utimes(
    path: impl AsRef<Path>,
    follow: bool,
    atime: Option<i64>,
    mtime: Option<i64>,
) -> io::Result<()> {
    let path = bytes(path.as_ref());
    let (atime, mtime) = (atime.unwrap_or(i64::MIN), mtime.unwrap_or(i64::MIN));
    // SAFETY: pointer and length describe `path`.
    check(unsafe { ext::utimes(path.as_ptr(), path.len(), follow.into(), atime, mtime) })
}

/// Makes a device node or a named pipe; `mode` carries the type bits.
pub fn mknod(path: impl AsRef<Path>, mode: u32, rdev: u64) -> io::Result<()> {
    let path = bytes(path.as_ref());
    // SAFETY: pointer and length describe `path`.
    check(unsafe { ext::mknod(path.as_ptr(), path.len(), mode, rdev as i64) })
}

/// Makes a symbolic link.
pub fn symlink(target: impl AsRef<Path>, link: impl AsRef<Path>) -> io::Result<()> {
    #[allow(deprecated, reason = "std's own name for it on WASI is not stable")]
    std::fs::soft_link(target, link)
}

/// Sets the umask and returns the former one.
pub fn set_umask(mask: u32) -> u32 {
    // SAFETY: takes and returns numbers.
    unsafe { ext::umask(mask) }
}

/// The user id.
pub fn getuid() -> u32 {
    // SAFETY: takes nothing, returns a number.
    unsafe { ext::getuid() }
}

/// The group id.
pub fn getgid() -> u32 {
    // SAFETY: takes nothing, returns a number.
    unsafe { ext::getgid() }
}

/// The process id.
pub fn getpid() -> u32 {
    // SAFETY: takes nothing, returns a number.
    unsafe { ext::getpid() }
}

/// The process id of the parent.
pub fn getppid() -> u32 {
    // SAFETY: takes nothing, returns a number.
    unsafe { ext::getppid() }
}

/// The supplementary groups.
pub fn getgroups() -> Vec<u32> {
    let mut groups = [0; 64];
    // SAFETY: at most as many ids are written as the array holds.
    let count = unsafe { ext::getgroups(groups.as_mut_ptr(), groups.len()) };
    groups[..count.min(groups.len())].to_vec()
}

/// Makes the process that of another user, with this group and these supplementary groups.
pub fn set_identity(uid: u32, gid: u32, groups: &[u32]) -> io::Result<()> {
    // SAFETY: pointer and count describe `groups`.
    check(unsafe { ext::setids(uid, gid, groups.as_ptr(), groups.len()) })
}

/// The working directory.
pub fn getcwd() -> io::Result<PathBuf> {
    let mut path = vec![0; 256];
    loop {
        let mut len = 0;
        // SAFETY: at most `cap` bytes are written to `path`, one number to `len`.
        let errno = unsafe { ext::getcwd(path.as_mut_ptr(), path.len(), &mut len) };
        if errno == RANGE && path.len() < 1 << 20 {
            path.resize(path.len() * 4, 0);
            continue;
        }
        check(errno)?;
        path.truncate(len);
        return Ok(crate::os(path).into());
    }
}

/// Whether the descriptor is a terminal.
pub fn isatty(fd: u32) -> bool {
    // SAFETY: takes and returns numbers.
    unsafe { ext::isatty(fd) == 1 }
}

/// Rows and columns of the terminal behind the descriptor.
pub fn winsize(fd: u32) -> Option<(u16, u16)> {
    let mut size = [0; 2];
    // SAFETY: two `u16` are written.
    check(unsafe { ext::winsize(fd, size.as_mut_ptr()) }).ok()?;
    Some((size[0], size[1]))
}

/// Runs a program to its end with this environment and the descriptors `fds`: its own number of
/// each, and that of this process.
///
/// The answer is its exit status as a shell shows it: 128 + n when signal n ended it.
pub fn spawn_with<S: AsRef<OsStr>>(
    argv: &[S],
    env: &[(OsString, OsString)],
    cwd: Option<&Path>,
    fds: &[(u32, u32)],
) -> io::Result<u32> {
    fn put(request: &mut Vec<u8>, parts: &[&[u8]]) {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        request.extend((len as u32).to_le_bytes());
        request.extend(parts.concat());
    }
    let mut request = Vec::new();
    request.extend((argv.len() as u32).to_le_bytes());
    for arg in argv {
        put(&mut request, &[bytes(arg)]);
    }
    request.extend((env.len() as u32).to_le_bytes());
    for (name, value) in env {
        put(&mut request, &[bytes(name), b"=", bytes(value)]);
    }
    put(&mut request, &[cwd.map_or(b"".as_slice(), bytes)]);
    request.extend((fds.len() as u32).to_le_bytes());
    for (child, parent) in fds {
        request.extend(child.to_le_bytes());
        request.extend(parent.to_le_bytes());
    }
    let mut status = 0;
    // SAFETY: pointer and length describe `request`; one number is written to `status`.
    check(unsafe { ext::spawn(request.as_ptr(), request.len(), &mut status) })?;
    Ok(status)
}
