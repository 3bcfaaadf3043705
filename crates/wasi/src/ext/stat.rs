use super::status;
use crate::context::{Answer, Cx};

/// `stat` (`follow`) or `lstat`.
pub(crate) fn stat(cx: &mut Cx<'_>, path: u32, len: u32, follow: u32, out: u32) -> Answer {
    let path = cx.guest.path(path, len)?;
    let caller = cx.state.caller();
    let own = if follow == 0 { None } else { cx.state.own_descriptor(caller.cwd, &path) };
    let stat = match own {
        Some(id) => cx.state.fs.fstat(id)?,
        None => cx.state.fs.stat(caller, caller.cwd, &path, super::follow(follow))?,
    };
    cx.guest.write(out, &status::encode(&stat))
}
