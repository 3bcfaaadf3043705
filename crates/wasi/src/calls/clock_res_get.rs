use crate::Errno;
use crate::abi::clock;
use crate::context::{Answer, Cx};

/// The resolution of a clock: 1 ns, that of the virtual time all clocks show.
pub(crate) fn clock_res_get(cx: &mut Cx<'_>, id: u32, out: u32) -> Answer {
    match id {
        clock::REALTIME..=clock::THREAD_CPUTIME => cx.guest.write_u64(out, 1),
        _ => Err(Errno::INVAL.into()),
    }
}
