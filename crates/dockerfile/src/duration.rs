//! Durations as Go writes and reads them: `1h30m`, `1.5s`, `100ms`.

use std::fmt;

use crate::quote::quote;

/// A duration in nanoseconds, as an image config keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HealthDuration(pub i64);

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl HealthDuration {
    /// Reads a duration as Go's `time.ParseDuration` does.
    ///
    /// # Errors
    /// Go's message.
    pub fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("time: invalid duration {}", quote(text));
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(HealthDuration(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let (whole, after) = digits(rest);
            let (fraction, after) = match after.strip_prefix('.') {
                Some(after) => digits(after),
                None => ("", after),
            };
            if whole.is_empty() && fraction.is_empty() {
                return Err(invalid());
            }
            let unit_len =
                after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
            if unit_len == 0 {
                return Err(format!("time: missing unit in duration {}", quote(text)));
            }
            let unit = &after[..unit_len];
            let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
                return Err(format!(
                    "time: unknown unit {} in duration {}",
                    quote(unit),
                    quote(text)
                ));
            };
            let whole: u64 =
                if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
            let part = whole
                .checked_mul(*scale)
                .and_then(|part| part.checked_add(fraction_of(fraction, *scale)));
            total = part
                .and_then(|part| total.checked_add(part))
                .filter(|total| *total <= 1 << 63)
                .ok_or_else(invalid)?;
            rest = &after[unit_len..];
        }
        match (negative, i64::try_from(total)) {
            (true, Ok(total)) => Ok(HealthDuration(-total)),
            (true, Err(_)) => Ok(HealthDuration(i64::MIN)),
            (false, Ok(total)) => Ok(HealthDuration(total)),
            (false, Err(_)) => Err(invalid()),
        }
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// `0.fraction` of `scale`, rounded down.
fn fraction_of(fraction: &str, scale: u64) -> u64 {
    let mut value = 0;
    let mut unit = scale as f64;
    for digit in fraction.bytes().take(18) {
        unit /= 10.0;
        value += (u64::from(digit - b'0') as f64 * unit * 1000.0).round() as u64;
    }
    value / 1000
}

impl fmt::Display for HealthDuration {
    /// As Go prints a duration: `1h0m0s`, `1.5s`, `100ms`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let decimal = |f: &mut fmt::Formatter<'_>, value: u64, scale: u64, unit: &str| {
            let fraction = format!("{:0width$}", value % scale, width = scale.ilog10() as usize);
            match fraction.trim_end_matches('0') {
                "" => write!(f, "{}{unit}", value / scale),
                fraction => write!(f, "{}.{fraction}{unit}", value / scale),
            }
        };
        match nanos {
            0 => f.write_str("0s"),
            1..=999 => write!(f, "{nanos}ns"),
            1_000..=999_999 => decimal(f, nanos, 1_000, "µs"),
            1_000_000..=999_999_999 => decimal(f, nanos, 1_000_000, "ms"),
            _ => {
                let minutes = nanos / 60_000_000_000;
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                decimal(f, nanos % 60_000_000_000, 1_000_000_000, "s")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_as_go_does() {
        for (text, nanos, printed) in [
            ("1s", 1_000_000_000, "1s"),
            ("1h", 3_600_000_000_000, "1h0m0s"),
            ("1.5s", 1_500_000_000, "1.5s"),
            ("100ms", 100_000_000, "100ms"),
            ("1m30.25s", 90_250_000_000, "1m30.25s"),
            ("50ns", 50, "50ns"),
            ("0", 0, "0s"),
            ("-2us", -2_000, "-2µs"),
        ] {
            let duration = HealthDuration::parse(text).unwrap();
            assert_eq!((duration.0, duration.to_string().as_str()), (nanos, printed));
        }
        let error = |text| HealthDuration::parse(text).unwrap_err();
        assert_eq!(error("5"), "time: missing unit in duration \"5\"");
        assert_eq!(error("5x"), "time: unknown unit \"x\" in duration \"5x\"");
        assert_eq!(error("s"), "time: invalid duration \"s\"");
        assert_eq!(error("9999999999h"), "time: invalid duration \"9999999999h\"");
    }
}
