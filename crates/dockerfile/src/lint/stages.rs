//! Checks that follow the build: stages, variables, what each instruction does.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::fix::{exec_form, key_value, remove_flag, replace};
use super::{Checked, Linter, rules};
use crate::diagnostic::{Diagnostic, Pass};
use crate::expand::{EnvList, Environment, Expansion, Lexer};
use crate::expose::{port_parts, port_problem};
use crate::ignore::clean;
use crate::instruction::{CommandLine, Instruction, KeyValue, Kind, Transfer};
use crate::parse::{Parse, parse};
use crate::platform::Platform;
use crate::quote::quote;
use crate::reference::is_image_name;
use crate::span::Span;
use crate::stage::Stage;
use crate::suggest::{nearest, with_suggestion};

/// Build arguments that are never variables of a step.
const NOT_IN_ENVIRONMENT: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// Suggestions are looked for among this many names at most. BuildKit sets no limit.
const MAX_SUGGESTED_FROM: usize = 1_000;

/// What is known in the middle of a stage.
#[derive(Clone, Default)]
struct State {
    /// Shared between stages until one of them sets a variable.
    env: Rc<EnvList>,
    declared: Rc<BTreeSet<String>>,
    has_shell: bool,
    workdir_set: bool,
    onbuild: Vec<String>,
    cmd: Option<usize>,
    entrypoint: Option<usize>,
    healthcheck: Option<usize>,
}

/// The arguments before the first stage.
struct Globals {
    env: EnvList,
    names: Vec<String>,
}

