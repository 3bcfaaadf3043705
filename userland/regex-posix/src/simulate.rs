//! All ways through the automaton at once, for patterns without back-references.

use crate::Input;
use crate::program::{Inst, Program};

/// States to visit, each with the place its match begins at.
struct States {
    order: Vec<(usize, usize)>,
    /// Step in which a state was last added.
    added: Vec<usize>,
}

impl States {
    fn new(size: usize) -> States {
        States { order: Vec::new(), added: vec![usize::MAX; size] }
    }
}

/// The leftmost longest match, or any if `any` is set.
pub fn search(
    program: &Program,
    input: Input<'_>,
    first: Option<&[bool; 256]>,
    any: bool,
) -> Option<(usize, usize)> {
    let text = input.text;
    let size = program.code.len();
    // A character may take up to four bytes, so that states wait in a ring of five places.
    let mut ring: [States; 5] = std::array::from_fn(|_| States::new(size));
    let mut waiting = 0;
    let mut best: Option<(usize, usize)> = None;
    let mut at = input.start;
    let mut stack = Vec::new();
    while at <= text.len() {
        if best.is_none() {
            if waiting == 0
                && let Some(first) = first
            {
                let skip = text[at..].iter().position(|byte| first[usize::from(*byte)])?;
                at += skip;
            }
            let fits = first
                .is_none_or(|first| text.get(at).is_some_and(|byte| first[usize::from(*byte)]));
            // In the middle of a character no match begins.
            let inside = program.syntax.utf8 && at > input.start && is_inside(text, at);
            if fits && !inside {
                ring[at % 5].order.push((0, at));
                waiting += 1;
            }
        }
        let slot = at % 5;
        let mut states = std::mem::take(&mut ring[slot].order);
        waiting -= states.len();
        // Earlier starts win a state.
        sort(&mut states);
        for &(state, start) in &states {
            if best.is_some_and(|best| start > best.0) {
                continue;
            }
            stack.push(state);
            while let Some(pc) = stack.pop() {
                if std::mem::replace(&mut ring[slot].added[pc], at) == at {
                    continue;
                }
                match &program.code[pc] {
                    Inst::Split(a, b) => stack.extend([*b, *a]),
                    Inst::Jump(to) => stack.push(*to),
                    Inst::Assert(assert) => {
                        if program.holds(*assert, text, at) {
                            stack.push(pc + 1);
                        }
                    }
                    Inst::Match => {
                        if any {
                            return Some((start, at));
                        }
                        if best.is_none_or(|best| start <= best.0) {
                            best = Some((start, at));
                        }
                    }
                    Inst::Reference(_) => {}
                    inst @ (Inst::Byte(_) | Inst::Set(_)) => {
                        if let Some(used) = program.step(inst, text, at) {
                            ring[(at + used) % 5].order.push((pc + 1, start));
                            waiting += 1;
                        }
                    }
                    _ => stack.push(pc + 1),
                }
            }
        }
        states.clear();
        ring[slot].order = states;
        if best.is_some() && waiting == 0 {
            break;
        }
        at += 1;
    }
    best
}

/// Sorts by start: by insertion, since states arrive almost in order.
fn sort(states: &mut [(usize, usize)]) {
    for end in 1..states.len() {
        let mut at = end;
        while at > 0 && states[at - 1].1 > states[at].1 {
            states.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Whether a place is in the middle of a character.
fn is_inside(text: &[u8], at: usize) -> bool {
    let Some(0x80..=0xbf) = text.get(at) else { return false };
    (1..=3.min(at)).any(|back| {
        crate::bracket::decode(&text[at - back..], true).is_some_and(|(_, len)| len > back)
    })
}

/// Every place a match that begins at `start` can end at, up to `limit`, in descending order.
pub fn ends(program: &Program, text: &[u8], start: usize, limit: usize) -> Vec<usize> {
    let mut ring: [States; 5] = std::array::from_fn(|_| States::new(program.code.len()));
    let mut ends = Vec::new();
    let mut waiting = 1;
    ring[start % 5].order.push((0, start));
    let mut at = start;
    while at <= limit && waiting > 0 {
        let slot = at % 5;
        let mut stack: Vec<usize> = ring[slot].order.drain(..).map(|(state, _)| state).collect();
        waiting -= stack.len();
        while let Some(pc) = stack.pop() {
            if std::mem::replace(&mut ring[slot].added[pc], at) == at {
                continue;
            }
            match &program.code[pc] {
                Inst::Split(a, b) => stack.extend([*b, *a]),
                Inst::Jump(to) => stack.push(*to),
                Inst::Assert(assert) => {
                    if program.holds(*assert, text, at) {
                        stack.push(pc + 1);
                    }
                }
                Inst::Match => {
                    if ends.last() != Some(&at) {
                        ends.push(at);
                    }
                }
                Inst::Reference(_) => {}
                inst @ (Inst::Byte(_) | Inst::Set(_)) => {
                    if let Some(used) = program.step(inst, text, at) {
                        ring[(at + used) % 5].order.push((pc + 1, start));
                        waiting += 1;
                    }
                }
                _ => stack.push(pc + 1),
            }
        }
        at += 1;
    }
    ends.reverse();
    ends
}
