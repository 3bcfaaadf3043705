//! `--format`: Go templates, as far as docker's commands are used with them.

use std::collections::BTreeMap;

/// The fields of one row, by the names that templates use, as text.
pub type Fields = BTreeMap<&'static str, String>;

/// A template that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
    /// Whether it makes a table, with a line of headings.
    pub is_table: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// Commands, each given the result of the one before.
    Pipeline(Vec<Vec<Word>>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    /// `.Name`; empty for `.` itself.
    Field(String),
    Text(String),
    Number(i64),
    Function(String),
}

/// A template that cannot be used. The words are those of docker and of Go's `text/template`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It cannot be read.
    #[error("template parsing error: template: :1: {0}")]
    Parse(String),
    /// A row has no such field.
    #[error("template: :1:2: executing \"\" at <.{0}>: can't evaluate field {0}")]
    NoField(String),
    /// It uses what is not there.
    #[error("not supported here: {0} in a --format template; known are fields and {known}", known = FUNCTIONS.join(", "))]
    Unsupported(String),
}

const FUNCTIONS: [&str; 7] = ["json", "lower", "upper", "title", "truncate", "println", "print"];

impl Template {
    /// Reads the value of `--format`. `\t` and `\n` may be written with a backslash; `table` at the
    /// beginning asks for a table.
    ///
    /// # Errors
    /// [`TemplateError::Parse`], [`TemplateError::Unsupported`].
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let (is_table, text) = match text.strip_prefix("table") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let text = text.trim_matches(' ').replace("\\t", "\t").replace("\\n", "\n");
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, action)) = rest.split_once("{{") {
            let (action, behind) = action
                .split_once("}}")
                .ok_or_else(|| TemplateError::Parse("unclosed action".to_owned()))?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Pipeline(pipeline(action.trim())?));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts, is_table })
    }

    /// Fills in a row.
    ///
    /// # Errors
    /// [`TemplateError::NoField`].
    pub fn fill(&self, row: &Fields) -> Result<String, TemplateError> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Pipeline(commands) => {
                    let mut value = None;
                    for command in commands {
                        value = Some(run(command, value, row)?);
                    }
                    out.push_str(&value.unwrap_or_default());
                }
            }
        }
        Ok(out)
    }
}

fn pipeline(text: &str) -> Result<Vec<Vec<Word>>, TemplateError> {
    let mut commands = vec![Vec::new()];
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('|') {
            commands.push(Vec::new());
            rest = behind.trim_start();
            continue;
        }
        let (word, behind) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let (text, behind) = quoted
                    .split_once('"')
                    .ok_or_else(|| TemplateError::Parse("unterminated quoted string".to_owned()))?;
                (Word::Text(text.to_owned()), behind)
            }
            None => {
                let end = rest.find([' ', '|']).unwrap_or(rest.len());
                (word(&rest[..end])?, &rest[end..])
            }
        };
        if let Some(command) = commands.last_mut() {
            command.push(word);
        }
        rest = behind.trim_start();
    }
    if commands.iter().any(Vec::is_empty) {
        return Err(TemplateError::Parse("missing value for command".to_owned()));
    }
    Ok(commands)
}

fn word(text: &str) -> Result<Word, TemplateError> {
    if let Some(name) = text.strip_prefix('.') {
        return Ok(Word::Field(name.to_owned()));
    }
    if let Ok(number) = text.parse() {
        return Ok(Word::Number(number));
    }
    if FUNCTIONS.contains(&text) {
        return Ok(Word::Function(text.to_owned()));
    }
    let keywords = ["if", "else", "end", "range", "with", "define", "template", "block"];
    let known = ["index", "printf", "len", "join", "split", "pad", "eq", "ne", "and", "or", "not"];
    if keywords.contains(&text) || known.contains(&text) {
        return Err(TemplateError::Unsupported(text.to_owned()));
    }
    Err(TemplateError::Parse(format!("function {text:?} not defined")))
}

fn run(command: &[Word], piped: Option<String>, row: &Fields) -> Result<String, TemplateError> {
    let value = |word: &Word| match word {
        Word::Field(name) if name.is_empty() => Ok(json_object(row)),
        Word::Field(name) => {
            row.get(name.as_str()).cloned().ok_or_else(|| TemplateError::NoField(name.clone()))
        }
        Word::Text(text) => Ok(text.clone()),
        Word::Number(number) => Ok(number.to_string()),
        Word::Function(name) => {
            Err(TemplateError::Parse(format!("function {name:?} needs an argument")))
        }
    };
    let Some((Word::Function(name), arguments)) = command.split_first() else {
        let first = command.first().ok_or_else(|| TemplateError::Parse("empty".to_owned()))?;
        return value(first);
    };
    let whole = matches!(arguments, [Word::Field(field)] if field.is_empty());
    let mut values = arguments.iter().map(value).collect::<Result<Vec<_>, _>>()?;
    values.extend(piped);
    let first = values.first().cloned().unwrap_or_default();
    Ok(match name.as_str() {
        "json" if whole => first,
        "json" => json_string(&first),
        "lower" => first.to_lowercase(),
        "upper" => first.to_uppercase(),
        "title" => {
            let mut chars = first.chars();
            let head = chars.next().map(|c| c.to_uppercase().collect::<String>());
            head.unwrap_or_default() + chars.as_str()
        }
        "truncate" => {
            let len = values.get(1).and_then(|len| len.parse().ok()).unwrap_or(usize::MAX);
            first.chars().take(len).collect()
        }
        "println" => values.join(" ") + "\n",
        _ => values.concat(),
    })
}

/// The row as Go's `encoding/json` writes it, fields in alphabetical order.
fn json_object(row: &Fields) -> String {
    let fields: Vec<String> = row
        .iter()
        .map(|(name, value)| format!("{}:{}", json_string(name), json_string(value)))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_in() {
        let row: Fields = [("ID", "abc".to_owned()), ("Name", "a \"b\"".to_owned())].into();
        for (template, text) in [
            ("{{.ID}}: {{ .Name }}", "abc: a \"b\""),
            ("{{json .Name}}", r#""a \"b\"""#),
            ("{{json .}}", r#"{"ID":"abc","Name":"a \"b\""}"#),
            ("{{.ID | upper}}\\t{{truncate .ID 2}}", "ABC\tab"),
            ("{{println .ID}}", "abc\n"),
        ] {
            assert_eq!(Template::parse(template).unwrap().fill(&row).as_deref(), Ok(text));
        }
        assert!(Template::parse("{{.ID").is_err());
        assert!(Template::parse("{{nope .ID}}").is_err());
        assert!(Template::parse("{{.No}}").unwrap().fill(&row).is_err());
    }
}
