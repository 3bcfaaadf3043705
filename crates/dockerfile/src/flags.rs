//! The `--flags` of an instruction, by the rules of BuildKit's `BFlags`.

use crate::diagnostic::Problem;
use crate::suggest::with_suggestion;
use crate::syntax::Word;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagKind {
    /// Nothing, `true` or `false`.
    Bool,
    /// A value, once.
    Text,
    /// A value, any number of times.
    Texts,
}

/// The flags given to an instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    given: Vec<Given>,
}

/// One flag, as given.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    name: String,
    value: String,
    word: usize,
}

impl Flags {
    /// Reads `words` as the flags that `known` allows.
    ///
    /// # Errors
    /// BuildKit's message, and which word it is about.
    pub fn parse(words: &[Word], known: &[(&str, FlagKind)]) -> Result<Flags, (String, usize)> {
        let mut flags = Flags::default();
        for (index, word) in words.iter().enumerate() {
            if word.text == "--" {
                break;
            }
            flags.add(&word.text, index, known).map_err(|message| (message, index))?;
        }
        Ok(flags)
    }

    /// Like [`Flags::parse`], with the error placed in the file.
    pub(crate) fn of(words: &[Word], known: &[(&str, FlagKind)]) -> Result<Flags, Problem> {
        Flags::parse(words, known)
            .map_err(|(message, index)| Problem::at(words[index].span, message))
    }

    fn add(&mut self, text: &str, word: usize, known: &[(&str, FlagKind)]) -> Result<(), String> {
        let Some(body) = text.strip_prefix("--") else {
            return Err(format!("arg should start with -- : {text}"));
        };
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let Some((_, kind)) = known.iter().find(|(known, _)| *known == name) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            return Err(with_suggestion(format!("unknown flag: --{name}"), name, &names, true));
        };
        if *kind != FlagKind::Texts && self.is_given(name) {
            return Err(format!("duplicate flag specified: --{name}"));
        }
        let value = match (kind, value) {
            (FlagKind::Bool, None) => "true".to_owned(),
            (FlagKind::Bool, Some("")) | (FlagKind::Text | FlagKind::Texts, None) => {
                return Err(format!("missing a value on flag: --{name}"));
            }
            (FlagKind::Bool, Some(value)) => match value.to_lowercase().as_str() {
                lower @ ("true" | "false") => lower.to_owned(),
                _ => {
                    return Err(format!("expecting boolean value for flag --{name}, not: {value}"));
                }
            },
            (_, Some(value)) => value.to_owned(),
        };
        self.given.push(Given { name: name.to_owned(), value, word });
        Ok(())
    }

    /// True where the flag was given.
    pub fn is_given(&self, name: &str) -> bool {
        self.given.iter().any(|flag| flag.name == name)
    }

    /// The value of a flag.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|flag| flag.name == name).map(|flag| flag.value.as_str())
    }

    /// All values of a flag.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.given.iter().filter(|flag| flag.name == name).map(|flag| flag.value.clone()).collect()
    }

    /// True where a flag that takes a bool is on.
    pub fn is_on(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// Which of the words the first use of a flag is.
    pub(crate) fn word(&self, name: &str) -> Option<usize> {
        self.given.iter().find(|flag| flag.name == name).map(|flag| flag.word)
    }

    /// The names of the flags that were given, sorted, each once.
    pub fn used(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.given.iter().map(|flag| flag.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
