//! Dates of the Gregorian calendar, in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Civil {
    /// Year.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month, 1 to 31.
    pub day: u32,
    /// Hour.
    pub hour: u32,
    /// Minute.
    pub minute: u32,
    /// Second.
    pub second: u32,
    /// Nanosecond.
    pub nanos: u32,
}

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/// English names of the months.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Nanoseconds of one second.
pub const SECOND: i64 = 1_000_000_000;

/// The time of the clock, in nanoseconds since the epoch.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as i64)
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (i64::from(month) + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl Civil {
    /// Takes nanoseconds since the epoch apart.
    pub fn from_nanos(time: i64) -> Civil {
        let seconds = time.div_euclid(SECOND);
        let day_number = seconds.div_euclid(86_400) + 719_468;
        let era = day_number.div_euclid(146_097);
        let of_era = day_number.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = ((shifted + 2) % 12 + 1) as u32;
        let clock = seconds.rem_euclid(86_400) as u32;
        Civil {
            year: year + era * 400 + i64::from(month <= 2),
            month,
            day: (of_year - (153 * shifted + 2) / 5 + 1) as u32,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
            nanos: time.rem_euclid(SECOND) as u32,
        }
    }

    /// Seconds since the epoch; fields beyond their range carry over.
    pub fn seconds(&self) -> i64 {
        days_from_civil(self.year, self.month, 1) * 86_400
            + (i64::from(self.day) - 1) * 86_400
            + i64::from(self.hour) * 3600
            + i64::from(self.minute) * 60
            + i64::from(self.second)
    }

    /// Nanoseconds since the epoch.
    pub fn nanoseconds(&self) -> i64 {
        self.seconds().saturating_mul(SECOND).saturating_add(self.nanos.into())
    }

    /// Day of the week, 0 is Sunday.
    pub fn weekday(&self) -> u32 {
        (days_from_civil(self.year, self.month, self.day) + 4).rem_euclid(7) as u32
    }

    /// Day of the year, 1 to 366.
    pub fn year_day(&self) -> u32 {
        (days_from_civil(self.year, self.month, self.day) - days_from_civil(self.year, 1, 1) + 1)
            as u32
    }

    /// Year and number of the week as ISO 8601 counts them.
    pub fn iso_week(&self) -> (i64, u32) {
        let day = days_from_civil(self.year, self.month, self.day);
        let thursday = day - (day + 3).rem_euclid(7) + 3;
        let year = Civil::from_nanos(thursday.saturating_mul(86_400 * SECOND)).year;
        (year, ((thursday - days_from_civil(year, 1, 1)) / 7 + 1) as u32)
    }

    /// Writes the date as `date +FORMAT` does, in the C locale.
    pub fn format(&self, format: &str) -> String {
        let mut out = String::new();
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut directive = String::from("%");
            let mut pad = None;
            let (mut upper, mut swap, mut colons) = (false, false, 0);
            while let Some(&flag) = chars.peek() {
                match flag {
                    '_' | '-' | '0' | '+' => pad = Some(flag),
                    '^' => upper = true,
                    '#' => swap = true,
                    ':' => colons += 1,
                    'E' | 'O' => {}
                    _ => break,
                }
                directive.push(flag);
                chars.next();
            }
            let mut width = 0usize;
            while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                width = (width * 10 + digit as usize).min(1000);
                directive.push(chars.next().unwrap_or_default());
            }
            let Some(letter) = chars.next() else {
                out.push_str(&directive);
                break;
            };
            match self.directive(letter, pad, width, colons) {
                Some(text) if upper => out.push_str(&text.to_ascii_uppercase()),
                Some(text) if swap && matches!(letter, 'p' | 'Z') => {
                    out.push_str(&text.to_ascii_lowercase());
                }
                Some(text) if swap => out.push_str(&text.to_ascii_uppercase()),
                Some(text) => out.push_str(&text),
                None => {
                    directive.push(letter);
                    out.push_str(&directive);
                }
            }
        }
        out
    }

    fn directive(
        &self,
        letter: char,
        pad: Option<char>,
        width: usize,
        colons: usize,
    ) -> Option<String> {
        let number = |value: i64, digits: usize, fill: char| {
            let width = width.max(digits);
            match pad.unwrap_or(fill) {
                '-' => value.to_string(),
                '_' | ' ' => format!("{value:width$}"),
                _ => format!("{value:0width$}"),
            }
        };
        let text = |text: &str| format!("{text:>width$}");
        let hour12 = (self.hour + 11) % 12 + 1;
        let weekday = self.weekday();
        let half = if self.hour < 12 { "AM" } else { "PM" };
        Some(match letter {
            '%' => "%".into(),
            'n' => "\n".into(),
            't' => "\t".into(),
            'a' => text(&DAYS[weekday as usize][..3]),
            'A' => text(DAYS[weekday as usize]),
            'b' | 'h' => text(&MONTHS[self.month as usize - 1][..3]),
            'B' => text(MONTHS[self.month as usize - 1]),
            'c' => text(&self.format("%a %b %e %H:%M:%S %Y")),
            'C' => number(self.year.div_euclid(100), 2, '0'),
            'd' => number(self.day.into(), 2, '0'),
            'D' | 'x' => text(&self.format("%m/%d/%y")),
            'e' => number(self.day.into(), 2, '_'),
            'F' => text(&self.format("%Y-%m-%d")),
            'g' => number(self.iso_week().0.rem_euclid(100), 2, '0'),
            'G' => number(self.iso_week().0, 4, '0'),
            'H' => number(self.hour.into(), 2, '0'),
            'I' => number(hour12.into(), 2, '0'),
            'j' => number(self.year_day().into(), 3, '0'),
            'k' => number(self.hour.into(), 2, '_'),
            'l' => number(hour12.into(), 2, '_'),
            'm' => number(self.month.into(), 2, '0'),
            'M' => number(self.minute.into(), 2, '0'),
            'N' => {
                let digits = format!("{:09}", self.nanos);
                match width {
                    0 if pad == Some('-') => digits.trim_end_matches('0').into(),
                    0 => digits,
                    width => digits[..width.min(9)].into(),
                }
            }
            'p' => text(half),
            'P' => text(&half.to_ascii_lowercase()),
            'q' => number(i64::from(self.month - 1) / 3 + 1, 1, '0'),
            'r' => text(&self.format("%I:%M:%S %p")),
            'R' => text(&self.format("%H:%M")),
            's' => number(self.seconds(), 1, '0'),
            'S' => number(self.second.into(), 2, '0'),
            'T' | 'X' => text(&self.format("%H:%M:%S")),
            'u' => number(i64::from((weekday + 6) % 7 + 1), 1, '0'),
            'U' => number(i64::from((self.year_day() + 6 - weekday) / 7), 2, '0'),
            'V' => number(self.iso_week().1.into(), 2, '0'),
            'w' => number(weekday.into(), 1, '0'),
            'W' => number(i64::from((self.year_day() + 6 - (weekday + 6) % 7) / 7), 2, '0'),
            'y' => number(self.year.rem_euclid(100), 2, '0'),
            'Y' => number(self.year, if pad == Some('+') { 4 } else { 1 }, '0'),
            'z' => match colons {
                0 => "+0000".into(),
                1 => "+00:00".into(),
                2 => "+00:00:00".into(),
                _ => "+00".into(),
            },
            'Z' => text("UTC"),
            _ => return None,
        })
    }
}
