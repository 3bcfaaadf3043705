use crate::Errno;
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// Whether a descriptor is a preopened directory, and how long its name is.
/// libc asks 3, 4, ... until the answer is `badf`.
pub(crate) fn fd_prestat_get(cx: &mut Cx<'_>, fd: u32, out: u32) -> Answer {
    match &cx.state.fds.get(fd)?.target {
        // `prestat`: tag 0 (a directory), then the length.
        Target::Preopen { name, .. } => cx.guest.write_u64(out, (name.len() as u64) << 32),
        Target::Open(_) => Err(Errno::BADF.into()),
    }
}
