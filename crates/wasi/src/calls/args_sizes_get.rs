use super::strings;
use crate::context::{Answer, Cx};

/// How many arguments there are, and how many bytes they take.
pub(crate) fn args_sizes_get(cx: &mut Cx<'_>, count: u32, size: u32) -> Answer {
    strings::write_sizes(&cx.guest, &cx.state.process.argv, count, size)
}
