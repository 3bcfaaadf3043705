//! The calls of preview 1, a file each: `wasi_snapshot_preview1.witx` says what they are.

mod args_get;
mod args_sizes_get;
mod clock_res_get;
mod clock_time_get;
mod environ_get;
mod environ_sizes_get;
mod fd_advise;
mod fd_allocate;
mod fd_close;
mod fd_datasync;
mod fd_fdstat_get;
mod fd_fdstat_set_flags;
mod fd_fdstat_set_rights;
mod fd_filestat_get;
mod fd_filestat_set_size;
mod fd_filestat_set_times;
mod fd_pread;
mod fd_prestat_dir_name;
mod fd_prestat_get;
mod fd_pwrite;
mod fd_read;
mod fd_readdir;
mod fd_renumber;
mod fd_seek;
mod fd_sync;
mod fd_tell;
mod fd_write;
mod path_create_directory;
mod path_filestat_get;
mod path_filestat_set_times;
mod path_link;
mod path_open;
mod path_readlink;
mod path_remove_directory;
mod path_rename;
mod path_symlink;
mod path_unlink_file;
mod poll_oneoff;
mod proc_exit;
mod proc_raise;
mod random_get;
mod sched_yield;
mod sock;
mod sock_accept;
mod sock_recv;
mod sock_send;
mod sock_shutdown;
mod strings;
mod times;

use crate::abi::MODULE;
use crate::link::{HostFunction, table};

/// All calls, with the types of their parameters.
pub(crate) const TABLE: &[HostFunction] = table! { MODULE;
    call args_get(argv: u32, buf: u32);
    call args_sizes_get(count: u32, size: u32);
    call environ_get(environ: u32, buf: u32);
    call environ_sizes_get(count: u32, size: u32);
    call clock_res_get(id: u32, out: u32);
    call clock_time_get(id: u32, precision: u64, out: u32);
    call fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
    call fd_allocate(fd: u32, offset: u64, len: u64);
    call fd_close(fd: u32);
    call fd_datasync(fd: u32);
    call fd_fdstat_get(fd: u32, out: u32);
    call fd_fdstat_set_flags(fd: u32, flags: u32);
    call fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64);
    call fd_filestat_get(fd: u32, out: u32);
    call fd_filestat_set_size(fd: u32, size: u64);
    call fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, flags: u32);
    call fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, out: u32);
    call fd_prestat_get(fd: u32, out: u32);
    call fd_prestat_dir_name(fd: u32, path: u32, len: u32);
    call fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, out: u32);
    call fd_read(fd: u32, iovs: u32, count: u32, out: u32);
    call fd_readdir(fd: u32, buf: u32, len: u32, cookie: u64, out: u32);
    call fd_renumber(from: u32, to: u32);
    call fd_seek(fd: u32, delta: i64, whence: u32, out: u32);
    call fd_sync(fd: u32);
    call fd_tell(fd: u32, out: u32);
    call fd_write(fd: u32, iovs: u32, count: u32, out: u32);
    call path_create_directory(fd: u32, path: u32, len: u32);
    call path_filestat_get(fd: u32, lookup: u32, path: u32, len: u32, out: u32);
    call path_filestat_set_times(
        fd: u32, lookup: u32, path: u32, len: u32, atim: u64, mtim: u64, flags: u32
    );
    call path_link(
        old_fd: u32, old_lookup: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32
    );
    call path_open(
        fd: u32, lookup: u32, path: u32, len: u32, open: u32, base: u64, inheriting: u64,
        flags: u32, out: u32
    );
    call path_readlink(fd: u32, path: u32, path_len: u32, buf: u32, len: u32, out: u32);
    call path_remove_directory(fd: u32, path: u32, len: u32);
    call path_rename(old_fd: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32);
    call path_symlink(target: u32, target_len: u32, fd: u32, path: u32, len: u32);
    call path_unlink_file(fd: u32, path: u32, len: u32);
    call poll_oneoff(subs: u32, events: u32, count: u32, out: u32);
    end proc_exit(code: u32);
    call proc_raise(signal: u32);
    call sched_yield();
    call random_get(buf: u32, len: u32);
    call sock_accept(fd: u32, flags: u32, out: u32);
    call sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, out: u32, out_flags: u32);
    call sock_send(fd: u32, iovs: u32, count: u32, flags: u32, out: u32);
    call sock_shutdown(fd: u32, how: u32);
};
