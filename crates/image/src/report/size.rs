//! Sizes for people, as Docker writes them.

/// A size in decimal units with four digits (docker/go-units `HumanSize`).
#[must_use]
pub fn human_size(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let whole = (value.log10().floor().max(0.0)) as usize + 1;
    let digits = format!("{value:.*}", 4_usize.saturating_sub(whole));
    let digits = if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        &digits
    };
    format!("{digits}{}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::human_size;

    #[test]
    fn sizes_have_four_digits() {
        for (bytes, expected) in [
            (0, "0B"),
            (1, "1B"),
            (999, "999B"),
            (1000, "1kB"),
            (1024, "1.024kB"),
            (1_000_000, "1MB"),
            (1_048_576, "1.049MB"),
            (78_100_000, "78.1MB"),
            (2_000_000_000, "2GB"),
            (3_420_000_000_000, "3.42TB"),
        ] {
            assert_eq!(human_size(bytes), expected);
        }
    }
}
