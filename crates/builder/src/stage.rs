//! A stage while it is built: filesystem, configuration, variables.

use dockerfile::{EnvList, Environment, Lexer, quote_list};
use image::{Config, Healthcheck, History};
use vfs::{Timestamp, Tree};

use crate::miss::Key;
use crate::{BaseImage, LayerInfo};

/// The `PATH` of an image that sets none (`util/system/path.go`).
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The comment of every history entry (`dockerfile2llb/convert.go`).
const HISTORY_COMMENT: &str = "buildkit.dockerfile.v0";

/// What the instructions of a stage have made so far.
#[derive(Clone, Debug)]
pub(crate) struct StageState {
    pub tree: Tree,
    /// How `tree` was made.
    pub key: Key,
    /// The step, among all, that made `tree` differ from what the cache had, if one did.
    pub missed: Option<usize>,
    /// The virtual time at which `tree` was ready.
    pub time: Timestamp,
    pub layers: Vec<LayerInfo>,
    pub config: Config,
    pub env: EnvList,
    /// Declared build arguments in the order of declaration, those without a value too.
    pub args: Vec<(String, Option<String>)>,
    /// `CMD` was given in this stage, so an `ENTRYPOINT` leaves it alone.
    cmd_set: bool,
}

impl StageState {
    /// A stage on an image.
    pub fn on_image(base: BaseImage, key: Key, start: Timestamp) -> Self {
        let mut env = EnvList::from_entries(&base.config.config.env);
        if env.get("PATH").is_none() {
            env.set("PATH", DEFAULT_PATH);
        }
        let mut config = base.config;
        config.config.on_build.clear();
        let time = config.created.map_or(start, |created| created.max(start));
        Self {
            tree: base.tree,
            key,
            missed: None,
            time,
            layers: base.layers,
            config,
            env,
            args: Vec::new(),
            cmd_set: false,
        }
    }

    /// A stage on an earlier one, which keeps its variables to itself.
    pub fn on_stage(base: &Self) -> Self {
        let mut config = base.config.clone();
        config.config.on_build.clear();
        Self { config, args: Vec::new(), cmd_set: false, ..base.clone() }
    }

    /// What `$NAME` means here: build arguments, overridden by `ENV`.
    pub fn variables(&self) -> EnvList {
        let mut out = EnvList::default();
        for (name, value) in &self.args {
            if let Some(value) = value {
                out.set(name, value);
            }
        }
        for (name, value) in self.env.iter() {
            out.set(name, value);
        }
        out
    }

    /// The environment of a command: `ENV`, then build arguments that no `ENV` overrides.
    pub fn command_env(&self) -> Vec<String> {
        let mut out = self.env.clone();
        for (name, value) in &self.args {
            if let (Some(value), None) = (value, self.env.get(name)) {
                out.set(name, value);
            }
        }
        out.to_entries()
    }

    /// Build arguments as `RUN |2 a=1 b=2 …` lists them in the history: each once, with its value.
    pub fn run_arguments(&self) -> Vec<String> {
        let mut out = EnvList::default();
        for (name, value) in &self.args {
            if let Some(value) = value {
                out.set(name, value);
            }
        }
        out.to_entries()
    }

    /// Expands one word.
    pub fn expand(&self, lexer: &Lexer, text: &str) -> Result<String, String> {
        lexer.word(text, &self.variables()).map_err(|error| error.to_string())
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
        for (name, value) in pairs {
            self.env.set(name, value);
        }
        self.config.config.env = self.env.to_entries();
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
        self.args.extend(defs);
    }

    /// `CMD`, in exec form.
    pub fn set_cmd(&mut self, args: Vec<String>) {
        self.record(&format!("CMD {}", quote_list(&args)), true);
        self.config.config.cmd = Some(args);
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
    pub fn expose(&mut self, mut ports: Vec<String>) {
        ports.sort();
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
    pub fn set_healthcheck(&mut self, check: Healthcheck, text: &str) {
        self.record(text, true);
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

    /// Adds a history entry dated by the filesystem's time.
    pub fn record(&mut self, created_by: &str, empty_layer: bool) {
        self.config.history.push(History {
            created: Some(self.time),
            created_by: created_by.to_owned(),
            author: String::new(),
            comment: HISTORY_COMMENT.to_owned(),
            empty_layer,
        });
    }

    /// The configuration of the image that ends here.
    pub fn image_config(&self) -> Config {
        let mut config = self.config.clone();
        config.created = Some(self.time);
        config.config.env = self.env.to_entries();
        config.rootfs.diff_ids = self.layers.iter().map(|layer| layer.diff_id).collect();
        config
    }
}

fn joined(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}
