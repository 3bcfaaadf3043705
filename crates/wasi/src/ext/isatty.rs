use crate::context::Cx;
use crate::fd::Target;

/// 1 if the descriptor is a terminal, 0 if it is something else or not open.
pub(crate) fn isatty(cx: &mut Cx<'_>, fd: u32) -> u32 {
    let target = cx.state.fds.get(fd).ok().map(|descriptor| &descriptor.target);
    match target {
        Some(Target::Open(id)) => cx.state.fs.is_terminal(*id).into(),
        _ => 0,
    }
}
