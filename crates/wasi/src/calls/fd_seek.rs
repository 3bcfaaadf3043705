use vfs::Whence;

use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// `lseek`; answers the new offset.
pub(crate) fn fd_seek(cx: &mut Cx<'_>, fd: u32, delta: i64, whence: u32, out: u32) -> Answer {
    let whence = match whence {
        0 => Whence::Start,
        1 => Whence::Current,
        2 => Whence::End,
        _ => return Err(Errno::INVAL.into()),
    };
    // Asking where one is takes less than moving.
    let tells = delta == 0 && whence == Whence::Current;
    seek(cx, fd, delta, whence, if tells { rights::FD_TELL } else { rights::FD_SEEK }, out)
}

pub(super) fn seek(
    cx: &mut Cx<'_>,
    fd: u32,
    delta: i64,
    whence: Whence,
    right: u64,
    out: u32,
) -> Answer {
    if let Target::Open(id) = cx.state.fds.get(fd)?.target
        && cx.state.fs.is_terminal(id)
    {
        // It lacks the right as the mark of a terminal; the errno is still the kernel's.
        return Err(Errno::SPIPE.into());
    }
    let id = cx.state.file(fd, right)?;
    cx.guest.check(out, 8)?;
    let offset = cx.state.fs.seek(id, delta, whence)?;
    cx.guest.write_u64(out, offset)
}
