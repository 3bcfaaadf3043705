use crate::context::{Answer, Cx};

/// Moves a descriptor to another number that is in use; what that stood for is closed.
pub(crate) fn fd_renumber(cx: &mut Cx<'_>, from: u32, to: u32) -> Answer {
    cx.state.fds.get(to)?;
    let descriptor = cx.state.fds.remove(from)?;
    if let Some(replaced) = cx.state.fds.set(to, descriptor) {
        cx.state.release(replaced);
    }
    Ok(())
}
