//! Dates as people write them, for `touch -d` and `date -d`.

use guest::civil::{Civil, MONTHS, SECOND, days_from_civil};

const DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Reads a date such as `2024-03-01 12:00`, `@1700000000`, `yesterday`, `1 Jan 2020 +2 days`,
/// relative to `now`; both in nanoseconds since the epoch. Times are UTC.
pub fn parse(text: &str, now: i64) -> Option<i64> {
    let text = text.trim();
    if let Some(seconds) = text.strip_prefix('@') {
        return epoch(seconds);
    }
    Reader { tokens: tokens(text)?, at: 0, date: Civil::from_nanos(now), ..Reader::default() }
        .read()
}

/// `[[CC]YY]MMDDhhmm[.ss]`, as `touch -t` takes it.
pub fn stamp(text: &str, now: i64) -> Option<i64> {
    let (digits, seconds) = match text.split_once('.') {
        Some((digits, seconds)) if seconds.len() == 2 => (digits, seconds.parse().ok()?),
        Some(_) => return None,
        None => (text, 0),
    };
    if !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let pair = |at: usize| digits.get(at..at + 2)?.parse::<u32>().ok();
    let (year, rest) = match digits.len() {
        8 => (Civil::from_nanos(now).year, 0),
        10 => match i64::from(pair(0)?) {
            year @ 69.. => (1900 + year, 2),
            year => (2000 + year, 2),
        },
        12 => (digits[..4].parse().ok()?, 4),
        _ => return None,
    };
    let civil = Civil {
        year,
        month: pair(rest)?,
        day: pair(rest + 2)?,
        hour: pair(rest + 4)?,
        minute: pair(rest + 6)?,
        second: seconds,
        nanos: 0,
    };
    valid(&civil).then(|| civil.nanoseconds())
}

fn valid(civil: &Civil) -> bool {
    let (hour, minute, second) = (civil.hour, civil.minute, civil.second);
    (1..=12).contains(&civil.month)
        && civil.day >= 1
        && i64::from(civil.day) <= month_days(civil.year, civil.month)
        && hour < 24
        && minute < 60
        && second <= 60
}

fn month_days(year: i64, month: u32) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_from_civil(next_year, next, 1) - days_from_civil(year, month, 1)
}

fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = whole.parse().ok()?;
    let nanos = fraction_nanos(fraction)?;
    let nanos = if whole.starts_with('-') { -nanos } else { nanos };
    seconds.checked_mul(SECOND)?.checked_add(nanos)
}

fn fraction_nanos(fraction: &str) -> Option<i64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    digits.parse().ok()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// Digits as written.
    Number(String),
    Word(String),
    Mark(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    let mut depth = 0;
    while let Some(&c) = chars.peek() {
        let mut take = |keep: fn(&char) -> bool| {
            let mut word = String::new();
            while let Some(c) = chars.next_if(keep) {
                word.push(c);
            }
            word
        };
        if depth > 0 || c == '(' {
            depth += i32::from(c == '(') - i32::from(c == ')');
            chars.next();
        } else if c.is_ascii_digit() {
            tokens.push(Token::Number(take(char::is_ascii_digit)));
        } else if c.is_alphabetic() {
            let word = take(|c| c.is_alphabetic() || *c == '.').to_ascii_lowercase();
            tokens.push(Token::Word(word.trim_end_matches('.').into()));
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Mark(c));
            } else if !matches!(tokens.last(), Some(Token::Mark(' ')) | None) {
                tokens.push(Token::Mark(' '));
            }
            chars.next();
        }
    }
    if tokens.last() == Some(&Token::Mark(' ')) {
        tokens.pop();
    }
    Some(tokens)
}

#[derive(Default)]
struct Reader {
    tokens: Vec<Token>,
    at: usize,
    date: Civil,
    time: Option<(u32, u32, u32, i64)>,
    date_given: bool,
    zone: Option<i64>,
    weekday: Option<(i64, i64)>,
    months: i64,
    days: i64,
    seconds: i64,
    relative: bool,
}

