//! The piece of source that BuildKit prints under an error.

use crate::span::Lines;

/// The lines of `ranges` with some around them, each marked `>>>` where it is in a range.
///
/// Empty where there are no ranges or they begin outside the text. The layout is that of
/// moby/buildkit `solver/errdefs/source.go`: four lines around a single line, two around more.
pub fn excerpt(file_name: &str, text: &str, ranges: &[Lines]) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let last_of = |range: &Lines| range.end.max(range.start);
    let (Some(first), Some(end)) =
        (ranges.iter().map(|range| range.start).min(), ranges.iter().map(last_of).max())
    else {
        return String::new();
    };
    if first == 0 || first > lines.len() {
        return String::new();
    }
    let (mut start, mut end) = (first, end.min(lines.len()));
    let pad = if start == end { 4 } else { 2 };
    let mut padded = 0;
    while padded < pad {
        if start > 1 {
            start -= 1;
            padded += 1;
        }
        if end != lines.len() {
            end += 1;
            padded += 1;
        }
        padded += 1;
    }
    const RULE: &str = "--------------------\n";
    let mut out = format!("{file_name}:{first}\n{RULE}");
    for number in start..=end {
        let marked = ranges.iter().any(|range| range.start <= number && number <= last_of(range));
        let mark = if marked { ">>>" } else { "   " };
        out.push_str(&format!(" {number:3} | {mark} {}\n", lines[number - 1]));
    }
    out.push_str(RULE);
    out
}
