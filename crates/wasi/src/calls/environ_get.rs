use super::strings;
use crate::context::{Answer, Cx};

/// The environment as `NAME=value`: pointers to them, and their bytes with a NUL after each.
pub(crate) fn environ_get(cx: &mut Cx<'_>, environ: u32, buf: u32) -> Answer {
    strings::write(&cx.guest, &strings::environment(&cx.state.process.env), environ, buf)
}
