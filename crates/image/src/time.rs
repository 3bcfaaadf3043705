//! Times as image configurations write them.

use vfs::Timestamp;

/// RFC 3339 in UTC with as many digits of the second's fraction as needed, as Go's `RFC3339Nano`.
#[must_use]
pub fn format_rfc3339(time: Timestamp) -> String {
    let (days, second) = (time.secs().div_euclid(86_400), time.secs().rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let (h, m, s) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = match time.subsec_nanos() {
        0 => String::new(),
        nanos => format!(".{nanos:09}").trim_end_matches('0').to_owned(),
    };
    format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}{fraction}Z")
}

/// The text is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time: it must read like 2024-01-31T12:00:00Z")]
pub struct ParseTimeError(String);

/// Reads RFC 3339, in UTC (`Z`) or with an offset.
///
/// # Errors
/// [`ParseTimeError`].
pub fn parse_rfc3339(text: &str) -> Result<Timestamp, ParseTimeError> {
    let parse = || {
        let (date, clock) = text.split_once('T')?;
        let (clock, offset) = match clock.strip_suffix('Z') {
            Some(clock) => (clock, 0),
            None => {
                let at = clock.rfind(['+', '-'])?;
                let (hours, minutes) = clock[at + 1..].split_once(':')?;
                let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
                (&clock[..at], if clock[at..].starts_with('-') { -seconds } else { seconds })
            }
        };
        let mut date = date.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
        let (h, m, s) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
        let in_range = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (0..24).contains(&h)
            && (0..60).contains(&m)
            && (0..=60).contains(&s);
        if !in_range || fraction.len() > 9 || !(0..=9999).contains(&year) {
            return None;
        }
        let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
        let secs = days_from_civil(year, month, day) * 86_400 + h * 3600 + m * 60 + s - offset;
        secs.checked_mul(1_000_000_000)?.checked_add(nanos).map(Timestamp)
    };
    parse().ok_or_else(|| ParseTimeError(text.to_owned()))
}

/// (year, month, day) of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
/// The arithmetic of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The reverse of [`civil_from_days`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back() {
        for (secs, nanos, text) in [
            (0, 0, "1970-01-01T00:00:00Z"),
            (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (1_704_067_199, 120_000_000, "2023-12-31T23:59:59.12Z"),
            (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
        ] {
            let time = Timestamp(secs * 1_000_000_000 + nanos);
            assert_eq!(format_rfc3339(time), text);
            assert_eq!(parse_rfc3339(text), Ok(time));
        }
        let offset = parse_rfc3339("2024-01-01T00:00:00.5-01:30");
        assert_eq!(offset.map(format_rfc3339).unwrap(), "2024-01-01T01:30:00.5Z");
        for bad in ["", "2024-01-01", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00+1"] {
            assert!(parse_rfc3339(bad).is_err(), "{bad}");
        }
    }
}
