use crate::context::{Answer, Cx};

/// `fchmodat`.
pub(crate) fn chmod(cx: &mut Cx<'_>, path: u32, len: u32, follow: u32, mode: u32) -> Answer {
    let path = cx.guest.path(path, len)?;
    let state = &mut *cx.state;
    let caller = &state.process.caller;
    Ok(state.fs.chmod(caller, caller.cwd, &path, mode & 0o7777, super::follow(follow))?)
}
