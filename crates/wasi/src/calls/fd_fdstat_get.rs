use vfs::FileType;

use crate::abi::{fdflags, filetype};
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// Kind, flags and rights of a descriptor.
pub(crate) fn fd_fdstat_get(cx: &mut Cx<'_>, fd: u32, out: u32) -> Answer {
    let descriptor = cx.state.fds.get(fd)?;
    let (kind, append) = match descriptor.target {
        Target::Open(id) => (cx.state.fs.fstat(id)?.file_type, cx.state.fs.access_mode(id)?.2),
        Target::Preopen { .. } => (FileType::Dir, false),
    };
    let flags = descriptor.flags | if append { fdflags::APPEND } else { 0 };
    let mut fdstat = [0; 24];
    fdstat[0] = filetype(kind);
    fdstat[2..4].copy_from_slice(&flags.to_le_bytes());
    fdstat[8..16].copy_from_slice(&descriptor.base.to_le_bytes());
    fdstat[16..24].copy_from_slice(&descriptor.inheriting.to_le_bytes());
    cx.guest.write(out, &fdstat)
}
