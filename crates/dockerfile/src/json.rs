//! The JSON form of arguments: an array of strings, by the rules of Go's `encoding/json`.

use std::ops::Range;

/// Why a text is not an array of strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// Not a JSON array at all: the text is taken as the shell form.
    NotAnArray,
    /// A well-formed array with an element that is no string: BuildKit refuses the file.
    NotStrings,
}

/// An element of the array and where it stands in the text, quotes included.
pub(crate) type Element = (String, Range<usize>);

/// Reads `text` as a JSON array of strings; white space may stand before and after it.
///
/// # Errors
/// [`JsonError::NotAnArray`] for anything that is not JSON, [`JsonError::NotStrings`] where an element is no string.
pub fn json_array(text: &str) -> Result<Vec<String>, JsonError> {
    Ok(elements(text)?.into_iter().map(|(text, _)| text).collect())
}

/// Like [`json_array`], with the place of every element.
pub(crate) fn elements(text: &str) -> Result<Vec<Element>, JsonError> {
    let trimmed = text.trim_start();
    if !trimmed.starts_with('[') {
        return Err(JsonError::NotAnArray);
    }
    let mut reader = Reader::new(text);
    reader.value().ok_or(JsonError::NotAnArray)?;
    if reader.all_strings { Ok(reader.strings) } else { Err(JsonError::NotStrings) }
}

/// The string member `name` of the JSON object that `text` is; the last one where there are several.
pub(crate) fn string_member(text: &str, name: &str) -> Option<String> {
    let mut reader = Reader { member: Some(name), ..Reader::new(text) };
    reader.spaces();
    if reader.peek()? != b'{' {
        return None;
    }
    reader.value()?;
    reader.found
}

/// Go refuses values nested deeper than this.
const MAX_DEPTH: usize = 10_000;

struct Reader<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    strings: Vec<Element>,
    all_strings: bool,
    member: Option<&'a str>,
    found: Option<String>,
}

/// What a nesting level is waiting for.
#[derive(Clone, Copy, PartialEq)]
enum Level {
    Array,
    Object,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let at = text.len() - text.trim_start().len();
        Reader {
            bytes: text.as_bytes(),
            text,
            at,
            strings: Vec::new(),
            all_strings: true,
            member: None,
            found: None,
        }
    }

    /// Reads one whole array or object; nesting is kept on a list so that hostile depth costs no stack.
    fn value(&mut self) -> Option<()> {
        let mut levels: Vec<Level> = Vec::new();
        // Whether the value to come is the member looked for.
        let mut wanted = false;
        loop {
            // Here a value is expected.
            self.spaces();
            let start = self.at;
            let mut complete = true;
            match self.peek()? {
                b'[' | b'{' => {
                    if levels.len() == 1 {
                        self.all_strings = false;
                    }
                    let level =
                        if self.bytes[self.at] == b'[' { Level::Array } else { Level::Object };
                    self.at += 1;
                    self.spaces();
                    let closing = if level == Level::Array { b']' } else { b'}' };
                    if self.peek()? == closing {
                        self.at += 1;
                        if levels.is_empty() {
                            return self.end();
                        }
                    } else {
                        if levels.len() >= MAX_DEPTH {
                            return None;
                        }
                        levels.push(level);
                        if level == Level::Object {
                            wanted = self.key()? && levels.len() == 1;
                        }
                        complete = false;
                    }
                }
                b'"' => {
                    let string = self.string()?;
                    if wanted && levels.len() == 1 {
                        self.found = Some(string.clone());
                    }
                    if levels.len() == 1 {
                        self.strings.push((string, start..self.at));
                    }
                }
                _ => {
                    self.scalar()?;
                    if levels.len() == 1 {
                        self.all_strings = false;
                    }
                }
            }
            if !complete {
                continue;
            }
            // A value has ended: close levels, or go on to the next value.
            loop {
                self.spaces();
                let level = *levels.last()?;
                let byte = self.peek()?;
                self.at += 1;
                match (byte, level) {
                    (b',', Level::Array) => break,
                    (b',', Level::Object) => {
                        self.spaces();
                        wanted = self.key()? && levels.len() == 1;
                        break;
                    }
                    (b']', Level::Array) | (b'}', Level::Object) => {
                        levels.pop();
                        if levels.is_empty() {
                            return self.end();
                        }
                    }
                    _ => return None,
                }
            }
        }
    }

    fn end(&mut self) -> Option<()> {
        self.spaces();
        (self.at == self.bytes.len()).then_some(())
    }

    /// Reads a member's name and the colon; says whether it is the member looked for.
    fn key(&mut self) -> Option<bool> {
        if self.peek()? != b'"' {
            return None;
        }
        let name = self.string()?;
        self.spaces();
        if self.peek()? != b':' {
            return None;
        }
        self.at += 1;
        Some(self.member == Some(name.as_str()))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// A number, `true`, `false` or `null`.
    fn scalar(&mut self) -> Option<()> {
        for word in ["true", "false", "null"] {
            if self.bytes[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Some(());
            }
        }
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek()? {
            b'0' => self.at += 1,
            b'1'..=b'9' => self.digits(),
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits()?;
        }
        // Go refuses a number that no float64 holds.
        self.text[start..self.at]
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(|_| ())
    }

    fn some_digits(&mut self) -> Option<()> {
        let start = self.at;
        self.digits();
        (self.at > start).then_some(())
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let run = self.at;
            while self.peek().is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
                self.at += 1;
            }
            out.push_str(&self.text[run..self.at]);
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(out);
                }
                b'\\' => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => byte as char,
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return None,
        })
    }

    /// `\uXXXX`, a surrogate pair of two of them, or U+FFFD for a lone surrogate.
    fn unicode_escape(&mut self) -> Option<char> {
        let high = self.hex4()?;
        if let Some(c) = char::from_u32(high) {
            return Some(c);
        }
        let after = self.at;
        if high < 0xdc00 && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                return char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00));
            }
            self.at = after;
        }
        Some('\u{fffd}')
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_strings() {
        assert_eq!(
            json_array(r#" ["a", "b\u00e9\ud83d\ude00\ud800"] "#),
            Ok(vec!["a".into(), "bé😀\u{fffd}".into()])
        );
        assert_eq!(json_array("[]"), Ok(vec![]));
        for text in [
            "",
            "null",
            "['a']",
            r#"["a","#,
            r#"["a"] x"#,
            r#"["a" "b"]"#,
            r#"["a",]"#,
            "[1e999]",
            "[01]",
            "[\"\t\"]",
        ] {
            assert_eq!(json_array(text), Err(JsonError::NotAnArray), "{text}");
        }
        for text in
            ["[42]", "[null]", r#"["a",[]]"#, r#"[{"a":1,"b":["c"]}]"#, "[-0.5e+3]", "[true]"]
        {
            assert_eq!(json_array(text), Err(JsonError::NotStrings), "{text}");
        }
    }

    #[test]
    fn hostile_depth_is_refused_without_recursion() {
        assert_eq!(json_array(&"[".repeat(1_000_000)), Err(JsonError::NotAnArray));
        assert_eq!(
            json_array(&format!("{}{}", "[".repeat(9_000), "]".repeat(9_000))),
            Err(JsonError::NotStrings)
        );
    }
}
