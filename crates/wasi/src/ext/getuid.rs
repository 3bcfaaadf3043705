use crate::context::Cx;

/// The user id.
pub(crate) fn getuid(cx: &mut Cx<'_>) -> u32 {
    cx.state.process.caller.cred.uid
}
