use crate::Stop;
use crate::abi::rights;
use crate::context::{Answer, Cx};
use crate::guest::{Span, total};

/// The most that one call moves; a shorter read or write is always allowed. It bounds the buffer
/// that a process can make the host allocate.
pub(super) const MAX_TRANSFER: usize = 4 << 20;

/// `readv`. Where it would have to wait for the writer of a pipe, the process is stopped, unless
/// the descriptor is non-blocking.
pub(crate) fn fd_read(cx: &mut Cx<'_>, fd: u32, iovs: u32, count: u32, out: u32) -> Answer {
    let id = cx.state.file(fd, rights::FD_READ)?;
    let spans = cx.guest.spans(iovs, count)?;
    cx.guest.check(out, 4)?;
    cx.state.buffer.resize(total(&spans, MAX_TRANSFER), 0);
    match cx.state.fs.read(id, &mut cx.state.buffer) {
        Ok(n) => deliver(cx, &spans, n, out),
        Err(vfs::Errno::EAGAIN) if !cx.state.fds.get(fd)?.nonblocking() => {
            Err(Stop::Blocked.into())
        }
        Err(errno) => Err(errno.into()),
    }
}

/// Hands the first `n` bytes of the buffer over, and their number.
pub(super) fn deliver(cx: &Cx<'_>, spans: &[Span], n: usize, out: u32) -> Answer {
    cx.guest.scatter(spans, &cx.state.buffer[..n])?;
    cx.guest.write_u32(out, n as u32)
}
