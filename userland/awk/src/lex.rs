//! The words of a program.

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A number.
    Number(f64),
    /// A text, with its escapes resolved.
    Text(Vec<u8>),
    /// A pattern between slashes, as written.
    Pattern(Vec<u8>),
    /// A name; `true` where `(` follows at once, as it must for a call.
    Name(String, bool),
    /// An operator, a bracket or a word of the language.
    Sign(&'static str),
    /// The end of a line.
    Newline,
    /// The end of the program.
    End,
}

const KEYWORDS: &[&str] = &[
    "BEGIN", "END", "break", "continue", "delete", "do", "else", "exit", "for", "function",
    "getline", "if", "in", "next", "nextfile", "print", "printf", "return", "while",
];

/// Longest first.
const SIGNS: &[&str] = &[
    "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "!=", "<=", ">=", ">>", "!~",
    "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "|", "?",
    ":", "~", "$", "=",
];

/// Splits a text into words, each with its line; the error is a line and what is wrong.
pub fn words(text: &[u8]) -> Result<Vec<(Token, usize)>, (usize, String)> {
    let mut out: Vec<(Token, usize)> = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&c) = text.get(at) {
        let rest = &text[at..];
        match c {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\n' => {
                out.push((Token::Newline, line));
                line += 1;
                at += 1;
            }
            b'\\' if rest.starts_with(b"\\\n") || rest.starts_with(b"\\\r\n") => {
                at += 1 + rest.iter().position(|c| *c == b'\n').unwrap_or(0);
                line += 1;
            }
            b'#' => at += rest.iter().position(|c| *c == b'\n').unwrap_or(rest.len()),
            b'"' => {
                let Some(end) = closing(&rest[1..], b'"') else {
                    let shown = String::from_utf8_lossy(&rest[1..]).into_owned();
                    return Err((line, format!("runaway string constant \"{shown} ...")));
                };
                out.push((Token::Text(unescape(&rest[1..=end])), line));
                at += end + 2;
            }
            b'/' if !may_divide(out.last().map(|word| &word.0)) => {
                let Some(end) = pattern_end(&rest[1..]) else {
                    let shown = String::from_utf8_lossy(&rest[1..]).into_owned();
                    return Err((line, format!("runaway regular expression /{shown} ...")));
                };
                out.push((Token::Pattern(rest[1..=end].to_vec()), line));
                at += end + 2;
            }
            b'0'..=b'9' | b'.' if c != b'.' || rest.get(1).is_some_and(u8::is_ascii_digit) => {
                let len = number_len(rest);
                let number = std::str::from_utf8(&rest[..len]).unwrap_or_default();
                out.push((Token::Number(number.parse().unwrap_or(0.0)), line));
                at += len;
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                let len =
                    rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
                let name = String::from_utf8_lossy(&rest[..len]).into_owned();
                let name = if name == "func" { "function".to_owned() } else { name };
                let token = match KEYWORDS.iter().find(|word| **word == name) {
                    Some(word) => Token::Sign(word),
                    None => Token::Name(name, rest.get(len) == Some(&b'(')),
                };
                out.push((token, line));
                at += len;
            }
            _ => match SIGNS.iter().find(|sign| rest.starts_with(sign.as_bytes())) {
                Some(sign) => {
                    at += sign.len();
                    out.push((Token::Sign(sign), line));
                }
                None => {
                    let shown = String::from_utf8_lossy(&rest[..1]).into_owned();
                    return Err((line, format!("unexpected character '{shown}'")));
                }
            },
        }
    }
    out.push((Token::Newline, line));
    out.push((Token::End, line));
    Ok(out)
}

/// Whether a slash after this word divides.
fn may_divide(before: Option<&Token>) -> bool {
    match before {
        Some(Token::Number(_) | Token::Text(_) | Token::Name(..)) => true,
        Some(Token::Sign(sign)) => matches!(*sign, ")" | "]" | "$" | "++" | "--"),
        _ => false,
    }
}

fn closing(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'\\' => at += 2,
            b'\n' => return None,
            c if *c == quote => return Some(at),
            _ => at += 1,
        }
    }
}

/// The end of a pattern; in mawk a slash in brackets is one of the set.
fn pattern_end(text: &[u8]) -> Option<usize> {
    let (mut at, mut bracket) = (0, None);
    loop {
        match (text.get(at)?, bracket) {
            (b'\n', _) => return None,
            (b'\\', _) => at += 1,
            (b'[', None) => {
                let negated = usize::from(text.get(at + 1) == Some(&b'^'));
                bracket = Some(at + negated + 1);
                at += negated;
            }
            (b'[', Some(_)) if matches!(text.get(at + 1), Some(b':' | b'.' | b'=')) => {
                let class = text.get(at + 2..)?;
                if let Some(len) = class.windows(2).position(|end| end == [text[at + 1], b']']) {
                    at += len + 3;
                }
            }
            (b']', Some(start)) if at > start => bracket = None,
            (b'/', None) => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

/// How many bytes at the beginning make a number.
pub fn number_len(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(0);
    let mut len = whole;
    let mut places = 0;
    if text.get(len) == Some(&b'.') {
        places = digits(len + 1);
        if whole + places > 0 {
            len += 1 + places;
        }
    }
    if whole + places > 0 && matches!(text.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(len + 1), Some(b'+' | b'-')));
        if text.len() > len + 1 + sign {
            let power = digits(len + 1 + sign);
            if power > 0 {
                len += 1 + sign + power;
            }
        }
    }
    len
}

/// Resolves the escapes of a text; an unknown one keeps its backslash, as in mawk.
pub fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        at += 1;
        if c != b'\\' {
            out.push(c);
            continue;
        }
        let Some(&next) = text.get(at) else {
            out.push(b'\\');
            break;
        };
        at += 1;
        match next {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'"' | b'\\' => out.push(next),
            b'\n' => {}
            b'0'..=b'7' => {
                let len = text[at - 1..].iter().take(3).take_while(|c| (b'0'..=b'7').contains(c));
                let mut value = 0u32;
                let mut count = 0;
                for digit in len {
                    value = value * 8 + u32::from(digit - b'0');
                    count += 1;
                }
                at += count - 1;
                out.push(value as u8);
            }
            next => out.extend([b'\\', next]),
        }
    }
    out
}
