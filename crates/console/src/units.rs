//! Durations and sizes as docker/go-units writes them.

/// A duration in words: `About a minute`, `3 weeks`. `seconds` may have a fraction.
#[must_use]
pub fn human_duration(seconds: f64) -> String {
    let whole = seconds as i64;
    if whole < 1 {
        return "Less than a second".to_owned();
    }
    if whole == 1 {
        return "1 second".to_owned();
    }
    if whole < 60 {
        return format!("{whole} seconds");
    }
    let minutes = (seconds / 60.0) as i64;
    if minutes == 1 {
        return "About a minute".to_owned();
    }
    if minutes < 60 {
        return format!("{minutes} minutes");
    }
    let hours = (seconds / 3600.0 + 0.5) as i64;
    let days = hours / 24;
    match hours {
        1 => "About an hour".to_owned(),
        _ if hours < 48 => format!("{hours} hours"),
        _ if days < 7 * 2 => format!("{days} days"),
        _ if days < 30 * 2 => format!("{} weeks", days / 7),
        _ if days < 365 * 2 => format!("{} months", days / 30),
        _ => format!("{} years", (seconds / 3600.0) as i64 / 24 / 365),
    }
}

/// A size in units of 1000 with four significant digits: `1.024kB`.
#[must_use]
pub fn human_size(bytes: f64) -> String {
    human_size_with_precision(bytes, 4)
}

/// A size in units of 1000 with so many significant digits.
#[must_use]
pub fn human_size_with_precision(bytes: f64, digits: usize) -> String {
    let (value, unit) = scaled(bytes, &["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]);
    format!("{}{unit}", significant(value, digits))
}

/// A size as BuildKit's progress has it: bytes as they are, larger units with two decimals
/// (tonistiigi/units `Bytes`, `%.2f`).
#[must_use]
pub fn bytes_progress(bytes: i64) -> String {
    let (value, unit) = scaled(bytes as f64, &["B", "kB", "MB", "GB", "TB", "PB", "EB"]);
    if unit == "B" { format!("{bytes}B") } else { format!("{value:.2}{unit}") }
}

fn scaled<'u>(mut value: f64, units: &[&'u str]) -> (f64, &'u str) {
    let mut at = 0;
    while value >= 1000.0 && at + 1 < units.len() {
        value /= 1000.0;
        at += 1;
    }
    (value, units[at])
}

/// Go's `%.*g` for numbers that need no exponent: so many significant digits, no zeros at the end.
fn significant(value: f64, digits: usize) -> String {
    let digits = digits.max(1);
    if value == 0.0 {
        return "0".to_owned();
    }
    // Rounding first tells how many digits stand before the point.
    let rounded = format!("{:.*e}", digits - 1, value);
    let exponent: i32 =
        rounded.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    if exponent >= digits as i32 {
        let (mantissa, _) = rounded.split_once('e').unwrap_or((&rounded, ""));
        let mantissa = trim_zeros(mantissa);
        return format!("{mantissa}e+{exponent:02}");
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    trim_zeros(&format!("{value:.decimals$}")).to_owned()
}

fn trim_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of go-units' `duration_test.go` and `size_test.go`.
    #[test]
    fn units() {
        for (seconds, text) in [
            (0.45, "Less than a second"),
            (1.9, "1 second"),
            (60.0, "About a minute"),
            (3600.0, "About an hour"),
            (5400.0, "2 hours"),
            (172_800.0, "2 days"),
            (63_417_600.0, "2 years"),
        ] {
            assert_eq!(human_duration(seconds), text);
        }
        for (bytes, text) in [
            (0.0, "0B"),
            (999.0, "999B"),
            (1024.0, "1.024kB"),
            (1_048_576.0, "1.049MB"),
            (2.0 * 1e6, "2MB"),
            (3.42 * 1e9, "3.42GB"),
            (5.372 * 1e12, "5.372TB"),
        ] {
            assert_eq!(human_size(bytes), text);
        }
        assert_eq!(human_size_with_precision(182_964_289.0, 3), "183MB");
        assert_eq!(human_size_with_precision(999_999.0, 3), "1e+03kB");
        assert_eq!(bytes_progress(118), "118B");
        assert_eq!(bytes_progress(2_048_000), "2.05MB");
    }
}
