use vfs::{Access, OpenId, ResolveFlags};

use super::request::{self, Parsed};
use crate::context::{Answer, Cx, State};
use crate::fd::Target;
use crate::{Errno, SpawnError, SpawnRequest};

/// `ARG_MAX`: how long arguments and environment may be together, with their lengths.
const ARG_MAX: u32 = 2 << 20;

/// Runs a program to its end. Stopping it stops this process too.
pub(crate) fn spawn(cx: &mut Cx<'_>, ptr: u32, len: u32, status_out: u32) -> Answer {
    if len > ARG_MAX {
        return Err(Errno::TOOBIG.into());
    }
    let raw = cx.guest.read(ptr, len)?;
    cx.guest.check(status_out, 4)?;
    let parsed = request::parse(&raw).ok_or(Errno::INVAL)?;
    let state = &mut *cx.state;
    if state.process.spawn.is_none() {
        return Err(Errno::NOSYS.into());
    }
    let mut caller = state.process.caller.clone();
    if !parsed.cwd.is_empty() {
        let flags = ResolveFlags::FOLLOW;
        let node = state.fs.resolve(&caller, caller.cwd, &parsed.cwd, flags)?.existing()?;
        let inode = state.fs.inode(node)?;
        if !inode.is_dir() {
            return Err(Errno::NOTDIR.into());
        }
        caller.cred.check(inode, Access::EXECUTE)?;
        caller.cwd = node;
    }
    let fds = descriptors(state, &parsed)?;
    let ppid = state.process.pid;
    let request = SpawnRequest { argv: parsed.argv, env: parsed.env, caller, fds, ppid };
    let spawn = state.process.spawn.as_mut().ok_or(Errno::NOSYS)?;
    match spawn.spawn(&mut state.fs, request) {
        Ok(status) => cx.guest.write_u32(status_out, status.into()),
        Err(SpawnError::Errno(errno)) => Err(errno.into()),
        Err(SpawnError::Stop(stop)) => Err(stop.into()),
    }
}

/// The child's descriptors, each with a reference of its own. Directories that were given to this
/// process are not files it opened, and cannot be handed on.
fn descriptors(state: &mut State, parsed: &Parsed) -> Answer<Vec<(u32, OpenId)>> {
    let mut ids = Vec::new();
    for &(child, parent) in &parsed.fds {
        match state.fds.get(parent)?.target {
            Target::Open(id) if ids.iter().all(|&(other, _)| other != child) => {
                ids.push((child, id));
            }
            Target::Open(_) => return Err(Errno::INVAL.into()),
            Target::Preopen { .. } => return Err(Errno::BADF.into()),
        }
    }
    let given = state.fds.given().chain(state.hidden.iter().copied());
    for (fd, id) in given.filter(|given| given.0 > 2).collect::<Vec<_>>() {
        if ids.iter().all(|&(other, _)| other != fd) {
            ids.push((fd, id));
        }
    }
    for (_, id) in &mut ids {
        // Each is open, as the table that names it holds a reference.
        *id = state.fs.dup(*id)?;
    }
    Ok(ids)
}
