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
    let value = value.trim_start_matches(space).trim_end_matches(space);
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
}

/// Finds the front end a file asks for: `# syntax=`, `// syntax=`, or `{"syntax": ...}`, behind a `#!` line or not.
pub fn detect_syntax(text: &str) -> Option<Detected> {
    let (text, line) = skip_shebang(text);
    find("syntax", text, line, "#").or_else(|| find("syntax", text, line, "//")).or_else(|| {
        let value = json::string_member(text, "syntax")?;
        Some(Detected { reference: value.clone(), value, line })
    })
}

/// Finds the directive `name` at the top of a file, behind a `#!` line or not.
pub fn find_directive(name: &str, text: &str) -> Option<Detected> {
    let (text, line) = skip_shebang(text);
    find(name, text, line, "#")
}

fn skip_shebang(text: &str) -> (&str, usize) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.starts_with("#!") {
        true => (text.split_once('\n').map_or("", |(_, rest)| rest), 1),
        false => (text, 0),
    }
}

fn find(name: &str, text: &str, lines_before: usize, comment: &'static str) -> Option<Detected> {
    let mut reader = DirectiveReader::new(comment);
    for (number, line) in text.lines().enumerate() {
        let directive = reader.read(line, 0, lines_before + number + 1).ok()?;
        match directive {
            Some(found) if found.name == name => {
                let reference = found.value.split(' ').next().unwrap_or_default().to_owned();
                return Some(Detected { reference, value: found.value, line: found.line });
            }
            _ if reader.done => return None,
            _ => {}
        }
    }
    None
}
