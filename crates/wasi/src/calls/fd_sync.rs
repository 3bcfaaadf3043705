use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `fsync`: memory is always in sync.
pub(crate) fn fd_sync(cx: &mut Cx<'_>, fd: u32) -> Answer {
    sync(cx, fd, rights::FD_SYNC)
}

/// As the kernel, refuses what is no file: pipes and terminals.
pub(super) fn sync(cx: &Cx<'_>, fd: u32, right: u64) -> Answer {
    let descriptor = cx.state.fds.get(fd)?;
    descriptor.need(right)?;
    match cx.state.node(descriptor)? {
        Some(_) => Ok(()),
        None => Err(Errno::INVAL.into()),
    }
}
