use crate::context::{Answer, Cx};

/// `close`. Preopened directories can be closed too.
pub(crate) fn fd_close(cx: &mut Cx<'_>, fd: u32) -> Answer {
    let descriptor = cx.state.fds.remove(fd)?;
    cx.state.release(descriptor);
    Ok(())
}
