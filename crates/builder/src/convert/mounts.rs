//! `RUN`: the command and what is mounted for it (`dispatchRun` in `dockerfile2llb/convert.go`,
//! `convert_runmount.go`, `convert_secrets.go`).

use std::collections::BTreeMap;

use dockerfile::{
    Environment, InlineFile, Lexer, Mount, MountKind, Network, RunArgs, Security, chomp,
    heredoc_word, quote,
};
use vfs::AbsPath;

use super::Converter;
use super::command::{command_args, history_text};
use super::config::vertex_of;
use super::names::{prefix, shown, summary};
use super::stages::{StageCommand, StageId};
use super::state::StageState;
use crate::graph::{Action, ExecOp, MountOp, MountOpKind, NetworkMode, Op, SecretOp, Vertex};

/// Where a here-document that names its interpreter is found by its command.
const PIPES: &str = "/dev/pipes/";

impl Converter<'_> {
    pub(super) fn run_command(
        &mut self,
        id: StageId,
        state: &mut StageState,
        command: &StageCommand,
        run: &RunArgs,
    ) -> Result<(), String> {
        let mounts = run.mounts(&mut |text| state.expand(&self.lexer, text))?;
        let mut line = run.command.clone();
        let mut text = command.instruction.text().to_owned();
        let mut ops = Vec::new();
        if let (Some(file), Some(first)) = (line.files.first().cloned(), line.args.first())
            && heredoc_word(first).is_ok_and(|word| word.is_some())
        {
            text.push_str(&format!(" ({})", summary(&file.data)));
            let data = if file.chomp { chomp(&file.data) } else { file.data.clone() };
            if data.starts_with("#!") {
                // A script that names its interpreter is a file to be called.
                let script = InlineFile { data, ..file };
                let from = self.inline(command.step, &script, 0o755);
                let kind = MountOpKind::Bind { from, source: "/".to_owned(), read_only: true };
                ops.push(MountOp { target: PIPES.to_owned(), kind });
                line.args = vec![format!("{PIPES}{}", script.name)];
                line.files.clear();
            }
        }
        let args = command_args(&line, &state.shell())?;
        for (mount, source) in mounts.iter().zip(&command.sources) {
            ops.push(self.mount(state, command, mount, *source)?);
        }
        if run.security == Security::Insecure {
            return Err("not supported here: RUN --security=insecure, because commands here are \
                        never confined by a kernel; leave it out"
                .to_owned());
        }
        if let Some(device) = run.devices.first() {
            return Err(format!(
                "not supported here: RUN --device={}, because there are no devices here; leave it out",
                device.name
            ));
        }
        let secrets: BTreeMap<String, String> = mounts
            .iter()
            .filter(|mount| mount.kind == MountKind::Secret)
            .filter_map(|mount| Some((mount.env.clone()?, "****".to_owned())))
            .collect();
        let lexer = Lexer { raw_quotes: true, skip_unset: true, ..self.lexer.clone() };
        let text = shown(&lexer, &text, &Masked { secrets: &secrets, env: &state.env });
        let name = prefix(&mut self.stages.all[id], &text);
        let exec = ExecOp {
            root: state.at,
            args: args.clone(),
            env: state.env.to_entries(),
            cwd: state.cwd().to_owned(),
            user: state.config.config.user.clone(),
            network: match run.network {
                Network::Default => NetworkMode::Default,
                Network::None => NetworkMode::None,
                Network::Host => NetworkMode::Host,
            },
            proxy: proxy_variables(&self.build_args),
            mounts: ops,
            hosts: self.request.add_hosts.clone(),
        };
        let history = history_text(&args, &state.run_arguments());
        let ignore_cache = self.stages.all[id].ignore_cache;
        let op = Op::Exec(Box::new(exec));
        self.put(state, command, Vertex { op, name, ignore_cache, ..vertex_of(command) });
        state.record(&history, false);
        Ok(())
    }

    fn mount(
        &mut self,
        state: &StageState,
        command: &StageCommand,
        mount: &Mount,
        source: StageId,
    ) -> Result<MountOp, String> {
        match mount.kind {
            MountKind::Secret => return secret(mount, state.cwd()),
            MountKind::Ssh => {
                return Err("not supported here: RUN --mount=type=ssh, because there is no agent \
                            here whose socket could be mounted; use a secret instead"
                    .to_owned());
            }
            _ => {}
        }
        let stage = &self.stages.all[source];
        if !mount.from.is_empty() && !stage.dispatched {
            return Err(format!(
                "cannot mount from stage {} to {}, stage needs to be defined before current command",
                quote(&mount.from),
                quote(&mount.target)
            ));
        }
        let mut from = match mount.kind {
            MountKind::Tmpfs => None,
            MountKind::Cache if mount.from.is_empty() => None,
            _ if mount.from.is_empty() => self.context(command.step),
            _ => stage.state.at,
        };
        let target = AbsPath::new(state.cwd()).join(&mount.target);
        if target.is_root() {
            return Err(format!("invalid mount target {}", quote("/")));
        }
        let mut path = AbsPath::new(&mount.source).to_string();
        let read_only = mount.read_only;
        let given = mount.uid.is_some() || mount.gid.is_some() || mount.mode.is_some();
        if path == "/" && given {
            let action = Action::Mkdir {
                path: AbsPath::new("/cache"),
                mode: mount.mode.unwrap_or(0o755),
                owner: Some(format!("{}:{}", mount.uid.unwrap_or(0), mount.gid.unwrap_or(0))),
                created: None,
            };
            let op = Op::File { base: from, actions: vec![action] };
            from = Some(self.add_internal(op, "setting cache mount permissions", command.step));
            "/cache".clone_into(&mut path);
        }
        let kind = match mount.kind {
            MountKind::Tmpfs => MountOpKind::Tmpfs { size: mount.size_limit.unsigned_abs() },
            MountKind::Cache => {
                // Without an id, the target as it is written is the id.
                let id = if mount.id.is_empty() { clean(&mount.target) } else { mount.id.clone() };
                MountOpKind::Cache { id, from, source: path, read_only }
            }
            _ => MountOpKind::Bind { from, source: path, read_only },
        };
        Ok(MountOp { target: target.to_string(), kind })
    }
}

