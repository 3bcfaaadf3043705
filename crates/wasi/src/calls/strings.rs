//! Arguments and environment, laid out as C has them.

use crate::Errno;
use crate::context::Answer;
use crate::guest::Guest;

/// `NAME=value` for each variable.
pub(super) fn environment(env: &[(Vec<u8>, Vec<u8>)]) -> Vec<Vec<u8>> {
    env.iter().map(|(name, value)| [name.as_slice(), b"=", value].concat()).collect()
}

pub(super) fn write_sizes(guest: &Guest<'_>, strings: &[Vec<u8>], count: u32, size: u32) -> Answer {
    let bytes: usize = strings.iter().map(|string| string.len() + 1).sum();
    let bytes = u32::try_from(bytes).map_err(|_| Errno::OVERFLOW)?;
    guest.check(size, 4)?;
    guest.write_u32(count, strings.len() as u32)?;
    guest.write_u32(size, bytes)
}

pub(super) fn write(guest: &Guest<'_>, strings: &[Vec<u8>], pointers: u32, buf: u32) -> Answer {
    let mut table = Vec::with_capacity(strings.len() * 4);
    let mut bytes = Vec::new();
    for string in strings {
        table.extend(buf.wrapping_add(bytes.len() as u32).to_le_bytes());
        bytes.extend_from_slice(string);
        bytes.push(0);
    }
    let len = u32::try_from(bytes.len()).map_err(|_| Errno::OVERFLOW)?;
    guest.check(buf, len)?;
    guest.write(pointers, &table)?;
    guest.write(buf, &bytes)
}
