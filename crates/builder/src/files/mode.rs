//! `--chmod`: an octal number, or the symbols of `chmod(1)`.

/// What `--chmod` does to a mode.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChangeMode {
    /// An octal number.
    Set(u32),
    /// Symbols, such as `u+x,go-w`, one after the other.
    Symbolic {
        /// As written.
        text: String,
        /// Its clauses.
        clauses: Vec<Clause>,
    },
}

/// One change of a symbolic mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Bits of the classes that change: `0o700`, `0o070` and `0o007`, with the set-id bits.
    who: u32,
    operator: Operator,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operator {
    Add,
    Remove,
    Set,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum What {
    /// These bits, and execution where a directory or something executable is changed.
    Bits { bits: u32, execute_if_any: bool },
    /// The bits that a class has, by its shift.
    CopyOf(u32),
}

/// A mode that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModeError {
    /// It looks like a number.
    #[error("invalid chmod parameter: '{0}'. it should be octal string and between 0 and 07777")]
    NotOctal(String),
    /// It does not.
    #[error("invalid mode: {0:?}")]
    NotSymbolic(String),
}

/// What new files do not get where a clause names no class.
const UMASK: u32 = 0o022;

impl ChangeMode {
    /// Reads a mode.
    ///
    /// # Errors
    /// `ModeError`: what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, ModeError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
        match u32::from_str_radix(text, 8) {
            Ok(mode) if digits && mode <= 0o7777 => return Ok(Self::Set(mode)),
            _ if text.starts_with(|c: char| c.is_ascii_digit()) => {
                return Err(ModeError::NotOctal(text.to_owned()));
            }
            _ => {}
        }
        let clauses = text.split(',').map(clauses).collect::<Option<Vec<_>>>();
        let clauses = clauses.ok_or_else(|| ModeError::NotSymbolic(text.to_owned()))?;
        Ok(Self::Symbolic { text: text.to_owned(), clauses: clauses.concat() })
    }

    /// The mode that a file of mode `mode` gets.
    #[must_use]
    pub fn apply(&self, mode: u32, is_dir: bool) -> u32 {
        match self {
            Self::Set(mode) => *mode,
            Self::Symbolic { clauses, .. } => {
                clauses.iter().fold(mode, |mode, clause| clause.apply(mode, is_dir))
            }
        }
    }

    /// The mode of directories that are made on the way.
    #[must_use]
    pub fn of_parents(&self) -> u32 {
        match self {
            Self::Set(mode) => *mode,
            Self::Symbolic { .. } => 0o755,
        }
    }
}

impl std::fmt::Display for ChangeMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Set(mode) => write!(f, "{mode:o}"),
            Self::Symbolic { text, .. } => f.write_str(text),
        }
    }
}

/// `[ugoa]*([-+=]([rwxXst]*|[ugo]))+`
fn clauses(text: &str) -> Option<Vec<Clause>> {
    let end = text.find(['+', '-', '='])?;
    let mut who = 0;
    for class in text[..end].chars() {
        who |= match class {
            'u' => 0o4700,
            'g' => 0o2070,
            'o' => 0o1007,
            'a' => 0o7777,
            _ => return None,
        };
    }
    let who = if end == 0 { 0o7777 & !UMASK } else { who };
    let mut out = Vec::new();
    let mut rest = &text[end..];
    while let Some(sign) = rest.chars().next() {
        let operator = match sign {
            '+' => Operator::Add,
            '-' => Operator::Remove,
            '=' => Operator::Set,
            _ => return None,
        };
        let end = rest[1..].find(['+', '-', '=']).map_or(rest.len(), |at| at + 1);
        out.push(Clause { who, operator, what: what(&rest[1..end])? });
        rest = &rest[end..];
    }
    Some(out)
}

fn what(text: &str) -> Option<What> {
    match text {
        "u" => return Some(What::CopyOf(6)),
        "g" => return Some(What::CopyOf(3)),
        "o" => return Some(What::CopyOf(0)),
        _ => {}
    }
    let (mut bits, mut execute_if_any) = (0, false);
    for c in text.chars() {
        bits |= match c {
            'r' => 0o444,
            'w' => 0o222,
            'x' => 0o111,
            's' => 0o6000,
            't' => 0o1000,
            'X' => {
                execute_if_any = true;
                0
            }
            _ => return None,
        };
    }
    Some(What::Bits { bits, execute_if_any })
}

impl Clause {
    fn apply(&self, mode: u32, is_dir: bool) -> u32 {
        let bits = match self.what {
            What::Bits { bits, execute_if_any } => {
                let execute = execute_if_any && (is_dir || mode & 0o111 != 0);
                bits | if execute { 0o111 } else { 0 }
            }
            What::CopyOf(shift) => (mode >> shift & 7) * 0o111,
        };
        let bits = bits & self.who;
        match self.operator {
            Operator::Add => mode | bits,
            Operator::Remove => mode & !bits,
            // A directory keeps its set-id bits, as GNU's chmod does.
            Operator::Set => mode & !(self.who & if is_dir { 0o1777 } else { 0o7777 }) | bits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_change_modes() {
        for (text, mode, is_dir, expected) in [
            ("755", 0, false, 0o755),
            ("go-w", 0o666, false, 0o644),
            ("u=rw,g=r,o=r", 0o777, false, 0o644),
            ("a+X", 0o666, false, 0o666),
            ("a+X", 0o124, true, 0o135),
            ("a+X", 0o744, false, 0o755),
            ("u+rw,g+r,o-x,o+w", 0o124, true, 0o766),
            ("g=u", 0o640, false, 0o660),
            ("+x", 0o644, false, 0o755),
            ("u+s,o+t", 0o755, false, 0o5755),
        ] {
            let changed = ChangeMode::parse(text).unwrap().apply(mode, is_dir);
            assert_eq!(changed, expected, "{text} on {mode:o}: {changed:o}");
        }
    }

    #[test]
    fn what_looks_like_a_number_must_be_one() {
        for text in ["64a", "10000", "9", "0o7"] {
            assert!(matches!(ChangeMode::parse(text), Err(ModeError::NotOctal(_))), "{text}");
        }
        for text in ["", "rw", "u+q", "u", "z+r"] {
            assert!(matches!(ChangeMode::parse(text), Err(ModeError::NotSymbolic(_))), "{text}");
        }
    }
}
