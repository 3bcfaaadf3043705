//! `%f`, `%e` and `%g` as C writes them, for `printf` and `seq -f`.

/// A conversion with its flags, width and precision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directive {
    /// `-`
    pub left: bool,
    /// `0`
    pub zero: bool,
    /// `+`
    pub plus: bool,
    /// A blank before positive numbers.
    pub blank: bool,
    /// `#`
    pub alternate: bool,
    /// The least width.
    pub width: usize,
    /// Digits after the point, or of a number.
    pub precision: Option<usize>,
    /// The letter.
    pub letter: char,
}

impl Directive {
    /// The text before, the one floating point conversion, and the text after it.
    pub fn in_format(format: &str) -> Result<(String, Directive, String), String> {
        let mut before = String::new();
        let mut rest = format;
        loop {
            let Some(at) = rest.find('%') else {
                return Err(format!("format ‘{format}’ has no % directive"));
            };
            before.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match rest.strip_prefix('%') {
                Some(tail) => {
                    before.push('%');
                    rest = tail;
                }
                None => break,
            }
        }
        let mut directive = Directive::default();
        let mut chars = rest.chars().peekable();
        while let Some(flag) = chars.next_if(|c| "-0+ #'".contains(*c)) {
            directive.flag(flag);
        }
        let number = |chars: &mut std::iter::Peekable<std::str::Chars>| {
            let mut value = 0usize;
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                value = (value * 10 + digit as usize - '0' as usize).min(10_000);
            }
            value
        };
        directive.width = number(&mut chars);
        if chars.next_if_eq(&'.').is_some() {
            directive.precision = Some(number(&mut chars));
        }
        directive.letter = match chars.next() {
            Some(letter) if "fFeEgGaA".contains(letter) => letter,
            Some(letter) => {
                return Err(format!("format ‘{format}’ has unknown %{letter} directive"));
            }
            None => return Err(format!("format ‘{format}’ ends in %")),
        };
        let after: String = chars.collect();
        if after.replace("%%", "").contains('%') {
            return Err(format!("format ‘{format}’ has too many % directives"));
        }
        Ok((before, directive, after.replace("%%", "%")))
    }

    /// Takes a flag.
    pub fn flag(&mut self, flag: char) {
        match flag {
            '-' => self.left = true,
            '0' => self.zero = true,
            '+' => self.plus = true,
            ' ' => self.blank = true,
            '#' => self.alternate = true,
            _ => {}
        }
    }

    /// Writes a number.
    pub fn format(&self, number: f64) -> String {
        let precision = self.precision.unwrap_or(6);
        let size = number.abs();
        let digits = if !number.is_finite() {
            (if number.is_nan() { "nan" } else { "inf" }).to_owned()
        } else {
            match self.letter {
                'f' | 'F' => {
                    let text = format!("{size:.precision$}");
                    if self.alternate && precision == 0 { text + "." } else { text }
                }
                'e' | 'E' => exponent(size, precision),
                _ => self.general(size, precision.max(1)),
            }
        };
        let digits =
            if self.letter.is_ascii_uppercase() { digits.to_ascii_uppercase() } else { digits };
        let negative = number.is_sign_negative() && !number.is_nan();
        self.pad(negative, "", &digits, self.zero && number.is_finite())
    }

    /// The shorter of the two forms, without zeros at the end.
    fn general(&self, size: f64, precision: usize) -> String {
        let text = exponent(size, precision - 1);
        let power: i32 = text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
        if power < -4 || power >= precision as i32 {
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
            return format!("{}e{exponent}", self.trim(mantissa));
        }
        let places = (precision as i32 - 1 - power).max(0) as usize;
        self.trim(&format!("{size:.places$}")).to_owned()
    }

    fn trim<'t>(&self, text: &'t str) -> &'t str {
        if self.alternate || !text.contains('.') {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches('.')
    }

    /// Puts sign, prefix and padding around digits.
    pub fn pad(&self, negative: bool, prefix: &str, digits: &str, zero: bool) -> String {
        let sign = match (negative, self.plus, self.blank) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        let used = sign.len() + prefix.len() + digits.len();
        let missing = self.width.saturating_sub(used);
        if self.left {
            format!("{sign}{prefix}{digits}{}", " ".repeat(missing))
        } else if zero {
            format!("{sign}{prefix}{}{digits}", "0".repeat(missing))
        } else {
            format!("{}{sign}{prefix}{digits}", " ".repeat(missing))
        }
    }
}

/// `1.5e+02`: Rust writes `1.5e2`.
fn exponent(size: f64, precision: usize) -> String {
    let text = format!("{size:.precision$e}");
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let sign = if power < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", power.abs())
}
