use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `renameat`.
pub(crate) fn path_rename(
    cx: &mut Cx<'_>,
    old_fd: u32,
    old: u32,
    old_len: u32,
    new_fd: u32,
    new: u32,
    new_len: u32,
) -> Answer {
    let from = cx.state.dir(old_fd, rights::PATH_RENAME_SOURCE)?;
    let to = cx.state.dir(new_fd, rights::PATH_RENAME_TARGET)?;
    let (old, new) = (cx.guest.path(old, old_len)?, cx.guest.path(new, new_len)?);
    let state = &mut *cx.state;
    Ok(state.fs.rename(
        &state.process.caller,
        (from.node, &old, from.flags(0)),
        (to.node, &new, to.flags(0)),
    )?)
}
