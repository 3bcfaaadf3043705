//! Checks of one instruction in a stage.

use super::bases::Globals;
use super::fix::{exec_form, key_value, replace};
use super::stages::{Names, Source, State};
use super::variables::NOT_IN_ENVIRONMENT;
use super::{Checked, Finding, Linter, rules};
use crate::expand::{Environment, ExpandError, Lexer};
use crate::expose::{port_parts, port_problem};
use crate::ignore::clean;
use crate::instruction::{ArgDef, CommandLine, Instruction, KeyValue, Kind};
use crate::mount::{Mount, MountKind};
use crate::quote::quote;
use crate::signal::is_signal;
use crate::span::Span;
use crate::syntax::Word;

impl Linter<'_> {
    pub(super) fn step(
        &mut self,
        instruction: &Instruction,
        at: usize,
        state: &mut State,
        lexer: &Lexer,
        globals: &Globals,
        names: &Names,
    ) -> Checked<()> {
        // What follows would be wrong about variables.
        if self.is_spent(instruction)? {
            return Ok(());
        }
        let expanded = match &instruction.kind {
            Kind::Arg(_) => Ok(instruction.kind.clone()),
            kind => kind.expanded(&mut |word: &str| {
                let (env, declared) = (&state.env, &state.declared);
                let expansion = self.expand_word(lexer, word, env, declared, instruction)?;
                Ok::<String, ExpandError>(expansion.text)
            }),
        };
        let kind = match expanded {
            Ok(kind) => kind,
            Err(error) => return self.error_at(instruction, error.to_string()),
        };
        match &kind {
            Kind::Env(pairs) => {
                self.pairs(instruction, pairs);
                let words = instruction.node.args.chunks(3).map(|words| &words[0]);
                let words = words.map(Some).chain(std::iter::repeat(None));
                for (pair, word) in pairs.iter().zip(words) {
                    self.secret(instruction, "ENV", &pair.key, word);
                    state.env.set(&pair.key, &pair.value);
                }
                Ok(())
            }
            Kind::Label(pairs) => {
                self.pairs(instruction, pairs);
                Ok(())
            }
            Kind::Arg(defs) => self.arg(instruction, defs, state, lexer, globals),
            Kind::Run(run) => {
                let mounts = run.mounts(&mut |word: &str| {
                    let (env, declared) = (&state.env, &state.declared);
                    let expansion = self
                        .expand_word(lexer, word, env, declared, instruction)
                        .map_err(|error| error.to_string())?;
                    Ok(expansion.text)
                });
                match mounts {
                    Ok(mounts) => self.mounts(instruction, &mounts, state, names),
                    Err(cause) => self.error_at(instruction, cause),
                }
            }
            Kind::Copy(copy) => self.copy(instruction, copy, state, names),
            Kind::Add(add) => self.add(instruction, add, state),
            Kind::Workdir(path) => {
                self.workdir(instruction, path, state);
                Ok(())
            }
            Kind::Shell(_) => {
                state.has_shell = true;
                Ok(())
            }
            Kind::Cmd(command) => {
                self.only_once(state.cmd.replace(at), instruction);
                self.json_form(instruction, command, state);
                Ok(())
            }
            Kind::Entrypoint(command) => {
                self.only_once(state.entrypoint.replace(at), instruction);
                self.json_form(instruction, command, state);
                Ok(())
            }
            Kind::Healthcheck(_) => {
                self.only_once(state.healthcheck.replace(at), instruction);
                Ok(())
            }
            Kind::Expose(specs) => self.ports(instruction, specs, state, lexer),
            Kind::Volume(paths) if paths.iter().any(String::is_empty) => {
                self.error_at(instruction, "VOLUME specified can not be an empty string")
            }
            Kind::Stopsignal(signal) if !is_signal(signal) => {
                self.error_at(instruction, format!("invalid signal: {signal}"))
            }
            _ => Ok(()),
        }
    }

    fn arg(
        &mut self,
        instruction: &Instruction,
        defs: &[ArgDef],
        state: &mut State,
        lexer: &Lexer,
        globals: &Globals,
    ) -> Checked<()> {
        let words = instruction.node.args.iter().map(Some).chain(std::iter::repeat(None));
        for (def, word) in defs.iter().zip(words) {
            self.secret(instruction, "ARG", &def.key, word);
            let given = self.options.build_args.and_then(|args| args.get(&def.key)).cloned();
            let value = match (given, &def.value) {
                (Some(given), _) => Some(given),
                (None, Some(value)) => {
                    let (env, declared) = (&state.env, &state.declared);
                    match self.expand_word(lexer, value, env, declared, instruction) {
                        Ok(expansion) => Some(expansion.text),
                        Err(error) => return self.error_at(instruction, error.to_string()),
                    }
                }
                (None, None) => globals.env.get(&def.key).map(str::to_owned),
            };
            if let Some(value) = value.filter(|_| !NOT_IN_ENVIRONMENT.contains(&def.key.as_str())) {
                self.cost = self.cost.saturating_add(value.len());
                state.env.set(&def.key, value);
            }
            state.declared.insert(def.key.clone());
        }
        Ok(())
    }

    /// What `RUN --mount` mounts must be there already, and not in place of everything.
    fn mounts(
        &mut self,
        instruction: &Instruction,
        mounts: &[Mount],
        state: &State,
        names: &Names,
    ) -> Checked<()> {
        for mount in mounts {
            let target = clean(&match mount.target.starts_with('/') {
                true => mount.target.clone(),
                false => format!("{}/{}", state.workdir, mount.target),
            });
            if let Source::Stage(stage) = names.mounted(&mount.from)
                && stage > state.stage
            {
                let cause = format!(
                    "cannot mount from stage {} to {}, stage needs to be defined before current command",
                    quote(&mount.from),
                    quote(&target)
                );
                return self.error_at(instruction, cause);
            }
            if target == "/" && !matches!(mount.kind, MountKind::Secret | MountKind::Ssh) {
                return self.error_at(instruction, "invalid mount target \"/\"");
            }
        }
        Ok(())
    }

    fn workdir(&mut self, instruction: &Instruction, path: &str, state: &mut State) {
        if !state.workdir_set && !path.starts_with('/') {
            let span = instruction.node.args.first().map_or(instruction.span(), |word| word.span);
            let text = format!("/{}", span.of(&self.parse.text));
            let fix = replace(format!("write /{path}"), span, text);
            self.report(&rules::WORKDIR_RELATIVE_PATH, instruction, &[path], span, fix);
        }
        state.workdir_set = true;
        state.workdir = match path.starts_with('/') {
            true => clean(path),
            false => clean(&format!("{}/{path}", state.workdir)),
        };
    }

    fn pairs(&mut self, instruction: &Instruction, pairs: &[KeyValue]) {
        if !pairs.iter().any(|pair| pair.legacy) {
            return;
        }
        let (span, fix) = match instruction.node.args.as_slice() {
            [key, value, _] => (Span::new(key.span.start, value.span.end), key_value(key, value)),
            _ => (instruction.span(), None),
        };
        let name = instruction.node.keyword.text.as_str();
        self.report(&rules::LEGACY_KEY_VALUE_FORMAT, instruction, &[name, name], span, fix);
    }

    fn secret(&mut self, instruction: &Instruction, name: &str, key: &str, word: Option<&Word>) {
        const SECRET: [&str; 10] = [
            "apikey",
            "auth",
            "credential",
            "credentials",
            "key",
            "password",
            "pword",
            "passwd",
            "secret",
            "token",
        ];
        const HARMLESS: [&str; 3] = ["public", "file", "version"];
        let lower = key.to_lowercase();
        let has = |words: &[&str]| lower.split('_').any(|word| words.contains(&word));
        if has(&SECRET) && !has(&HARMLESS) {
            let span = word.map_or(instruction.span(), |word| word.span);
            self.report(&rules::SECRETS_USED_IN_ARG_OR_ENV, instruction, &[name, key], span, None);
        }
    }

    /// `before` is the instruction of the same kind that now counts for nothing.
    fn only_once(&mut self, before: Option<usize>, now: &Instruction) {
        let parse = self.parse;
        let Some(before) = before.and_then(|before| parse.instructions.get(before)) else { return };
        let rule = &rules::MULTIPLE_INSTRUCTIONS_DISALLOWED;
        // It is the later one that is found, and the comments above it count.
        if self.allows(rule, now) {
            // A trigger stands where its stage begins.
            let is_trigger = matches!(before.kind, Kind::From(_));
            let span = if is_trigger { before.span() } else { before.node.keyword.span };
            let detail = rule.message(&[&now.node.keyword.text]);
            self.findings.push(Finding { rule, detail, span, lines: before.lines(), fix: None });
        }
    }

    fn json_form(&mut self, instruction: &Instruction, command: &CommandLine, state: &State) {
        if !command.shell || state.has_shell {
            return;
        }
        let span = instruction.node.args.first().map_or(instruction.span(), |word| word.span);
        let text = command.args.first().map(String::as_str).unwrap_or_default();
        let fix = exec_form(text).and_then(|form| replace(format!("write {form}"), span, form));
        let name = instruction.node.keyword.text.as_str();
        self.report(&rules::JSON_ARGS_RECOMMENDED, instruction, &[name], span, fix);
    }

    fn ports(
        &mut self,
        instruction: &Instruction,
        specs: &[String],
        state: &State,
        lexer: &Lexer,
    ) -> Checked<()> {
        let mut ports = Vec::new();
        for spec in specs {
            match lexer.expand(spec, &state.env) {
                Ok(expansion) => {
                    self.cost = self.cost.saturating_add(expansion.cost);
                    ports.extend(expansion.words);
                }
                Err(error) => return self.error_at(instruction, error.to_string()),
            }
        }
        let words: std::collections::HashMap<&str, Span> = instruction
            .node
            .args
            .iter()
            .rev()
            .map(|word| (word.text.as_str(), word.span))
            .collect();
        for port in ports {
            let (problem, is_named) = port_problem(&port);
            if let (Some(problem), true) = (&problem, is_named) {
                return self.error_at(instruction, problem.to_string());
            }
            let written = words.get(port.as_str()).copied();
            let span = written.unwrap_or(instruction.span());
            let fixed =
                |text: &str| written.and_then(|_| replace(format!("write {text}"), span, text));
            let (address, host_port, container) = port_parts(&port);
            let protocol = container.split_once('/').map_or("", |(_, protocol)| protocol);
            if protocol != protocol.to_lowercase() {
                let fix = fixed(&port.to_lowercase());
                self.report(&rules::EXPOSE_PROTO_CASING, instruction, &[&port], span, fix);
            }
            if address.is_some_and(|address| !address.is_empty())
                || host_port.is_some_and(|host| !host.is_empty())
            {
                let fix = fixed(container);
                self.report(&rules::EXPOSE_INVALID_FORMAT, instruction, &[&port], span, fix);
            }
            if let Some(problem) = problem {
                return self.error_at(instruction, problem.to_string());
            }
        }
        Ok(())
    }
}
