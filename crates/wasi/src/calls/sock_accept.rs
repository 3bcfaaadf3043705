use super::sock::not_a_socket;
use crate::context::{Answer, Cx};

/// `accept4`.
pub(crate) fn sock_accept(cx: &mut Cx<'_>, fd: u32, _flags: u32, _out: u32) -> Answer {
    not_a_socket(cx, fd)
}
