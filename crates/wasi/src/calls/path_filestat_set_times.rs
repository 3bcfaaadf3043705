use super::times::times;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `utimensat`.
#[expect(clippy::too_many_arguments, reason = "the specification's")]
pub(crate) fn path_filestat_set_times(
    cx: &mut Cx<'_>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    atim: u64,
    mtim: u64,
    flags: u32,
) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_FILESTAT_SET_TIMES)?;
    let times = times(atim, mtim, flags)?;
    let path = cx.guest.path(path, len)?;
    let state = &mut *cx.state;
    let caller = &state.process.caller;
    Ok(state.fs.utimes(caller, base.node, &path, times, base.flags(lookup))?)
}
