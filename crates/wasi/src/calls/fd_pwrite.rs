use super::fd_read::MAX_TRANSFER;
use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `pwritev`: writes at an offset and leaves the descriptor's own alone.
pub(crate) fn fd_pwrite(
    cx: &mut Cx<'_>,
    fd: u32,
    iovs: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Answer {
    let id = cx.state.file(fd, rights::FD_WRITE | rights::FD_SEEK)?;
    if i64::try_from(offset).is_err() {
        return Err(Errno::INVAL.into());
    }
    let spans = cx.guest.spans(iovs, count)?;
    cx.guest.check(out, 4)?;
    cx.guest.gather(&spans, MAX_TRANSFER, &mut cx.state.buffer)?;
    let n = cx.state.fs.pwrite(id, offset, &cx.state.buffer)?;
    cx.guest.write_u32(out, n as u32)
}
