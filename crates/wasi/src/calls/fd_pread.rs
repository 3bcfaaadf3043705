use super::fd_read::{MAX_TRANSFER, deliver};
use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};
use crate::guest::total;

/// `preadv`: reads at an offset and leaves the descriptor's own alone.
pub(crate) fn fd_pread(
    cx: &mut Cx<'_>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Answer {
    let id = cx.state.file(fd, rights::FD_READ | rights::FD_SEEK)?;
    if i64::try_from(offset).is_err() {
        return Err(Errno::INVAL.into());
    }
    let spans = cx.guest.spans(iovs, count)?;
    cx.guest.check(out, 4)?;
    cx.state.buffer.resize(total(&spans, MAX_TRANSFER), 0);
    let n = cx.state.fs.pread(id, offset, &mut cx.state.buffer)?;
    deliver(cx, &spans, n, out)
}
