use crate::abi::{filestat, rights};
use crate::context::{Answer, Cx};

/// `fstatat`.
pub(crate) fn path_filestat_get(
    cx: &mut Cx<'_>,
    fd: u32,
    lookup: u32,
    path: u32,
    len: u32,
    out: u32,
) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_FILESTAT_GET)?;
    let path = cx.guest.path(path, len)?;
    let stat = cx.state.fs.stat(cx.state.caller(), base.node, &path, base.flags(lookup))?;
    cx.guest.write(out, &filestat(&stat))
}
