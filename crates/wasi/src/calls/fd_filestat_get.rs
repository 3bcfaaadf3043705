use crate::abi::{filestat, rights};
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// `fstat`.
pub(crate) fn fd_filestat_get(cx: &mut Cx<'_>, fd: u32, out: u32) -> Answer {
    let descriptor = cx.state.fds.get(fd)?;
    descriptor.need(rights::FD_FILESTAT_GET)?;
    let stat = match descriptor.target {
        Target::Open(id) => cx.state.fs.fstat(id)?,
        Target::Preopen { node, .. } => cx.state.fs.stat_node(node)?,
    };
    cx.guest.write(out, &filestat(&stat))
}
