//! What each instruction does (`dispatchers.go`).

use dockerfile::{
    AddArgs, ArgDef, CopyArgs, EnvList, HealthDuration, Instruction, Kind, RunArgs, Transfer,
    expose_ports, quote_list,
};
use image::{ContainerConfig, Healthcheck};
use vfs::{AbsPath, Content, Fs, Limits, NodeId, ResolveFlags, SetTime, Tree};

use super::{Builder, Error, Event, FailedContainer, Made, sources};
use crate::convert::{check_signal, with_shell};
use crate::files::{CopyOptions, Filter, copy, is_archive, make_dirs, put_file, unpack};
use crate::{Command, Mount, Output, RunError};

const ADVICE: &str = "requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to \
                      build images with BuildKit enabled";

impl Builder<'_, '_> {
    /// `ARG` before the first `FROM`.
    pub(super) fn meta_args(&mut self, defs: &[ArgDef]) -> Result<(), Error> {
        for def in defs {
            let env = self.args.meta();
            let default = def.value.as_ref().map(|text| self.lexer.word(text, &env));
            let default = default.transpose().map_err(Error::failed)?;
            self.args.declare_meta(&def.key, default);
        }
        Ok(())
    }

    /// `--label`, which stands at the end of the last stage.
    pub(super) fn add_labels(&mut self) -> Result<(), Error> {
        let labels = self.request.labels.clone();
        let text: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.announce_text(format!("LABEL {}", text.join(" ")));
        self.stage.config.config.labels.extend(labels);
        self.config_step(format!("LABEL {}", text.join(" ")))?;
        self.tell(Event::Image(self.stage.image));
        Ok(())
    }

    /// Carries out an instruction.
    pub(super) fn instruction(&mut self, instruction: &Instruction) -> Result<(), Error> {
        let config = &self.stage.config.config;
        let mut env = EnvList::from_entries(&config.env);
        for (name, value) in self.args.visible(&config.env) {
            env.set(name, value);
        }
        let lexer = self.lexer.clone();
        let mut expand = |text: &str| lexer.word(text, &env);
        let kind = instruction.kind.expanded(&mut expand).map_err(Error::failed)?;
        let config = &mut self.stage.config.config;
        match kind {
            Kind::Run(run) => self.run(&run),
            Kind::Copy(args) => self.copy(args),
            Kind::Add(args) => self.add(args),
            Kind::Workdir(path) => self.workdir(&path),
            Kind::Env(pairs) => {
                let mut own = EnvList::from_entries(&config.env);
                let mut text = "ENV".to_owned();
                for pair in pairs {
                    text.push_str(&format!(" {}={}", pair.key, pair.value));
                    own.set(pair.key, pair.value);
                }
                config.env = own.to_entries();
                self.config_step(text)
            }
            Kind::Label(pairs) => {
                let mut text = "LABEL".to_owned();
                for pair in pairs {
                    text.push_str(&format!(" {}={}", pair.key, pair.value));
                    config.labels.insert(pair.key, pair.value);
                }
                self.config_step(text)
            }
            Kind::Arg(defs) => {
                let mut text = "ARG".to_owned();
                for def in defs {
                    text.push(' ');
                    text.push_str(&def.key);
                    if let Some(value) = &def.value {
                        text.push_str(&format!("={value}"));
                    }
                    self.args.declare(&def.key, def.value);
                }
                self.config_step(text)
            }
            Kind::Cmd(line) => {
                let words = with_shell(line.args, line.shell, &shell(config));
                let text = format!("CMD {}", quote_list(&words));
                config.cmd = Some(words);
                self.stage.cmd_set = true;
                self.config_step(text)
            }
            Kind::Entrypoint(line) => {
                let words = with_shell(line.args, line.shell, &shell(config));
                let text = format!("ENTRYPOINT {}", quote_list(&words));
                config.entrypoint = Some(words);
                if !self.stage.cmd_set {
                    config.cmd = None;
                }
                self.config_step(text)
            }
            Kind::User(user) => {
                config.user.clone_from(&user);
                self.config_step(format!("USER {user}"))
            }
            Kind::Expose(specs) => {
                let mut words = Vec::new();
                for spec in specs {
                    words.extend(lexer.words(&spec, &env).map_err(Error::failed)?);
                }
                words.sort();
                let ports = expose_ports(&words).map_err(|error| {
                    // As the daemon writes it, whose messages begin with a capital.
                    let text = error.to_string();
                    let mut chars = text.chars();
                    let first = chars.next().map(|c| c.to_ascii_uppercase());
                    Error::Failed(first.into_iter().chain(chars).collect())
                })?;
                config.exposed_ports.extend(ports);
                self.config_step(format!("EXPOSE {}", words.join(" ")))
            }
            Kind::Volume(paths) => {
                if paths.iter().any(String::is_empty) {
                    return Err(Error::failed("VOLUME specified can not be an empty string"));
                }
                let text = format!("VOLUME [{}]", paths.join(" "));
                config.volumes.extend(paths);
                self.config_step(text)
            }
            Kind::Stopsignal(signal) => {
                check_signal(&signal).map_err(Error::Failed)?;
                config.stop_signal.clone_from(&signal);
                self.config_step(format!("STOPSIGNAL {signal}"))
            }
            Kind::Shell(words) => {
                config.shell.clone_from(&words);
                self.config_step(format!("SHELL [{}]", words.join(" ")))
            }
            Kind::Healthcheck(check) => {
                let check = Healthcheck {
                    test: check.test,
                    interval: check.interval.0,
                    timeout: check.timeout.0,
                    start_period: check.start_period.0,
                    start_interval: check.start_interval.0,
                    retries: i64::from(check.retries),
                };
                let text = format!("HEALTHCHECK {}", health_text(&check));
                let old = config.healthcheck.replace(check);
                let old = old.filter(|old| !old.test.is_empty() && old.test != ["NONE"]);
                if let Some(old) = old {
                    let old = old.test.join(" ");
                    let note = format!("Note: overriding previous HEALTHCHECK: [{old}]");
                    self.tell(Event::Warning(note));
                }
                self.config_step(text)
            }
            Kind::Onbuild(trigger) => {
                let text = format!("ONBUILD {}", trigger.expression);
                config.on_build.push(trigger.expression);
                self.config_step(text)
            }
            Kind::Maintainer(author) => {
                self.stage.config.author.clone_from(&author);
                self.config_step(format!("MAINTAINER {author}"))
            }
            Kind::From(_) | Kind::Invalid => {
                Err(Error::failed(format!("unexpected instruction: {}", instruction.text())))
            }
        }
    }

