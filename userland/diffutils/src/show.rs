//! How changes are printed.

use crate::edits::Change;
use guest::out;

/// A form of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `2c2`
    Normal,
    /// `-u`, with so many lines around changes.
    Unified(usize),
    /// `-c`
    Context(usize),
    /// `-e`
    Ed,
    /// `-n`
    Rcs,
}

/// A file to print: its header (name and time), and its lines with their ends.
pub struct Side<'a> {
    /// What stands in the header.
    pub header: String,
    /// The lines.
    pub lines: Vec<&'a [u8]>,
}

fn line(prefix: &str, text: &[u8]) {
    out::put(prefix);
    out::put(text);
    if !text.ends_with(b"\n") {
        out::put("\n\\ No newline at end of file\n");
    }
}

/// Prints changes.
pub fn show(form: Form, changes: &[Change], old: &Side, new: &Side) {
    match form {
        Form::Normal => normal(changes, old, new),
        Form::Unified(around) => unified(changes, old, new, around),
        Form::Context(around) => context(changes, old, new, around),
        Form::Ed => ed(changes, new),
        Form::Rcs => rcs(changes, new),
    }
}

/// `3` or `3,5`; of no lines the one before.
fn range((from, to): (usize, usize)) -> String {
    if to <= from + 1 { to.to_string() } else { format!("{},{to}", from + 1) }
}

fn normal(changes: &[Change], old: &Side, new: &Side) {
    for change in changes {
        let letter = match (change.old.0 == change.old.1, change.new.0 == change.new.1) {
            (true, _) => 'a',
            (_, true) => 'd',
            _ => 'c',
        };
        out::line(format!("{}{letter}{}", range(change.old), range(change.new)));
        old.lines[change.old.0..change.old.1].iter().for_each(|text| line("< ", text));
        if letter == 'c' {
            out::line("---");
        }
        new.lines[change.new.0..change.new.1].iter().for_each(|text| line("> ", text));
    }
}

/// Changes that are so near that they share their surroundings.
fn hunks(changes: &[Change], around: usize) -> Vec<&[Change]> {
    let mut out = Vec::new();
    let mut start = 0;
    for at in 1..=changes.len() {
        let near = at < changes.len() && changes[at].old.0 - changes[at - 1].old.1 <= 2 * around;
        if !near {
            out.push(&changes[start..at]);
            start = at;
        }
    }
    out
}

/// From the first line around a hunk to the last.
fn span(
    hunk: &[Change],
    around: usize,
    old: &Side,
    new: &Side,
) -> ((usize, usize), (usize, usize)) {
    let (first, last) = (hunk[0], hunk[hunk.len() - 1]);
    let before = around.min(first.old.0).min(first.new.0);
    let before = before.max(around.min(first.old.0));
    let after = around.min(old.lines.len() - last.old.1);
    (
        (first.old.0 - before, last.old.1 + after),
        (first.new.0 - before.min(first.new.0), (last.new.1 + after).min(new.lines.len())),
    )
}

fn unified(changes: &[Change], old: &Side, new: &Side, around: usize) {
    out::line(format!("--- {}", old.header));
    out::line(format!("+++ {}", new.header));
    let numbers = |(from, to): (usize, usize)| match to - from {
        0 => format!("{from},0"),
        1 => to.to_string(),
        count => format!("{},{count}", from + 1),
    };
    for hunk in hunks(changes, around) {
        let (a, b) = span(hunk, around, old, new);
        out::line(format!("@@ -{} +{} @@", numbers(a), numbers(b)));
        let mut at = a.0;
        for change in hunk {
            old.lines[at..change.old.0].iter().for_each(|text| line(" ", text));
            old.lines[change.old.0..change.old.1].iter().for_each(|text| line("-", text));
            new.lines[change.new.0..change.new.1].iter().for_each(|text| line("+", text));
            at = change.old.1;
        }
        old.lines[at..a.1].iter().for_each(|text| line(" ", text));
    }
}

fn context(changes: &[Change], old: &Side, new: &Side, around: usize) {
    out::line(format!("*** {}", old.header));
    out::line(format!("--- {}", new.header));
    let numbers = |(from, to): (usize, usize)| {
        if to <= from + 1 { to.to_string() } else { format!("{},{to}", from + 1) }
    };
    for hunk in hunks(changes, around) {
        let (a, b) = span(hunk, around, old, new);
        out::line("***************");
        out::line(format!("*** {} ****", numbers(a)));
        if hunk.iter().any(|change| change.old.0 < change.old.1) {
            let mut at = a.0;
            for change in hunk {
                old.lines[at..change.old.0].iter().for_each(|text| line("  ", text));
                let mark = if change.new.0 < change.new.1 { "! " } else { "- " };
                old.lines[change.old.0..change.old.1].iter().for_each(|text| line(mark, text));
                at = change.old.1;
            }
            old.lines[at..a.1].iter().for_each(|text| line("  ", text));
        }
        out::line(format!("--- {} ----", numbers(b)));
        if hunk.iter().any(|change| change.new.0 < change.new.1) {
            let mut at = b.0;
            for change in hunk {
                new.lines[at..change.new.0].iter().for_each(|text| line("  ", text));
                let mark = if change.old.0 < change.old.1 { "! " } else { "+ " };
                new.lines[change.new.0..change.new.1].iter().for_each(|text| line(mark, text));
                at = change.new.1;
            }
            new.lines[at..b.1].iter().for_each(|text| line("  ", text));
        }
    }
}

/// From the end to the beginning, so that line numbers stay right.
fn ed(changes: &[Change], new: &Side) {
    for change in changes.iter().rev() {
        let letter = match (change.old.0 == change.old.1, change.new.0 == change.new.1) {
            (true, _) => 'a',
            (_, true) => 'd',
            _ => 'c',
        };
        out::line(format!("{}{letter}", range(change.old)));
        if letter == 'd' {
            continue;
        }
        new.lines[change.new.0..change.new.1].iter().for_each(out::put);
        out::line(".");
    }
}

fn rcs(changes: &[Change], new: &Side) {
    for change in changes {
        let (removed, added) = (change.old.1 - change.old.0, change.new.1 - change.new.0);
        if removed > 0 {
            out::line(format!("d{} {removed}", change.old.0 + 1));
        }
        if added > 0 {
            out::line(format!("a{} {added}", change.old.1));
            new.lines[change.new.0..change.new.1].iter().for_each(out::put);
        }
    }
}
