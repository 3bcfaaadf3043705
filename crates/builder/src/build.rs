//! The build: instruction after instruction of the stages that the target needs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use dockerfile::{
    AddArgs, CopyArgs, EnvList, Instruction, Kind, Lexer, Parse, RunArgs, parse, quote,
};
use image::{Config, Digest, Healthcheck, ImageId};
use vfs::{AbsPath, Timestamp, Tree};

use crate::copy::make_dirs;
use crate::miss::{Files, Key, KeyInputs, StepRecord, explain};
use crate::plan::{Base, Plan, find_stage, plan};
use crate::run::{command_args, history_text, with_shell};
use crate::stage::StageState;
use crate::step::steps_of;
use crate::transfer::{Surroundings, prepare};
use crate::{
    BaseImage, Cache, Command, Executor, Failure, Images, LayerSummary, Miss, Output, PlanError,
    RunError, Step, StepResult, StepState,
};

/// What to build.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The Dockerfile.
    pub text: &'a str,
    /// The build context, without what `.dockerignore` keeps out.
    pub context: &'a Tree,
    /// Name or number of the stage to build; the last one if none.
    pub target: Option<&'a str>,
    /// `--build-arg`.
    pub build_args: BTreeMap<String, String>,
    /// Runs every step.
    pub no_cache: bool,
    /// The virtual time at which the build starts.
    pub start: Timestamp,
}

/// News of a build.
#[derive(Clone, Debug)]
pub enum Event {
    /// The file was read; no step has begun.
    Started {
        /// Every instruction.
        steps: Vec<Step>,
    },
    /// A step has come further.
    Step {
        /// Its index.
        step: usize,
        /// How far.
        state: StepState,
        /// What it made, once it has made a layer.
        result: Option<Arc<StepResult>>,
    },
}

/// A build that came to its end.
#[derive(Clone, Debug)]
pub struct Build {
    /// The text as it was read.
    pub parse: Parse,
    /// Every instruction.
    pub steps: Vec<Step>,
    /// What came of each, by the same index.
    pub outcomes: Vec<StepOutcome>,
    /// The image; none if a step failed.
    pub image: Option<BaseImage>,
    /// The step that failed.
    pub failed: Option<usize>,
}

/// What came of a step.
#[derive(Clone, Debug)]
pub struct StepOutcome {
    /// How it ended.
    pub state: StepState,
    /// What it made, if it makes a layer and did.
    pub result: Option<Arc<StepResult>>,
    /// The image that would end with it; none if it was not reached.
    pub config: Option<Config>,
}

impl StepOutcome {
    /// The id of the image that would end with it.
    #[must_use]
    pub fn image_id(&self) -> Option<ImageId> {
        self.config.as_ref().map(Config::id)
    }
}

/// Why nothing was built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The text is wrong; all diagnostics are in the parse.
    #[error("{message}")]
    Parse {
        /// The message of the first error.
        message: String,
        /// The lines it is about.
        lines: Option<(usize, usize)>,
    },
    /// It is not clear what to build.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A program's module has to be fetched first; the build can be tried again then.
    #[error("program module {0} is not loaded yet")]
    NotLoaded(String),
}

