use super::strings;
use crate::context::{Answer, Cx};

/// The arguments: pointers to them, and their bytes with a NUL after each.
pub(crate) fn args_get(cx: &mut Cx<'_>, argv: u32, buf: u32) -> Answer {
    strings::write(&cx.guest, &cx.state.process.argv, argv, buf)
}
