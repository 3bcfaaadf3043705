use crate::Errno;
use crate::abi::{fdflags, rights};
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// `fcntl(F_SETFL)`.
pub(crate) fn fd_fdstat_set_flags(cx: &mut Cx<'_>, fd: u32, flags: u32) -> Answer {
    let descriptor = cx.state.fds.get_mut(fd)?;
    descriptor.need(rights::FD_FDSTAT_SET_FLAGS)?;
    let flags = u16::try_from(flags).ok().filter(|flags| flags & !fdflags::ALL == 0);
    let flags = flags.ok_or(Errno::INVAL)?;
    descriptor.flags = flags & !fdflags::APPEND;
    if let Target::Open(id) = descriptor.target {
        cx.state.fs.set_append(id, flags & fdflags::APPEND != 0)?;
    }
    Ok(())
}
