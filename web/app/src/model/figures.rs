//! Bytes, times and digests as people read them. Units are the same in every language.

/// Bytes with a decimal unit and at most three digits, as Docker counts: `312 B`, `5.12 MB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes}\u{a0}B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // What would be rounded up to 1000 belongs to the next unit.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{}\u{a0}{}", three_digits(value), UNITS[unit])
}

/// A time given in microseconds: `0.4 ms`, `12 ms`, `1.2 s`, `2 min 5 s`.
pub fn time(micros: u64) -> String {
    match micros {
        0..100 => "<\u{202f}0.1\u{a0}ms".into(),
        100..9_950 => format!("{:.1}\u{a0}ms", micros as f64 / 1e3),
        9_950..999_500 => format!("{:.0}\u{a0}ms", micros as f64 / 1e3),
        999_500..59_950_000 => format!("{:.1}\u{a0}s", micros as f64 / 1e6),
        _ => {
            let seconds = (micros + 500_000) / 1_000_000;
            format!("{}\u{a0}min {}\u{a0}s", seconds / 60, seconds % 60)
        }
    }
}

/// The first twelve digits of a digest, as `docker images` shows an ID.
pub fn short(digest: &str) -> &str {
    let hex = digest.split_once(':').map_or(digest, |(_, hex)| hex);
    hex.get(..12).unwrap_or(hex)
}

fn three_digits(value: f64) -> String {
    let text = match value {
        v if v < 9.995 => format!("{v:.2}"),
        v if v < 99.95 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    };
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_three_digits() {
        for (n, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1234, "1.23 kB"),
            (12_345, "12.3 kB"),
            (99_949, "99.9 kB"),
            (99_960, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (5_100_000, "5.1 MB"),
            (134_000_000, "134 MB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(bytes(n).replace('\u{a0}', " "), text);
        }
    }

    #[test]
    fn times_grow_in_unit() {
        for (micros, text) in [
            (0, "< 0.1 ms"),
            (432, "0.4 ms"),
            (9_949, "9.9 ms"),
            (9_950, "10 ms"),
            (999_499, "999 ms"),
            (1_234_567, "1.2 s"),
            (59_960_000, "1 min 0 s"),
            (125_000_000, "2 min 5 s"),
        ] {
            assert_eq!(time(micros).replace(['\u{a0}', '\u{202f}'], " "), text);
        }
    }

    #[test]
    fn digests_are_cut_at_twelve() {
        assert_eq!(short("sha256:7a12e9c431f088ab00"), "7a12e9c431f0");
        assert_eq!(short("sha256:7a12"), "7a12");
        assert_eq!(short(""), "");
    }
}
