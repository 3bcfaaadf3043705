use vfs::{FileType, Timestamp};

use crate::abi::{clock, rights, timestamp};
use crate::context::{Answer, Cx};
use crate::fd::Target;
use crate::guest::{u32_at, u64_at};
use crate::{Errno, Stop};

const SUBSCRIPTION: u32 = 48;
const EVENT: u32 = 32;
/// How many subscriptions one call may have; the kernel's `poll` is bounded by the descriptors.
const MAX_SUBSCRIPTIONS: u32 = 4096;
/// `subclockflags`: the timeout is a time of the clock, not a time from now.
const ABSTIME: u16 = 1;

/// What a subscription waits for.
enum Wait {
    /// Virtual time.
    Until(u64),
    /// It has happened: bytes there are, or an errno.
    Ready(u64, Errno),
    /// The other end of a pipe.
    Pipe,
}

/// Waits until one of several things happens: a time comes or a descriptor can be read or written.
///
/// The clock is virtual: when only times are left to wait for, it is set to the first of them.
/// Waiting for a pipe whose other end has not run stops the process, even if it also waits for a
/// time: whoever runs at the other end would in a real system do so at once, unless
/// [`Process::time_wins`](crate::Process::time_wins).
pub(crate) fn poll_oneoff(cx: &mut Cx<'_>, subs: u32, events: u32, count: u32, out: u32) -> Answer {
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Err(Errno::INVAL.into());
    }
    let raw = cx.guest.read(subs, count * SUBSCRIPTION)?;
    cx.guest.check(events, count * EVENT)?;
    cx.guest.check(out, 4)?;
    let now = timestamp(cx.state.fs.now());
    let mut waits = Vec::new();
    for subscription in raw.chunks_exact(SUBSCRIPTION as usize) {
        waits.push((subscription, wait(cx, subscription, now)?));
    }
    let ready = waits.iter().any(|(_, wait)| match wait {
        Wait::Ready(..) => true,
        Wait::Until(time) => *time <= now,
        Wait::Pipe => false,
    });
    let mut time = now;
    if !ready {
        let first = waits.iter().filter_map(|(_, wait)| match wait {
            Wait::Until(time) => Some(*time),
            _ => None,
        });
        let blocked = waits.iter().any(|(_, wait)| matches!(wait, Wait::Pipe));
        let time_wins = !blocked || cx.state.process.time_wins;
        time = first.min().filter(|_| time_wins).ok_or(Stop::Blocked)?;
        cx.state.fs.set_now(Timestamp(i64::try_from(time).unwrap_or(i64::MAX)));
    }
    let mut bytes = Vec::new();
    for (subscription, wait) in &waits {
        let (nbytes, errno) = match wait {
            Wait::Ready(nbytes, errno) => (*nbytes, *errno),
            Wait::Until(until) if *until <= time => (0, Errno::SUCCESS),
            _ => continue,
        };
        let mut event = [0; EVENT as usize];
        event[0..8].copy_from_slice(&subscription[0..8]);
        event[8..10].copy_from_slice(&errno.0.to_le_bytes());
        event[10] = subscription[8];
        event[16..24].copy_from_slice(&nbytes.to_le_bytes());
        bytes.extend_from_slice(&event);
    }
    cx.guest.write(events, &bytes)?;
    cx.guest.write_u32(out, bytes.len() as u32 / EVENT)
}

fn wait(cx: &Cx<'_>, subscription: &[u8], now: u64) -> Answer<Wait> {
    match subscription[8] {
        0 => {
            let (id, timeout) = (u32_at(subscription, 16), u64_at(subscription, 24));
            let absolute = u32_at(subscription, 40) as u16 & ABSTIME != 0;
            let epoch = match id {
                clock::REALTIME | clock::MONOTONIC => 0,
                clock::PROCESS_CPUTIME | clock::THREAD_CPUTIME => timestamp(cx.state.started),
                _ => return Ok(Wait::Ready(0, Errno::INVAL)),
            };
            let from = if absolute { epoch } else { now };
            Ok(Wait::Until(from.saturating_add(timeout)))
        }
        kind @ (1 | 2) => Ok(match descriptor(cx, u32_at(subscription, 16), kind == 1) {
            Ok(nbytes) => Wait::Ready(nbytes, Errno::SUCCESS),
            Err(Errno::AGAIN) => Wait::Pipe,
            Err(errno) => Wait::Ready(0, errno),
        }),
        _ => Err(Errno::INVAL.into()),
    }
}

/// How many bytes can be read or written at once; `again` if one would have to wait.
fn descriptor(cx: &Cx<'_>, fd: u32, read: bool) -> Result<u64, Errno> {
    let descriptor = cx.state.fds.get(fd).map_err(|_| Errno::BADF)?;
    let right = if read { rights::FD_READ } else { rights::FD_WRITE };
    let allowed =
        descriptor.need(rights::POLL_FD_READWRITE).is_ok() || descriptor.need(right).is_ok();
    if !allowed {
        return Err(Errno::NOTCAPABLE);
    }
    let Target::Open(id) = descriptor.target else { return Err(Errno::BADF) };
    let fs = &cx.state.fs;
    if fs.fstat(id)?.file_type == FileType::Dir {
        return Err(Errno::BADF);
    }
    Ok(if read { fs.readable(id)? } else { fs.writable(id)? })
}
