//! One record of comma-separated values, as Go's `encoding/csv` reads it.

/// The fields of `text`.
///
/// # Errors
/// Go's message.
pub(crate) fn fields(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Err("EOF".to_owned());
    }
    let mut fields = Vec::new();
    let mut rest = text;
    let mut column = 1;
    loop {
        let field_len;
        if let Some(body) = rest.strip_prefix('"') {
            let mut field = String::new();
            let mut at = 0;
            loop {
                let Some(len) = body[at..].find('"') else {
                    return Err(format!(
                        "parse error on line 1, column {}: extraneous or missing \" in quoted-field",
                        text.len() + 1
                    ));
                };
                field.push_str(&body[at..at + len]);
                at += len + 1;
                if !body[at..].starts_with('"') {
                    break;
                }
                field.push('"');
                at += 1;
            }
            if !body[at..].is_empty() && !body[at..].starts_with(',') {
                return Err(format!(
                    "parse error on line 1, column {}: extraneous or missing \" in quoted-field",
                    column + at
                ));
            }
            field_len = at + 1;
            fields.push(field);
        } else {
            let len = rest.find(',').unwrap_or(rest.len());
            if let Some(quote) = rest[..len].find('"') {
                return Err(format!(
                    "parse error on line 1, column {}: bare \" in non-quoted-field",
                    column + quote
                ));
            }
            fields.push(rest[..len].to_owned());
            field_len = len;
        }
        if field_len == rest.len() {
            return Ok(fields);
        }
        rest = &rest[field_len + 1..];
        column += field_len + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn quoted_and_plain_fields() {
        assert_eq!(
            fields(r#"type=bind,"source=a,b",x"#).unwrap(),
            ["type=bind", "source=a,b", "x"]
        );
        assert_eq!(fields(r#""a""b","#).unwrap(), ["a\"b", ""]);
        assert!(fields(r#"a"b"#).is_err());
        assert!(fields(r#""a"#).is_err());
    }
}
