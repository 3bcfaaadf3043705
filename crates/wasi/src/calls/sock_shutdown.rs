use super::sock::not_a_socket;
use crate::context::{Answer, Cx};

/// `shutdown`.
pub(crate) fn sock_shutdown(cx: &mut Cx<'_>, fd: u32, _how: u32) -> Answer {
    not_a_socket(cx, fd)
}
