//! Which variables there are at a place, and what they hold.

use std::collections::{BTreeMap, HashMap};

use crate::expand::{EnvList, Environment, Lexer, is_name_char};
use crate::instruction::{Instruction, Kind};
use crate::parse::Parse;
use crate::span::Span;
use crate::stage::Stage;

/// What declared a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// `ENV`: lives on in the image.
    Env,
    /// `ARG`: gone after the build.
    Arg,
    /// Given by the builder, such as `TARGETARCH`.
    Predefined,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it holds; `None` where only a build argument can say.
    pub value: Option<String>,
    /// What declared it.
    pub kind: VariableKind,
    /// The instruction that gave it its value, by its place in [`Parse::instructions`].
    pub declared_by: Option<usize>,
}

/// The arguments that the builder gives, for a build on and for `linux/amd64`.
pub const PREDEFINED: [(&str, &str); 8] = [
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
];

/// Bytes that all variables may be expanded to; those after that are not looked at.
const MAX_COST: usize = 16 << 20;

/// The variables that the instruction at `index` sees, in the order in which they were declared.
///
/// A `FROM` sees those from before the first stage. The environment of base images is not known here.
pub fn variables_at(
    parse: &Parse,
    index: usize,
    build_args: &BTreeMap<String, String>,
) -> Vec<Variable> {
    let mut globals = Scope::new(parse, build_args);
    for (name, value) in PREDEFINED {
        globals.set(name, Some(value.to_owned()), VariableKind::Predefined, None);
    }
    let first = parse.stages.first().map_or(parse.instructions.len(), |stage| stage.from);
    for (at, instruction) in parse.instructions[..first.min(index)].iter().enumerate() {
        globals.step(at, instruction, &EnvList::default());
    }
    let stage = parse.stages.iter().rev().find(|stage| stage.from <= index);
    let Some(stage) = stage.filter(|stage| stage.from != index) else {
        // What the file declares comes before what is always there.
        globals.variables.rotate_left(PREDEFINED.len());
        return globals.variables;
    };
    let mut scope = Scope::new(parse, build_args);
    scope.stage(stage, index, &globals.env);
    scope.variables
}

struct Scope<'a> {
    parse: &'a Parse,
    build_args: &'a BTreeMap<String, String>,
    lexer: Lexer,
    variables: Vec<Variable>,
    /// Where each variable stands in `variables`.
    places: HashMap<String, usize>,
    /// What is known of their values.
    env: EnvList,
    /// What expanding has cost so far, in bytes.
    cost: usize,
}

impl<'a> Scope<'a> {
    fn new(parse: &'a Parse, build_args: &'a BTreeMap<String, String>) -> Self {
        Scope {
            parse,
            build_args,
            lexer: Lexer::new(parse.escape),
            variables: Vec::new(),
            places: HashMap::new(),
            env: EnvList::default(),
            cost: 0,
        }
    }

    /// Everything in `stage` up to the instruction at `end`, and the stages it builds on before it.
    fn stage(&mut self, stage: &Stage, end: usize, globals: &EnvList) {
        let mut parts = vec![(stage, end)];
        let mut top = stage;
        loop {
            let base = self.lexer.word(&top.base, globals).unwrap_or_default();
            let mut above = self.parse.stages[..top.index].iter().rev();
            let Some(found) = above.find(|above| above.name.as_deref() == Some(&base)) else {
                break;
            };
            parts.push((found, found.body.end));
            top = found;
        }
        for (part, end) in parts.into_iter().rev() {
            for at in part.body.start..part.body.end.min(end) {
                self.step(at, &self.parse.instructions[at], globals);
            }
        }
    }

    fn step(&mut self, at: usize, instruction: &Instruction, globals: &EnvList) {
        match &instruction.kind {
            Kind::Env(pairs) => {
                // The words of one instruction see what was there before it.
                let env = self.env.clone();
                for pair in pairs {
                    let value = self.expanded(&pair.value, &env);
                    self.set(&pair.key, value, VariableKind::Env, Some(at));
                }
            }
            Kind::Arg(defs) => {
                for def in defs {
                    let given = self.build_args.get(&def.key).cloned();
                    let env = self.env.clone();
                    let default =
                        || def.value.as_ref().and_then(|value| self.expanded(value, &env));
                    let value =
                        given.or_else(default).or_else(|| globals.get(&def.key).map(str::to_owned));
                    // An ARG without a value leaves what is there.
                    if value.is_some() || !self.env.has(&def.key) {
                        self.set(&def.key, value, VariableKind::Arg, Some(at));
                    }
                }
            }
            _ => {}
        }
    }

    fn expanded(&mut self, text: &str, env: &EnvList) -> Option<String> {
        if self.cost > MAX_COST {
            return None;
        }
        let outcome = self.lexer.expand_text(text, env);
        self.cost += outcome.as_ref().map_or_else(|error| error.cost(), |expansion| expansion.cost);
        outcome.ok().map(|expansion| expansion.text)
    }

    fn set(
        &mut self,
        name: &str,
        value: Option<String>,
        kind: VariableKind,
        declared_by: Option<usize>,
    ) {
        if let Some(value) = &value {
            self.cost += value.len();
            self.env.set(name, value);
        }
        let variable = Variable { name: name.to_owned(), value, kind, declared_by };
        match self.places.get(name) {
            Some(place) => self.variables[*place] = variable,
            None => {
                self.places.insert(name.to_owned(), self.variables.len());
                self.variables.push(variable);
            }
        }
    }
}

impl Environment for [Variable] {
    fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|variable| variable.name == name)?.value.as_deref()
    }
}

/// The name of the variable in `text`, which is a `$name` or `${name...}`, and where it stands in it.
pub(crate) fn variable_name(text: &str) -> (&str, Span) {
    let start = if text.starts_with("${") { 2 } else { 1 };
    let rest = text.get(start..).unwrap_or_default();
    let len = rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len());
    (&rest[..len], Span::new(start, start + len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    #[test]
    fn what_each_place_sees() {
        let parse = parse(
            "ARG V=1\nFROM a:$V AS b\nARG V\nENV X=$V-x\nARG X\nFROM b\nENV Y=${X}y\nARG Z\nRUN true\n",
        );
        let at = |index: usize| {
            let none = BTreeMap::from([("Z".to_owned(), "z".to_owned())]);
            let variables = variables_at(&parse, index, &none);
            variables
                .iter()
                .map(|variable| {
                    format!("{}={}", variable.name, variable.value.as_deref().unwrap_or("?"))
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(at(1)[0], "V=1");
        assert_eq!(at(3), ["V=1"]);
        assert_eq!(at(8), ["V=1", "X=1-x", "Y=1-xy", "Z=z"]);
    }
}
