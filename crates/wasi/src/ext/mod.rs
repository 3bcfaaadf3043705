//! The import module `layerlab_v1`, a file per function; `docs/layerlab_v1.md` describes it.

mod chdir;
mod chmod;
mod chown;
mod fstat;
mod getcwd;
mod getgid;
mod getgroups;
mod getpid;
mod getppid;
mod getuid;
mod isatty;
mod mknod;
mod request;
mod setids;
mod spawn;
mod stat;
mod statfs;
mod status;
mod umask;
mod utimes;
mod winsize;

use vfs::ResolveFlags;

use crate::link::{HostFunction, table};

/// The module whose imports the functions are.
pub(crate) const MODULE: &str = "layerlab_v1";

/// All functions, with the types of their parameters.
pub(crate) const TABLE: &[HostFunction] = table! { MODULE;
    call stat(path: u32, len: u32, follow: u32, out: u32);
    call fstat(fd: u32, out: u32);
    call statfs(path: u32, len: u32, out: u32);
    call chmod(path: u32, len: u32, follow: u32, mode: u32);
    call chown(path: u32, len: u32, follow: u32, uid: u32, gid: u32);
    call utimes(path: u32, len: u32, follow: u32, atime: i64, mtime: i64);
    call mknod(path: u32, len: u32, mode: u32, rdev: u64);
    value umask(mask: u32);
    value getuid();
    value getgid();
    value getpid();
    value getppid();
    value getgroups(out: u32, cap: u32);
    call getcwd(out: u32, cap: u32, len_out: u32);
    call chdir(path: u32, len: u32);
    value isatty(fd: u32);
    call winsize(fd: u32, out: u32);
    call setids(uid: u32, gid: u32, groups: u32, count: u32);
    call spawn(request: u32, len: u32, status_out: u32);
};

/// How a path is resolved: with the kernel's rules, from anywhere.
fn follow(follow: u32) -> ResolveFlags {
    if follow == 0 { ResolveFlags::NOFOLLOW } else { ResolveFlags::FOLLOW }
}
