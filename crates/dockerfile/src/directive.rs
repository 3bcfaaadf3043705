//! Parser directives: `# syntax=`, `# escape=`, `# check=` at the top of the file.

use crate::json;
use crate::span::Span;

/// A parser directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// `syntax`, `escape` or `check`.
    pub name: String,
    /// The value, trimmed.
    pub value: String,
    /// The line it stands on, counted from 1.
    pub line: usize,
    /// Where the line stands, without its end.
    pub span: Span,
    /// Where the value stands.
    pub value_span: Span,
}

const KNOWN: [&str; 3] = ["syntax", "escape", "check"];

/// Looks for directives line by line until the zone in which they may stand has ended.
#[derive(Clone, Debug)]
pub(crate) struct DirectiveReader {
    comment: &'static str,
    seen: Vec<String>,
    done: bool,
}

impl DirectiveReader {
    pub fn new(comment: &'static str) -> Self {
        DirectiveReader { comment, seen: Vec::new(), done: false }
    }

    /// Reads one line, which stands at `at` without leading white space and without its end.
    ///
    /// # Errors
    /// A directive that was given before.
    pub fn read(
        &mut self,
        text: &str,
        at: usize,
        line: usize,
    ) -> Result<Option<Directive>, String> {
        if self.done {
            return Ok(None);
        }
        let Some((name, value)) = text.strip_prefix(self.comment).and_then(key_value) else {
            self.done = true;
            return Ok(None);
        };
        let name = name.to_lowercase();
        if !KNOWN.contains(&name.as_str()) {
            self.done = true;
            return Ok(None);
        }
        if self.seen.contains(&name) {
            return Err(format!("only one {name} parser directive can be used"));
        }
        self.seen.push(name.clone());
        let value_at = at + (value.as_ptr() as usize - text.as_ptr() as usize);
        Ok(Some(Directive {
            name,
            value: value.to_owned(),
            line,
            span: Span::new(at, at + text.len()),
            value_span: Span::new(value_at, value_at + value.len()),
        }))
    }
}

/// `key = value` behind the comment sign; the key is letters and digits, the value is not empty.
fn key_value(text: &str) -> Option<(&str, &str)> {
    // Go's `\s` within the expression is narrower than the trimming before it.
    let space = ['\t', '\n', '\x0c', '\r', ' '];
    let (key, value) = text.trim_start().split_once('=')?;
    let key = key.trim_end_matches(space);
    let named = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric());
    let value = match (value.trim_matches(space), value.char_indices().next_back()) {
        // The expression has to match something: of nothing but blanks, that is the last.
        ("", Some((last, _))) => &value[last..],
        (trimmed, _) => trimmed,
    };
    (named && !value.is_empty()).then_some((key, value))
}

/// What a directive asks for: the first word of its value, the whole value, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The value up to the first blank.
    pub reference: String,
    /// The whole value.
    pub value: String,
    /// The line it stands on, counted from 1; 0 for the JSON form.
    pub line: usize,
    /// Where the value stands; the whole text for the JSON form.
    pub span: Span,
}

/// Finds the front end a file asks for: `# syntax=`, `// syntax=`, or `{"syntax": ...}`, behind a `#!` line or not.
pub fn detect_syntax(text: &str) -> Option<Detected> {
    let top = skip_shebang(text);
    find("syntax", text, top, "#").or_else(|| find("syntax", text, top, "//")).or_else(|| {
        let value = json::string_member(&text[top..], "syntax")?;
        let line = usize::from(text[..top].contains('\n'));
        Some(Detected { reference: value.clone(), value, line, span: Span::new(0, text.len()) })
    })
}

/// Finds the directive `name` at the top of a file, behind a `#!` line or not.
pub fn find_directive(name: &str, text: &str) -> Option<Detected> {
    find(name, text, skip_shebang(text), "#")
}

/// Where the text begins behind a byte order mark and a `#!` line.
fn skip_shebang(text: &str) -> usize {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = text.len() - body.len();
    match body.starts_with("#!") {
        true => body.find('\n').map_or(text.len(), |at| mark + at + 1),
        false => mark,
    }
}

/// Looks for a directive from the offset `top` on. Unlike the parser, this takes none that is indented.
fn find(name: &str, text: &str, top: usize, comment: &'static str) -> Option<Detected> {
    let mut reader = DirectiveReader::new(comment);
    let mut at = top;
    let first = 1 + usize::from(text[..top].contains('\n'));
    for (number, line) in text[top..].split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let directive = reader.read(line, start, first + number).ok()?;
        match directive {
            Some(found) if found.name == name => {
                let reference = found.value.split(' ').next().unwrap_or_default().to_owned();
                let span = found.value_span;
                return Some(Detected { reference, value: found.value, line: found.line, span });
            }
            _ if reader.done => return None,
            _ => {}
        }
    }
    None
}
