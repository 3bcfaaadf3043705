use crate::context::{Answer, Cx};

/// The next bytes of the seeded sequence.
pub(crate) fn random_get(cx: &mut Cx<'_>, buf: u32, len: u32) -> Answer {
    const CHUNK: usize = 1 << 16;
    cx.guest.check(buf, len)?;
    let mut chunk = vec![0; CHUNK.min(len as usize)];
    for start in (0..len).step_by(CHUNK) {
        let n = CHUNK.min((len - start) as usize);
        cx.state.fs.random(&mut chunk[..n]);
        cx.guest.write(buf + start, &chunk[..n])?;
    }
    Ok(())
}
