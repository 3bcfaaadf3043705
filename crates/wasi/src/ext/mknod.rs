use vfs::{FileType, Rdev};

use crate::Errno;
use crate::context::{Answer, Cx};

/// `mknodat`. A mode without type bits makes a regular file, as in the kernel.
pub(crate) fn mknod(cx: &mut Cx<'_>, path: u32, len: u32, mode: u32, rdev: u64) -> Answer {
    let path = cx.guest.path(path, len)?;
    let kind = match mode & 0o170_000 {
        0 => FileType::File,
        _ => FileType::from_mode(mode).ok_or(Errno::INVAL)?,
    };
    let rdev = Rdev { major: (rdev >> 32) as u32, minor: rdev as u32 };
    let state = &mut *cx.state;
    let caller = &state.process.caller;
    state.fs.mknod(caller, caller.cwd, &path, kind, mode & 0o7777, rdev)?;
    Ok(())
}
