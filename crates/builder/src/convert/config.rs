//! What each instruction does to a stage (`dispatch` in `dockerfile2llb/convert.go`).

use dockerfile::{ArgDef, Environment as _, Kind, expose_ports};
use image::Healthcheck;
use vfs::AbsPath;

use super::Converter;
use super::command::with_shell;
use super::names::{prefix, shown};
use super::stages::{StageCommand, StageId};
use super::state::StageState;
use crate::graph::{Action, Op, Vertex};

impl Converter<'_> {
    /// Applies an instruction.
    ///
    /// # Errors
    /// A sentence in BuildKit's words.
    pub(super) fn instruction(
        &mut self,
        id: StageId,
        state: &mut StageState,
        command: &StageCommand,
    ) -> Result<(), String> {
        for source in &command.sources {
            let source = &mut self.stages.all[*source];
            // An image that only `--from` names is fetched for the first instruction that does.
            if let (None, Some(vertex)) = (source.from_step, source.image_vertex) {
                source.from_step = Some(command.step);
                self.out.graph.set_step(vertex, command.step);
            }
        }
        // The value of an ARG that is given from outside is not even read.
        if let Kind::Arg(defs) = &command.instruction.kind {
            return self.arg(state, defs);
        }
        let lexer = self.lexer.clone();
        let kind = command.instruction.kind.expanded(&mut |text| state.expand(&lexer, text))?;
        match kind {
            Kind::Run(run) => self.run_command(id, state, command, &run)?,
            Kind::Copy(copy) => self.copy(id, state, command, copy)?,
            Kind::Add(add) => self.add_files(id, state, command, add)?,
            Kind::Workdir(path) => self.workdir(id, state, command, &path),
            Kind::Env(pairs) => {
                state.set_env(pairs.into_iter().map(|pair| (pair.key, pair.value)).collect());
            }
            Kind::Label(pairs) => {
                state.set_labels(pairs.into_iter().map(|pair| (pair.key, pair.value)).collect());
            }
            Kind::Cmd(line) => {
                let args = with_shell(line.args, line.shell, &state.shell());
                state.set_cmd(args);
            }
            Kind::Entrypoint(line) => {
                let args = with_shell(line.args, line.shell, &state.shell());
                state.set_entrypoint(args);
            }
            Kind::User(user) => state.set_user(user),
            Kind::Expose(specs) => {
                let mut words = Vec::new();
                for spec in specs {
                    let expanded = lexer.words(&spec, &state.env);
                    words.extend(expanded.map_err(|error| error.to_string())?);
                }
                state.expose(expose_ports(&words).map_err(|error| error.to_string())?);
            }
            Kind::Volume(paths) => {
                if paths.iter().any(String::is_empty) {
                    return Err("VOLUME specified can not be an empty string".to_owned());
                }
                state.add_volumes(paths);
            }
            Kind::Stopsignal(signal) => {
                check_signal(&signal)?;
                state.set_stop_signal(signal);
            }
            Kind::Shell(shell) => state.set_shell(shell),
            Kind::Healthcheck(check) => state.set_healthcheck(Healthcheck {
                test: check.test,
                interval: check.interval.0,
                timeout: check.timeout.0,
                start_period: check.start_period.0,
                start_interval: check.start_interval.0,
                retries: i64::from(check.retries),
            }),
            Kind::Onbuild(trigger) => state.add_trigger(trigger.expression),
            Kind::Maintainer(author) => state.set_author(&author),
            Kind::Arg(_) | Kind::From(_) | Kind::Invalid => {
                return Err(format!("unexpected instruction: {}", command.instruction.text()));
            }
        }
        Ok(())
    }

    fn arg(&self, state: &mut StageState, defs: &[ArgDef]) -> Result<(), String> {
        let mut declared = Vec::new();
        // Each value may refer to those before it in the same instruction.
        let mut seen = state.clone();
        for def in defs {
            let value = match (self.build_args.get(&def.key), &def.value) {
                (Some(given), _) => Some(given.clone()),
                (None, Some(default)) => Some(seen.expand(&self.lexer, default)?),
                (None, None) => self.globals.get(&def.key).map(str::to_owned),
            };
            if let Some(value) = &value {
                seen.env.set(&def.key, value);
            }
            declared.push((def.key.clone(), value));
        }
        state.declare_args(declared);
        Ok(())
    }

    fn workdir(&mut self, id: StageId, state: &mut StageState, command: &StageCommand, path: &str) {
        let path = AbsPath::new(state.cwd()).join(path);
        state.config.config.working_dir = path.to_string();
        let history = format!("WORKDIR {path}");
        if path.is_root() {
            state.record(&history, true);
            return;
        }
        let user = Some(state.config.config.user.clone()).filter(|user| !user.is_empty());
        let action = Action::Mkdir { path, mode: 0o755, owner: user, created: self.out.epoch };
        let text = shown(&self.lexer, command.instruction.text(), &state.env);
        let name = prefix(&mut self.stages.all[id], &text);
        let op = Op::File { base: state.at, actions: vec![action] };
        // WORKDIR is not among what --no-cache runs again.
        self.put(state, command, Vertex { op, name, ignore_cache: false, ..vertex_of(command) });
        state.record(&history, false);
    }

    /// Adds the vertex of an instruction, on whose filesystem the stage goes on.
    pub(super) fn put(&mut self, state: &mut StageState, command: &StageCommand, vertex: Vertex) {
        let step = &mut self.out.steps[command.step];
        step.vertex.get_or_insert_with(|| vertex.name.clone());
        state.at = Some(self.add(vertex));
    }
}

/// A vertex with the place of the instruction; operation and name are to be filled in.
pub(super) fn vertex_of(command: &StageCommand) -> Vertex {
    Vertex {
        op: Op::Local { name: String::new() },
        name: String::new(),
        lines: Some(command.lines),
        step: command.step,
        ignore_cache: false,
    }
}

/// Whether a signal is one: a number, or a name with or without `SIG` (moby/sys/signal
/// `ParseSignal`).
pub(crate) fn check_signal(text: &str) -> Result<(), String> {
    const NAMES: [&str; 37] = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
        "RTMIN", "RTMAX", "RTMIN+1",
    ];
    let known = match text.parse::<i64>() {
        Ok(0) => false,
        Ok(_) => true,
        Err(_) => {
            let upper = text.to_uppercase();
            let name = upper.strip_prefix("SIG").unwrap_or(&upper);
            let real_time = |prefix: &str, range: std::ops::RangeInclusive<u32>| {
                name.strip_prefix(prefix)
                    .and_then(|number| number.parse().ok())
                    .is_some_and(|number| range.contains(&number))
            };
            NAMES.contains(&name) || real_time("RTMIN+", 1..=15) || real_time("RTMAX-", 1..=14)
        }
    };
    if known { Ok(()) } else { Err(format!("invalid signal: {text}")) }
}