    /// A step that changes the configuration only: a container is made for it and nothing runs.
    fn config_step(&mut self, text: String) -> Result<(), Error> {
        let mut container = self.stage.config.config.clone();
        let mut words = shell(&container);
        words.extend(["#(nop) ".to_owned(), text]);
        container.cmd = Some(words);
        // The image's configuration is not what the cache has, only equal to it.
        if self.probe(&container) {
            return Ok(());
        }
        let id = self.container();
        self.commit(container, None);
        self.removed(id);
        Ok(())
    }

    fn workdir(&mut self, path: &str) -> Result<(), Error> {
        let config = &mut self.stage.config.config;
        let cwd = if config.working_dir.is_empty() { "/" } else { &config.working_dir };
        let path = AbsPath::new(cwd).join(path);
        config.working_dir = path.to_string();
        let container = self.nop(format!("WORKDIR {path}"));
        if self.probe(&container) {
            return Ok(());
        }
        let id = self.container();
        let time = self.now();
        let tree = make_dirs(self.stage.tree.clone(), &path, &CopyOptions::default(), time);
        let tree = tree.map_err(Error::failed)?;
        self.commit(container, Some(Made { tree, output: Output::default(), time }));
        self.removed(id);
        Ok(())
    }

    /// The container of a step that changes files: its command is one comment.
    fn nop(&self, text: String) -> ContainerConfig {
        let mut container = self.stage.config.config.clone();
        let mut words = shell(&container);
        words.push(format!("#(nop) {text}"));
        container.cmd = Some(words);
        container
    }

    fn container(&mut self) -> String {
        let id = self.outside.store.new_container();
        self.tell(Event::Running(id.clone()));
        id
    }

    fn removed(&mut self, id: String) {
        if !self.options.keep_containers {
            self.tell(Event::Removed(id));
        }
    }

