//! POSIX extended regular expressions, for `[[ =~ ]]`.
//!
//! A backtracking matcher over bytes: leftmost, longest by trying greedy ways first, which differs
//! from POSIX only where alternatives overlap.

/// The pattern is not a regular expression.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invalid;

/// Groups by number, the whole match first.
pub(crate) type Groups = Vec<Option<(usize, usize)>>;

/// How many steps a search may take.
const MAX_STEPS: u32 = 2_000_000;

/// Finds the first match.
pub(crate) fn search(pattern: &[u8], text: &[u8]) -> Result<Option<Groups>, Invalid> {
    let mut parser = Parser { pattern, pos: 0, groups: 0, depth: 0 };
    let node = parser.alternatives()?;
    if parser.pos < pattern.len() {
        return Err(Invalid);
    }
    let mut matcher = Matcher { text, groups: vec![None; parser.groups + 1], steps: 0 };
    for start in 0..=text.len() {
        matcher.groups.fill(None);
        let mut end = None;
        if matcher.run(&node, start, &mut |_, at| {
            end = Some(at);
            true
        }) {
            matcher.groups[0] = end.map(|end| (start, end));
            return Ok(Some(matcher.groups));
        }
    }
    Ok(None)
}

enum Node {
    Byte(u8),
    Any,
    /// A bracket expression, as a shell pattern's.
    Bracket(Vec<u8>),
    Start,
    End,
    Group(usize, Box<Node>),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    Repeat {
        node: Box<Node>,
        least: u32,
        most: u32,
    },
}

struct Parser<'a> {
    pattern: &'a [u8],
    pos: usize,
    groups: usize,
    depth: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.pattern.get(self.pos).copied()
    }

    fn alternatives(&mut self) -> Result<Node, Invalid> {
        self.depth += 1;
        if self.depth > 40 {
            return Err(Invalid);
        }
        let mut all = vec![self.sequence()?];
        while self.peek() == Some(b'|') {
            self.pos += 1;
            all.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alternatives(all) })
    }

    fn sequence(&mut self) -> Result<Node, Invalid> {
        let mut nodes = Vec::new();
        while let Some(byte) = self.peek() {
            if matches!(byte, b'|' | b')') {
                break;
            }
            let node = self.atom(byte)?;
            nodes.push(self.repeated(node)?);
        }
        Ok(Node::Sequence(nodes))
    }

    fn atom(&mut self, byte: u8) -> Result<Node, Invalid> {
        self.pos += 1;
        Ok(match byte {
            b'.' => Node::Any,
            b'^' => Node::Start,
            b'$' => Node::End,
            b'*' | b'+' | b'?' => return Err(Invalid),
            b'(' => {
                self.groups += 1;
                let group = self.groups;
                let inner = self.alternatives()?;
                if self.peek() != Some(b')') {
                    return Err(Invalid);
                }
                self.pos += 1;
                Node::Group(group, Box::new(inner))
            }
            b'[' => {
                let start = self.pos - 1;
                let mut at = self.pos;
                if matches!(self.pattern.get(at), Some(b'^')) {
                    at += 1;
                }
                if self.pattern.get(at) == Some(&b']') {
                    at += 1;
                }
                loop {
                    match self.pattern.get(at) {
                        None => return Err(Invalid),
                        Some(b']') => break,
                        Some(b'[') if self.pattern.get(at + 1) == Some(&b':') => {
                            let rest = &self.pattern[at + 2..];
                            let len = rest.windows(2).position(|w| w == b":]").ok_or(Invalid)?;
                            at += len + 4;
                        }
                        Some(_) => at += 1,
                    }
                }
                self.pos = at + 1;
                Node::Bracket(self.pattern[start..=at].to_vec())
            }
            b'\\' => {
                let byte = self.peek().ok_or(Invalid)?;
                self.pos += 1;
                Node::Byte(byte)
            }
            byte => Node::Byte(byte),
        })
    }

    fn repeated(&mut self, mut node: Node) -> Result<Node, Invalid> {
        loop {
            let (least, most) = match self.peek() {
                Some(b'*') => (0, u32::MAX),
                Some(b'+') => (1, u32::MAX),
                Some(b'?') => (0, 1),
                Some(b'{') => match self.bounds() {
                    Some(bounds) => {
                        node =
                            Node::Repeat { node: Box::new(node), least: bounds.0, most: bounds.1 };
                        continue;
                    }
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            self.pos += 1;
            node = Node::Repeat { node: Box::new(node), least, most };
        }
    }

    fn bounds(&mut self) -> Option<(u32, u32)> {
        let rest = &self.pattern[self.pos + 1..];
        let len = rest.iter().position(|b| *b == b'}')?;
        let text = std::str::from_utf8(&rest[..len]).ok()?;
        let (least, most) = match text.split_once(',') {
            Some((least, "")) => (least.parse().ok()?, u32::MAX),
            Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
            None => {
                let n = text.parse().ok()?;
                (n, n)
            }
        };
        self.pos += len + 2;
        Some((least, most))
    }
}

struct Matcher<'t> {
    text: &'t [u8],
    groups: Groups,
    steps: u32,
}

