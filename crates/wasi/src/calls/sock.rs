//! Sockets: preview 1 cannot make any and none is handed to a process.

use crate::Errno;
use crate::context::{Answer, Cx};

pub(super) fn not_a_socket(cx: &Cx<'_>, fd: u32) -> Answer {
    cx.state.fds.get(fd)?;
    Err(Errno::NOTSOCK.into())
}