/// Builds.
///
/// `micros` is the real clock, for the times that are shown; nothing that is built depends on it.
///
/// # Errors
/// [`BuildError`]. A step that fails is a [`Build`] without an image.
pub fn build(
    request: &Request<'_>,
    outside: &mut Outside<'_>,
    cache: &mut Cache,
    on_event: &mut dyn FnMut(Event),
) -> Result<Build, BuildError> {
    let parse = parse(request.text);
    if let Some(error) = parse.first_error() {
        on_event(Event::Started { steps: steps_of(&parse, &[]) });
        let lines = error.lines.map(|lines| (lines.start, lines.end));
        return Err(BuildError::Parse { message: error.to_string(), lines });
    }
    let plan = match plan(&parse, request.target, &request.build_args, &platform_args()) {
        Ok(plan) => plan,
        Err(error) => {
            on_event(Event::Started { steps: steps_of(&parse, &[]) });
            return Err(error.into());
        }
    };
    let steps = steps_of(&parse, &plan.needed);
    on_event(Event::Started { steps: steps.clone() });
    let outcomes = steps
        .iter()
        .map(|_| StepOutcome { state: StepState::NotReached, result: None, config: None })
        .collect();
    let lexer = Lexer::new(parse.escape);
    let before = std::mem::take(&mut cache.last);
    let unfinished = std::mem::take(&mut cache.unfinished);
    let mut run = Run {
        request,
        parse: &parse,
        plan: &plan,
        lexer,
        outside,
        cache,
        on_event,
        before,
        unfinished,
        ran: HashMap::new(),
        records: Vec::new(),
        outcomes,
        stages: vec![None; parse.stages.len()],
    };
    let end = run.all();
    if !matches!(end, Err(End::NotLoaded(_))) {
        run.tell_not_reached();
    }
    let Run { before, ran, records, outcomes, mut stages, cache, .. } = run;
    if matches!(end, Err(End::NotLoaded(_))) {
        cache.unfinished = ran;
    }
    // A build that broke off explains less than the one before it: keep what it did not reach.
    let reached = records.len();
    cache.last = records;
    cache.last.extend(before.into_iter().skip(reached).filter(|_| end.is_err()));
    match end {
        Ok(()) => {
            let image = stages.get_mut(plan.target).and_then(Option::take).map(|state| BaseImage {
                config: state.image_config(),
                tree: state.tree,
                layers: state.layers,
            });
            Ok(Build { parse, steps, outcomes, image, failed: None })
        }
        Err(End::Failed(step)) => {
            Ok(Build { parse, steps, outcomes, image: None, failed: Some(step) })
        }
        Err(End::NotLoaded(module)) => Err(BuildError::NotLoaded(module)),
    }
}

/// What a build needs of the outside.
pub struct Outside<'a> {
    /// Runs commands.
    pub executor: &'a mut dyn Executor,
    /// Finds base images.
    pub images: &'a mut dyn Images,
    /// The real clock in microseconds, for the times that are shown; nothing that is built depends
    /// on it.
    pub micros: &'a dyn Fn() -> u64,
}

/// Why a build breaks off.
enum End {
    /// This step failed.
    Failed(usize),
    /// A module is missing.
    NotLoaded(String),
}

/// A failure that is not yet known to belong to a step.
enum Fault {
    /// A message, and for a command its exit code and output.
    Failed { message: String, exit_code: Option<i32>, output: Output },
    /// A module is missing.
    NotLoaded(String),
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self::Failed { message, exit_code: None, output: Output::default() }
    }
}

/// A build under way.
struct Run<'a, 'b> {
    request: &'a Request<'a>,
    parse: &'a Parse,
    plan: &'a Plan,
    lexer: Lexer,
    outside: &'a mut Outside<'b>,
    cache: &'a mut Cache,
    on_event: &'a mut dyn FnMut(Event),
    /// The layer-making steps of the last build.
    before: Vec<StepRecord>,
    /// What ran before a missing module broke the build off, by key.
    unfinished: HashMap<Key, StepState>,
    /// What ran in this build, by key.
    ran: HashMap<Key, StepState>,
    /// The layer-making steps of this build.
    records: Vec<StepRecord>,
    outcomes: Vec<StepOutcome>,
    stages: Vec<Option<StageState>>,
}

impl Run<'_, '_> {
    fn all(&mut self) -> Result<(), End> {
        let parse = self.parse;
        let first_from = parse.stages.first().map_or(0, |stage| stage.from);
        for step in 0..first_from {
            self.set(step, StepState::Applied);
        }
        let needed = parse.stages.iter().filter(|stage| self.plan.needed[stage.index]);
        for stage in needed {
            let mut state = self.guard(stage.from, |run| run.from(stage.index, stage.from))?;
            self.outcomes[stage.from].config = Some(state.image_config());
            for step in stage.body.clone() {
                state = self.guard(step, |run| {
                    run.instruction(&mut state, step, &parse.instructions[step])?;
                    Ok(state)
                })?;
                self.outcomes[step].config = Some(state.image_config());
            }
            self.stages[stage.index] = Some(state);
        }
        Ok(())
    }

