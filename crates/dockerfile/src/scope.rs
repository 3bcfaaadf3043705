//! Which variables there are at a place, and what they hold.

use std::collections::BTreeMap;

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

/// The variables that the instruction at `index` sees, in the order in which they were declared.
///
/// A `FROM` sees those from before the first stage. The environment of base images is not known here.
pub fn variables_at(
    parse: &Parse,
    index: usize,
    build_args: &BTreeMap<String, String>,
) -> Vec<Variable> {
    let mut scope =
        Scope { parse, build_args, lexer: Lexer::new(parse.escape), variables: Vec::new() };
    let globals = scope.globals(index);
    let stage = parse.stages.iter().rev().find(|stage| stage.from <= index);
    match stage.filter(|stage| stage.from != index) {
        None => {
            for (name, value) in PREDEFINED {
                if !scope.variables.iter().any(|variable| variable.name == name) {
                    scope.set(name, Some(value.to_owned()), VariableKind::Predefined, None);
                }
            }
        }
        Some(stage) => {
            scope.variables.clear();
            scope.stage(stage, index, &globals);
        }
    }
    scope.variables
}

struct Scope<'a> {
    parse: &'a Parse,
    build_args: &'a BTreeMap<String, String>,
    lexer: Lexer,
    variables: Vec<Variable>,
}

impl Scope<'_> {
    fn globals(&mut self, index: usize) -> BTreeMap<String, String> {
        let mut globals: BTreeMap<String, String> = PREDEFINED
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        for (at, instruction) in self.parse.instructions.iter().enumerate() {
            if at >= index || matches!(instruction.kind, Kind::From(_)) {
                break;
            }
            self.step(at, instruction, &BTreeMap::new());
        }
        let known = self
            .variables
            .iter()
            .filter_map(|variable| Some((variable.name.clone(), variable.value.clone()?)));
        globals.extend(known);
        globals
    }

    /// Everything in `stage` up to the instruction at `end`, and the stages it builds on before it.
    fn stage(&mut self, stage: &Stage, end: usize, globals: &BTreeMap<String, String>) {
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

    fn step(&mut self, at: usize, instruction: &Instruction, globals: &BTreeMap<String, String>) {
        let env = self.env();
        match &instruction.kind {
            Kind::Env(pairs) => {
                for pair in pairs {
                    let value = self.lexer.word(&pair.value, &env).ok();
                    self.set(&pair.key, value, VariableKind::Env, Some(at));
                }
            }
            Kind::Arg(defs) => {
                for def in defs {
                    let given = self.build_args.get(&def.key).cloned();
                    let default =
                        || def.value.as_ref().and_then(|value| self.lexer.word(value, &env).ok());
                    let value = given.or_else(default).or_else(|| globals.get(&def.key).cloned());
                    // An ARG without a value leaves what is there.
                    if value.is_some() || !env.has(&def.key) {
                        self.set(&def.key, value, VariableKind::Arg, Some(at));
                    }
                }
            }
            _ => {}
        }
    }

    fn env(&self) -> EnvList {
        let mut env = EnvList::default();
        for variable in &self.variables {
            if let Some(value) = &variable.value {
                env.set(variable.name.clone(), value.clone());
            }
        }
        env
    }

    fn set(
        &mut self,
        name: &str,
        value: Option<String>,
        kind: VariableKind,
        declared_by: Option<usize>,
    ) {
        let variable = Variable { name: name.to_owned(), value, kind, declared_by };
        match self.variables.iter_mut().find(|known| known.name == name) {
            Some(known) => *known = variable,
            None => self.variables.push(variable),
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
