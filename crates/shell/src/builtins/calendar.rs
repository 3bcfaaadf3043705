//! `strftime` for `printf '%(...)T'`, in UTC.

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
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

/// Year, month (from 1) and day of a number of days since 1970-01-01, by Howard Hinnant's
/// `civil_from_days`.
fn civil(days: i64) -> (i64, usize, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as usize, day)
}

/// Writes seconds since 1970 in a format; unknown directives stay as they are.
pub(super) fn format(format: &str, time: i64) -> String {
    let (days, second) = (time.div_euclid(86_400), time.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let weekday = (days + 4).rem_euclid(7) as usize;
    let first = (0..400).rev().find(|back| {
        let (y, m, d) = civil(days - back);
        (y, m, d) == (year, 1, 1)
    });
    let year_day = first.unwrap_or(0) + 1;
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let text = match chars.next() {
            Some('Y') => year.to_string(),
            Some('C') => format!("{:02}", year.div_euclid(100)),
            Some('y') => format!("{:02}", year.rem_euclid(100)),
            Some('m') => format!("{month:02}"),
            Some('d') => format!("{day:02}"),
            Some('e') => format!("{day:2}"),
            Some('H') => format!("{hour:02}"),
            Some('I') => format!("{:02}", (hour + 11) % 12 + 1),
            Some('M') => format!("{minute:02}"),
            Some('S') => format!("{second:02}"),
            Some('p') => if hour < 12 { "AM" } else { "PM" }.to_owned(),
            Some('j') => format!("{year_day:03}"),
            Some('u') => (if weekday == 0 { 7 } else { weekday }).to_string(),
            Some('w') => weekday.to_string(),
            Some('a') => DAYS[weekday][..3].to_owned(),
            Some('A') => DAYS[weekday].to_owned(),
            Some('b' | 'h') => MONTHS[month - 1][..3].to_owned(),
            Some('B') => MONTHS[month - 1].to_owned(),
            Some('s') => time.to_string(),
            Some('Z') => "UTC".to_owned(),
            Some('z') => "+0000".to_owned(),
            Some('n') => "\n".to_owned(),
            Some('t') => "\t".to_owned(),
            Some('%') => "%".to_owned(),
            Some('D') => self::format("%m/%d/%y", time),
            Some('F') => self::format("%Y-%m-%d", time),
            Some('T' | 'X') => self::format("%H:%M:%S", time),
            Some('R') => self::format("%H:%M", time),
            Some('x') => self::format("%m/%d/%y", time),
            Some('c') => self::format("%a %b %e %H:%M:%S %Y", time),
            Some(other) => format!("%{other}"),
            None => "%".to_owned(),
        };
        out.push_str(&text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn dates() {
        let all = "%F %T %j %a %b %y %I %p %u";
        assert_eq!(format(all, 0), "1970-01-01 00:00:00 001 Thu Jan 70 12 AM 4");
        assert_eq!(format(all, 1_709_208_000), "2024-02-29 12:00:00 060 Thu Feb 24 12 PM 4");
        assert_eq!(format("%F%%%q", -1), "1969-12-31%%q");
    }
}
