//! What there is to say of an image, as JSON and as text for a terminal.
//!
//! Each question has a type that holds the answer; `to_json` and `Display` say the same.

mod changes;
mod files;
mod inspect;
mod layers;
mod waste;

pub use changes::{ChangesReport, LayerChanges};
pub use files::{FileRow, FilesReport};
pub use inspect::InspectReport;
pub use layers::{LayerRow, LayersReport};
pub use waste::WasteReport;

fn human_size(bytes: u64) -> String {
    console::human_size(bytes as f64)
}

/// The first twelve digits of an id, as Docker shows it.
fn short(id: impl std::fmt::Display) -> String {
    let text = id.to_string();
    let hex = text.strip_prefix("sha256:").unwrap_or(&text);
    hex[..hex.len().min(12)].to_owned()
}

/// What made a layer, on one line, without what BuildKit writes around it.
fn step_text(step: Option<&crate::History>) -> String {
    let Some(step) = step else { return String::new() };
    let text = if step.created_by.is_empty() { &step.comment } else { &step.created_by };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.strip_suffix(" # buildkit").unwrap_or(&text);
    text.strip_prefix("/bin/sh -c #(nop) ").unwrap_or(text).to_owned()
}

/// Pads the cells of all rows to columns; the columns of numbers stand to the right.
fn table(head: &[&str], right: &[bool], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().count();
    let mut widths: Vec<usize> = head.iter().map(|cell| width(cell)).collect();
    for row in rows {
        for (most, cell) in widths.iter_mut().zip(row) {
            *most = (*most).max(width(cell));
        }
    }
    let mut out = String::new();
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    for row in std::iter::once(&head).chain(rows) {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let blanks = " ".repeat(widths[at] - width(cell));
            let (before, after) = if right[at] { (&*blanks, "") } else { ("", &*blanks) };
            line.push_str(&format!("{}{before}{cell}{after}", if at > 0 { "  " } else { "" }));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
