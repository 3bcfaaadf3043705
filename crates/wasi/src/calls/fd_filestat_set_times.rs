use super::times::times;
use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `futimens`.
pub(crate) fn fd_filestat_set_times(
    cx: &mut Cx<'_>,
    fd: u32,
    atim: u64,
    mtim: u64,
    flags: u32,
) -> Answer {
    let descriptor = cx.state.fds.get(fd)?;
    descriptor.need(rights::FD_FILESTAT_SET_TIMES)?;
    let (atime, mtime) = times(atim, mtim, flags)?;
    let node = cx.state.node(descriptor)?.ok_or(Errno::INVAL)?;
    Ok(cx.state.fs.utimes_node(&cx.state.process.caller, node, atime, mtime)?)
}
