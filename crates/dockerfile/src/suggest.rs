//! "Did you mean": the nearest of the known names, as BuildKit picks it.

/// `message`, with ` (did you mean X?)` where one of `options` is within two edits of `given`.
pub(crate) fn with_suggestion(
    message: String,
    given: &str,
    options: &[&str],
    case_sensitive: bool,
) -> String {
    match nearest(given, options, case_sensitive) {
        Some(name) => format!("{message} (did you mean {name}?)"),
        None => message,
    }
}

/// The option within two edits of `given` that is nearest to it; none where `given` is one of them.
///
/// Case-insensitive answers take the case of `given` (moby/buildkit util/suggest).
pub(crate) fn nearest(given: &str, options: &[&str], case_sensitive: bool) -> Option<String> {
    let fold = |text: &str| if case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let wanted: Vec<char> = fold(given).chars().collect();
    let mut best = None;
    let mut least = 3;
    for option in options {
        let option = fold(option);
        let candidate: Vec<char> = option.chars().collect();
        if candidate == wanted {
            return None;
        }
        if candidate.len().abs_diff(wanted.len()) >= least {
            continue;
        }
        let distance = levenshtein(&wanted, &candidate);
        if distance < least {
            least = distance;
            best = Some(option);
        }
    }
    best.map(|name| {
        if !case_sensitive && given == given.to_uppercase() && given != given.to_lowercase() {
            name.to_uppercase()
        } else {
            name
        }
    })
}

/// The number of insertions, deletions and substitutions between two texts.
fn levenshtein(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_near_names() {
        assert_eq!(nearest("mont", &["network", "mount"], true).as_deref(), Some("mount"));
        assert_eq!(nearest("FORM", &["FROM", "RUN"], false).as_deref(), Some("FROM"));
        assert_eq!(nearest("Form", &["FROM"], false).as_deref(), Some("from"));
        assert_eq!(nearest("bananas", &["FROM"], false), None);
        assert_eq!(nearest("mount", &["mount", "moun"], true), None);
    }
}
