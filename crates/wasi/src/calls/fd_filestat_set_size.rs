use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `ftruncate`.
pub(crate) fn fd_filestat_set_size(cx: &mut Cx<'_>, fd: u32, size: u64) -> Answer {
    let id = cx.state.file(fd, rights::FD_FILESTAT_SET_SIZE)?;
    if i64::try_from(size).is_err() {
        return Err(Errno::INVAL.into());
    }
    Ok(cx.state.fs.ftruncate(id, size)?)
}
