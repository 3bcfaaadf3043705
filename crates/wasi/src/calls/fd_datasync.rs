use super::fd_sync::sync;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `fdatasync`.
pub(crate) fn fd_datasync(cx: &mut Cx<'_>, fd: u32) -> Answer {
    sync(cx, fd, rights::FD_DATASYNC)
}
