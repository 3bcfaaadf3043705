use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `readlinkat`: the target of a link, cut off where the buffer ends.
pub(crate) fn path_readlink(
    cx: &mut Cx<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
    buf: u32,
    len: u32,
    out: u32,
) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_READLINK)?;
    let path = cx.guest.path(path, path_len)?;
    let mut target = cx.state.fs.readlink(cx.state.caller(), base.node, &path, base.flags(0))?;
    target.truncate(len as usize);
    cx.guest.check(out, 4)?;
    cx.guest.write(buf, &target)?;
    cx.guest.write_u32(out, target.len() as u32)
}
