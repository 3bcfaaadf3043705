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
    let own = match lookup & 1 {
        1 if !base.beneath => cx.state.own_descriptor(base.node, &path),
        _ => None,
    };
    let stat = match own {
        Some(id) => cx.state.fs.fstat(id)?,
        None => cx.state.fs.stat(cx.state.caller(), base.node, &path, base.flags(lookup))?,
    };
    cx.guest.write(out, &filestat(&stat))
}
