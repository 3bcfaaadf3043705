//! The part of regular expressions that ignore patterns need, with linear-time matching.
//!
//! Read as Go's `regexp` reads them: literals, escapes, brackets, `.`, `^`, `$`, groups, `*` and `?`.

/// An expression, matched from the start of a text.
#[derive(Clone, Debug)]
pub(super) struct Regex {
    program: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Char(Class),
    /// Goes on at both places.
    Fork(usize, usize),
    Start,
    End,
    Accept,
}

/// A set of characters.
#[derive(Clone, Debug, Default)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Class {
    fn one(c: char) -> Class {
        Class { negated: false, ranges: vec![(c, c)] }
    }

    fn contains(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != self.negated
    }
}

impl Regex {
    /// Reads an expression; `None` where Go would refuse it, or where it uses what is not known here.
    pub fn new(source: &str) -> Option<Regex> {
        let mut reader = Reader { chars: source.chars().peekable(), program: Vec::new() };
        reader.sequence(false)?;
        reader.program.push(Step::Accept);
        Some(Regex { program: reader.program })
    }

    /// True where the expression matches at the start of `text`.
    pub fn is_match(&self, text: &str) -> bool {
        let mut states = States::new(self.program.len());
        let mut next = States::new(self.program.len());
        let mut chars = text.chars();
        let mut at_start = true;
        self.enter(&mut states, 0, at_start, text.is_empty());
        while !states.list.is_empty() {
            if states.list.iter().any(|step| matches!(self.program[*step], Step::Accept)) {
                return true;
            }
            let Some(c) = chars.next() else { return false };
            at_start = false;
            let at_end = chars.as_str().is_empty();
            next.clear();
            for step in &states.list {
                if let Step::Char(class) = &self.program[*step]
                    && class.contains(c)
                {
                    self.enter(&mut next, step + 1, at_start, at_end);
                }
            }
            std::mem::swap(&mut states, &mut next);
        }
        false
    }

    /// Adds a step and all that can be reached from it without a character.
    fn enter(&self, states: &mut States, step: usize, at_start: bool, at_end: bool) {
        let mut open = vec![step];
        while let Some(step) = open.pop() {
            if !states.add(step) {
                continue;
            }
            match self.program[step] {
                Step::Fork(first, second) => open.extend([second, first]),
                Step::Start if at_start => open.push(step + 1),
                Step::End if at_end => open.push(step + 1),
                _ => {}
            }
        }
    }
}

struct States {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl States {
    fn new(len: usize) -> States {
        States { list: Vec::new(), seen: vec![false; len] }
    }

    fn clear(&mut self) {
        for step in self.list.drain(..) {
            self.seen[step] = false;
        }
    }

    fn add(&mut self, step: usize) -> bool {
        let is_new = !self.seen[step];
        if is_new {
            self.seen[step] = true;
            self.list.push(step);
        }
        is_new
    }
}

struct Reader<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    program: Vec<Step>,
}

