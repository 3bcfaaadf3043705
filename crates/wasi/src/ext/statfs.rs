use vfs::ResolveFlags;

use crate::context::{Answer, Cx};

/// `statfs`: size and free room in bytes, then in inodes, the same wherever the path leads.
pub(crate) fn statfs(cx: &mut Cx<'_>, path: u32, len: u32, out: u32) -> Answer {
    let path = cx.guest.path(path, len)?;
    let caller = cx.state.caller();
    cx.state.fs.stat(caller, caller.cwd, &path, ResolveFlags::FOLLOW)?;
    let words = cx.state.fs.room().into_iter().flat_map(|(all, free)| [all, free]);
    let bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
    cx.guest.write(out, &bytes)
}
