use crate::context::{Answer, Cx};
use crate::{Errno, Exit};

/// WASI numbers signals as Linux does up to `alrm`; `stkflt` (16) it leaves out.
const LAST_ALIKE: u32 = 15;
const LAST: u32 = 30;

/// Sends the process a signal, with the kernel's default effect. None stops a process here, since
/// nobody could continue it.
pub(crate) fn proc_raise(_: &mut Cx<'_>, signal: u32) -> Answer {
    let number = match signal {
        0 => return Ok(()),
        1..=LAST_ALIKE => signal as u8,
        16..=LAST => signal as u8 + 1,
        _ => return Err(Errno::INVAL.into()),
    };
    // chld, cont, stop, tstp, ttin, ttou, urg, winch
    match number {
        17..=23 | 28 => Ok(()),
        _ => Err(Exit::Signal { number, trap: None }.into()),
    }
}
