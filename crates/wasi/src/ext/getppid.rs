use crate::context::Cx;

/// The number of the process that started this one.
pub(crate) fn getppid(cx: &mut Cx<'_>) -> u32 {
    cx.state.process.ppid
}
