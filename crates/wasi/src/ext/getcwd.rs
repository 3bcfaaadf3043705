use crate::Errno;
use crate::context::{Answer, Cx};

/// The absolute path of the working directory.
pub(crate) fn getcwd(cx: &mut Cx<'_>, out: u32, cap: u32, len_out: u32) -> Answer {
    let path = cx.state.fs.path_of(cx.state.caller().cwd)?;
    let bytes = path.as_bytes();
    if bytes.len() > cap as usize {
        return Err(Errno::RANGE.into());
    }
    cx.guest.check(len_out, 4)?;
    cx.guest.write(out, bytes)?;
    cx.guest.write_u32(len_out, bytes.len() as u32)
}
