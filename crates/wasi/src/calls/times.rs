//! The times that two calls set.

use vfs::{SetTime, Timestamp};

use crate::Errno;
use crate::abi::fstflags;
use crate::context::Answer;

/// What `fstflags` say about (access time, modification time).
pub(super) fn times(atim: u64, mtim: u64, flags: u32) -> Answer<(SetTime, SetTime)> {
    if flags & !fstflags::ALL != 0 {
        return Err(Errno::INVAL.into());
    }
    let atime = time(atim, flags & fstflags::ATIM != 0, flags & fstflags::ATIM_NOW != 0)?;
    let mtime = time(mtim, flags & fstflags::MTIM != 0, flags & fstflags::MTIM_NOW != 0)?;
    Ok((atime, mtime))
}

fn time(nanos: u64, given: bool, now: bool) -> Answer<SetTime> {
    match (given, now) {
        (true, true) => Err(Errno::INVAL.into()),
        (true, false) => {
            Ok(SetTime::At(Timestamp(i64::try_from(nanos).map_err(|_| Errno::INVAL)?)))
        }
        (false, true) => Ok(SetTime::Now),
        (false, false) => Ok(SetTime::Keep),
    }
}
