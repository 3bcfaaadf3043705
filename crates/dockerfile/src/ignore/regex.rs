//! The part of regular expressions that ignore patterns need, with linear-time matching.
//!
//! Read as Go's `regexp` reads them: literals, escapes, brackets with named classes, `.`, `^`, `$`, groups, `|`, `*`,
//! `?` and counts.

use std::iter::Peekable;
use std::str::Chars;

/// An expression: a list of alternatives.
#[derive(Clone, Debug)]
pub(super) struct Regex {
    alternatives: Vec<Program>,
}

/// One alternative.
#[derive(Clone, Debug, Default)]
struct Program {
    steps: Vec<Step>,
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
        let mut reader = Reader { chars: source.chars().peekable(), ..Reader::default() };
        reader.sequence(false)?;
        reader.end_alternative();
        Some(Regex { alternatives: reader.done })
    }

    /// True where the expression matches somewhere in `text`; mostly it begins with `^`.
    pub fn is_match(&self, text: &str) -> bool {
        self.alternatives.iter().any(|program| program.is_match(text))
    }
}

impl Program {
    fn is_match(&self, text: &str) -> bool {
        let is_anchored = matches!(self.steps.first(), Some(Step::Start));
        let mut states = States::new(self.steps.len());
        let mut next = States::new(self.steps.len());
        let mut chars = text.chars();
        loop {
            let (at_start, at_end) =
                (chars.as_str().len() == text.len(), chars.as_str().is_empty());
            if at_start || !is_anchored {
                self.enter(&mut states, 0, at_start, at_end);
            }
            if states.list.iter().any(|step| matches!(self.steps[*step], Step::Accept)) {
                return true;
            }
            let Some(c) = chars.next() else { return false };
            if states.list.is_empty() && is_anchored {
                return false;
            }
            let at_end = chars.as_str().is_empty();
            next.clear();
            for step in &states.list {
                if let Step::Char(class) = &self.steps[*step]
                    && class.contains(c)
                {
                    self.enter(&mut next, step + 1, false, at_end);
                }
            }
            std::mem::swap(&mut states, &mut next);
        }
    }

