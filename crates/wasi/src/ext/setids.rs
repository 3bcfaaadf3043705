use crate::Errno;
use crate::context::{Answer, Cx};

/// `NGROUPS_MAX` of this host: how many groups a process may be in.
const MAX_GROUPS: u32 = 64;

/// `setgroups`, `setgid` and `setuid` in one, for this process and those it starts from now on.
pub(crate) fn setids(cx: &mut Cx<'_>, uid: u32, gid: u32, groups: u32, count: u32) -> Answer {
    if count > MAX_GROUPS {
        return Err(Errno::INVAL.into());
    }
    let bytes = cx.guest.read(groups, count * 4)?;
    let cred = &mut cx.state.process.caller.cred;
    if cred.uid != 0 {
        return Err(Errno::PERM.into());
    }
    let number = |raw: &[u8]| u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]);
    cred.groups = bytes.chunks_exact(4).map(number).collect();
    (cred.uid, cred.gid) = (uid, gid);
    Ok(())
}
