use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `rmdir`.
pub(crate) fn path_remove_directory(cx: &mut Cx<'_>, fd: u32, path: u32, len: u32) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_REMOVE_DIRECTORY)?;
    let path = cx.guest.path(path, len)?;
    let state = &mut *cx.state;
    Ok(state.fs.rmdir(&state.process.caller, base.node, &path, base.flags(0))?)
}