impl Linter<'_> {
    pub(super) fn stages(&mut self) -> Checked<()> {
        let parse = self.parse;
        let lexer = Lexer::new(parse.escape);
        self.default_base_names(&lexer);
        let globals = self.globals(&lexer, true)?;
        let mut bases = Vec::new();
        // A name means the nearest stage above that has it.
        let mut named: HashMap<&str, usize> = HashMap::new();
        for stage in &parse.stages {
            let base = self.base(stage, &lexer, &globals)?;
            bases.push((named.get(base.as_str()).copied(), base));
            if let Some(name) = &stage.name {
                named.insert(name, stage.index);
            }
        }
        let target = self.target()?;
        let wanted = match self.options.all_stages || self.options.keep_going {
            true => (0..parse.stages.len()).collect(),
            false => needed_stages(parse, &bases, target),
        };
        let mut done: Vec<State> = Vec::new();
        for (stage, (above, base)) in parse.stages.iter().zip(&bases) {
            let mut state = self.start(stage, *above, base, &done);
            if wanted.contains(&stage.index) {
                self.triggers(stage, &mut state, &lexer, &globals)?;
                for at in stage.body.clone() {
                    self.step(&parse.instructions[at], at, &mut state, &lexer, &globals)?;
                }
            }
            done.push(state);
        }
        Ok(())
    }

    fn error_at(&self, instruction: &Instruction, cause: impl Into<String>) -> Checked<()> {
        let (span, lines) = (instruction.span(), Some(instruction.lines()));
        self.stop(Diagnostic {
            pass: Pass::Stages,
            span,
            lines,
            cause: cause.into(),
            prefix_line: None,
        })
    }

    /// The predefined arguments and those declared before the first stage.
    fn globals(&self, lexer: &Lexer, with_build_args: bool) -> Checked<Globals> {
        let given = |name: &str| self.options.build_args.and_then(|args| args.get(name));
        let target = self
            .options
            .target
            .or_else(|| self.parse.stages.last()?.name.as_deref())
            .unwrap_or("default");
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
        for instruction in self.parse.meta_args() {
            let Kind::Arg(defs) = &instruction.kind else { continue };
            for def in defs {
                names.push(def.key.clone());
                match (given(&def.key).filter(|_| with_build_args), &def.value) {
                    (Some(value), _) => env.set(def.key.clone(), value.clone()),
                    (None, Some(value)) => match lexer.word(value, &env) {
                        Ok(value) => env.set(def.key.clone(), value),
                        Err(error) => self.error_at(instruction, error.to_string())?,
                    },
                    (None, None) => {}
                }
            }
        }
        Ok(Globals { env, names })
    }

    /// Base names should be names also where no build argument is given.
    fn default_base_names(&mut self, lexer: &Lexer) {
        let Ok(globals) = self.globals(lexer, false) else { return };
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
    fn base(&mut self, stage: &Stage, lexer: &Lexer, globals: &Globals) -> Checked<String> {
        let from = self.parse.from_of(stage);
        let base = match lexer.expand(&stage.base, &globals.env) {
            Ok(base) => base,
            Err(error) => {
                self.error_at(from, error.to_string())?;
                return Ok(stage.base.clone());
            }
        };
        self.undeclared(from, &base, globals);
        if base.text.is_empty() {
            self.error_at(from, format!("base name ({}) should not be blank", stage.base))?;
        }
        if let Some(given) = &stage.platform {
            self.platform(stage, given, lexer, globals)?;
        }
        Ok(base.text)
    }

    fn undeclared(&mut self, from: &Instruction, expansion: &Expansion, globals: &Globals) {
        let mut known: Vec<&str> = globals.names.iter().map(String::as_str).collect();
        known.extend(globals.env.iter().map(|(name, _)| name));
        for name in expansion.unmatched.iter().filter(|name| !known.contains(&name.as_str())) {
            let suggestion = nearest(name, &known, true).unwrap_or_default();
            let span = variable_span(&self.parse.text, from.span(), name);
            let fix = (!suggestion.is_empty())
                .then(|| replace(format!("use {suggestion}"), span, &suggestion))
                .flatten();
            self.report(&rules::UNDEFINED_ARG_IN_FROM, from, &[name, &suggestion], span, fix);
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
        let expansion = match lexer.expand(given, &globals.env) {
            Ok(expansion) => expansion,
            Err(error) => {
                return self
                    .error_at(from, format!("failed to process arguments for platform : {error}"));
            }
        };
        self.undeclared(from, &expansion, globals);
        let span = from.node.flags.first().map_or(from.span(), |flag| flag.span);
        let only_target =
            expansion.matched.len() == 1 && expansion.matched.contains("TARGETPLATFORM");
        if only_target
            && expansion.unmatched.is_empty()
            && globals.env.get("TARGETPLATFORM") == Some(&expansion.text)
        {
            let fix = remove_flag(&self.parse.text, &from.node, 0);
            self.report(&rules::REDUNDANT_TARGET_PLATFORM, from, &[given], span, fix);
        }
        let platform = Platform::parse(&expansion.text);
        if expansion.matched.is_empty()
            && expansion.unmatched.is_empty()
            && let Ok(platform) = &platform
        {
            let name = stage.name.as_deref().unwrap_or_default();
            if !name.contains(&platform.os) && !name.contains(&platform.arch) {
                self.report(
                    &rules::FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                    from,
                    &[&expansion.text],
                    span,
                    None,
                );
            }
        }
        let names: Vec<&str> = globals.env.iter().map(|(name, _)| name).collect();
        let suggest = |cause: String| match expansion
            .unmatched
            .iter()
            .find_map(|name| nearest(name, &names, true))
        {
            Some(name) => format!("{cause} (did you mean {name}?)"),
            None => cause,
        };
        match platform {
            _ if expansion.text.is_empty() => self
                .error_at(from, suggest(format!("empty platform value from expression {given}"))),
            Err(cause) => {
                self.error_at(from, format!("failed to parse platform {given}: {}", suggest(cause)))
            }
            Ok(_) => Ok(()),
        }
    }

    /// The stage to build.
    fn target(&self) -> Checked<usize> {
        let stages = &self.parse.stages;
        let last = stages.len().saturating_sub(1);
        let Some(name) = self.options.target else { return Ok(last) };
        let lower = name.to_lowercase();
        // Of several stages with one name, the last has it.
        if let Some(stage) = stages.iter().rfind(|stage| stage.name.as_deref() == Some(&lower)) {
            return Ok(stage.index);
        }
        let names: Vec<&str> = stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
        let cause = with_suggestion(
            format!("target stage {} could not be found", quote(name)),
            name,
            &names,
            true,
        );
        self.stop(Diagnostic {
            pass: Pass::Stages,
            span: Span::default(),
            lines: None,
            cause,
            prefix_line: None,
        })?;
        Ok(last)
    }

    /// What a stage takes over from its base.
    fn start(&mut self, stage: &Stage, above: Option<usize>, base: &str, done: &[State]) -> State {
        if let Some(above) = above.and_then(|above| done.get(above)) {
            return State { cmd: None, entrypoint: None, healthcheck: None, ..above.clone() };
        }
        let known = (base != "scratch")
            .then(|| self.options.base_image.and_then(|find| find(base)))
            .flatten();
        let known = known.unwrap_or_default();
        if let Some(actual) = &known.platform
            && stage.platform.is_none()
            && (actual.os != "linux" || actual.arch != "amd64")
        {
            let from = self.parse.from_of(stage);
            let values = [base, &actual.to_string(), "linux/amd64"];
            self.report(&rules::INVALID_BASE_IMAGE_PLATFORM, from, &values, from.span(), None);
        }
        let mut env = known.env;
        if !env.has("PATH") {
            env.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        }
        State {
            env: Rc::new(env),
            has_shell: known.has_shell,
            onbuild: known.onbuild,
            ..State::default()
        }
    }

    /// The `ONBUILD` instructions of the base, which run before the stage's own.
    fn triggers(
        &mut self,
        stage: &Stage,
        state: &mut State,
        lexer: &Lexer,
        globals: &Globals,
    ) -> Checked<()> {
        let from = self.parse.from_of(stage);
        for trigger in std::mem::take(&mut state.onbuild) {
            for mut instruction in parse(&trigger).instructions {
                // They stand where the stage begins.
                instruction.node =
                    crate::syntax::Node { keyword: instruction.node.keyword, ..from.node.clone() };
                self.step(&instruction, stage.from, state, lexer, globals)?;
            }
        }
        Ok(())
    }

    fn step(
        &mut self,
        instruction: &Instruction,
        at: usize,
        state: &mut State,
        lexer: &Lexer,
        globals: &Globals,
    ) -> Checked<()> {
        let mut unmatched = Vec::new();
        let expanded = match &instruction.kind {
            Kind::Arg(_) => Ok(instruction.kind.clone()),
            kind => kind.expanded(&mut |word: &str| {
                let expansion = lexer.expand(word, &*state.env)?;
                unmatched.extend(expansion.unmatched);
                Ok::<String, crate::expand::ExpandError>(expansion.text)
            }),
        };
        self.undefined(instruction, state, std::mem::take(&mut unmatched));
        let kind = match expanded {
            Ok(kind) => kind,
            Err(error) => return self.error_at(instruction, error.to_string()),
        };
        match &kind {
            Kind::Env(pairs) => {
                self.pairs(instruction, pairs);
                for pair in pairs {
                    self.secret(instruction, "ENV", &pair.key);
                    Rc::make_mut(&mut state.env).set(pair.key.clone(), pair.value.clone());
                }
            }
            Kind::Label(pairs) => self.pairs(instruction, pairs),
            Kind::Arg(defs) => {
                for def in defs {
                    self.secret(instruction, "ARG", &def.key);
                    let given =
                        self.options.build_args.and_then(|args| args.get(&def.key)).cloned();
                    let value = match (given, &def.value) {
                        (Some(given), _) => Some(given),
                        (None, Some(value)) => match lexer.expand(value, &*state.env) {
                            Ok(expansion) => {
                                self.undefined(instruction, state, expansion.unmatched);
                                Some(expansion.text)
                            }
                            Err(error) => return self.error_at(instruction, error.to_string()),
                        },
                        (None, None) => globals.env.get(&def.key).map(str::to_owned),
                    };
                    if let Some(value) =
                        value.filter(|_| !NOT_IN_ENVIRONMENT.contains(&def.key.as_str()))
                    {
                        Rc::make_mut(&mut state.env).set(def.key.clone(), value);
                    }
                    Rc::make_mut(&mut state.declared).insert(def.key.clone());
                }
            }
            Kind::Run(run) => {
                let mut expand = |word: &str| {
                    let expansion =
                        lexer.expand(word, &*state.env).map_err(|error| error.to_string())?;
                    unmatched.extend(expansion.unmatched);
                    Ok(expansion.text)
                };
                let mounts = run.mounts(&mut expand);
                self.undefined(instruction, state, unmatched);
                if let Err(cause) = mounts {
                    return self.error_at(instruction, cause);
                }
            }
            Kind::Copy(copy) => {
                self.inline_variables(instruction, state, &copy.transfer);
                if copy.from.is_none() {
                    self.ignored(instruction, "Copy", &copy.transfer);
                }
            }
            Kind::Add(add) => {
                self.inline_variables(instruction, state, &add.transfer);
                self.ignored(instruction, "Add", &add.transfer);
            }
            Kind::Workdir(path) => {
                if !state.workdir_set && !path.starts_with('/') {
                    let span =
                        instruction.node.args.first().map_or(instruction.span(), |word| word.span);
                    let fix = replace(
                        format!("write /{path}"),
                        span,
                        format!("/{}", span.of(&self.parse.text)),
                    );
                    self.report(&rules::WORKDIR_RELATIVE_PATH, instruction, &[path], span, fix);
                }
                state.workdir_set = true;
            }
            Kind::Shell(_) => state.has_shell = true,
            Kind::Onbuild(onbuild) => state.onbuild.push(onbuild.expression.clone()),
            Kind::Cmd(command) => {
                let before = state.cmd.replace(at);
                self.only_once(before);
                self.json_form(instruction, command, state);
            }
            Kind::Entrypoint(command) => {
                let before = state.entrypoint.replace(at);
                self.only_once(before);
                self.json_form(instruction, command, state);
            }
            Kind::Healthcheck(_) => {
                let before = state.healthcheck.replace(at);
                self.only_once(before);
            }
            Kind::Expose(specs) => return self.ports(instruction, specs, state, lexer),
            _ => {}
        }
        Ok(())
    }

    fn undefined(
        &mut self,
        instruction: &Instruction,
        state: &State,
        unmatched: impl IntoIterator<Item = String>,
    ) {
        let mut unmatched = unmatched.into_iter().peekable();
        if unmatched.peek().is_none() {
            return;
        }
        // Among very many names a suggestion is slow to find and of little use.
        let known: Vec<&str> =
            state.env.iter().map(|(name, _)| name).take(MAX_SUGGESTED_FROM + 1).collect();
        let known = if known.len() > MAX_SUGGESTED_FROM { Vec::new() } else { known };
        for name in unmatched {
            if state.declared.contains(&name) || NOT_IN_ENVIRONMENT.contains(&name.as_str()) {
                continue;
            }
            let suggestion = nearest(&name, &known, true).unwrap_or_default();
            let span = variable_span(&self.parse.text, instruction.span(), &name);
            let fix = (!suggestion.is_empty())
                .then(|| replace(format!("use {suggestion}"), span, &suggestion))
                .flatten();
            self.report(&rules::UNDEFINED_VAR, instruction, &[&name, &suggestion], span, fix);
        }
    }

    fn inline_variables(&mut self, instruction: &Instruction, state: &State, transfer: &Transfer) {
        let lexer = Lexer { skip_quotes: true, ..Lexer::new('\\') };
        for file in transfer.inline.iter().filter(|file| file.expand) {
            if let Ok(expansion) = lexer.expand(&file.data, &*state.env) {
                self.undefined(instruction, state, expansion.unmatched);
            }
        }
    }

    fn pairs(&mut self, instruction: &Instruction, pairs: &[KeyValue]) {
        for (pair, words) in pairs.iter().zip(instruction.node.args.as_chunks::<3>().0) {
            if pair.legacy {
                let [key, value, _] = words;
                let name = instruction.node.keyword.text.as_str();
                let span = Span::new(key.span.start, value.span.end);
                let fix = key_value(key, value);
                self.report(&rules::LEGACY_KEY_VALUE_FORMAT, instruction, &[name, name], span, fix);
            }
        }
    }

    fn secret(&mut self, instruction: &Instruction, name: &str, key: &str) {
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
            let named = |word: &&crate::syntax::Word| {
                word.text == key || word.text.starts_with(&format!("{key}="))
            };
            let span = instruction
                .node
                .args
                .iter()
                .find(named)
                .map_or(instruction.span(), |word| word.span);
            self.report(&rules::SECRETS_USED_IN_ARG_OR_ENV, instruction, &[name, key], span, None);
        }
    }

    /// `before` is the instruction of the same kind that now counts for nothing.
    fn only_once(&mut self, before: Option<usize>) {
        let parse = self.parse;
        if let Some(before) = before.and_then(|before| parse.instructions.get(before)) {
            let name = before.node.keyword.text.as_str();
            let span = before.node.keyword.span;
            self.report(&rules::MULTIPLE_INSTRUCTIONS_DISALLOWED, before, &[name], span, None);
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
            match lexer.words(spec, &*state.env) {
                Ok(words) => ports.extend(words),
                Err(error) => return self.error_at(instruction, error.to_string()),
            }
        }
        for port in ports {
            let (problem, is_named) = port_problem(&port);
            if let (Some(problem), true) = (&problem, is_named) {
                return self.error_at(instruction, problem.to_string());
            }
            let word = instruction.node.args.iter().find(|word| word.text == port);
            let span = word.map_or(instruction.span(), |word| word.span);
            let (address, host_port, container) = port_parts(&port);
            let protocol = container.split_once('/').map_or("", |(_, protocol)| protocol);
            let fixed =
                |text: &str| word.and_then(|_| replace(format!("write {text}"), span, text));
            if protocol != protocol.to_lowercase() {
                self.report(
                    &rules::EXPOSE_PROTO_CASING,
                    instruction,
                    &[&port],
                    span,
                    fixed(&port.to_lowercase()),
                );
            }
            if address.is_some_and(|address| !address.is_empty())
                || host_port.is_some_and(|host| !host.is_empty())
            {
                self.report(
                    &rules::EXPOSE_INVALID_FORMAT,
                    instruction,
                    &[&port],
                    span,
                    fixed(container),
                );
            }
            if let Some(problem) = problem {
                return self.error_at(instruction, problem.to_string());
            }
        }
        Ok(())
    }

    fn ignored(&mut self, instruction: &Instruction, what: &str, transfer: &Transfer) {
        let Some(ignore) = self.options.ignore.filter(|ignore| !ignore.has_exceptions()) else {
            return;
        };
        for source in &transfer.sources {
            if source.contains("://") {
                continue;
            }
            let path = clean(source);
            if ignore.matches(&path) {
                let word = instruction.node.args.iter().find(|word| word.text == *source);
                let span = word.map_or(instruction.span(), |word| word.span);
                self.report(&rules::COPY_IGNORED_FILE, instruction, &[what, &path], span, None);
            }
        }
    }
}

