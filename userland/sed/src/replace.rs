//! The work of `s`.

use crate::command::{Case, Part, Substitute};
use regex_posix::{Error, Groups, Regex};

/// Replaces in `text`; `None` if nothing matched.
pub fn substitute(
    regex: &Regex,
    command: &Substitute,
    text: &[u8],
) -> Result<Option<Vec<u8>>, Error> {
    let needs_groups = command.parts.iter().any(|part| matches!(part, Part::Group(1..)));
    let mut result = Vec::new();
    let (mut at, mut count, mut replaced, mut last_end) = (0, 0, false, None);
    while at <= text.len() && (command.global || !replaced) {
        let groups: Option<Groups> = if needs_groups {
            regex.captures(text, at)?
        } else {
            regex.find(text, at)?.map(|found| vec![Some(found)])
        };
        let Some(groups) = groups else { break };
        let Some((from, to)) = groups[0] else { break };
        result.extend(&text[at..from]);
        // An empty match right after another match is none.
        if from < to || last_end != Some(from) {
            count += 1;
            if count < command.number {
                result.extend(&text[from..to]);
            } else {
                expand(&command.parts, &groups, text, &mut result);
                replaced = true;
            }
            last_end = Some(to);
        }
        at = to;
        if from == to {
            at = (to + next_char(text, to)).min(text.len() + 1);
            result.extend(text.get(to..at).unwrap_or_default());
        }
    }
    if !replaced {
        return Ok(None);
    }
    result.extend(text.get(at..).unwrap_or_default());
    Ok(Some(result))
}

/// Bytes of the character at a place, at least one.
fn next_char(text: &[u8], at: usize) -> usize {
    let chunk = text.get(at..).and_then(|rest| rest.utf8_chunks().next());
    chunk.and_then(|chunk| chunk.valid().chars().next()).map_or(1, char::len_utf8)
}

fn expand(parts: &[Part], groups: &Groups, text: &[u8], result: &mut Vec<u8>) {
    let (mut case, mut once) = (None, None);
    let mut put = |piece: &[u8], case: Option<Case>, once: &mut Option<Case>| {
        if piece.is_empty() {
            return;
        }
        if case.is_none() && once.is_none() {
            result.extend(piece);
            return;
        }
        for chunk in piece.utf8_chunks() {
            for c in chunk.valid().chars() {
                let mut utf8 = [0; 4];
                match once.take().or(case) {
                    Some(Case::Upper) => result.extend(c.to_uppercase().to_string().bytes()),
                    Some(Case::Lower) => result.extend(c.to_lowercase().to_string().bytes()),
                    None => result.extend(c.encode_utf8(&mut utf8).bytes()),
                }
            }
            result.extend(chunk.invalid());
        }
    };
    for part in parts {
        match part {
            Part::Text(piece) => put(piece, case, &mut once),
            Part::Group(group) => {
                if let Some((from, to)) = groups.get(*group).copied().flatten() {
                    put(&text[from..to], case, &mut once);
                }
            }
            Part::Case(new) => (case, once) = (*new, None),
            Part::Once(new) => once = Some(*new),
        }
    }
}