impl Reader {
    fn read(mut self) -> Option<i64> {
        while self.at < self.tokens.len() {
            self.item()?;
        }
        let mut civil = self.date;
        let mut nanos = i64::from(civil.nanos);
        match self.time {
            Some((hour, minute, second, fraction)) => {
                (civil.hour, civil.minute, civil.second) = (hour, minute, second);
                nanos = fraction;
            }
            None if self.date_given || (self.weekday.is_some() && !self.relative) => {
                (civil.hour, civil.minute, civil.second) = (0, 0, 0);
                nanos = 0;
            }
            None => {}
        }
        let month = civil.year * 12 + i64::from(civil.month) - 1 + self.months;
        (civil.year, civil.month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
        if let Some((day, step)) = self.weekday
            && !self.date_given
        {
            let ahead = (day - i64::from(civil.weekday())).rem_euclid(7);
            let weeks = if step > 0 && ahead != 0 { step - 1 } else { step };
            self.days += ahead + 7 * weeks;
        }
        let seconds = civil.seconds() + self.days * DAY + self.seconds - self.zone.unwrap_or(0);
        seconds.checked_mul(SECOND)?.checked_add(nanos)
    }

    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn mark(&self, ahead: usize) -> Option<char> {
        match self.peek(ahead) {
            Some(Token::Mark(mark)) => Some(*mark),
            _ => None,
        }
    }

    fn digits(&self, ahead: usize) -> Option<&str> {
        match self.peek(ahead) {
            Some(Token::Number(digits)) => Some(digits),
            _ => None,
        }
    }

    fn number<T: std::str::FromStr>(&self, ahead: usize) -> Option<T> {
        self.digits(ahead)?.parse().ok()
    }

    fn item(&mut self) -> Option<()> {
        match self.peek(0)?.clone() {
            Token::Mark(' ' | ',') => self.at += 1,
            Token::Mark(sign @ ('+' | '-')) => {
                self.at += 1;
                while self.mark(0) == Some(' ') {
                    self.at += 1;
                }
                let amount: i64 = self.number(0)?;
                self.at += 1;
                self.unit(if sign == '-' { -amount } else { amount })?;
            }
            Token::Mark(_) => return None,
            Token::Number(digits) => self.numeric(&digits)?,
            Token::Word(word) => self.word(&word)?,
        }
        Some(())
    }

    fn numeric(&mut self, digits: &str) -> Option<()> {
        match (self.mark(1), self.mark(3)) {
            (Some(':'), _) => return self.clock(),
            (Some('-'), Some('-')) if self.digits(2).is_some() => {
                let day: u32 = self.number(4)?;
                return self.day(5, century(digits)?, self.number(2)?, day);
            }
            (Some('/'), Some('/')) => {
                return match digits.len() {
                    4.. => self.day(5, digits.parse().ok()?, self.number(2)?, self.number(4)?),
                    _ => {
                        let year = century(self.digits(4)?)?;
                        self.day(5, year, digits.parse().ok()?, self.number(2)?)
                    }
                };
            }
            (Some('/'), _) => {
                return self.day(3, self.date.year, digits.parse().ok()?, self.number(2)?);
            }
            _ => {}
        }
        let gap = usize::from(matches!(self.mark(1), Some(' ' | '-')));
        if let Some(Token::Word(word)) = self.peek(1 + gap).cloned() {
            if let Some(month) = month(&word) {
                let gap2 = gap + usize::from(matches!(self.mark(2 + gap), Some(' ' | '-' | ',')));
                let year = self.digits(2 + gap2).filter(|year| {
                    year.len() != 2 && self.mark(3 + gap2) != Some(':')
                        || self.mark(2 + gap) == Some('-')
                });
                let (year, used) = match year {
                    Some(year) => (century(year)?, 3 + gap2),
                    None => (self.date.year, 2 + gap),
                };
                return self.day(used, year, month, digits.parse().ok()?);
            }
            if self.mark(1) != Some('-') {
                if matches!(word.as_str(), "am" | "pm") {
                    return self.clock();
                }
                self.at += 1;
                return self.unit(digits.parse().ok()?);
            }
        }
        match digits.len() {
            8 if !self.date_given => {
                let part = |from: usize, to: usize| digits[from..to].parse::<u32>().ok();
                let year = i64::from(part(0, 4)?);
                self.day(1, year, part(4, 6)?, part(6, 8)?)
            }
            4 if self.date_given && self.time.is_some() => {
                self.date.year = digits.parse().ok()?;
                self.at += 1;
                Some(())
            }
            1..=2 if self.time.is_none() => {
                self.time = Some((digits.parse().ok().filter(|hour| *hour < 24)?, 0, 0, 0));
                self.at += 1;
                Some(())
            }
            3..=4 if self.time.is_none() => {
                let number: u32 = digits.parse().ok()?;
                (number / 100 < 24 && number % 100 < 60).then_some(())?;
                self.time = Some((number / 100, number % 100, 0, 0));
                self.at += 1;
                Some(())
            }
            _ => None,
        }
    }

    fn day(&mut self, used: usize, year: i64, month: u32, day: u32) -> Option<()> {
        let known = (1..=12).contains(&month) && day >= 1;
        if !known || i64::from(day) > month_days(year, month) {
            return None;
        }
        (self.date.year, self.date.month, self.date.day) = (year, month, day);
        self.date_given = true;
        self.at += used;
        if matches!(self.peek(0), Some(Token::Word(t)) if t == "t") {
            self.at += 1;
        }
        Some(())
    }

    /// `12:30`, `12:30:15.5`, `1:30 pm`, each with a zone.
    fn clock(&mut self) -> Option<()> {
        let mut hour: u32 = self.number(0)?;
        let (mut minute, mut second, mut nanos) = (0, 0, 0);
        self.at += 1;
        if self.mark(0) == Some(':') {
            minute = self.number(1)?;
            self.at += 2;
        }
        if self.mark(0) == Some(':') {
            second = self.number(1)?;
            self.at += 2;
            if matches!(self.mark(0), Some('.' | ',')) && self.digits(1).is_some() {
                nanos = fraction_nanos(self.digits(1)?)?;
                self.at += 2;
            }
        }
        let gap = usize::from(self.mark(0) == Some(' '));
        if let Some(Token::Word(half)) = self.peek(gap)
            && matches!(half.as_str(), "am" | "pm" | "a.m" | "p.m")
        {
            let evening = half.starts_with('p');
            (1..=12).contains(&hour).then_some(())?;
            hour = hour % 12 + if evening { 12 } else { 0 };
            self.at += gap + 1;
        }
        (hour < 24 && minute < 60 && second <= 60).then_some(())?;
        self.time = Some((hour, minute, second, nanos));
        let gap = usize::from(self.mark(0) == Some(' '));
        if let (Some(sign @ ('+' | '-')), Some(digits)) = (self.mark(gap), self.digits(gap + 1)) {
            let followed_by_word = matches!(
                (self.peek(gap + 2), self.peek(gap + 3)),
                (Some(Token::Word(_)), _) | (Some(Token::Mark(' ')), Some(Token::Word(_)))
            );
            if gap == 0 || !followed_by_word {
                let number: i64 = digits.parse().ok()?;
                let mut offset = match digits.len() {
                    1..=2 => number * 3600,
                    _ => number / 100 * 3600 + number % 100 * 60,
                };
                self.at += gap + 2;
                if self.mark(0) == Some(':') {
                    offset += self.number::<i64>(1)? * 60;
                    self.at += 2;
                }
                self.zone = Some(if sign == '-' { -offset } else { offset });
            }
        }
        Some(())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.at += 1;
        match word {
            "now" => self.relative = true,
            "today" => self.relative = true,
            "yesterday" => (self.days, self.relative) = (self.days - 1, true),
            "tomorrow" => (self.days, self.relative) = (self.days + 1, true),
            "midnight" => self.time = Some((0, 0, 0, 0)),
            "noon" => self.time = Some((12, 0, 0, 0)),
            "utc" | "gmt" | "z" | "ut" => self.zone = Some(0),
            "t" => {}
            "next" | "last" | "this" => {
                let amount = match word {
                    "next" => 1,
                    "last" => -1,
                    _ => 0,
                };
                while self.mark(0) == Some(' ') {
                    self.at += 1;
                }
                if let Some(Token::Word(name)) = self.peek(0)
                    && let Some(day) = weekday(name)
                {
                    self.weekday = Some((day, amount));
                    self.at += 1;
                } else {
                    self.unit(amount)?;
                }
            }
            _ => {
                if let Some(month) = month(word) {
                    let gap = usize::from(matches!(self.mark(0), Some(' ' | '-')));
                    let day = self.number(gap)?;
                    let mut used = gap + 1;
                    let mut year = self.date.year;
                    let skip = (0..2)
                        .take_while(|n| matches!(self.mark(used + n), Some(' ' | ',')))
                        .count();
                    if let Some(digits) = self.digits(used + skip)
                        && digits.len() == 4
                        && self.mark(used + skip + 1) != Some(':')
                    {
                        year = digits.parse().ok()?;
                        used += skip + 1;
                    }
                    return self.day(used, year, month, day);
                }
                let day = weekday(word)?;
                self.weekday = Some((day, 0));
            }
        }
        Some(())
    }

    /// `days`, `weeks ago` ... after a number.
    fn unit(&mut self, mut amount: i64) -> Option<()> {
        while self.mark(0) == Some(' ') {
            self.at += 1;
        }
        let Some(Token::Word(word)) = self.peek(0).cloned() else { return None };
        self.at += 1;
        self.relative = true;
        let gap = usize::from(self.mark(0) == Some(' '));
        if matches!(self.peek(gap), Some(Token::Word(ago)) if ago == "ago") {
            self.at += gap + 1;
            amount = -amount;
        }
        match word.strip_suffix('s').unwrap_or(&word) {
            "year" => self.months += 12 * amount,
            "month" => self.months += amount,
            "fortnight" => self.days += 14 * amount,
            "week" => self.days += 7 * amount,
            "day" => self.days += amount,
            "hour" => self.seconds += 3600 * amount,
            "minute" | "min" => self.seconds += 60 * amount,
            "second" | "sec" => self.seconds += amount,
            _ => return None,
        }
        Some(())
    }
}

fn century(digits: &str) -> Option<i64> {
    let year: i64 = digits.parse().ok()?;
    Some(match digits.len() {
        0..=2 if year >= 69 => year + 1900,
        0..=2 => year + 2000,
        _ => year,
    })
}

fn month(word: &str) -> Option<u32> {
    let position = MONTHS.iter().position(|name| {
        let name = name.to_ascii_lowercase();
        word == name || word == &name[..3] || (name == "september" && word == "sept")
    });
    position.map(|at| at as u32 + 1)
}

fn weekday(word: &str) -> Option<i64> {
    let full = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    let also = [("tues", 2), ("wednes", 3), ("thur", 4), ("thurs", 4)];
    let short = WEEKDAYS.iter().position(|name| *name == word).map(|at| at as i64);
    short
        .or_else(|| full.iter().position(|name| *name == word).map(|at| at as i64))
        .or_else(|| also.iter().find(|(name, _)| *name == word).map(|(_, at)| *at))
}
