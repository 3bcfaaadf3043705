use super::sock::not_a_socket;
use crate::context::{Answer, Cx};

/// `sendmsg`.
pub(crate) fn sock_send(
    cx: &mut Cx<'_>,
    fd: u32,
    _iovs: u32,
    _count: u32,
    _flags: u32,
    _out: u32,
) -> Answer {
    not_a_socket(cx, fd)
}
