//! The tables of docker's commands (docker/cli `cli/command/formatter`, `cli/command/image`).

mod changes;
mod containers;
mod df;
mod history;
mod images;

pub use changes::{ChangeRow, changes};
pub use containers::{ContainerRow, Port, containers, containers_by, displayable_ports};
pub use df::{DiskUsage, Usage, disk_usage, disk_usage_by, disk_usage_verbose};
pub use history::{HistoryRow, history, history_by};
pub use images::{ImageOptions, ImageRow, images, images_by};

use crate::{Fields, Template, TemplateError, human_duration, human_size_with_precision, tabulate};

/// An id as tables show it: without the algorithm, 12 characters.
fn short_id(id: &str) -> String {
    id.strip_prefix("sha256:").unwrap_or(id).chars().take(12).collect()
}

/// `2 weeks ago`.
fn ago(seconds: f64) -> String {
    human_duration(seconds) + " ago"
}

/// A size with three significant digits.
fn size(bytes: u64) -> String {
    human_size_with_precision(bytes as f64, 3)
}

/// Rows by a template: with a line of headings if it is a table, else a line each.
fn formatted(
    template: &Template,
    headings: &Fields,
    rows: &[Fields],
) -> Result<String, TemplateError> {
    let mut lines = String::new();
    if template.is_table {
        lines.push_str(&template.fill(headings)?);
        lines.push('\n');
    }
    for row in rows {
        lines.push_str(&template.fill(row)?);
        lines.push('\n');
    }
    Ok(if template.is_table { tabulate(&lines, 10, 3) } else { lines })
}

/// Rows by the value of `--format`: `json`, a template, or a template behind `table`.
///
/// # Errors
/// [`TemplateError`].
pub fn rows_by(
    format: &str,
    headings: &[(&'static str, &str)],
    rows: &[Fields],
) -> Result<String, TemplateError> {
    let template = Template::parse(if format == "json" { "{{json .}}" } else { format })?;
    let headings = headings.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    formatted(&template, &headings, rows)
}

/// A table of these columns.
fn table(columns: &[&str], headings: &Fields, rows: &[Fields]) -> String {
    let line = |fields: &Fields| {
        let cells = columns.iter().map(|name| fields.get(name).cloned().unwrap_or_default());
        cells.collect::<Vec<_>>().join("\t") + "\n"
    };
    let lines: String = std::iter::once(headings).chain(rows).map(line).collect();
    tabulate(&lines, 10, 3)
}
