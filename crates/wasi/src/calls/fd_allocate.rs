use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `posix_fallocate`: makes a file at least `offset + len` bytes long.
pub(crate) fn fd_allocate(cx: &mut Cx<'_>, fd: u32, offset: u64, len: u64) -> Answer {
    let id = cx.state.file(fd, rights::FD_ALLOCATE)?;
    if len == 0 {
        return Err(Errno::INVAL.into());
    }
    let end = offset.checked_add(len).ok_or(Errno::FBIG)?;
    Ok(cx.state.fs.allocate(id, end)?)
}
