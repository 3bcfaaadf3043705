use vfs::{Access, ResolveFlags};

use crate::Errno;
use crate::context::{Answer, Cx};
use crate::fd::Target;

/// `chdir`; the preopen `.` follows.
pub(crate) fn chdir(cx: &mut Cx<'_>, path: u32, len: u32) -> Answer {
    let path = cx.guest.path(path, len)?;
    let state = &mut *cx.state;
    let caller = &mut state.process.caller;
    let node = state.fs.resolve(caller, caller.cwd, &path, ResolveFlags::FOLLOW)?.existing()?;
    let inode = state.fs.inode(node)?;
    if !inode.is_dir() {
        return Err(Errno::NOTDIR.into());
    }
    caller.cred.check(inode, Access::EXECUTE)?;
    caller.cwd = node;
    for descriptor in state.fds.values_mut().filter(|descriptor| !descriptor.beneath) {
        if let Target::Preopen { name, node: dot } = &mut descriptor.target
            && name == b"."
        {
            *dot = node;
            descriptor.listing = None;
        }
    }
    Ok(())
}
