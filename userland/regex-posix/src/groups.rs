//! Where the groups are inside a match that is known.
//!
//! From left to right each part of a pattern takes as much as lets the rest still fit, and of
//! alternatives the first that fits exactly is taken.

use crate::parse::Node;
use crate::program::{Program, group_range};
use crate::{Error, Groups, Syntax, simulate};
use std::collections::HashSet;

/// Notes the groups of `node`, which is known to match exactly `from..to`.
pub fn solve(
    node: &Node,
    syntax: Syntax,
    text: &[u8],
    from: usize,
    to: usize,
    groups: &mut Groups,
) -> Result<(), Error> {
    if group_range(node).is_none() {
        return Ok(());
    }
    match node {
        Node::Group(number, inner) => {
            groups[*number] = Some((from, to));
            solve(inner, syntax, text, from, to, groups)
        }
        Node::Alternate(branches) => {
            for branch in branches {
                let program = Program::new(branch, syntax)?;
                if simulate::ends(&program, text, from, to).first() == Some(&to) {
                    return solve(branch, syntax, text, from, to, groups);
                }
            }
            Ok(())
        }
        Node::Concat(parts) => {
            let mut sequence = Sequence::new(parts.iter(), syntax, text, to)?;
            let Some(places) = sequence.split(from) else { return Ok(()) };
            for (part, (from, to)) in parts.iter().zip(places) {
                solve(part, syntax, text, from, to, groups)?;
            }
            Ok(())
        }
        Node::Repeat(inner, min, max) => {
            let Some((from, to)) = last_turn(inner, *min, *max, syntax, text, from, to)? else {
                return Ok(());
            };
            solve(inner, syntax, text, from, to, groups)
        }
        _ => Ok(()),
    }
}

/// Parts one after another that together take a known piece of text.
struct Sequence<'t> {
    programs: Vec<Program>,
    text: &'t [u8],
    to: usize,
    /// Part and place from which the rest does not fit.
    failed: HashSet<(usize, usize)>,
}

impl<'t> Sequence<'t> {
    fn new<'n>(
        parts: impl Iterator<Item = &'n Node>,
        syntax: Syntax,
        text: &'t [u8],
        to: usize,
    ) -> Result<Sequence<'t>, Error> {
        let programs: Result<_, _> = parts.map(|part| Program::new(part, syntax)).collect();
        Ok(Sequence { programs: programs?, text, to, failed: HashSet::new() })
    }

    /// Start and end of each part.
    fn split(&mut self, from: usize) -> Option<Vec<(usize, usize)>> {
        let mut open: Vec<(usize, Vec<usize>)> = vec![(from, self.ends(0, from))];
        loop {
            let part = open.len() - 1;
            let (start, ends) = open.last_mut()?;
            let start = *start;
            if ends.is_empty() {
                self.failed.insert((part, start));
                open.pop();
                if let Some((_, ends)) = open.last_mut() {
                    ends.remove(0);
                }
                continue;
            }
            let end = ends[0];
            if part + 1 == self.programs.len() {
                if end == self.to {
                    break;
                }
                ends.clear();
                continue;
            }
            if self.failed.contains(&(part + 1, end)) {
                ends.remove(0);
                continue;
            }
            let next = self.ends(part + 1, end);
            open.push((end, next));
        }
        Some(open.into_iter().map(|(start, ends)| (start, ends[0])).collect())
    }

    fn ends(&self, part: usize, from: usize) -> Vec<usize> {
        match self.programs.get(part) {
            Some(program) => simulate::ends(program, self.text, from, self.to),
            None => Vec::new(),
        }
    }
}

/// Where the last turn of a repetition is; `None` if there was none.
fn last_turn(
    inner: &Node,
    min: u32,
    max: Option<u32>,
    syntax: Syntax,
    text: &[u8],
    from: usize,
    to: usize,
) -> Result<Option<(usize, usize)>, Error> {
    let program = Program::new(inner, syntax)?;
    if from == to {
        // An empty repetition counts as one turn if it has to, or can, be taken.
        let fits = max != Some(0) && simulate::ends(&program, text, from, to).contains(&to);
        return Ok((fits && min > 0).then_some((from, to)));
    }
    let most = max.map_or(usize::MAX, |max| max as usize);
    let mut failed = HashSet::new();
    let ends_at = |at: usize| {
        let mut ends = simulate::ends(&program, text, at, to);
        ends.retain(|end| *end > at);
        ends
    };
    let mut open = vec![(from, ends_at(from))];
    loop {
        let turns = open.len();
        let Some((start, ends)) = open.last_mut() else { return Ok(None) };
        let start = *start;
        let Some(&end) = ends.first() else {
            failed.insert((start, turns));
            open.pop();
            if let Some((_, ends)) = open.last_mut() {
                ends.remove(0);
            }
            continue;
        };
        if end == to {
            // Turns that take nothing may make up for what is missing.
            return Ok(Some((start, end)));
        }
        if turns >= most || failed.contains(&(end, turns + 1)) {
            ends.remove(0);
            continue;
        }
        open.push((end, ends_at(end)));
    }
}
