use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `linkat`: another name for a file.
#[expect(clippy::too_many_arguments, reason = "the specification's")]
pub(crate) fn path_link(
    cx: &mut Cx<'_>,
    old_fd: u32,
    old_lookup: u32,
    old: u32,
    old_len: u32,
    new_fd: u32,
    new: u32,
    new_len: u32,
) -> Answer {
    let from = cx.state.dir(old_fd, rights::PATH_LINK_SOURCE)?;
    let to = cx.state.dir(new_fd, rights::PATH_LINK_TARGET)?;
    let (old, new) = (cx.guest.path(old, old_len)?, cx.guest.path(new, new_len)?);
    let state = &mut *cx.state;
    Ok(state.fs.link(
        &state.process.caller,
        (from.node, &old, from.flags(old_lookup)),
        (to.node, &new, to.flags(0)),
    )?)
}
