//! The bound on a module's memory, written into the module.

/// Bytes that the linear memory of a process can grow to, whatever its module declares.
///
/// It stands in the module itself and not in the engine's settings because the browser's engine has
/// none, and both hosts are to refuse the same `memory.grow`.
pub const MAX_MEMORY: u64 = 1 << 30;

const PAGE: u64 = 1 << 16;
const MEMORY_SECTION: u8 = 5;
const HAS_MAXIMUM: u8 = 1;
const SHARED: u8 = 2;
const MEMORY64: u8 = 4;

/// The module with [`MAX_MEMORY`] as the maximum of its memories; none if it cannot be read, is
/// one the limit cannot be put on (shared or 64-bit memory), or wants more from the start.
pub(crate) fn with_memory_limit(module: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(module.len() + 16);
    let mut rest = Reader(module);
    out.extend_from_slice(rest.take(8)?);
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let len = usize::try_from(rest.leb()?).ok()?;
        let body = rest.take(len)?;
        out.push(id);
        if id == MEMORY_SECTION {
            let limited = limit_memories(body)?;
            put_leb(&mut out, limited.len() as u64);
            out.extend_from_slice(&limited);
        } else {
            put_leb(&mut out, len as u64);
            out.extend_from_slice(body);
        }
    }
    Some(out)
}

fn limit_memories(section: &[u8]) -> Option<Vec<u8>> {
    let mut rest = Reader(section);
    let count = rest.leb()?;
    let mut out = Vec::new();
    put_leb(&mut out, count);
    for _ in 0..count {
        let flags = rest.byte()?;
        if flags & (SHARED | MEMORY64) != 0 {
            return None;
        }
        let minimum = rest.leb()?;
        let maximum = if flags & HAS_MAXIMUM != 0 { rest.leb()? } else { u64::MAX };
        let limit = MAX_MEMORY / PAGE;
        if minimum > limit {
            return None;
        }
        out.push(HAS_MAXIMUM);
        put_leb(&mut out, minimum);
        put_leb(&mut out, maximum.min(limit));
    }
    rest.0.is_empty().then_some(out)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    /// An unsigned LEB128 number of at most 32 bits, as all that are read here.
    fn leb(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

fn put_leb(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(wat: &str) -> Option<Vec<u8>> {
        with_memory_limit(&wat::parse_str(wat).expect("wat"))
    }

    #[test]
    fn puts_the_maximum_where_there_is_none_or_a_larger_one() {
        let expected = wat::parse_str("(module (memory 2 16384))").expect("wat");
        assert_eq!(limited("(module (memory 2))"), Some(expected.clone()));
        assert_eq!(limited("(module (memory 2 65536))"), Some(expected));
        let small = wat::parse_str("(module (memory 2 3) (func))").expect("wat");
        assert_eq!(with_memory_limit(&small), Some(small));
    }

    #[test]
    fn refuses_what_it_cannot_limit() {
        assert_eq!(limited("(module (memory 16385))"), None);
        assert_eq!(limited("(module (memory 1 2 shared))"), None);
        assert_eq!(limited("(module (memory i64 1))"), None);
        let whole = wat::parse_str("(module (memory 1) (func))").expect("wat");
        for end in 9..whole.len() {
            // A cut at a section's end is a shorter module; elsewhere it is none. Never a panic.
            let _ = with_memory_limit(&whole[..end]);
        }
        assert_eq!(with_memory_limit(b"\0asm"), None);
    }
}
