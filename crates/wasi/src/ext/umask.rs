use crate::context::Cx;

/// Sets the umask and answers the former one.
pub(crate) fn umask(cx: &mut Cx<'_>, mask: u32) -> u32 {
    std::mem::replace(&mut cx.state.process.caller.umask, mask & 0o777)
}
