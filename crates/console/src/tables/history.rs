//! `docker history`

use super::{ago, rows_by, short_id, size, table};
use crate::{Fields, TemplateError, ellipsis};

/// A row, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryRow {
    /// The image's id; `<missing>` for what has none here.
    pub id: String,
    /// Seconds since it was made; none where that is not known.
    pub age: Option<f64>,
    /// The time it was made, as `--human=false` shows it.
    pub created: String,
    /// The instruction.
    pub created_by: String,
    /// Size of its layer in bytes.
    pub size: u64,
    /// Comment.
    pub comment: String,
}

fn fields(rows: &[HistoryRow], truncate: bool, human: bool) -> Vec<Fields> {
    let fields = rows.iter().map(|row| {
        let created_by = row.created_by.replace('\t', " ");
        let since = match row.age {
            Some(age) if human => ago(age),
            None if human => String::new(),
            _ => row.created.clone(),
        };
        [
            ("ID", if truncate { short_id(&row.id) } else { row.id.clone() }),
            ("CreatedSince", since),
            ("CreatedAt", row.created.clone()),
            ("CreatedBy", if truncate { ellipsis(&created_by, 45) } else { created_by }),
            ("Size", if human { size(row.size) } else { row.size.to_string() }),
            ("Comment", row.comment.clone()),
        ]
        .into()
    });
    fields.collect()
}

/// The rows by the value of `--format`.
///
/// # Errors
/// [`TemplateError`].
pub fn history_by(
    rows: &[HistoryRow],
    truncate: bool,
    human: bool,
    format: &str,
) -> Result<String, TemplateError> {
    if format == "table" {
        return Ok(history(rows, truncate, human));
    }
    let headings = [
        ("ID", "IMAGE"),
        ("CreatedSince", "CREATED"),
        ("CreatedAt", "CREATED AT"),
        ("CreatedBy", "CREATED BY"),
        ("Size", "SIZE"),
        ("Comment", "COMMENT"),
    ];
    rows_by(format, &headings, &fields(rows, truncate, human))
}

/// The table. `truncate` shortens ids and instructions; `human` writes ages and sizes in words.
#[must_use]
pub fn history(rows: &[HistoryRow], truncate: bool, human: bool) -> String {
    let rows = fields(rows, truncate, human);
    let created = if human { "CREATED" } else { "CREATED AT" };
    let headings: Fields = [
        ("ID", "IMAGE"),
        ("CreatedSince", created),
        ("CreatedBy", "CREATED BY"),
        ("Size", "SIZE"),
        ("Comment", "COMMENT"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .into();
    table(&["ID", "CreatedSince", "CreatedBy", "Size", "Comment"], &headings, &rows)
}
