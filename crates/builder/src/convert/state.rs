//! A stage while its instructions are read: filesystem, configuration, variables.

use dockerfile::{EnvList, Environment, HealthDuration, Lexer, quote_list};
use image::{Config, Healthcheck, History};
use vfs::AbsPath;

use crate::graph::Input;

/// The `PATH` of an image that sets none (`util/system/path.go`).
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Build arguments that are never variables of a step (`nonEnvArgs` in `dockerfile2llb/convert.go`).
const NOT_IN_ENVIRONMENT: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// The comment of every history entry (`dockerfile2llb/convert.go`).
const HISTORY_COMMENT: &str = "buildkit.dockerfile.v0";

/// What the instructions of a stage have made so far, before anything has run.
#[derive(Clone, Debug, Default)]
pub(crate) struct StageState {
    /// The filesystem.
    pub at: Input,
    /// The configuration. Entries that this build adds to the history have no time yet.
    pub config: Config,
    /// For each entry that this build adds to the history, the filesystem at its time.
    pub recorded: Vec<Input>,
    /// Variables: of `ENV`, and build arguments with a value; the latest holds.
    pub env: EnvList,
    /// Declared build arguments in the order of declaration, those without a value too.
    pub args: Vec<(String, Option<String>)>,
    /// `CMD` was given in this stage, so an `ENTRYPOINT` leaves it alone.
    cmd_set: bool,
}

impl StageState {
    /// A stage on an image, or on nothing.
    pub fn on_image(at: Input, config: Config) -> Self {
        Self { at, config, ..Self::default() }
    }

    /// A stage on an earlier one.
    pub fn on_stage(base: &Self) -> Self {
        let mut state = Self { cmd_set: false, ..base.clone() };
        state.config.config.on_build.clear();
        state
    }

    /// Begins with the environment of the base, which always has a `PATH`.
    pub fn begin(&mut self) {
        let config = &mut self.config.config;
        if EnvList::from_entries(&config.env).get("PATH").is_none() {
            config.env.push(format!("PATH={DEFAULT_PATH}"));
        }
        for (name, value) in EnvList::from_entries(&config.env).iter() {
            self.env.set(name, value);
        }
        if !config.working_dir.is_empty() {
            config.working_dir = AbsPath::new(&config.working_dir).to_string();
        }
    }

    /// Build arguments as `RUN |2 a=1 b=2 …` lists them in the history: each once, with its latest
    /// value (`runCommandString` in `dockerfile2llb/convert.go`).
    pub fn run_arguments(&self) -> Vec<String> {
        let mut out = EnvList::default();
        for (name, value) in &self.args {
            let value = self.env.get(name).or(value.as_deref()).unwrap_or_default();
            out.set(name, value);
        }
        out.to_entries()
    }

    /// Expands one word.
    pub fn expand(&self, lexer: &Lexer, text: &str) -> Result<String, String> {
        lexer.word(text, &self.env).map_err(|error| error.to_string())
    }

    /// The words that go before a shell form.
    pub fn shell(&self) -> Vec<String> {
        if self.config.config.shell.is_empty() {
            vec!["/bin/sh".into(), "-c".into()]
        } else {
            self.config.config.shell.clone()
        }
    }

    /// The working directory of commands.
    pub fn cwd(&self) -> &str {
        match self.config.config.working_dir.as_str() {
            "" => "/",
            dir => dir,
        }
    }

    /// `ENV`
    pub fn set_env(&mut self, pairs: Vec<(String, String)>) {
        self.record(&format!("ENV {}", joined(&pairs)), true);
        let mut own = EnvList::from_entries(&self.config.config.env);
        for (name, value) in pairs {
            self.env.set(&name, &value);
            own.set(name, value);
        }
        self.config.config.env = own.to_entries();
    }

    /// `LABEL`
    pub fn set_labels(&mut self, pairs: Vec<(String, String)>) {
        self.record(&format!("LABEL {}", joined(&pairs)), true);
        self.config.config.labels.extend(pairs);
    }

    /// `ARG`, with the value that holds from here on.
    pub fn declare_args(&mut self, defs: Vec<(String, Option<String>)>) {
        let text: Vec<_> = defs
            .iter()
            .map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => name.clone(),
            })
            .collect();
        self.record(&format!("ARG {}", text.join(" ")), true);
        for (name, value) in &defs {
            if let Some(value) = value
                && !NOT_IN_ENVIRONMENT.contains(&name.as_str())
            {
                self.env.set(name, value);
            }
        }
        self.args.extend(defs);
    }

    /// `CMD`, in exec form.
    pub fn set_cmd(&mut self, args: Vec<String>) {
        self.record(&format!("CMD {}", quote_list(&args)), true);
        self.config.config.cmd = Some(args);
        self.config.config.args_escaped = true;
        self.cmd_set = true;
    }

    /// `ENTRYPOINT`, in exec form. It resets a `CMD` of the base.
    pub fn set_entrypoint(&mut self, args: Vec<String>) {
        self.record(&format!("ENTRYPOINT {}", quote_list(&args)), true);
        self.config.config.entrypoint = Some(args);
        if !self.cmd_set {
            self.config.config.cmd = None;
        }
    }

    /// `USER`
    pub fn set_user(&mut self, user: String) {
        self.record(&format!("USER {user}"), true);
        self.config.config.user = user;
    }

    /// `EXPOSE`, ports with their protocols.
    pub fn expose(&mut self, ports: Vec<String>) {
        self.record(&format!("EXPOSE [{}]", ports.join(" ")), true);
        self.config.config.exposed_ports.extend(ports);
    }

    /// `VOLUME`
    pub fn add_volumes(&mut self, paths: Vec<String>) {
        self.record(&format!("VOLUME [{}]", paths.join(" ")), true);
        self.config.config.volumes.extend(paths);
    }

    /// `STOPSIGNAL`
    pub fn set_stop_signal(&mut self, signal: String) {
        self.record(&format!("STOPSIGNAL {signal}"), true);
        self.config.config.stop_signal = signal;
    }

    /// `SHELL`
    pub fn set_shell(&mut self, shell: Vec<String>) {
        self.record(&format!("SHELL [{}]", shell.join(" ")), true);
        self.config.config.shell = shell;
    }

    /// `HEALTHCHECK`
    pub fn set_healthcheck(&mut self, check: Healthcheck) {
        self.record(&format!("HEALTHCHECK {}", health_text(&check)), true);
        self.config.config.healthcheck = Some(check);
    }

    /// `ONBUILD`
    pub fn add_trigger(&mut self, expression: String) {
        self.config.config.on_build.push(expression);
    }

    /// `MAINTAINER`
    pub fn set_author(&mut self, author: &str) {
        self.record(&format!("MAINTAINER {author}"), true);
        self.config.author = author.to_owned();
    }

    /// Adds a history entry of the filesystem as it is now.
    pub fn record(&mut self, created_by: &str, empty_layer: bool) {
        self.recorded.push(self.at);
        self.config.history.push(History {
            created: None,
            created_by: created_by.to_owned(),
            author: String::new(),
            comment: HISTORY_COMMENT.to_owned(),
            empty_layer,
        });
    }
}

/// A health check as Go's `%+v` prints it.
fn health_text(check: &Healthcheck) -> String {
    let duration = |nanos: i64| HealthDuration(nanos).to_string();
    format!(
        "{{Test:[{}] Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{}}}",
        check.test.join(" "),
        duration(check.interval),
        duration(check.timeout),
        duration(check.start_period),
        duration(check.start_interval),
        check.retries
    )
}

fn joined(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}
