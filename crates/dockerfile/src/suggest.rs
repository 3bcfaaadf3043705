//! "Did you mean": the nearest of the known names, as BuildKit picks it.

/// `message`, with ` (did you mean X?)` where one of `options` is within two edits of `given`.
#[must_use]
pub fn with_suggestion(
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

/// Edits that a suggestion may be away.
const MAX_EDITS: usize = 2;

/// The option within two edits of `given` that is nearest to it; none where `given` is one of them.
///
/// Case-insensitive answers take the case of `given` (moby/buildkit util/suggest).
pub(crate) fn nearest(given: &str, options: &[&str], case_sensitive: bool) -> Option<String> {
    let fold = |text: &str| if case_sensitive { text.to_owned() } else { text.to_lowercase() };
    let wanted: Vec<char> = fold(given).chars().collect();
    let mut best = None;
    let mut least = MAX_EDITS + 1;
    let mut candidate = Vec::new();
    for option in options {
        // A character has four bytes at most, so that this passes over no near name.
        if option.len() > 4 * (wanted.len() + MAX_EDITS) {
            continue;
        }
        candidate.clear();
        match case_sensitive {
            true => candidate.extend(option.chars()),
            false => candidate.extend(option.chars().flat_map(char::to_lowercase)),
        }
        if candidate == wanted {
            return None;
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
            fold(name)
        }
    })
}

/// The number of insertions, deletions and substitutions between two texts, or more than [`MAX_EDITS`] where it
/// is more: only the cells that near the diagonal are looked at.
fn levenshtein(a: &[char], b: &[char]) -> usize {
    const FAR: usize = MAX_EDITS + 1;
    const WIDTH: usize = 2 * MAX_EDITS + 1;
    if a.len().abs_diff(b.len()) > MAX_EDITS {
        return FAR;
    }
    // `row[k]` is the distance of the first `i` characters of `a` and the first `i + k - MAX_EDITS` of `b`.
    let mut row = [FAR; WIDTH];
    for (j, cell) in row[MAX_EDITS..].iter_mut().enumerate() {
        *cell = j;
    }
    for (i, x) in a.iter().enumerate() {
        let above = row;
        for k in 0..WIDTH {
            let Some(j) = (i + 1 + k).checked_sub(MAX_EDITS) else { continue };
            let deleted = above.get(k + 1).copied().unwrap_or(FAR);
            let inserted = k.checked_sub(1).map_or(FAR, |left| row[left]);
            let substituted = match j.checked_sub(1).map(|last| b.get(last)) {
                Some(Some(y)) => above[k] + usize::from(x != y),
                _ => FAR,
            };
            row[k] = substituted.min(deleted + 1).min(inserted + 1).min(FAR);
        }
        if row.iter().all(|distance| *distance >= FAR) {
            return FAR;
        }
    }
    row[b.len() + MAX_EDITS - a.len()]
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
        assert_eq!(nearest("", &["ab", "abc"], true).as_deref(), Some("ab"));
    }

    #[test]
    fn distances_near_the_diagonal() {
        let words =
            ["", "a", "ab", "ba", "abc", "acb", "xabc", "abcd", "bcd", "kitten", "sitten", "sitin"];
        let whole = |a: &[char], b: &[char]| {
            let mut row: Vec<usize> = (0..=b.len()).collect();
            for (i, x) in a.iter().enumerate() {
                let mut diagonal = std::mem::replace(&mut row[0], i + 1);
                for (j, y) in b.iter().enumerate() {
                    let substituted = diagonal + usize::from(x != y);
                    diagonal = row[j + 1];
                    row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
                }
            }
            row[b.len()].min(MAX_EDITS + 1)
        };
        for one in words {
            for other in words {
                let (a, b): (Vec<char>, Vec<char>) =
                    (one.chars().collect(), other.chars().collect());
                assert_eq!(levenshtein(&a, &b), whole(&a, &b), "{one} {other}");
            }
        }
    }
}
