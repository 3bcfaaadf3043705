use super::strings;
use crate::context::{Answer, Cx};

/// How many environment variables there are, and how many bytes they take.
pub(crate) fn environ_sizes_get(cx: &mut Cx<'_>, count: u32, size: u32) -> Answer {
    strings::write_sizes(&cx.guest, &strings::environment(&cx.state.process.env), count, size)
}