/// Go's `path.Clean`, as far as targets need it.
fn clean(path: &str) -> String {
    let absolute = AbsPath::new(path).to_string();
    if path.starts_with('/') { absolute } else { absolute[1..].to_owned() }
}

fn secret(mount: &Mount, cwd: &str) -> Result<MountOp, String> {
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let id = match (mount.source.as_str(), mount.id.as_str(), mount.target.as_str()) {
        ("", "", "") => return Err("one of source, target required".to_owned()),
        ("", "", target) => base(target),
        ("", id, _) => id.to_owned(),
        (source, ..) => source.to_owned(),
    };
    let target = match mount.target.as_str() {
        "" if mount.env.is_some() => None,
        "" => Some(format!("/run/secrets/{}", base(&id))),
        target => Some(AbsPath::new(cwd).join(target).to_string()),
    };
    let given = mount.uid.is_some() || mount.gid.is_some() || mount.mode.is_some();
    let op = SecretOp {
        id,
        file: target.is_some(),
        env: mount.env.clone(),
        required: mount.required,
        mode: if given { mount.mode.unwrap_or(0o400) } else { 0o400 },
        uid: mount.uid.unwrap_or(0),
        gid: mount.gid.unwrap_or(0),
    };
    Ok(MountOp { target: target.unwrap_or_default(), kind: MountOpKind::Secret(op) })
}

/// The variables of a command's proxies: they are given to every command without being declared
/// (`proxyEnvFromBuildArgs`), in both cases of their names (`solver/llbsolver/ops/exec.go`).
fn proxy_variables(build_args: &BTreeMap<String, String>) -> Vec<String> {
    let mut out = Vec::new();
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"] {
        let given = build_args.iter().rfind(|(given, _)| given.eq_ignore_ascii_case(name));
        if let Some((_, value)) = given.filter(|(_, value)| !value.is_empty()) {
            out.push(format!("{name}={value}"));
            out.push(format!("{}={value}", name.to_lowercase()));
        }
    }
    out
}

/// The variables of a stage, with those that hold secrets shown as stars.
struct Masked<'a> {
    secrets: &'a BTreeMap<String, String>,
    env: &'a dyn Environment,
}

impl Environment for Masked<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(String::as_str).or_else(|| self.env.get(name))
    }
}
