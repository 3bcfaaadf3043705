//! `docker diff`

use super::formatted;
use crate::{Fields, Template, TemplateError};

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeRow {
    /// `A`, `C` or `D`.
    pub kind: String,
    /// Path.
    pub path: String,
}

/// The changes, by default as `{{.Type}} {{.Path}}`.
///
/// # Errors
/// [`TemplateError`].
pub fn changes(rows: &[ChangeRow], format: Option<&str>) -> Result<String, TemplateError> {
    let template = Template::parse(match format {
        None => "{{.Type}} {{.Path}}",
        Some("table") => "table {{.Type}}\t{{.Path}}",
        Some(format) => format,
    })?;
    let rows: Vec<Fields> = rows
        .iter()
        .map(|row| [("Type", row.kind.clone()), ("Path", row.path.clone())].into())
        .collect();
    let headings = [("Type", "CHANGE TYPE".to_owned()), ("Path", "PATH".to_owned())].into();
    formatted(&template, &headings, &rows)
}
