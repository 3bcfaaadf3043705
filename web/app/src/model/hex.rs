//! Bytes as `hexdump -C` shows them.

use std::fmt::Write as _;

/// Sixteen bytes to a line: offset, hexadecimal digits, and the characters that can be printed.
pub fn dump(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (index, line) in bytes.chunks(16).enumerate() {
        // Writing to a string does not fail.
        let _ = write!(out, "{:08x} ", index * 16);
        for at in 0..16 {
            let gap = if at == 8 { "  " } else { " " };
            let _ = match line.get(at) {
                Some(byte) => write!(out, "{gap}{byte:02x}"),
                None => write!(out, "{gap}  "),
            };
        }
        out.push_str("  |");
        out.extend(line.iter().map(|byte| match byte {
            0x20..=0x7e => char::from(*byte),
            _ => '.',
        }));
        out.push_str("|\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::dump;

    #[test]
    fn lines_are_those_of_hexdump() {
        assert_eq!(
            dump(b"\0asm\x01\0\0\0 layers!\n"),
            "00000000  00 61 73 6d 01 00 00 00  20 6c 61 79 65 72 73 21  |.asm.... layers!|\n\
             00000010  0a                                                |.|\n"
        );
    }
}
