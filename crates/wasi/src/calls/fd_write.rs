use super::fd_read::MAX_TRANSFER;
use crate::abi::rights;
use crate::context::{Answer, Cx};
use crate::{Exit, Stop};

const SIGPIPE: u8 = 13;

/// `writev`. Where it would have to wait for the reader of a pipe, the process is stopped, unless
/// the descriptor is non-blocking; when no reader is left it dies of SIGPIPE.
pub(crate) fn fd_write(cx: &mut Cx<'_>, fd: u32, iovs: u32, count: u32, out: u32) -> Answer {
    let id = cx.state.file(fd, rights::FD_WRITE)?;
    let spans = cx.guest.spans(iovs, count)?;
    cx.guest.check(out, 4)?;
    cx.guest.gather(&spans, MAX_TRANSFER, &mut cx.state.buffer)?;
    match cx.state.fs.write(id, &cx.state.buffer) {
        Ok(n) => cx.guest.write_u32(out, n as u32),
        Err(vfs::Errno::EPIPE) => Err(Exit::Signal { number: SIGPIPE, trap: None }.into()),
        Err(vfs::Errno::EAGAIN) if !cx.state.fds.get(fd)?.nonblocking() => {
            Err(Stop::Blocked.into())
        }
        Err(errno) => Err(errno.into()),
    }
}
