use super::status;
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// `fstat`.
pub(crate) fn fstat(cx: &mut Cx<'_>, fd: u32, out: u32) -> Answer {
    let stat = match cx.state.fds.get(fd)?.target {
        Target::Open(id) => cx.state.fs.fstat(id)?,
        Target::Preopen { node, .. } => cx.state.fs.stat_node(node)?,
    };
    cx.guest.write(out, &status::encode(&stat))
}
