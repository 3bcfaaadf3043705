use crate::context::Cx;

/// The group id.
pub(crate) fn getgid(cx: &mut Cx<'_>) -> u32 {
    cx.state.process.caller.cred.gid
}
