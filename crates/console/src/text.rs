//! Cutting text to a width (docker/cli `cli/command/formatter/displayutils.go`).

use unicode_width::UnicodeWidthChar as _;

/// Cuts `text` to `width` columns and says so with `…`; in one column there is no room for that. East
/// Asian wide characters take two columns. Where the first character alone is too wide, the text stays
/// as it is, as there.
#[must_use]
pub fn ellipsis(text: &str, width: usize) -> String {
    if width == 0 {
        return String::new();
    }
    let chars: Vec<char> = text.chars().collect();
    if width == 1 {
        return chars.first().map(char::to_string).unwrap_or_default();
    }
    let mut total = 0;
    let ends: Vec<usize> = chars
        .iter()
        .map(|c| {
            total += columns(*c);
            total
        })
        .collect();
    if total <= width {
        return text.to_owned();
    }
    let last = ends.windows(2).position(|pair| pair[0] < width && pair[1] >= width);
    match last {
        Some(last) => chars[..=last].iter().collect::<String>() + "…",
        None => text.to_owned(),
    }
}

fn columns(c: char) -> usize {
    if c.width() == Some(2) { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of docker/cli's `displayutils_test.go`.
    #[test]
    fn texts_are_cut() {
        for (text, width, expected) in [
            ("t🐳ststring", 0, ""),
            ("t🐳ststring", 1, "t"),
            ("t🐳ststring", 2, "t…"),
            ("t🐳ststring", 6, "t🐳st…"),
            ("t🐳ststring", 20, "t🐳ststring"),
            ("你好世界teststring", 3, "你…"),
            ("你好世界teststring", 6, "你好…"),
            ("", 5, ""),
        ] {
            assert_eq!(ellipsis(text, width), expected, "{text} {width}");
        }
    }
}