    /// Runs a step and turns what goes wrong into its state.
    fn guard<T>(
        &mut self,
        step: usize,
        work: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, End> {
        let begun = (self.outside.micros)();
        work(self).map_err(|fault| match fault {
            Fault::NotLoaded(module) => End::NotLoaded(module),
            Fault::Failed { message, exit_code, output } => {
                let micros = (self.outside.micros)().saturating_sub(begun);
                self.set(step, StepState::Failed(Failure { exit_code, message, output, micros }));
                End::Failed(step)
            }
        })
    }

    fn set(&mut self, step: usize, state: StepState) {
        let outcome = &mut self.outcomes[step];
        outcome.state = state.clone();
        (self.on_event)(Event::Step { step, state, result: outcome.result.clone() });
    }

    /// Reports the steps that nothing was done for.
    fn tell_not_reached(&mut self) {
        for (step, outcome) in self.outcomes.iter().enumerate() {
            if matches!(outcome.state, StepState::NotReached) {
                let state = StepState::NotReached;
                (self.on_event)(Event::Step { step, state, result: None });
            }
        }
    }

    /// `FROM`
    fn from(&mut self, stage: usize, step: usize) -> Result<StageState, Fault> {
        let start = self.request.start;
        let state = match &self.plan.bases[stage] {
            Base::Stage(base) => {
                let base =
                    self.stages[*base].as_ref().ok_or("the base stage was not built".to_owned())?;
                if let Some(trigger) = base.config.config.on_build.first() {
                    return Err(no_triggers(trigger).into());
                }
                StageState::on_stage(base)
            }
            Base::Scratch => {
                let config = Config {
                    architecture: "amd64".into(),
                    os: "linux".into(),
                    config: image::ContainerConfig {
                        working_dir: "/".into(),
                        ..Default::default()
                    },
                    ..Config::default()
                };
                let base = BaseImage { tree: Tree::new(), config, layers: Vec::new() };
                StageState::on_image(base, Key(Digest::of("scratch")), start)
            }
            Base::Image(reference) => {
                let base = self.outside.images.find(reference)?;
                if let Some(trigger) = base.config.config.on_build.first() {
                    return Err(no_triggers(trigger).into());
                }
                let key = Key(base.config.id().0);
                StageState::on_image(base, key, start)
            }
        };
        let modelled = matches!(self.plan.bases[stage], Base::Image(_));
        let layer = LayerSummary {
            diff_id: state.layers.last().map(|layer| layer.diff_id),
            bytes: state.layers.iter().map(|layer| layer.bytes).sum(),
            layers: state.layers.len(),
            changed: [0; 3],
            hidden_bytes: 0,
            modelled,
        };
        self.set(step, StepState::Cached { layer });
        Ok(state)
    }

    fn instruction(
        &mut self,
        state: &mut StageState,
        step: usize,
        instruction: &Instruction,
    ) -> Result<(), Fault> {
        let lexer = self.lexer.clone();
        let kind = instruction.kind.expanded(&mut |text| state.expand(&lexer, text))?;
        match kind {
            Kind::Run(run) => return self.run(state, step, &run),
            Kind::Copy(copy) => return self.copy(state, step, &copy),
            Kind::Add(add) => return self.add(state, step, &add),
            Kind::Workdir(path) => return self.workdir(state, step, &path),
            Kind::Arg(defs) => {
                let defs = defs.into_iter().map(|def| {
                    let given = self.request.build_args.get(&def.key).cloned();
                    let global = || {
                        dockerfile::Environment::get(&self.plan.global_args, &def.key)
                            .map(str::to_owned)
                    };
                    let value = given.or_else(|| def.value.clone()).or_else(global);
                    (def.key, value)
                });
                state.declare_args(defs.collect());
            }
            Kind::Env(pairs) => {
                state.set_env(pairs.into_iter().map(|p| (p.key, p.value)).collect())
            }
            Kind::Label(pairs) => {
                state.set_labels(pairs.into_iter().map(|p| (p.key, p.value)).collect());
            }
            Kind::Cmd(command) => {
                let args = with_shell(command.args, command.shell, &state.shell());
                state.set_cmd(args);
            }
            Kind::Entrypoint(command) => {
                let args = with_shell(command.args, command.shell, &state.shell());
                state.set_entrypoint(args);
            }
            Kind::User(user) => state.set_user(user),
            Kind::Expose(specs) => state.expose(exposed_ports(state, &lexer, &specs)?),
            Kind::Volume(paths) => state.add_volumes(paths),
            Kind::Stopsignal(signal) => state.set_stop_signal(signal),
            Kind::Shell(shell) => state.set_shell(shell),
            Kind::Healthcheck(check) => {
                let check = Healthcheck {
                    test: check.test,
                    interval: check.interval.0,
                    timeout: check.timeout.0,
                    start_period: check.start_period.0,
                    start_interval: check.start_interval.0,
                    retries: i64::from(check.retries),
                };
                state.set_healthcheck(check, instruction.text());
            }
            Kind::Onbuild(trigger) => state.add_trigger(trigger.expression),
            Kind::Maintainer(author) => state.set_author(&author),
            Kind::From(_) | Kind::Invalid => {
                return Err(format!("unexpected instruction: {}", instruction.text()).into());
            }
        }
        self.set(step, StepState::Applied);
        Ok(())
    }

    fn run(&mut self, state: &mut StageState, step: usize, run: &RunArgs) -> Result<(), Fault> {
        if let Some(flag) = run.flags_used.iter().find(|flag| *flag != "network") {
            return Err(format!(
                "not supported here yet: RUN --{flag}, because mounts, devices and security modes \
                 come with a later version; remove the flag"
            )
            .into());
        }
        let args = command_args(&run.command, &state.shell())?;
        let env = state.command_env();
        let inputs = KeyInputs {
            parent: state.key,
            operation: format!("RUN {} network={:?}", args.join("\0"), run.network),
            env: env.clone(),
            cwd: state.cwd().to_owned(),
            user: state.config.config.user.clone(),
            content: None,
        };
        let history = history_text(&args, &state.run_arguments());
        self.layer(state, step, inputs, Files::new(), &history, |run, state, time| {
            let command = Command {
                root: &state.tree,
                args: &args,
                env: &env,
                cwd: state.cwd(),
                user: &state.config.config.user,
                time,
            };
            let ran = run.outside.executor.run(&command).map_err(|error| match error {
                RunError::NotLoaded(module) => Fault::NotLoaded(module),
                RunError::Stopped { message, output } => Fault::Failed {
                    message: format!("process {} {message}", quote(&args.join(" "))),
                    exit_code: None,
                    output,
                },
            })?;
            if ran.exit_code != 0 {
                return Err(Fault::Failed {
                    message: format!(
                        "process {} did not complete successfully: exit code: {}",
                        quote(&args.join(" ")),
                        ran.exit_code
                    ),
                    exit_code: Some(ran.exit_code),
                    output: ran.output,
                });
            }
            Ok((ran.root, ran.output, ran.time))
        })
    }

    fn copy(&mut self, state: &mut StageState, step: usize, copy: &CopyArgs) -> Result<(), Fault> {
        if copy.parents || !copy.exclude.is_empty() {
            let flag = if copy.parents { "parents" } else { "exclude" };
            return Err(format!(
                "not supported here yet: COPY --{flag}, because it comes with a later version; name \
                 the files instead"
            )
            .into());
        }
        let source = match &copy.from {
            None => self.request.context.clone(),
            Some(name) => match find_stage(self.parse.stages.get(..).unwrap_or_default(), name) {
                Some(index) => self
                    .stages
                    .get(index)
                    .and_then(Option::as_ref)
                    .map(|stage| stage.tree.clone())
                    .ok_or_else(|| self.stage_not_built(name))?,
                None => self.outside.images.find(name)?.tree,
            },
        };
        self.transfer(state, step, "COPY", &copy.transfer, &source, [&copy.chown, &copy.chmod])
    }

    fn add(&mut self, state: &mut StageState, step: usize, add: &AddArgs) -> Result<(), Fault> {
        let remote = add.transfer.sources.iter().find(|source| {
            ["http://", "https://", "git@", "git://"]
                .iter()
                .any(|scheme| source.starts_with(scheme))
        });
        if let Some(url) = remote {
            return Err(format!(
                "not supported here yet: ADD {url}, because there is no network; put the file into \
                 the build context and COPY it"
            )
            .into());
        }
        let context = self.request.context.clone();
        for source in &add.transfer.sources {
            let archive = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst"];
            if add.unpack != Some(false) && archive.iter().any(|end| source.ends_with(end)) {
                return Err(format!(
                    "not supported here yet: unpacking {source}, because archives come with a later \
                     version; use COPY, or ADD --unpack=false"
                )
                .into());
            }
        }
        self.transfer(state, step, "ADD", &add.transfer, &context, [&add.chown, &add.chmod])
    }

    fn transfer(
        &mut self,
        state: &mut StageState,
        step: usize,
        keyword: &str,
        transfer: &dockerfile::Transfer,
        source: &Tree,
        [chown, chmod]: [&Option<String>; 2],
    ) -> Result<(), Fault> {
        let mut transfer = transfer.clone();
        let body_lexer = Lexer { skip_quotes: true, ..self.lexer.clone() };
        transfer.expand_inline(&mut |text| state.expand(&body_lexer, text))?;
        let around = Surroundings {
            from: source,
            to: &state.tree,
            cwd: state.cwd(),
            time: self.request.start,
        };
        let prepared = prepare(keyword, &transfer, chown.as_deref(), chmod.as_deref(), &around)?;
        let inputs = KeyInputs {
            parent: state.key,
            operation: prepared.operation.clone(),
            env: Vec::new(),
            cwd: String::new(),
            user: String::new(),
            content: Some(prepared.content),
        };
        let flags = [("--chown", chown), ("--chmod", chmod)];
        let flags =
            flags.iter().filter_map(|(flag, value)| Some(format!("{flag}={} ", value.as_ref()?)));
        let mut sources = transfer.sources.clone();
        sources.extend(transfer.inline.iter().map(|file| format!("<<{}", file.name)));
        let history = format!(
            "{keyword} {}{} {} # buildkit",
            flags.collect::<String>(),
            sources.join(" "),
            transfer.dest
        );
        self.layer(state, step, inputs, prepared.files.clone(), &history, |_, state, time| {
            let tree = prepared.run(state.tree.clone(), time)?;
            Ok((tree, Output::default(), time))
        })
    }

    fn workdir(&mut self, state: &mut StageState, step: usize, path: &str) -> Result<(), Fault> {
        let path = AbsPath::new(state.cwd()).join(path);
        state.config.config.working_dir = path.to_string();
        let history = format!("WORKDIR {path}");
        if path.is_root() {
            state.record(&history, true);
            self.set(step, StepState::Applied);
            return Ok(());
        }
        let user = state.config.config.user.clone();
        let inputs = KeyInputs {
            parent: state.key,
            operation: format!("WORKDIR {path} user={user}"),
            env: Vec::new(),
            cwd: String::new(),
            user: String::new(),
            content: None,
        };
        self.layer(state, step, inputs, Files::new(), &history, |_, state, time| {
            let owner = if user.is_empty() { (0, 0) } else { crate::owner_ids(&state.tree, &user) };
            let tree =
                make_dirs(state.tree.clone(), &path, owner, time).map_err(|e| e.to_string())?;
            Ok((tree, Output::default(), time))
        })
    }

    /// Takes a layer from the cache, or makes it.
    fn layer(
        &mut self,
        state: &mut StageState,
        step: usize,
        inputs: KeyInputs,
        files: Files,
        history: &str,
        make: impl FnOnce(&mut Self, &StageState, Timestamp) -> Result<(Tree, Output, Timestamp), Fault>,
    ) -> Result<(), Fault> {
        let key = inputs.key();
        let stage = self.parse.stages.iter().rposition(|stage| stage.from <= step).unwrap_or(0);
        let text = self.parse.instructions[step].text().to_owned();
        let record = StepRecord { stage, text, inputs, files };
        let cached = if self.request.no_cache { None } else { self.cache.get(key) };
        let result = match cached {
            Some(result) => {
                self.outcomes[step].result = Some(Arc::clone(&result));
                let cached = StepState::Cached { layer: result.summary.clone() };
                let state = match self.unfinished.remove(&key) {
                    Some(ran) => {
                        self.ran.insert(key, ran.clone());
                        ran
                    }
                    None => cached,
                };
                self.set(step, state);
                result
            }
            None => {
                self.set(step, StepState::Running);
                let begun = (self.outside.micros)();
                // Each step starts a second after what it builds on: its times depend on that alone,
                // never on whether something came from the cache.
                let time = Timestamp(state.time.0.saturating_add(1_000_000_000));
                let (tree, output, time) = make(self, state, time)?;
                let result = Arc::new(StepResult::new(state.tree.clone(), tree, output, time));
                self.cache.put(key, Arc::clone(&result));
                let miss = if self.request.no_cache {
                    Miss::NoCache
                } else {
                    let position = self.records.iter().filter(|old| old.stage == stage).count();
                    explain(&self.before, position, &record, state.missed)
                };
                let micros = (self.outside.micros)().saturating_sub(begun);
                self.outcomes[step].result = Some(Arc::clone(&result));
                let ran = StepState::Ran { layer: result.summary.clone(), micros, miss };
                self.ran.insert(key, ran.clone());
                self.set(step, ran);
                state.missed = state.missed.or(Some(step));
                result
            }
        };
        self.records.push(record);
        state.key = key;
        state.tree = result.tree.clone();
        state.time = result.time;
        state.layers.push(result.layer.clone());
        state.record(history, false);
        Ok(())
    }

    fn stage_not_built(&self, name: &str) -> String {
        format!(
            "cannot copy from stage {name:?}, it needs to be defined before the stage that copies from it"
        )
    }
}

fn no_triggers(trigger: &str) -> String {
    format!(
        "not supported here yet: the ONBUILD trigger {trigger:?} of the base, because triggers come \
         with a later version; write the instruction out instead"
    )
}

/// The words of `EXPOSE` after expansion, each with its protocol.
fn exposed_ports(
    state: &StageState,
    lexer: &Lexer,
    specs: &[String],
) -> Result<Vec<String>, Fault> {
    let variables = state.variables();
    let mut ports = Vec::new();
    for spec in specs {
        for word in lexer.words(spec, &variables).map_err(|error| error.to_string())? {
            let (range, protocol) = word.split_once('/').unwrap_or((&word, "tcp"));
            let bounds = range.split_once('-').unwrap_or((range, range));
            let (Ok(first), Ok(last)) = (bounds.0.parse::<u16>(), bounds.1.parse::<u16>()) else {
                return Err(format!("invalid containerPort: {word}").into());
            };
            if last < first {
                return Err(format!("invalid range specified for port: {word}").into());
            }
            ports.extend((first..=last).map(|port| format!("{port}/{}", protocol.to_lowercase())));
        }
    }
    Ok(ports)
}

/// The build arguments that exist without being given; they must still be declared.
fn platform_args() -> EnvList {
    let mut args = EnvList::default();
    for side in ["BUILD", "TARGET"] {
        args.set(format!("{side}PLATFORM"), "linux/amd64");
        args.set(format!("{side}OS"), "linux");
        args.set(format!("{side}ARCH"), "amd64");
        args.set(format!("{side}VARIANT"), "");
    }
    args
}
