use vfs::Whence;

use super::fd_seek::seek;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// The offset of a descriptor.
pub(crate) fn fd_tell(cx: &mut Cx<'_>, fd: u32, out: u32) -> Answer {
    seek(cx, fd, 0, Whence::Current, rights::FD_TELL, out)
}
