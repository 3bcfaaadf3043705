//! Scripts are bytes, the grammar wants text.
//!
//! Bytes that are not UTF-8 travel through the parser as private characters and come out of it as
//! the bytes they were.

use std::borrow::Cow;

/// The first of 256 private characters that stand for single bytes.
const PRIVATE: u32 = 0x10_FF00;

/// Text for the parser.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut out = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                out.push_str(chunk.valid());
                for &b in chunk.invalid() {
                    out.extend(char::from_u32(PRIVATE + u32::from(b)));
                }
            }
            Cow::Owned(out)
        }
    }
}

/// The bytes that [`decode`] was given.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c);
    }
    out
}

/// Appends the bytes that a character of [`decode`]'s text stands for.
pub(crate) fn push(out: &mut Vec<u8>, c: char) {
    match u32::from(c).checked_sub(PRIVATE) {
        Some(byte @ 0x80..=0xFF) => out.push(byte as u8),
        _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// Bytes as text for a message.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_byte_survives() {
        let bytes: Vec<u8> = (0..=255).chain(*b"\xc3\xa9\xff").collect();
        assert_eq!(super::encode(&super::decode(&bytes)), bytes);
    }
}