    fn run(&mut self, run: &RunArgs) -> Result<(), Error> {
        if let Some(flag) = run.flags_used.first() {
            return Err(Error::failed(format!("the --{flag} option {ADVICE}")));
        }
        let config = self.stage.config.config.clone();
        let args = with_shell(run.command.args.clone(), run.command.shell, &shell(&config));
        let visible = self.args.visible(&config.env);
        let mut counted: Vec<String> = visible
            .iter()
            .filter(|(name, _)| self.args.counts(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        counted.sort();
        let mut saved = args.clone();
        if !visible.is_empty() {
            saved.splice(0..0, std::iter::once(format!("|{}", counted.len())).chain(counted));
        }
        let probe = ContainerConfig { cmd: Some(saved), entrypoint: None, ..config.clone() };
        if self.probe(&probe) {
            return Ok(());
        }
        let id = self.container();
        let mut env = config.env.clone();
        env.extend(visible.iter().map(|(name, value)| format!("{name}={value}")));
        let ran_as = ContainerConfig {
            cmd: Some(args.clone()),
            env,
            entrypoint: None,
            healthcheck: None,
            ..config
        };
        let made = self.execute(&id, &args, &ran_as)?;
        self.commit(probe, Some(made));
        self.removed(id);
        Ok(())
    }

    fn execute(
        &mut self,
        id: &str,
        args: &[String],
        config: &ContainerConfig,
    ) -> Result<Made, Error> {
        let time = self.now();
        let mut root = self.stage.tree.clone();
        let mut mounts = vec![host_name(id).map_err(Error::Failed)?];
        for volume in &config.volumes {
            let target = AbsPath::new(volume);
            root =
                make_dirs(root, &target, &CopyOptions::default(), time).map_err(Error::failed)?;
            // A volume begins with what the image has at its place, and is gone afterwards.
            let (tree, source) = (root.clone(), target.clone());
            mounts.push(Mount { target, tree, source, read_only: false, tmpfs: None });
        }
        let mut env = config.env.clone();
        env.push(format!("HOSTNAME={}", &id[..12.min(id.len())]));
        let cwd = if config.working_dir.is_empty() { "/" } else { &config.working_dir };
        let command = Command {
            root: &root,
            args,
            env: &env,
            cwd,
            user: &config.user,
            mounts: &mounts,
            hosts: &self.request.add_hosts,
            seed: u64::from_str_radix(&id[..16.min(id.len())], 16).unwrap_or_default(),
            time,
        };
        if let Err(what) = self.outside.executor.startable(&command) {
            return Err(Error::Failed(match what.starts_with("unable to find") {
                true => what,
                false => format!(
                    "failed to create task for container: failed to create shim task: OCI runtime create \
                     failed: runc create failed: unable to start container process: error during container \
                     init: {what}"
                ),
            }));
        }
        let ran = match self.outside.executor.run(&command) {
            Ok(ran) => ran,
            Err(RunError::NotLoaded(module)) => return Err(Error::NotLoaded(module)),
            Err(RunError::Stopped { message, output, .. }) => {
                self.tell(Event::Output(output));
                return Err(Error::failed(format!("the command {message}")));
            }
        };
        self.tell(Event::Output(ran.output.clone()));
        if ran.exit_code == 0 {
            return Ok(Made { tree: ran.root, output: ran.output, time: ran.time });
        }
        let container = match self.options.force_remove {
            true => {
                self.removed(id.to_owned());
                None
            }
            false => Some(Box::new(FailedContainer {
                id: id.to_owned(),
                image: self.stage.image,
                config: config.clone(),
                output: ran.output,
            })),
        };
        Err(Error::Command { command: args.join(" "), code: ran.exit_code, container })
    }

    fn copy(&mut self, args: CopyArgs) -> Result<(), Error> {
        let CopyArgs { transfer, from, chown, chmod, .. } = args;
        let from = match from {
            None => None,
            Some(name) => Some(match self.stages.get(&name.to_lowercase()) {
                Some(stage) => stage.tree.clone(),
                None => self.outside.store.find(&name).map_err(Error::Failed)?.image.tree,
            }),
        };
        self.transfer("COPY", transfer, from, (chown, chmod))
    }

    fn add(&mut self, args: AddArgs) -> Result<(), Error> {
        let AddArgs { mut transfer, chown, chmod, checksum, .. } = args;
        if checksum.is_some_and(|checksum| !checksum.is_empty()) {
            return Err(Error::failed(format!("the --checksum option {ADVICE}")));
        }
        let is_url =
            |source: &String| source.starts_with("http://") || source.starts_with("https://");
        let Some(at) = transfer.sources.iter().position(is_url) else {
            return self.transfer("ADD", transfer, None, (chown, chmod));
        };
        let url = transfer.sources[at].clone();
        let file = self
            .outside
            .network
            .get(&url)
            .map_err(|error| Error::failed(format!("ADD failed: {error}")))?;
        let name = url.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
        let path = AbsPath::root().join(name);
        let content = (Content::from(file.content), 0o600);
        let tree = put_file(Tree::new(), &path, content, file.modified.unwrap_or_default());
        transfer.sources[at] = path.to_string();
        self.transfer("ADD", transfer, Some(tree.map_err(Error::failed)?), (chown, chmod))
    }

    fn transfer(
        &mut self,
        keyword: &str,
        transfer: Transfer,
        from: Option<Tree>,
        (chown, chmod): (Option<String>, Option<String>),
    ) -> Result<(), Error> {
        if chmod.is_some_and(|mode| !mode.is_empty()) {
            return Err(Error::failed(format!("the --chmod option {ADVICE}")));
        }
        let is_context = from.is_none();
        let from = from.unwrap_or_else(|| self.request.context.clone());
        let failed = |what: String| Error::Failed(format!("{keyword} failed: {what}"));
        let found = sources::find(&from, &transfer.sources, is_context).map_err(failed)?;
        let dest = &transfer.dest;
        let is_dir = |path: &AbsPath| from.lookup(path).is_some_and(|(_, inode)| inode.is_dir());
        if found.selected.len() > 1 && !dest.ends_with('/') {
            return Err(Error::failed(format!(
                "When using {keyword} with more than one source file, the destination must be a \
                 directory and end with a /"
            )));
        }
        let chown = chown.filter(|owner| !owner.is_empty());
        let owner_text = chown.as_ref().map(|owner| format!("--chown={owner} "));
        let container = self.nop(format!(
            "{keyword} {}{} in {dest} ",
            owner_text.unwrap_or_default(),
            found.digest
        ));
        if self.probe(&container) {
            return Ok(());
        }
        let owner = chown.map(|text| owner_of(&self.stage.tree, &text)).transpose()?;
        let options = CopyOptions { owner, mode: None, created: None };
        let config = &self.stage.config.config;
        let cwd = if config.working_dir.is_empty() { "/" } else { &config.working_dir };
        let target = AbsPath::new(cwd).join(dest);
        let whole = match dest.ends_with('/') || dest == "." || dest.ends_with("/.") {
            true => format!("{}/", target.to_string().trim_end_matches('/')),
            false => target.to_string(),
        };
        let time = self.now();
        let mut tree = self.stage.tree.clone();
        for source in &found.selected {
            let unpacks = keyword == "ADD" && is_context && is_archive(&from, &source.path);
            tree = if unpacks {
                unpack(&from, &source.path, tree, &target, &options, time)
            } else {
                let one = std::slice::from_ref(source);
                copy(&from, one, tree, &whole, (&options, &Filter::default()), time)
            }
            .map_err(|error| failed(error.to_string()))?;
            if is_dir(&source.path) {
                // The directory that takes the files is written to.
                tree = touched(tree, &target, time);
            }
        }
        self.commit(container, Some(Made { tree, output: Output::default(), time }));
        Ok(())
    }
}

/// The tree in which a directory was changed at this time.
fn touched(tree: Tree, path: &AbsPath, time: vfs::Timestamp) -> Tree {
    let mut fs = Fs::new(tree, Limits::default());
    let root = vfs::Caller::root();
    let at = SetTime::At(time);
    // It was just copied to.
    let _ =
        fs.utimes(&root, NodeId::ROOT, path.as_bytes(), (SetTime::Keep, at), ResolveFlags::FOLLOW);
    fs.into_root()
}

/// The words that go before a shell form.
fn shell(config: &ContainerConfig) -> Vec<String> {
    match config.shell.as_slice() {
        [] => vec!["/bin/sh".to_owned(), "-c".to_owned()],
        words => words.to_vec(),
    }
}

/// (uid, gid) of `--chown` (`internals_linux.go`): a user without a group has the group of that name.
fn owner_of(tree: &Tree, text: &str) -> Result<(u32, u32), Error> {
    let (user, group) = text.split_once(':').unwrap_or((text, text));
    let find = |file: &str, name: &str| {
        let text = crate::users::text_at(tree, file);
        let mut rows = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let row = rows.find(|row| row.len() > 2 && row[0] == name);
        row.and_then(|row| row[2].parse().ok()).or_else(|| name.parse::<u32>().ok())
    };
    let missing = |what: String| {
        Error::failed(format!("unable to convert uid/gid chown string to host mapping: {what}"))
    };
    let uid = find("/etc/passwd", user)
        .ok_or_else(|| missing(format!("can't find uid for user {user}: no such user: {user}")))?;
    let gid = find("/etc/group", group).ok_or_else(|| {
        missing(format!("can't find gid for group {group}: no such group: {group}"))
    })?;
    Ok((uid, gid))
}

/// `/etc/hostname` of a container.
fn host_name(id: &str) -> Result<Mount, String> {
    let path = AbsPath::new("/hostname");
    let content = Content::from(format!("{}\n", &id[..12.min(id.len())]).into_bytes());
    let tree = put_file(Tree::new(), &path, (content, 0o644), vfs::Timestamp::default());
    Ok(Mount {
        target: AbsPath::new("/etc/hostname"),
        tree: tree.map_err(|error| error.to_string())?,
        source: path,
        read_only: false,
        tmpfs: None,
    })
}

/// A health check as Go's `%v` prints a pointer to it.
fn health_text(check: &Healthcheck) -> String {
    let duration = |nanos: i64| HealthDuration(nanos).to_string();
    format!(
        "&{{[{}] {} {} {} {} {}}}",
        check.test.join(" "),
        duration(check.interval),
        duration(check.timeout),
        duration(check.start_period),
        duration(check.start_interval),
        check.retries
    )
}
