use crate::Errno;
use crate::abi::{clock, timestamp};
use crate::context::{Answer, Cx};

/// The time of a clock. The real-time and the monotonic clock are the filesystem's virtual time;
/// the CPU clocks show how far it has come since the process started.
pub(crate) fn clock_time_get(cx: &mut Cx<'_>, id: u32, _precision: u64, out: u32) -> Answer {
    let now = timestamp(cx.state.fs.now());
    let time = match id {
        clock::REALTIME | clock::MONOTONIC => now,
        clock::PROCESS_CPUTIME | clock::THREAD_CPUTIME => {
            now.saturating_sub(timestamp(cx.state.started))
        }
        _ => return Err(Errno::INVAL.into()),
    };
    cx.guest.write_u64(out, time)
}
