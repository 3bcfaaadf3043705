use vfs::FileType;

use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// The last of `normal sequential random willneed dontneed noreuse`.
const NOREUSE: u32 = 5;

/// `posix_fadvise`: memory needs no advice, so only the arguments are checked.
pub(crate) fn fd_advise(cx: &mut Cx<'_>, fd: u32, offset: u64, len: u64, advice: u32) -> Answer {
    let id = cx.state.file(fd, rights::FD_ADVISE)?;
    if cx.state.fs.fstat(id)?.file_type == FileType::Fifo {
        return Err(Errno::SPIPE.into());
    }
    let negative = |number| i64::try_from(number).is_err();
    if advice > NOREUSE || negative(offset) || negative(len) {
        return Err(Errno::INVAL.into());
    }
    Ok(())
}
