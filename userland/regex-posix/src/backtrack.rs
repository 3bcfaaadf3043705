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

/// The longest match that begins where the text does.
pub fn prefix(program: &Program, text: &[u8]) -> Result<Option<Groups>, Error> {
    at(program, text, 0, &mut 0)
}

/// The groups of a match that is known to reach from `start` to `end`, without back-references.
pub fn groups(program: &Program, text: &[u8], start: usize, end: usize) -> Groups {
    let mut way = Way::new(program, &text[..end], text, start);
    // From an instruction and a place the end is reached or not, however one came there.
    let mut seen = vec![false; program.code.len() * (end - start + 1)];
    while let Some((pc, place)) = way.next_way() {
        let stop = way.follow(pc, place, |pc, place| {
            std::mem::replace(&mut seen[pc * (end - start + 1) + place - start], true)
        });
        if stop == Some(end) {
            break;
        }
    }
    groups_of(&way.slots, start, end)
}

fn at(
    program: &Program,
    text: &[u8],
    start: usize,
    steps: &mut u64,
) -> Result<Option<Groups>, Error> {
    let mut way = Way::new(program, text, text, start);
    let mut best: Option<(usize, Vec<usize>)> = None;
    while let Some((pc, place)) = way.next_way() {
        let stop = way.follow(pc, place, |_, _| {
            *steps += 1;
            *steps > MAX_STEPS
        });
        if *steps > MAX_STEPS {
            return Err(Error::TooComplex);
        }
        if let Some(end) = stop
            && best.as_ref().is_none_or(|best| end > best.0)
        {
            best = Some((end, way.slots.clone()));
            if end == text.len() {
                break;
            }
        }
    }
    Ok(best.map(|(end, slots)| groups_of(&slots, start, end)))
}

fn groups_of(slots: &[usize], start: usize, end: usize) -> Groups {
    let mut groups: Groups = slots
        .chunks(2)
        .map(|pair| (pair[0] != UNSET && pair[1] != UNSET).then_some((pair[0], pair[1])))
        .collect();
    groups[0] = Some((start, end));
    groups
}

/// A way through the program and what leads back from it.
struct Way<'p> {
    program: &'p Program,
    /// What may be taken.
    text: &'p [u8],
    /// What anchors look at.
    whole: &'p [u8],
    slots: Vec<usize>,
    marks: Vec<usize>,
    undo: Vec<Undo>,
}

impl<'p> Way<'p> {
    fn new(program: &'p Program, text: &'p [u8], whole: &'p [u8], start: usize) -> Way<'p> {
        Way {
            program,
            text,
            whole,
            slots: vec![UNSET; 2 * program.groups],
            marks: vec![UNSET; program.marks],
            undo: vec![Undo::Way(0, start)],
        }
    }

    /// Goes back to the last place where there was another way.
    fn next_way(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.undo.pop()? {
                Undo::Way(pc, place) => return Some((pc, place)),
                Undo::Slot(slot, value) => self.slots[slot] = value,
                Undo::Mark(mark, value) => self.marks[mark] = value,
            }
        }
    }

    /// Goes on until the way ends; the answer is where the match does, if it is one.
    fn follow(
        &mut self,
        mut pc: usize,
        mut place: usize,
        mut give_up: impl FnMut(usize, usize) -> bool,
    ) -> Option<usize> {
        loop {
            if give_up(pc, place) {
                return None;
            }
            let inst = &self.program.code[pc];
            pc += 1;
            match inst {
                Inst::Split(a, b) => {
                    self.undo.push(Undo::Way(*b, place));
                    pc = *a;
                }
                Inst::Jump(to) => pc = *to,
                Inst::Save(slot) => {
                    self.undo.push(Undo::Slot(*slot, self.slots[*slot]));
                    self.slots[*slot] = place;
                }
                Inst::Enter(mark) => {
                    self.undo.push(Undo::Mark(*mark, self.marks[*mark]));
                    self.marks[*mark] = place;
                }
                Inst::Progress(mark) => {
                    if self.marks[*mark] == place {
                        return None;
                    }
                }
                Inst::Assert(assert) => {
                    if !self.program.holds(*assert, self.whole, place) {
                        return None;
                    }
                }
                Inst::Reference(group) => place += self.referred(*group, place)?,
                Inst::Match => return Some(place),
                inst => place += self.program.step(inst, self.text, place)?,
            }
        }
    }

    /// How long the text of a group is, if it stands here again.
    fn referred(&self, group: usize, place: usize) -> Option<usize> {
        let (from, to) = (self.slots[2 * group], self.slots[2 * group + 1]);
        if from == UNSET || to == UNSET {
            return None;
        }
        let wanted = &self.text[from..to];
        let found = self.text.get(place..place + wanted.len())?;
        let same = if self.program.syntax.ignore_case {
            found.eq_ignore_ascii_case(wanted)
        } else {
            found == wanted
        };
        same.then_some(wanted.len())
    }
}
