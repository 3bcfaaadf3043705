use crate::Exit;
use crate::context::{Answer, Cx};

/// Ends the process with a status.
pub(crate) fn proc_exit(_: &mut Cx<'_>, code: u32) -> Answer {
    Err(Exit::Code(code).into())
}