/// The stages that the target needs: its bases, and what is copied or mounted from.
fn needed_stages(
    parse: &Parse,
    bases: &[(Option<usize>, String)],
    target: usize,
) -> BTreeSet<usize> {
    let mut needed = BTreeSet::new();
    let mut open = vec![target];
    while let Some(index) = open.pop() {
        let Some(stage) = parse.stages.get(index).filter(|_| needed.insert(index)) else {
            continue;
        };
        open.extend(bases.get(index).and_then(|(above, _)| *above));
        for instruction in parse.body(stage) {
            match &instruction.kind {
                Kind::Copy(copy) => {
                    open.extend(copy.from.as_deref().and_then(|from| stage_called(parse, from)))
                }
                Kind::Run(run) => {
                    let fields = run.mounts.iter().flat_map(|mount| mount.split(','));
                    let sources = fields.filter_map(|field| field.strip_prefix("from="));
                    open.extend(sources.filter_map(|from| stage_called(parse, from)));
                }
                _ => {}
            }
        }
    }
    needed
}

fn stage_called(parse: &Parse, name: &str) -> Option<usize> {
    if let Ok(index) = name.parse() {
        return Some(index);
    }
    let lower = name.to_lowercase();
    parse
        .stages
        .iter()
        .rfind(|stage| stage.name.as_deref() == Some(&lower))
        .map(|stage| stage.index)
}

/// Where `$name` or `${name` stands within `span`: the name alone. The whole span where it stands nowhere.
pub(super) fn variable_span(text: &str, span: Span, name: &str) -> Span {
    let source = span.of(text);
    for (at, _) in source.match_indices('$') {
        let start = at + 1 + usize::from(source[at + 1..].starts_with('{'));
        let rest = &source[start..];
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if rest.strip_prefix(name).is_some_and(ends) {
            return Span::new(span.start + start, span.start + start + name.len());
        }
    }
    span
}
