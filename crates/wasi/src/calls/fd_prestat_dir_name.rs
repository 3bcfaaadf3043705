use crate::Errno;
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// The name of a preopened directory, without a final NUL.
pub(crate) fn fd_prestat_dir_name(cx: &mut Cx<'_>, fd: u32, path: u32, len: u32) -> Answer {
    match &cx.state.fds.get(fd)?.target {
        Target::Preopen { name, .. } if name.len() > len as usize => Err(Errno::NAMETOOLONG.into()),
        Target::Preopen { name, .. } => cx.guest.write(path, name),
        Target::Open(_) => Err(Errno::BADF.into()),
    }
}
