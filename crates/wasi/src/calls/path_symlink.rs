use crate::Errno;
use crate::abi::rights;
use crate::context::{Answer, Cx};

/// `symlinkat`.
pub(crate) fn path_symlink(
    cx: &mut Cx<'_>,
    target: u32,
    target_len: u32,
    fd: u32,
    path: u32,
    len: u32,
) -> Answer {
    let base = cx.state.dir(fd, rights::PATH_SYMLINK)?;
    let (target, path) = (cx.guest.path(target, target_len)?, cx.guest.path(path, len)?);
    if target.contains(&0) {
        return Err(Errno::INVAL.into());
    }
    if base.beneath && target.starts_with(b"/") {
        // It could only lead out, as wasmtime has it.
        return Err(Errno::PERM.into());
    }
    let state = &mut *cx.state;
    state.fs.symlink(&state.process.caller, &target, base.node, &path, base.flags(0))?;
    Ok(())
}
