use super::isatty::isatty;
use crate::Errno;
use crate::context::{Answer, Cx};

/// Rows and columns of the terminal behind the descriptor (`TIOCGWINSZ`).
pub(crate) fn winsize(cx: &mut Cx<'_>, fd: u32, out: u32) -> Answer {
    cx.state.fds.get(fd)?;
    if isatty(cx, fd) == 0 {
        return Err(Errno::NOTTY.into());
    }
    let size = cx.state.process.winsize;
    let [[a, b], [c, d]] = [size.rows.to_le_bytes(), size.columns.to_le_bytes()];
    cx.guest.write(out, &[a, b, c, d])
}
