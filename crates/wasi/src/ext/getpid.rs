use crate::context::Cx;

/// The process's number.
pub(crate) fn getpid(cx: &mut Cx<'_>) -> u32 {
    cx.state.process.pid
}