type Then<'f, 't> = dyn FnMut(&mut Matcher<'t>, usize) -> bool + 'f;

impl<'t> Matcher<'t> {
    fn run(&mut self, node: &Node, at: usize, then: &mut Then<'_, 't>) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return false;
        }
        match node {
            Node::Byte(byte) => self.text.get(at) == Some(byte) && then(self, at + 1),
            Node::Any => at < self.text.len() && then(self, at + 1),
            Node::Bracket(set) => {
                let options = super::MatchOptions { caret: true, ..super::MatchOptions::default() };
                at < self.text.len()
                    && super::pattern::matches(set, &self.text[at..=at], options)
                    && then(self, at + 1)
            }
            Node::Start => at == 0 && then(self, at),
            Node::End => at == self.text.len() && then(self, at),
            Node::Group(n, inner) => {
                let old = self.groups[*n];
                let group = *n;
                let hit = self.run(inner, at, &mut |matcher, end| {
                    let before = matcher.groups[group].replace((at, end));
                    then(matcher, end) || {
                        matcher.groups[group] = before;
                        false
                    }
                });
                if !hit {
                    self.groups[*n] = old;
                }
                hit
            }
            Node::Sequence(nodes) => self.sequence(nodes, at, then),
            Node::Alternatives(all) => all.iter().any(|node| self.run(node, at, then)),
            Node::Repeat { node, least, most } => self.repeat(node, (*least, *most), 0, at, then),
        }
    }

    fn sequence(&mut self, nodes: &[Node], at: usize, then: &mut Then<'_, 't>) -> bool {
        match nodes.split_first() {
            None => then(self, at),
            Some((first, rest)) => {
                self.run(first, at, &mut |matcher, at| matcher.sequence(rest, at, then))
            }
        }
    }

    fn repeat(
        &mut self,
        node: &Node,
        (least, most): (u32, u32),
        done: u32,
        at: usize,
        then: &mut Then<'_, 't>,
    ) -> bool {
        // Single characters repeat without recursion: text may be long, the stack is not.
        if matches!(node, Node::Byte(_) | Node::Any | Node::Bracket(_)) {
            let mut ends = vec![at];
            while (ends.len() as u64) <= u64::from(most) {
                let last = ends[ends.len() - 1];
                let mut next = None;
                self.run(node, last, &mut |_, end| {
                    next = Some(end);
                    true
                });
                match next {
                    Some(end) => ends.push(end),
                    None => break,
                }
            }
            return ends
                .iter()
                .enumerate()
                .rev()
                .any(|(n, end)| n >= least as usize && then(self, *end));
        }
        if done > 200 {
            return false;
        }
        let more = done < most
            && self.run(node, at, &mut |matcher, end| {
                end > at && matcher.repeat(node, (least, most), done + 1, end, then)
            });
        more || (done >= least && then(self, at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for (pattern, text, expected) in [
            (
                "^v([0-9]+)\\.([0-9]+)$",
                "v1.22",
                Some(vec![Some((0, 5)), Some((1, 2)), Some((3, 5))]),
            ),
            ("b+", "abbc", Some(vec![Some((1, 3))])),
            ("^(a|b)*$", "abba", Some(vec![Some((0, 4)), Some((3, 4))])),
            ("x{2,3}", "axxxx", Some(vec![Some((1, 4))])),
            ("^$", "a", None),
            ("[[:space:]]", "a b", Some(vec![Some((1, 2))])),
        ] {
            let found = search(pattern.as_bytes(), text.as_bytes());
            assert_eq!(found, Ok(expected), "{pattern} {text}");
        }
        assert_eq!(search(b"(", b""), Err(Invalid));
    }
}
