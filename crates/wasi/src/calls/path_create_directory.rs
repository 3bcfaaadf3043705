use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `mkdirat` with mode 0777, which the umask narrows.
pub(crate) fn path_create_directory(cx: &mut Cx<'_>, fd: u32, path: u32, len: u32) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_CREATE_DIRECTORY)?;
    let path = cx.guest.path(path, len)?;
    let state = &mut *cx.state;
    state.fs.mkdir(&state.process.caller, base.node, &path, 0o777, base.flags(0))?;
    Ok(())
}
