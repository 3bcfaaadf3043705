use vfs::{SetTime, Timestamp};

use crate::context::{Answer, Cx};

/// Leaves a time as it is.
const KEEP: i64 = i64::MIN;

/// `utimensat`, for times before 1970 too.
pub(crate) fn utimes(
    cx: &mut Cx<'_>,
    path: u32,
    len: u32,
    follow: u32,
    atime: i64,
    mtime: i64,
) -> Answer {
    let path = cx.guest.path(path, len)?;
    let set = |time| if time == KEEP { SetTime::Keep } else { SetTime::At(Timestamp(time)) };
    let state = &mut *cx.state;
    let caller = &state.process.caller;
    let times = (set(atime), set(mtime));
    Ok(state.fs.utimes(caller, caller.cwd, &path, times, super::follow(follow))?)
}
