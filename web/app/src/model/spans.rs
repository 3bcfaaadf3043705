//! Between offsets in UTF-8 bytes and the editor's, in UTF-16 code units.

/// The offset in UTF-16 code units of a byte of the text.
///
/// An offset inside a character counts as the character's begin, one behind the end as the end.
pub fn utf16_offset(text: &str, byte: u32) -> u32 {
    let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let begin = (0..=byte).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let units: usize = text[..begin].chars().map(char::len_utf16).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The byte at an offset in UTF-16 code units: the inverse of [`utf16_offset`].
pub fn byte_offset(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units >= unit {
            return byte;
        }
        units += character.len_utf16() as u32;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_the_editor_does() {
        let text = "가a😀b";
        let pairs = [(0, 0), (1, 0), (3, 1), (4, 2), (6, 2), (8, 4), (9, 5), (99, 5)];
        for (byte, unit) in pairs {
            assert_eq!(utf16_offset(text, byte), unit, "byte {byte}");
        }
        for (unit, byte) in [(0, 0), (1, 3), (2, 4), (4, 8), (5, 9), (9, 9)] {
            assert_eq!(byte_offset(text, unit), byte, "unit {unit}");
        }
    }
}
