use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `unlink`.
pub(crate) fn path_unlink_file(cx: &mut Cx<'_>, fd: u32, path: u32, len: u32) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_UNLINK_FILE)?;
    let path = cx.guest.path(path, len)?;
    let state = &mut *cx.state;
    Ok(state.fs.unlink(&state.process.caller, base.node, &path, base.flags(0))?)
}
