//! Brace expansion: bash makes several words of one, by its text, before anything else.

use super::lexer::Dialect;
use super::scan::Scan;

/// The most words one word may become.
const MAX_WORDS: usize = 100_000;

/// The words that a word's text becomes; only itself if it has no brace expression.
pub(crate) fn expand(text: &str, dialect: Dialect) -> Vec<String> {
    if !text.contains('{') {
        return vec![text.to_owned()];
    }
    let scan = Scan { text, first_line: 1, dialect, depth: 0 };
    expand_from(&scan, 0, text.len())
}

fn expand_from(scan: &Scan<'_>, from: usize, to: usize) -> Vec<String> {
    let mut at = from;
    while at < to {
        if scan.text.as_bytes()[at] == b'{'
            && let Some((close, commas)) = braces(scan, at, to)
        {
            let alternatives = if commas.is_empty() {
                sequence(&scan.text[at + 1..close])
            } else {
                let mut out = Vec::new();
                let mut start = at + 1;
                for end in commas.into_iter().chain([close]) {
                    out.extend(expand_from(scan, start, end));
                    start = end + 1;
                }
                Some(out)
            };
            if let Some(alternatives) = alternatives {
                let before = &scan.text[from..at];
                let after = expand_from(scan, close + 1, to);
                if alternatives.len().saturating_mul(after.len()) > MAX_WORDS {
                    return vec![scan.text[from..to].to_owned()];
                }
                return alternatives
                    .iter()
                    .flat_map(|middle| {
                        after.iter().map(move |rest| format!("{before}{middle}{rest}"))
                    })
                    .collect();
            }
        }
        let Ok(next) = scan.piece(at) else { break };
        at = next.min(to).max(at + 1);
    }
    vec![scan.text[from..to].to_owned()]
}

/// The closing brace of the one at `open`, and the commas between; `${` is no brace.
fn braces(scan: &Scan<'_>, open: usize, to: usize) -> Option<(usize, Vec<usize>)> {
    let (mut at, mut depth, mut commas) = (open, 0_u32, Vec::new());
    while at < to {
        match scan.text.as_bytes()[at] {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((at, commas)),
            b'}' => depth -= 1,
            b',' if depth == 1 => commas.push(at),
            _ => {}
        }
        at = scan.piece(at).ok()?;
    }
    None
}

/// `1..5`, `a..e`, each with an optional step.
fn sequence(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = text.split("..").collect();
    let (first, last, step) = match parts.as_slice() {
        [first, last] => (*first, *last, 0),
        [first, last, step] => (*first, *last, step.parse::<i64>().ok()?),
        _ => return None,
    };
    if let (Ok(a), Ok(b)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let padded = |s: &str| {
            let digits = s.trim_start_matches(['-', '+']);
            digits.len() > 1 && digits.starts_with('0')
        };
        let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
        let number = |n: i64| {
            if n < 0 {
                format!("-{:0w$}", n.unsigned_abs(), w = width.saturating_sub(1))
            } else {
                format!("{n:0width$}")
            }
        };
        return steps(a, b, step).map(|all| all.into_iter().map(number).collect());
    }
    let letter = |s: &str| match s.as_bytes() {
        [b] if b.is_ascii_alphabetic() => Some(i64::from(*b)),
        _ => None,
    };
    let all = steps(letter(first)?, letter(last)?, step)?;
    Some(all.into_iter().map(|n| ((n as u8) as char).to_string()).collect())
}

fn steps(a: i64, b: i64, step: i64) -> Option<Vec<i64>> {
    let step = (step.unsigned_abs().max(1)).min(i64::MAX as u64) as i64;
    let count = (b as i128 - a as i128).unsigned_abs() / step as u128 + 1;
    if count > MAX_WORDS as u128 {
        return None;
    }
    let signed = if b >= a { step } else { -step };
    Some((0..count as i64).map(|i| a + i * signed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Personality;

    #[test]
    fn braces_as_in_bash() {
        let dialect = Dialect { personality: Personality::Bash, extglob: false };
        for (word, expected) in [
            ("a{b,c}d", "abd acd"),
            ("{1..3}", "1 2 3"),
            ("{3..1}", "3 2 1"),
            ("{01..10..4}", "01 05 09"),
            ("{a..e..2}", "a c e"),
            ("{a}", "{a}"),
            ("x{a,{b,c}}", "xa xb xc"),
            ("{a,b}{1,2}", "a1 a2 b1 b2"),
            ("{}", "{}"),
            ("{a,b", "{a,b"),
            ("'{a,b}'", "'{a,b}'"),
            ("${x}{a,b}", "${x}a ${x}b"),
            ("{1..99999999999999999999}", "{1..99999999999999999999}"),
            ("{a,}", "a "),
            ("{-1..1}", "-1 0 1"),
            ("{{a,b}", "{a {b"),
        ] {
            assert_eq!(expand(word, dialect).join(" "), expected, "{word}");
        }
    }
}