impl Reader<'_> {
    fn sequence(&mut self, in_group: bool) -> Option<()> {
        loop {
            let start = self.program.len();
            match self.chars.next() {
                None => return (!in_group).then_some(()),
                Some(')') => return in_group.then_some(()),
                // Groups come from `**` alone and do not nest.
                Some('(') if in_group => return None,
                Some('(') => self.sequence(true)?,
                Some('^') => self.program.push(Step::Start),
                Some('$') => self.program.push(Step::End),
                Some('.') => self.push(Class { negated: true, ranges: vec![('\n', '\n')] }),
                Some('[') => {
                    let class = self.class()?;
                    self.push(class);
                }
                Some('\\') => {
                    let class = self.escape()?;
                    self.push(class);
                }
                Some('*' | '+' | '?' | '|' | '{') => return None,
                Some(c) => self.push(Class::one(c)),
            }
            self.repetition(start)?;
        }
    }

    fn push(&mut self, class: Class) {
        self.program.push(Step::Char(class));
    }

    /// `*` or `?` behind what begins at `start`.
    fn repetition(&mut self, start: usize) -> Option<()> {
        let is_star = match self.chars.peek() {
            Some('*') => true,
            Some('?') => false,
            _ => return Some(()),
        };
        self.chars.next();
        if matches!(self.chars.peek(), Some('*' | '+')) {
            return None;
        }
        self.program.insert(start, Step::Accept);
        // What was shifted by one place keeps its jumps.
        for step in &mut self.program[start + 1..] {
            if let Step::Fork(first, second) = step {
                *first += 1;
                *second += 1;
            }
        }
        if is_star {
            self.program.push(Step::Fork(start, start));
        }
        let end = self.program.len();
        self.program[start] = Step::Fork(start + 1, end);
        Some(())
    }

    /// A character class after `\`, or the escaped character.
    fn escape(&mut self) -> Option<Class> {
        let class =
            |negated, ranges: &[(char, char)]| Some(Class { negated, ranges: ranges.to_vec() });
        const DIGITS: &[(char, char)] = &[('0', '9')];
        const SPACES: &[(char, char)] = &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')];
        const LETTERS: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
        match self.chars.next()? {
            'd' => class(false, DIGITS),
            'D' => class(true, DIGITS),
            's' => class(false, SPACES),
            'S' => class(true, SPACES),
            'w' => class(false, LETTERS),
            'W' => class(true, LETTERS),
            c => escaped_char(c).map(Class::one),
        }
    }

    fn class(&mut self) -> Option<Class> {
        let negated = self.chars.next_if_eq(&'^').is_some();
        let mut ranges = Vec::new();
        let mut is_first = true;
        loop {
            let low = match self.chars.next()? {
                ']' if !is_first => return Some(Class { negated, ranges }),
                // A named class such as [:alpha:] is more than is known here.
                '[' if self.chars.peek() == Some(&':') => return None,
                '\\' => match self.class_escape()? {
                    ClassPart::Char(c) => c,
                    ClassPart::Set(set) => {
                        ranges.extend(set);
                        is_first = false;
                        continue;
                    }
                },
                c => c,
            };
            is_first = false;
            let mut high = low;
            let mut ahead = self.chars.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
                self.chars.next();
                high = match self.chars.next()? {
                    '\\' => match self.class_escape()? {
                        ClassPart::Char(c) => c,
                        ClassPart::Set(_) => return None,
                    },
                    c => c,
                };
            }
            if high < low {
                return None;
            }
            ranges.push((low, high));
        }
    }

    fn class_escape(&mut self) -> Option<ClassPart> {
        let mut ahead = self.chars.clone();
        match ahead.next()? {
            'd' | 's' | 'w' => self.escape().map(|class| ClassPart::Set(class.ranges)),
            // Negated sets within brackets are more than is known here.
            'D' | 'S' | 'W' => None,
            c => {
                self.chars.next();
                escaped_char(c).map(ClassPart::Char)
            }
        }
    }
}

enum ClassPart {
    Char(char),
    Set(Vec<(char, char)>),
}

/// What `\c` stands for.
fn escaped_char(c: char) -> Option<char> {
    match c {
        'a' => Some('\x07'),
        'f' => Some('\x0c'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\x0b'),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Regex;

    #[test]
    fn matches_as_go_does() {
        let is_match = |source: &str, text| Regex::new(source).unwrap().is_match(text);
        assert!(is_match("^(.*/)?a[^/]*$", "x/y/abc"));
        assert!(!is_match("^(.*/)?a[^/]*$", "x/ya"));
        assert!(is_match("^[]a-c]\\d[^x-z]$", "]7é"));
        assert!(is_match("^(.*/)?(.*/)?b.*$", "b"));
        assert!(!is_match("^a^b$", "ab"));
        for source in ["[", "[b-a]", "*", "\\é", "\\p", "(a"] {
            assert!(Regex::new(source).is_none(), "{source}");
        }
    }

    #[test]
    fn stars_take_linear_time() {
        let source = format!("^{}b$", "[^/]*a".repeat(50));
        assert!(!Regex::new(&source).unwrap().is_match(&"a".repeat(10_000)));
    }
}
