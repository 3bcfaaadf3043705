//! Columns of text, as Go's `text/tabwriter` aligns them for docker (minimum width 10, padding 3).

/// Aligns rows of cells that are ended by tabs. A column is as wide as its widest cell in
/// neighbouring rows that have it, with `padding` blanks behind; the last cell of a row, which no tab
/// ends, is not part of a column.
#[must_use]
pub fn tabulate(text: &str, min_width: usize, padding: usize) -> String {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let mut out = String::new();
    let mut widths = Vec::new();
    format(&rows, 0, rows.len(), &mut widths, (min_width, padding), &mut out);
    out
}

/// The recursion of `tabwriter.format`: a block of rows that share a column gets its width, then the
/// columns behind it.
fn format(
    rows: &[Vec<&str>],
    start: usize,
    end: usize,
    widths: &mut Vec<usize>,
    settings: (usize, usize),
    out: &mut String,
) {
    let column = widths.len();
    let mut from = start;
    let mut at = start;
    while at < end {
        if column + 1 >= rows[at].len() {
            at += 1;
            continue;
        }
        write(&rows[from..at], widths, out);
        from = at;
        let (min_width, padding) = settings;
        let mut width = min_width;
        while at < end && column + 1 < rows[at].len() {
            width = width.max(cell_width(rows[at][column]) + padding);
            at += 1;
        }
        widths.push(width);
        format(rows, from, at, widths, settings, out);
        widths.pop();
        from = at;
    }
    write(&rows[from..end], widths, out);
}

fn write(rows: &[Vec<&str>], widths: &[usize], out: &mut String) {
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            out.push_str(cell);
            // The last cell of a row is not padded.
            if let Some(width) = widths.get(at).filter(|_| at + 1 < row.len()) {
                let blanks = width.saturating_sub(cell_width(cell));
                out.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        out.push('\n');
    }
}

/// Go's tabwriter counts characters, each as one column.
fn cell_width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        assert_eq!(
            tabulate("A\tLONG NAME\tC\nx\ty\tz\n", 10, 3),
            "A         LONG NAME   C\nx         y           z\n"
        );
        assert_eq!(
            tabulate("a\tb\n\nlonger than that\tc\n", 10, 3).lines().next(),
            Some("a         b")
        );
    }
}
