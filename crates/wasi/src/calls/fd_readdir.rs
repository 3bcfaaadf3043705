use vfs::{Caller, DirEntry, FileType, Fs, Ino, NodeId, ResolveFlags};

use crate::Errno;
use crate::abi::{filetype, rights};
use crate::context::{Answer, Cx};

/// The length of `dirent` without the name.
const HEADER: usize = 24;

/// Entries of a directory from a cookie on, as many as fit; the last may be cut off, which tells
/// the caller that there is more.
///
/// The cookie counts entries: `.`, `..`, then the rest by name. It counts those the directory had
/// when it was read from the beginning, so that removing files while reading skips none.
pub(crate) fn fd_readdir(
    cx: &mut Cx<'_>,
    fd: u32,
    buf: u32,
    len: u32,
    cookie: u64,
    out: u32,
) -> Answer {
    let node = cx.state.dir(fd, rights::FD_READDIR)?.node;
    cx.guest.check(buf, len)?;
    cx.guest.check(out, 4)?;
    let descriptor = cx.state.fds.get_mut(fd)?;
    if cookie == 0 || descriptor.listing.is_none() {
        descriptor.listing = Some(cx.state.fs.list(node)?);
    }
    let parent = parent(&cx.state.fs, node)?;
    let dots = [(b".".as_slice(), node.ino), (b"..", parent)];
    let dots = dots.into_iter().map(|(name, ino)| (name, ino, FileType::Dir));
    let listing = descriptor.listing.iter().flatten();
    let rest =
        listing.map(|entry: &DirEntry| (entry.name.as_bytes(), entry.node.ino, entry.file_type));
    let skip = usize::try_from(cookie).map_err(|_| Errno::INVAL)?;
    let mut bytes = Vec::new();
    for (next, (name, ino, kind)) in (1u64..).zip(dots.chain(rest)).skip(skip) {
        let mut header = [0; HEADER];
        header[0..8].copy_from_slice(&next.to_le_bytes());
        header[8..16].copy_from_slice(&ino.to_le_bytes());
        header[16..20].copy_from_slice(&(name.len() as u32).to_le_bytes());
        header[20] = filetype(kind);
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(name);
        if bytes.len() >= len as usize {
            break;
        }
    }
    bytes.truncate(len as usize);
    cx.guest.write(buf, &bytes)?;
    cx.guest.write_u32(out, bytes.len() as u32)
}

fn parent(fs: &Fs, node: NodeId) -> Answer<Ino> {
    let spot = fs.resolve(&Caller::root(), node, b"..", ResolveFlags::FOLLOW)?;
    Ok(spot.existing()?.ino)
}
