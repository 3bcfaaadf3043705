use vfs::OpenFlags;

use crate::Errno;
use crate::abi::{fdflags, oflags, rights};
use crate::context::{Answer, Cx};
use crate::fd::{Descriptor, Target};

/// `openat`. The rights asked for decide whether it is opened for reading and for writing; those
/// that make no sense for the kind of file are left out. So are those that the directory does not
/// hand on, as in wasmtime; by the letter of the specification, and in Node, asking for them is
/// `notcapable`.
#[expect(clippy::too_many_arguments, reason = "the specification's")]
pub(crate) fn path_open(
    cx: &mut Cx<'_>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    open: u32,
    base: u64,
    inheriting: u64,
    flags: u32,
    out: u32,
) -> Answer {
    let dir = cx.state.dir(fd, rights::PATH_OPEN)?;
    let flags = u16::try_from(flags).ok().filter(|flags| flags & !fdflags::ALL == 0);
    let flags = flags.ok_or(Errno::INVAL)?;
    let has = |flag| open & flag != 0;
    if open & !oflags::ALL != 0 || has(oflags::CREAT) && has(oflags::DIRECTORY) {
        return Err(Errno::INVAL.into());
    }
    let parent = cx.state.fds.get(fd)?;
    if has(oflags::CREAT) {
        parent.need(rights::PATH_CREATE_FILE)?;
    }
    if has(oflags::TRUNC) && parent.need(rights::PATH_FILESTAT_SET_SIZE).is_err() {
        // As wasmtime and the public wasi-testsuite have it.
        return Err(Errno::PERM.into());
    }
    let (base, inheriting) = (base & parent.inheriting, inheriting & parent.inheriting);
    let path = cx.guest.path(path, len)?;
    cx.guest.check(out, 4)?;
    let new_fd = cx.state.fds.free()?;
    let how = OpenFlags {
        read: base & (rights::FD_READ | rights::FD_READDIR) != 0,
        write: base & (rights::FD_WRITE | rights::FD_ALLOCATE | rights::FD_FILESTAT_SET_SIZE) != 0,
        append: flags & fdflags::APPEND != 0,
        create: has(oflags::CREAT),
        exclusive: has(oflags::EXCL),
        truncate: has(oflags::TRUNC),
        directory: has(oflags::DIRECTORY),
    };
    let state = &mut *cx.state;
    let caller = &state.process.caller;
    let own = if dir.beneath { None } else { state.own_descriptor(dir.node, &path) };
    let id = match own {
        Some(id) => state.fs.dup(id)?,
        None => state.fs.open(caller, dir.node, &path, (how, dir.flags(lookup)), 0o666)?,
    };
    let all = Descriptor::inherited(&state.fs, id);
    let descriptor = Descriptor {
        base: base & all.base,
        inheriting: inheriting & all.inheriting,
        flags: flags & !fdflags::APPEND,
        beneath: dir.beneath,
        ..Descriptor::new(Target::Open(id))
    };
    state.fds.set(new_fd, descriptor);
    cx.guest.write_u32(out, new_fd)
}
