use crate::context::{Answer, Cx};

/// Leaves a user or group as it is.
const KEEP: u32 = u32::MAX;

/// `fchownat`.
pub(crate) fn chown(
    cx: &mut Cx<'_>,
    path: u32,
    len: u32,
    follow: u32,
    uid: u32,
    gid: u32,
) -> Answer {
    let path = cx.guest.path(path, len)?;
    let set = |id| (id != KEEP).then_some(id);
    let state = &mut *cx.state;
    let caller = &state.process.caller;
    let owner = (set(uid), set(gid));
    Ok(state.fs.chown(caller, caller.cwd, &path, owner, super::follow(follow))?)
}
