use super::status;
use crate::context::{Answer, Cx};

/// `stat` (`follow`) or `lstat`.
pub(crate) fn stat(cx: &mut Cx<'_>, path: u32, len: u32, follow: u32, out: u32) -> Answer {
    let path = cx.guest.path(path, len)?;
    let caller = cx.state.caller();
    let stat = cx.state.fs.stat(caller, caller.cwd, &path, super::follow(follow))?;
    cx.guest.write(out, &status::encode(&stat))
}
