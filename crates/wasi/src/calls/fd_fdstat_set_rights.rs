use crate::Errno;
use crate::context::{Answer, Cx};

/// Gives rights up; none can be gained.
pub(crate) fn fd_fdstat_set_rights(cx: &mut Cx<'_>, fd: u32, base: u64, inheriting: u64) -> Answer {
    let descriptor = cx.state.fds.get_mut(fd)?;
    if base & !descriptor.base != 0 || inheriting & !descriptor.inheriting != 0 {
        return Err(Errno::NOTCAPABLE.into());
    }
    (descriptor.base, descriptor.inheriting) = (base, inheriting);
    Ok(())
}
