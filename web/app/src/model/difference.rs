//! Where two versions of a line differ.

/// A line in three parts; the outer ones are the same in both versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The same at the begin.
    pub head: &'a str,
    /// What differs.
    pub middle: &'a str,
    /// The same at the end.
    pub tail: &'a str,
}

/// Both versions, cut where they begin and cease to differ, at the edges of words.
pub fn difference<'a>(before: &'a str, after: &'a str) -> (Parts<'a>, Parts<'a>) {
    let same = |pair: &((usize, char), (usize, char))| pair.0.1 == pair.1.1;
    let head = before
        .char_indices()
        .zip(after.char_indices())
        .take_while(same)
        .filter(|((_, c), _)| c.is_whitespace())
        .last()
        .map_or(0, |((at, c), _)| at + c.len_utf8());
    let (b, a) = (&before[head..], &after[head..]);
    let tail = b
        .char_indices()
        .rev()
        .zip(a.char_indices().rev())
        .take_while(same)
        .filter(|((_, c), _)| c.is_whitespace())
        .last()
        .map_or(0, |((at, _), _)| b.len() - at);
    (parts(before, head, tail), parts(after, head, tail))
}

fn parts(text: &str, head: usize, tail: usize) -> Parts<'_> {
    let end = text.len() - tail;
    Parts { head: &text[..head], middle: &text[head..end], tail: &text[end..] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_differ() {
        for (before, after, expected) in [
            ("RUN a b c", "RUN a x c", [["RUN a ", "b", " c"], ["RUN a ", "x", " c"]]),
            ("RUN touch", "RUN tasdouch", [["RUN ", "touch", ""], ["RUN ", "tasdouch", ""]]),
            ("RUN 가 나", "RUN 다 나", [["RUN ", "가", " 나"], ["RUN ", "다", " 나"]]),
            ("x", "", [["", "x", ""], ["", "", ""]]),
            ("same", "same", [["", "same", ""], ["", "same", ""]]),
        ] {
            let (b, a) = difference(before, after);
            for (parts, text) in [(b, before), (a, after)] {
                assert_eq!([parts.head, parts.middle, parts.tail].concat(), text);
            }
            let shown = [[b.head, b.middle, b.tail], [a.head, a.middle, a.tail]];
            assert_eq!(shown, expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn repeated_words_are_counted_once() {
        for (before, after) in [("a a", "a a a"), ("a a a", "a a"), (" ", "  "), ("", " ")] {
            let (b, a) = difference(before, after);
            assert_eq!([b.head, b.middle, b.tail].concat(), before);
            assert_eq!([a.head, a.middle, a.tail].concat(), after);
        }
    }
}
