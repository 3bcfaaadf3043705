//! Numbers with GNU's unit suffixes, and sizes for people.

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNumber {
    /// It does not have the form of one.
    Invalid,
    /// It is larger than 2^64 - 1.
    Overflow,
}

/// Reads `10`, `4k`, `2MB`, `1GiB`, `3b`; `b` (512) only where `blocks` is true.
pub fn with_suffix(text: &str, blocks: bool) -> Result<u64, NotNumber> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    let factor = match suffix {
        "" => 1,
        "b" if blocks => 512,
        _ => unit(suffix).ok_or(NotNumber::Invalid)?,
    };
    let number = match number {
        "" if !suffix.is_empty() => 1,
        "" => return Err(NotNumber::Invalid),
        digits => digits.parse::<u64>().map_err(|_| NotNumber::Overflow)?,
    };
    number.checked_mul(factor).ok_or(NotNumber::Overflow)
}

/// The factor of `K`, `KB`, `KiB`, `M` ...
fn unit(suffix: &str) -> Option<u64> {
    let letter = suffix.chars().next()?;
    let power = "KMGTPE".find(letter.to_ascii_uppercase())? as u32 + 1;
    match &suffix[letter.len_utf8()..] {
        "" | "iB" => 1024u64.checked_pow(power),
        "B" => 1000u64.checked_pow(power),
        _ => None,
    }
}

/// A size as `ls -h` and `du -h` print it: `512`, `1.5K`, `20M`, rounded up.
pub fn human(size: u64, base: u64) -> String {
    if size < base {
        return size.to_string();
    }
    let letters = if base == 1024 { "KMGTPE" } else { "kMGTPE" };
    let mut unit = 1u128;
    for letter in letters.chars() {
        unit *= u128::from(base);
        let tenths = (u128::from(size) * 10).div_ceil(unit);
        if tenths < 100 {
            return format!("{}.{}{letter}", tenths / 10, tenths % 10);
        }
        let whole = u128::from(size).div_ceil(unit);
        if whole < u128::from(base) || letter == 'E' {
            return format!("{whole}{letter}");
        }
    }
    size.to_string()
}