    /// Adds a step and all that can be reached from it without a character.
    fn enter(&self, states: &mut States, step: usize, at_start: bool, at_end: bool) {
        let mut open = vec![step];
        while let Some(step) = open.pop() {
            if !states.add(step) {
                continue;
            }
            match self.steps[step] {
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

/// Something is repeated this often at most. Go takes ten times as much; each time is a step of ours.
const MAX_REPEAT: usize = 100;

/// How often something comes.
struct Counts {
    least: usize,
    /// `None` for any number.
    most: Option<usize>,
    /// Characters that say so.
    len: usize,
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
    /// The alternatives before the one being read.
    done: Vec<Program>,
    steps: Vec<Step>,
}

impl Default for Reader<'_> {
    fn default() -> Self {
        Reader { chars: "".chars().peekable(), done: Vec::new(), steps: Vec::new() }
    }
}

impl Reader<'_> {
    fn sequence(&mut self, in_group: bool) -> Option<()> {
        loop {
            let start = self.steps.len();
            match self.chars.next() {
                None => return (!in_group).then_some(()),
                Some(')') => return in_group.then_some(()),
                // Groups come from `**` alone, do not nest and have no alternatives.
                Some('(' | '|') if in_group => return None,
                Some('(') => self.sequence(true)?,
                Some('|') => {
                    self.end_alternative();
                    // Nothing is there yet that could be repeated.
                    if self.counts().is_some() {
                        return None;
                    }
                    continue;
                }
                Some('^') => self.steps.push(Step::Start),
                Some('$') => self.steps.push(Step::End),
                Some('.') => self.push(Class { negated: true, ranges: vec![('\n', '\n')] }),
                Some('[') => {
                    let class = self.class()?;
                    self.push(class);
                }
                Some('\\') => {
                    let class = self.escape()?;
                    self.push(class);
                }
                Some('*' | '+' | '?') => return None,
                Some(c) => self.push(Class::one(c)),
            }
            self.repetition(start)?;
        }
    }

    fn end_alternative(&mut self) {
        self.steps.push(Step::Accept);
        self.done.push(Program { steps: std::mem::take(&mut self.steps) });
    }

    fn push(&mut self, class: Class) {
        self.steps.push(Step::Char(class));
    }

    /// `*`, `?` or a count behind what begins at `start`.
    fn repetition(&mut self, start: usize) -> Option<()> {
        match self.chars.peek() {
            Some(c @ ('*' | '?')) => {
                let any = *c == '*';
                self.chars.next();
                self.repeat(start, any);
            }
            Some('{') => {
                let Some(counts) = self.counts() else { return Some(()) };
                let most = counts.most.unwrap_or(counts.least);
                if most > MAX_REPEAT || most < counts.least {
                    return None;
                }
                self.chars.by_ref().take(counts.len).for_each(drop);
                // Groups are repeated with `?` only, so that this is about one step.
                let step = self.steps.pop()?;
                self.steps.extend(std::iter::repeat_n(step.clone(), counts.least));
                let more = counts.most.map_or(1, |most| most - counts.least);
                for _ in 0..more {
                    let start = self.steps.len();
                    self.steps.push(step.clone());
                    self.repeat(start, counts.most.is_none());
                }
            }
            _ => return Some(()),
        }
        // What is repeated already is not repeated again.
        let again = matches!(self.chars.peek(), Some('*' | '+' | '?')) || self.counts().is_some();
        (!again).then_some(())
    }

    /// Has the steps from `start` on come any number of times, or once at most.
    fn repeat(&mut self, start: usize, any: bool) {
        self.steps.insert(start, Step::Accept);
        // What was shifted by one place keeps its jumps.
        for step in &mut self.steps[start + 1..] {
            if let Step::Fork(first, second) = step {
                *first += 1;
                *second += 1;
            }
        }
        if any {
            self.steps.push(Step::Fork(start, start));
        }
        let end = self.steps.len();
        self.steps[start] = Step::Fork(start + 1, end);
    }

    /// The counts of `{n}`, `{n,}` or `{n,m}`, where they come next; anything else is text.
    fn counts(&self) -> Option<Counts> {
        let mut chars = self.chars.clone();
        if chars.next() != Some('{') {
            return None;
        }
        // Counts are short, and a brace that is none need not be looked at to its end.
        let inside: String = chars.take(16).take_while(|c| *c != '}').collect();
        let len = inside.chars().count() + 2;
        let is_closed = self.chars.clone().nth(len - 1) == Some('}');
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(usize::MAX))
        };
        let (least, most) = match inside.split_once(',').filter(|_| is_closed) {
            None if is_closed => (number(&inside)?, Some(number(&inside)?)),
            None => return None,
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        Some(Counts { least, most, len })
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
                '[' if self.chars.peek() == Some(&':') => match self.named_class()? {
                    Some(set) => {
                        ranges.extend(set);
                        is_first = false;
                        continue;
                    }
                    None => '[',
                },
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

    /// `[:alpha:]` and its kin, behind the `[`; nothing is read where it does not end in `:]`.
    fn named_class(&mut self) -> Option<Option<Vec<(char, char)>>> {
        let rest: String = self.chars.clone().skip(1).take(10).collect();
        let Some((name, _)) = rest.split_once(":]") else { return Some(None) };
        let (name, negated) = match name.strip_prefix('^') {
            Some(name) => (name, true),
            None => (name, false),
        };
        let ranges: &[(char, char)] = match name {
            "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
            "alpha" => &[('A', 'Z'), ('a', 'z')],
            "ascii" => &[('\0', '\x7f')],
            "blank" => &[('\t', '\t'), (' ', ' ')],
            "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
            "digit" => &[('0', '9')],
            "graph" => &[('!', '~')],
            "lower" => &[('a', 'z')],
            "print" => &[(' ', '~')],
            "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
            "space" => &[('\t', '\r'), (' ', ' ')],
            "upper" => &[('A', 'Z')],
            "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
            _ => return None,
        };
        self.chars.by_ref().take(name.len() + usize::from(negated) + 3).for_each(drop);
        Some(Some(if negated { complement(ranges) } else { ranges.to_vec() }))
    }

    fn class_escape(&mut self) -> Option<ClassPart> {
        let mut ahead = self.chars.clone();
        match ahead.next()? {
            'd' | 's' | 'w' => self.escape().map(|class| ClassPart::Set(class.ranges)),
            'D' | 'S' | 'W' => self.escape().map(|class| ClassPart::Set(complement(&class.ranges))),
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

/// All characters that are in none of `ranges`, which are in order.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut gaps = Vec::new();
    let mut next = '\0';
    for (low, high) in ranges {
        if next < *low {
            // None of these ranges begins at NUL and goes on, and all are ASCII.
            gaps.push((next, char::from(*low as u8 - 1)));
        }
        next = char::from(*high as u8 + 1);
    }
    gaps.push((next, char::MAX));
    gaps
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
        // What upstream does not escape is an operator: the second part may stand anywhere.
        assert!(is_match("^[a]|b$", "x/b") && is_match("^[a]|b$", "ax"));
        assert!(!is_match("^[a]|b$", "bx"));
        assert!(is_match("^a{2}[^/]*$", "aab") && !is_match("^a{2}[^/]*$", "ab"));
        assert!(is_match("^[^/]{1,2}{a}$", "xx{a}") && !is_match("^[^/]{1,2}{a}$", "xxx{a}"));
        assert!(is_match("^a{1,}$", "aaa") && is_match("^a{,2}[^/]$", "a{,2}x"));
        assert!(is_match("^[[:alpha:]_]$", "q") && !is_match("^[^[:alpha:]]$", "q"));
        assert!(is_match("^[[:^alpha:]]$", "é") && is_match("^[\\D]$", "x"));
        for source in ["^[^/]*{2}$", "^(.*/)?{2}$", "^a{2,1}$", "^|{2}", "^[[:foo:]]$"] {
            assert!(Regex::new(source).is_none(), "{source}");
        }
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
