//! `docker history`

use super::{ago, short_id, size, table};
use crate::{Fields, ellipsis};

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

/// The table. `truncate` shortens ids and instructions; `human` writes ages and sizes in words.
#[must_use]
pub fn history(rows: &[HistoryRow], truncate: bool, human: bool) -> String {
    let rows: Vec<Fields> = rows
        .iter()
        .map(|row| {
            let created_by = row.created_by.replace('\t', " ");
            [
                ("ID", if truncate { short_id(&row.id) } else { row.id.clone() }),
                (
                    "Created",
                    match row.age {
                        Some(age) if human => ago(age),
                        None if human => String::new(),
                        _ => row.created.clone(),
                    },
                ),
                ("CreatedBy", if truncate { ellipsis(&created_by, 45) } else { created_by }),
                ("Size", if human { size(row.size) } else { row.size.to_string() }),
                ("Comment", row.comment.clone()),
            ]
            .into()
        })
        .collect();
    let created = if human { "CREATED" } else { "CREATED AT" };
    let headings: Fields = [
        ("ID", "IMAGE"),
        ("Created", created),
        ("CreatedBy", "CREATED BY"),
        ("Size", "SIZE"),
        ("Comment", "COMMENT"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .into();
    table(&["ID", "Created", "CreatedBy", "Size", "Comment"], &headings, &rows)
}
