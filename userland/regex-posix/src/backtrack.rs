//! The search for patterns with back-references: way after way, the longest match wins.

use crate::program::{Inst, Program};
use crate::{Error, Groups, Input};

/// Steps after which a search is given up.
const MAX_STEPS: u64 = 50_000_000;

/// What is to be undone when a way turns out to be none.
enum Undo {
    /// Another way, at an instruction and a place.
    Way(usize, usize),
    /// The former value of a slot.
    Slot(usize, usize),
    /// The former value of a mark.
    Mark(usize, usize),
}

const UNSET: usize = usize::MAX;

/// The leftmost longest match with its groups.
pub fn search(
    program: &Program,
    input: Input<'_>,
    first: Option<&[bool; 256]>,
) -> Result<Option<Groups>, Error> {
    let mut steps = 0;
    for start in input.start..=input.text.len() {
        let fits = match (first, input.text.get(start)) {
            (None, _) => true,
            (Some(first), Some(byte)) => first[usize::from(*byte)],
            (Some(_), None) => false,
        };
        if fits && let Some(groups) = at(program, input.text, start, &mut steps)? {
            return Ok(Some(groups));
        }
    }
    Ok(None)
}

fn at(
    program: &Program,
    text: &[u8],
    start: usize,
    steps: &mut u64,
) -> Result<Option<Groups>, Error> {
    let mut slots = vec![UNSET; 2 * program.groups];
    let mut marks = vec![UNSET; program.marks];
    let mut best: Option<(usize, Vec<usize>)> = None;
    let mut undo = vec![Undo::Way(0, start)];
    while let Some(last) = undo.pop() {
        let (mut pc, mut place) = match last {
            Undo::Slot(slot, value) => {
                slots[slot] = value;
                continue;
            }
            Undo::Mark(mark, value) => {
                marks[mark] = value;
                continue;
            }
            Undo::Way(pc, place) => (pc, place),
        };
        loop {
            *steps += 1;
            if *steps > MAX_STEPS {
                return Err(Error::TooComplex);
            }
            let inst = &program.code[pc];
            pc += 1;
            match inst {
                Inst::Split(a, b) => {
                    undo.push(Undo::Way(*b, place));
                    pc = *a;
                }
                Inst::Jump(to) => pc = *to,
                Inst::Save(slot) => {
                    undo.push(Undo::Slot(*slot, slots[*slot]));
                    slots[*slot] = place;
                }
                Inst::Clear(low, high) => {
                    for slot in 2 * low..2 * high + 2 {
                        undo.push(Undo::Slot(slot, slots[slot]));
                        slots[slot] = UNSET;
                    }
                }
                Inst::Enter(mark) => {
                    undo.push(Undo::Mark(*mark, marks[*mark]));
                    marks[*mark] = place;
                }
                Inst::Progress(mark) => {
                    if marks[*mark] == place {
                        break;
                    }
                }
                Inst::Assert(assert) => {
                    if !program.holds(*assert, text, place) {
                        break;
                    }
                }
                Inst::Reference(group) => {
                    let (from, to) = (slots[2 * group], slots[2 * group + 1]);
                    if from == UNSET || to == UNSET {
                        break;
                    }
                    let wanted = &text[from..to];
                    let Some(found) = text.get(place..place + wanted.len()) else { break };
                    let same = if program.syntax.ignore_case {
                        found.eq_ignore_ascii_case(wanted)
                    } else {
                        found == wanted
                    };
                    if !same {
                        break;
                    }
                    place += wanted.len();
                }
                Inst::Match => {
                    if best.as_ref().is_none_or(|best| place > best.0) {
                        best = Some((place, slots.clone()));
                    }
                    break;
                }
                inst => match program.step(inst, text, place) {
                    Some(used) => place += used,
                    None => break,
                },
            }
        }
        if best.as_ref().is_some_and(|best| best.0 == text.len()) {
            break;
        }
    }
    Ok(best.map(|(end, slots)| {
        let mut groups: Groups = slots
            .chunks(2)
            .map(|pair| (pair[0] != UNSET && pair[1] != UNSET).then_some((pair[0], pair[1])))
            .collect();
        groups[0] = Some((start, end));
        groups
    }))
}
