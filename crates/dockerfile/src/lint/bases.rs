//! Checks of `FROM`: the arguments before it, the base image's name, the platform.

use super::fix::remove_flag;
use super::{Checked, Linter, rules};
use crate::expand::{EnvList, Environment, Expansion, Lexer};
use crate::instruction::{Instruction, Kind};
use crate::platform::Platform;
use crate::reference::{check_image_name, is_image_name};
use crate::span::Span;
use crate::stage::Stage;

/// The arguments before the first stage.
pub(super) struct Globals {
    pub env: EnvList,
    names: Vec<String>,
}

impl Linter<'_> {
    /// The predefined arguments and those declared before the first stage.
    pub(super) fn globals(&mut self, lexer: &Lexer, with_build_args: bool) -> Checked<Globals> {
        let (parse, options) = (self.parse, self.options);
        let given = |name: &str| options.build_args.and_then(|args| args.get(name));
        let last_name = || parse.stages.last()?.name.as_deref();
        let target = options.target.or_else(last_name).unwrap_or("default");
        let mut env = EnvList::default();
        for (name, value) in [
            ("BUILDPLATFORM", "linux/amd64"),
            ("BUILDOS", "linux"),
            ("BUILDOSVERSION", ""),
            ("BUILDARCH", "amd64"),
            ("BUILDVARIANT", ""),
            ("TARGETPLATFORM", "linux/amd64"),
            ("TARGETOS", "linux"),
            ("TARGETOSVERSION", ""),
            ("TARGETARCH", "amd64"),
            ("TARGETVARIANT", ""),
            ("TARGETSTAGE", target),
        ] {
            env.set(name, given(name).map_or(value, String::as_str));
        }
        let mut names = Vec::new();
        for instruction in parse.meta_args() {
            let Kind::Arg(defs) = &instruction.kind else { continue };
            for def in defs {
                names.push(def.key.clone());
                match (given(&def.key).filter(|_| with_build_args), &def.value) {
                    (Some(value), _) => env.set(&def.key, value),
                    (None, Some(_)) if self.is_spent(instruction)? => {}
                    (None, Some(value)) => match self.expand(lexer, value, &env) {
                        Ok(expansion) => env.set(&def.key, expansion.text),
                        Err(error) => self.error_at(instruction, error.to_string())?,
                    },
                    (None, None) => {}
                }
            }
        }
        Ok(Globals { env, names })
    }

    /// Base names should be names also where no build argument is given.
    pub(super) fn default_base_names(&mut self, lexer: &Lexer) {
        // What goes wrong here goes wrong again with build arguments, and is said then.
        let passed_over = self.passed_over.len();
        let globals = self.globals(lexer, false);
        self.passed_over.truncate(passed_over);
        let Ok(globals) = globals else { return };
        let parse = self.parse;
        for stage in &parse.stages {
            let Ok(base) = lexer.word(&stage.base, &globals.env) else { return };
            if !is_image_name(&base) {
                let from = parse.from_of(stage);
                let span = from.node.args.first().map_or(from.span(), |word| word.span);
                self.report(&rules::INVALID_DEFAULT_ARG_IN_FROM, from, &[&stage.base], span, None);
            }
        }
    }

    /// The base of a stage with its variables expanded; checks the platform as well.
    pub(super) fn base(
        &mut self,
        stage: &Stage,
        lexer: &Lexer,
        globals: &Globals,
    ) -> Checked<String> {
        let from = self.parse.from_of(stage);
        if self.is_spent(from)? {
            return Ok(stage.base.clone());
        }
        let expansion = self.expand(lexer, &stage.base, &globals.env);
        self.undeclared(
            from,
            expansion.as_ref().map_or_else(|e| &e.unmatched, |e| &e.unmatched),
            globals,
        );
        let base = match expansion {
            Ok(base) => base,
            Err(error) => {
                self.error_at(from, error.to_string())?;
                return Ok(stage.base.clone());
            }
        };
        if base.text.is_empty() {
            self.error_at(from, format!("base name ({}) should not be blank", stage.base))?;
        }
        if let Some(given) = &stage.platform {
            self.platform(stage, given, lexer, globals)?;
        }
        Ok(base.text)
    }

    /// An image's name, as `FROM` or `--from` gives it, must be one.
    pub(super) fn image_name(&mut self, name: &str, instruction: &Instruction) -> Checked<()> {
        match check_image_name(name) {
            Ok(()) => Ok(()),
            Err(cause) => {
                let name = crate::quote::quote(name);
                self.error_at(instruction, format!("failed to parse stage name {name}: {cause}"))
            }
        }
    }

    fn undeclared(
        &mut self,
        from: &Instruction,
        unmatched: &std::collections::BTreeSet<String>,
        globals: &Globals,
    ) {
        for name in unmatched.iter().filter(|name| !globals.names.contains(name)) {
            let given = globals.names.iter().map(String::as_str);
            let known = given.chain(globals.env.iter().map(|(name, _)| name));
            self.unknown(&rules::UNDEFINED_ARG_IN_FROM, from, name, known);
        }
    }

    fn platform(
        &mut self,
        stage: &Stage,
        given: &str,
        lexer: &Lexer,
        globals: &Globals,
    ) -> Checked<()> {
        let from = self.parse.from_of(stage);
        let expansion = match self.expand(lexer, given, &globals.env) {
            Ok(expansion) => expansion,
            Err(error) => {
                self.undeclared(from, &error.unmatched, globals);
                let cause = format!("failed to process arguments for platform : {error}");
                return self.error_at(from, cause);
            }
        };
        self.undeclared(from, &expansion.unmatched, globals);
        let span = from.node.flags.first().map_or(from.span(), |flag| flag.span);
        self.redundant_platform(from, given, &expansion, globals, span);
        let platform = Platform::parse(&expansion.text);
        if expansion.matched.is_empty()
            && expansion.unmatched.is_empty()
            && let Ok(platform) = &platform
        {
            let name = stage.name.as_deref().unwrap_or_default();
            if !name.contains(&platform.os) && !name.contains(&platform.arch) {
                let rule = &rules::FROM_PLATFORM_FLAG_CONST_DISALLOWED;
                self.report(rule, from, &[&expansion.text], span, None);
            }
        }
        let is_empty = expansion.text.is_empty();
        let cause = match platform {
            _ if is_empty => format!("empty platform value from expression {given}"),
            Err(cause) => cause,
            Ok(_) => return Ok(()),
        };
        let mut suggestions = expansion.unmatched.iter().map(|name| {
            let known = globals.env.iter().map(|(name, _)| name);
            self.suggestion(name, known)
        });
        let cause = match suggestions.find(|name| !name.is_empty()) {
            Some(name) => format!("{cause} (did you mean {name}?)"),
            None => cause,
        };
        drop(suggestions);
        let parse =
            if is_empty { String::new() } else { format!("failed to parse platform {given}: ") };
        self.error_at(from, format!("{parse}{cause}"))
    }

    fn redundant_platform(
        &mut self,
        from: &Instruction,
        given: &str,
        expansion: &Expansion,
        globals: &Globals,
        span: Span,
    ) {
        let only_target =
            expansion.matched.len() == 1 && expansion.matched.contains("TARGETPLATFORM");
        if only_target
            && expansion.unmatched.is_empty()
            && globals.env.get("TARGETPLATFORM") == Some(&expansion.text)
        {
            let fix = remove_flag(&self.parse.text, &from.node, 0);
            self.report(&rules::REDUNDANT_TARGET_PLATFORM, from, &[given], span, fix);
        }
    }
}
