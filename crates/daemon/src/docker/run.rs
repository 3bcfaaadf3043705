//! Commands that run something in a container.

use std::collections::BTreeMap;

use builder::{Command as Process, CommitPoints, Executor as _, RunError};
use console::tables::Port;
use image::ContainerConfig;
use vfs::{AbsPath, Stream, Timestamp, Tree};

use super::flags::{MANY, Parsed, Usage, usage};
use super::images::print_pull;
use super::{Command, Failure, Session};
use crate::background::{HORIZON, POINTS};
use crate::{
    Attach, AttachedProcess, Background, Bind, Container, Reference, Status, StoredImage,
    VolumeMount,
};

/// The flags of `run`; those about processors, memory, networks and rights make no difference here.
const RUN: &[&str] = &[
    "add-host",
    "cap-add",
    "cap-drop",
    "cpu-shares",
    "cpus",
    "cpuset-cpus",
    "detach",
    "dns",
    "entrypoint",
    "env",
    "env-file",
    "expose",
    "hostname",
    "init",
    "interactive",
    "label",
    "log-driver",
    "log-opt",
    "memory",
    "memory-swap",
    "name",
    "network",
    "platform",
    "privileged",
    "publish",
    "pull",
    "quiet",
    "restart",
    "rm",
    "security-opt",
    "shm-size",
    "sig-proxy",
    "stop-signal",
    "stop-timeout",
    "tty",
    "ulimit",
    "user",
    "volume",
    "workdir",
];

/// Those of `create`.
const CREATE: &[&str] = &[
    "add-host",
    "cap-add",
    "cap-drop",
    "cpu-shares",
    "cpus",
    "cpuset-cpus",
    "dns",
    "entrypoint",
    "env",
    "env-file",
    "expose",
    "hostname",
    "init",
    "interactive",
    "label",
    "log-driver",
    "log-opt",
    "memory",
    "memory-swap",
    "name",
    "network",
    "platform",
    "privileged",
    "publish",
    "pull",
    "quiet",
    "restart",
    "rm",
    "security-opt",
    "shm-size",
    "stop-signal",
    "stop-timeout",
    "tty",
    "ulimit",
    "user",
    "volume",
    "workdir",
];

pub const COMMANDS: &[Command] = &[
    Command {
        names: &["run", "container run"],
        usage: Usage { command_follows: true, ..usage("container run", (1, MANY), RUN) },
        run,
    },
    Command {
        names: &["create", "container create"],
        usage: Usage { command_follows: true, ..usage("container create", (1, MANY), CREATE) },
        run: |session, parsed| {
            let id = create(session, parsed, "create")?;
            session.line(id);
            Ok(0)
        },
    },
    Command {
        names: &["start", "container start"],
        usage: usage("container start", (1, MANY), &["attach", "interactive"]),
        run: start,
    },
    Command {
        names: &["restart", "container restart"],
        usage: usage("container restart", (1, MANY), &["signal", "timeout"]),
        run: |session, parsed| {
            session.for_each(&parsed.operands, |session, name| {
                let id = super::containers::find(session, name)?.id.clone();
                super::containers::end(session, &id, 137);
                execute(session, &id, &[], true)?;
                session.line(name);
                Ok(())
            })
        },
    },
    Command {
        names: &["exec", "container exec"],
        usage: Usage {
            command_follows: true,
            ..usage(
                "container exec",
                (2, MANY),
                &["detach", "env", "interactive", "privileged", "tty", "user", "workdir"],
            )
        },
        run: exec,
    },
];

/// What `run` and `create` say before the daemon's answer; exit status 125.
fn refused(command: &str, what: impl std::fmt::Display) -> Failure {
    Failure::Message(
        format!(
            "docker: Error response from daemon: {what}\n\nRun 'docker {command} --help' for more \
             information\n"
        ),
        125,
    )
}

/// What keeps the runtime from starting a command.
fn not_started(command: &str, what: &str) -> Failure {
    let code = if what.contains("permission denied") { 126 } else { 127 };
    Failure::Message(
        format!(
            "docker: Error response from daemon: failed to create task for container: failed to create \
             shim task: OCI runtime create failed: runc create failed: unable to start container \
             process: error during container init: {what}: unknown\n\nRun 'docker {command} --help' \
             for more information\n"
        ),
        code,
    )
}

fn run(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    if parsed.has("detach") && parsed.has("rm") && parsed.last("restart").is_some() {
        return Err(refused("run", "conflicting options: cannot specify both --restart and --rm"));
    }
    let id = create(session, parsed, "run")?;
    if parsed.has("interactive") && parsed.has("tty") {
        let attach = Attach { container: id.clone(), process: AttachedProcess::Main };
        if session.terminal && !parsed.has("detach") {
            return start_at_terminal(session, attach, parsed.has("rm"));
        }
        // A shell that nobody types at runs until somebody ends it.
        if parsed.has("detach")
            && let Ok(terminal) = session.daemon.open_terminal(&attach)
            && terminal.is_shell()
        {
            session.daemon.start_attached(&attach);
            session.line(&id);
            return Ok(0);
        }
    }
    let input = if parsed.has("interactive") { session.input.to_vec() } else { Vec::new() };
    let ended = match execute(session, &id, &input, parsed.has("detach")) {
        Ok(ended) => ended,
        Err(failure) => {
            if parsed.has("rm") {
                session.daemon.state.remove_container(&id, true);
            }
            return Err(failure);
        }
    };
    if parsed.has("detach") {
        session.line(&id);
        return Ok(0);
    }
    Ok(attached(session, &id, ended, parsed.has("tty")))
}

/// Leaves a container's process to the terminal that `docker` was called at.
pub fn start_at_terminal(
    session: &mut Session<'_>,
    attach: Attach,
    remove: bool,
) -> Result<u8, Failure> {
    if let Err(what) = session.daemon.open_terminal(&attach) {
        if remove {
            session.daemon.state.remove_container(&attach.container, true);
        }
        return Err(not_started("run", &what));
    }
    session.daemon.start_attached(&attach);
    session.attach = Some(attach);
    session.changed = true;
    Ok(0)
}

/// Shows what a container printed and waits for its end; its exit code.
fn attached(session: &mut Session<'_>, id: &str, ended: Ended, tty: bool) -> u8 {
    for (stream, bytes) in &ended.output {
        let stream = if tty { Stream::Stdout } else { *stream };
        session.write(stream, bytes);
    }
    if let Some(message) = &ended.stopped {
        session.complain(format!("docker: the command {message}\n"));
    }
    session.daemon.state.now = session.now().max(ended.at);
    let remove = match session.daemon.state.containers.get_mut(id) {
        Some(container) => {
            if let Status::Started { ended: end, .. } = &mut container.status {
                *end = (*end).min(ended.at);
            }
            container.auto_remove
        }
        None => false,
    };
    if remove {
        session.daemon.state.remove_container(id, true);
    }
    ended.code
}

/// Makes a container; its id.
fn create(session: &mut Session<'_>, parsed: &Parsed, command: &str) -> Result<String, Failure> {
    let name = &parsed.operands[0];
    let reference = Reference::parse(name);
    let image = match session.daemon.state.images.find(name) {
        Some(image) => image,
        None => {
            let reference = reference.as_ref().map_err(|error| {
                Failure::Message(
                    format!(
                        "docker: {error}\n\nRun 'docker {command} --help' for more information\n"
                    ),
                    125,
                )
            })?;
            session.complain(format!("Unable to find image '{reference}' locally\n"));
            let image = session.daemon.pull(reference).map_err(|error| refused(command, error))?;
            // What pulling says goes to the other stream here: the first is the container's.
            let printed = std::mem::take(&mut session.out);
            print_pull(session, &reference.to_string(), reference, &image, false);
            let pulled = std::mem::replace(&mut session.out, printed);
            for (_, bytes) in pulled.runs {
                session.complain(bytes);
            }
            image
        }
    };
    let mut config = image.config.config.clone();
    configure(session, parsed, &mut config)?;
    if config.entrypoint.iter().flatten().chain(config.cmd.iter().flatten()).next().is_none() {
        return Err(refused(command, "no command specified"));
    }
    let id = session.daemon.new_id("container");
    let containers = &session.daemon.state.containers;
    let container_name = match parsed.last("name") {
        Some(name) => {
            if let Some(other) = containers.newest_first().find(|other| other.name == name) {
                return Err(refused(
                    command,
                    format!(
                        "Conflict. The container name \"/{name}\" is already in use by container \
                         \"{}\". You have to remove (or rename) that container to be able to reuse \
                         that name.",
                        other.id
                    ),
                ));
            }
            name.to_owned()
        }
        None => containers.free_name(&id),
    };
    let (volumes, binds) = mounts(session, parsed, &image, &config)?;
    let short_id = super::short(&id);
    session.daemon.state.containers.add(Container {
        host_name: parsed.last("hostname").map_or(short_id, str::to_owned),
        id: id.clone(),
        name: container_name,
        image: image.id,
        image_name: name.clone(),
        created: session.daemon.state.now,
        ports: ports(parsed, &config)?,
        config,
        base: image.tree.clone(),
        tree: image.tree.clone(),
        status: Status::Created,
        logs: builder::Output::default(),
        log_times: Vec::new(),
        background: None,
        auto_remove: parsed.has("rm"),
        terminal: parsed.has("interactive") && parsed.has("tty"),
        volumes,
        binds,
    });
    let container = super::containers::find(session, &id)?.clone();
    read_binds(session, &container);
    session.changed = true;
    Ok(id)
}

/// Changes an image's configuration by the flags.
fn configure(
    session: &mut Session<'_>,
    parsed: &Parsed,
    config: &mut ContainerConfig,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for path in parsed.all("env-file") {
        let text = session
            .files
            .read(path)
            .map_err(|error| Failure::Message(format!("docker: {error}\n"), 125))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let entries = text.lines().map(str::trim_start);
        lines.extend(entries.filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned));
    }
    lines.extend(parsed.all("env").iter().cloned());
    for entry in lines {
        match entry.split_once('=') {
            Some((name, value)) => set(&mut config.env, name, value),
            // A name alone takes the caller's value.
            None => {
                if let Some(value) = session.env.get(&entry) {
                    set(&mut config.env, &entry, value);
                }
            }
        }
    }
    for label in parsed.all("label") {
        let (name, value) = label.split_once('=').unwrap_or((label, ""));
        config.labels.insert(name.to_owned(), value.to_owned());
    }
    for port in parsed.all("expose") {
        let port = if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
        config.exposed_ports.insert(port);
    }
    if let Some(user) = parsed.last("user") {
        user.clone_into(&mut config.user);
    }
    if let Some(dir) = parsed.last("workdir") {
        dir.clone_into(&mut config.working_dir);
    }
    let words = parsed.operands[1..].to_vec();
    if let Some(entrypoint) = parsed.last("entrypoint") {
        config.entrypoint = (!entrypoint.is_empty()).then(|| vec![entrypoint.to_owned()]);
        config.cmd = Some(words);
    } else if !words.is_empty() {
        config.cmd = Some(words);
    }
    Ok(())
}

/// Sets a variable in its place, or at the end.
fn set(env: &mut Vec<String>, name: &str, value: &str) {
    let entry = format!("{name}={value}");
    let same = |old: &&mut String| old.split_once('=').is_some_and(|(old, _)| old == name);
    match env.iter_mut().find(same) {
        Some(old) => *old = entry,
        None => env.push(entry),
    }
}

/// What `-v` and `VOLUME` mount.
fn mounts(
    session: &mut Session<'_>,
    parsed: &Parsed,
    image: &StoredImage,
    config: &ContainerConfig,
) -> Result<(Vec<VolumeMount>, Vec<Bind>), Failure> {
    let (mut volumes, mut binds): (Vec<VolumeMount>, Vec<Bind>) = Default::default();
    for text in parsed.all("volume") {
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, options) = match parts.as_slice() {
            [target] => (None, *target, ""),
            [source, target] => (Some(*source), *target, ""),
            [source, target, options] => (Some(*source), *target, *options),
            _ => return Err(refused("run", format!("invalid volume specification: '{text}'"))),
        };
        if !target.starts_with('/') {
            return Err(refused(
                "run",
                format!(
                    "invalid volume specification: '{text}': invalid mount config for type \"volume\": \
                     invalid mount path: '{target}' mount path must be absolute"
                ),
            ));
        }
        let target = AbsPath::new(target);
        let read_only = options.split(',').any(|option| option == "ro");
        match source {
            Some(path) if path.starts_with(['/', '.', '~']) => {
                binds.push(bind(session, path, target, read_only));
            }
            Some(name) => volumes.push(VolumeMount { target, name: name.to_owned(), read_only }),
            None => {
                let name = session.daemon.new_id("volume");
                volumes.push(VolumeMount { target, name, read_only });
            }
        }
    }
    for target in &config.volumes {
        let target = AbsPath::new(target);
        let taken = volumes.iter().map(|mount| &mount.target);
        if !taken.chain(binds.iter().map(|bind| &bind.target)).any(|other| *other == target) {
            let name = session.daemon.new_id("volume");
            volumes.push(VolumeMount { target, name, read_only: false });
        }
    }
    for mount in &volumes {
        let volume = session.daemon.state.volumes.entry(mount.name.clone()).or_default();
        // An empty volume begins with what the image has at its place.
        if volume.walk().nth(1).is_none() {
            *volume = crate::trees::subtree(&image.tree, &mount.target).unwrap_or_default();
        }
    }
    Ok((volumes, binds))
}

/// A directory or file of the host; one that is not there is an empty directory.
fn bind(session: &mut Session<'_>, path: &str, target: AbsPath, read_only: bool) -> Bind {
    let home = session.env.get("HOME").map_or("/root", String::as_str).to_owned();
    let path = match path.strip_prefix('~') {
        Some(rest) => home + rest,
        None if path.starts_with('/') => path.to_owned(),
        None => format!("{}/{path}", session.files.working_directory()),
    };
    let parts = path.split('/').fold(Vec::new(), |mut parts, part| {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
        parts
    });
    let source = format!("/{}", parts.join("/"));
    let is_file = session.files.directory(&source).is_err() && session.files.read(&source).is_ok();
    Bind { target, source, is_file, read_only }
}

/// Reads what a container has mounted of the host.
fn read_binds(session: &mut Session<'_>, container: &Container) {
    for bind in &container.binds {
        let tree = match bind.is_file {
            true => session
                .files
                .read(&bind.source)
                .ok()
                .and_then(|content| crate::trees::single(bind.name(), content).ok()),
            false => session.files.directory(&bind.source).ok(),
        };
        session.daemon.state.binds.insert(bind.source.clone(), tree.unwrap_or_default());
    }
}

/// Writes what a container has changed of the host there.
fn write_binds(
    session: &mut Session<'_>,
    container: &Container,
    mounted: &[Tree],
) -> Result<(), Failure> {
    for (bind, after) in container.binds.iter().zip(mounted) {
        let binds = &mut session.daemon.state.binds;
        let before = binds.insert(bind.source.clone(), after.clone()).unwrap_or_default();
        if bind.read_only {
            continue;
        }
        let written = match bind.is_file {
            true => session.files.put_tree(&bind.source, after),
            false => session.files.write_back(&bind.source, &before, after),
        };
        written.map_err(Failure::client)?;
    }
    Ok(())
}

fn ports(parsed: &Parsed, config: &ContainerConfig) -> Result<Vec<Port>, Failure> {
    let mut out = Vec::new();
    for text in parsed.all("publish") {
        let (numbers, kind) = text.split_once('/').unwrap_or((text, "tcp"));
        let mut parts = numbers.rsplit(':');
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<u16>().ok());
        let private = number(parts.next());
        let public = match parts.next() {
            Some(part) => number(Some(part)),
            None => Some(0),
        };
        let (Some(private), Some(public)) = (private, public) else {
            return Err(Failure::Message(
                format!(
                    "docker: invalid publish opts format (should be name=value but got '{text}')\n\n\
                     Run 'docker run --help' for more information\n"
                ),
                125,
            ));
        };
        let public = if public == 0 { 32768 + out.len() as u16 } else { public };
        let ip = parts.next().unwrap_or("0.0.0.0").to_owned();
        out.push(Port { private, ip, public, kind: kind.to_owned() });
    }
    for port in &config.exposed_ports {
        let (number, kind) = port.split_once('/').unwrap_or((port, "tcp"));
        let private = number.parse().unwrap_or(0);
        if out.iter().all(|other: &Port| other.private != private || other.kind != kind) {
            out.push(Port { private, kind: kind.to_owned(), ..Port::default() });
        }
    }
    Ok(out)
}

/// How a command in a container ended.
pub struct Ended {
    pub code: u8,
    pub output: Vec<(Stream, Vec<u8>)>,
    pub at: Timestamp,
    /// What limit stopped it, if one did.
    pub stopped: Option<String>,
    /// Its simple commands.
    pub points: CommitPoints,
}

/// Starts a container and runs its command: to its end, or in the background.
fn execute(
    session: &mut Session<'_>,
    id: &str,
    input: &[u8],
    in_background: bool,
) -> Result<Ended, Failure> {
    let container = super::containers::find(session, id)?.clone();
    let now = session.now();
    let args = container.command();
    let mut ended =
        process(session, &container, &args, &[], input, None, None)?.map_err(|what| {
            // What could not be started keeps its place in the list, as created.
            not_started("run", &what)
        })?;
    let state = &mut session.daemon.state;
    if let Some(own) = state.containers.get_mut(id) {
        own.status = Status::Started {
            at: now,
            // A server never ends by itself; another command ends it.
            ended: if ended.stopped.is_some() { Timestamp(i64::MAX) } else { ended.at },
            code: ended.code,
        };
        let output = builder::Output { runs: ended.output.clone(), dropped: 0 };
        if in_background {
            let end = ended.stopped.is_none().then(|| own.tree.clone());
            own.tree = container.tree;
            let points = std::mem::take(&mut ended.points);
            own.background = Some(Background { points, output, end, is_touched: false });
        } else {
            own.log(output, &ended.points);
        }
    }
    session.daemon.advance();
    session.changed = true;
    Ok(ended)
}

/// The environment of a container's process, with what `docker exec` adds.
pub fn command_env(container: &Container, more: &[String]) -> Vec<String> {
    let mut env = container.config.env.clone();
    if !env.iter().any(|entry| entry.starts_with("PATH=")) {
        env.insert(0, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into());
    }
    set(&mut env, "HOSTNAME", &container.host_name);
    for entry in more {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        set(&mut env, name, value);
    }
    env
}

/// Runs a command in a container's filesystem; the inner error is what keeps it from starting.
fn process(
    session: &mut Session<'_>,
    container: &Container,
    args: &[String],
    more_env: &[String],
    input: &[u8],
    user: Option<&str>,
    cwd: Option<&str>,
) -> Result<Result<Ended, String>, Failure> {
    let env = command_env(container, more_env);
    read_binds(session, container);
    let state = &session.daemon.state;
    let mounts = container.mounts(&state.volumes, &state.binds);
    let dir = cwd.unwrap_or(&container.config.working_dir);
    let seed = session.daemon.state.ids;
    let command = Process {
        root: &container.tree,
        args,
        env: &env,
        cwd: if dir.is_empty() { "/" } else { dir },
        user: user.unwrap_or(&container.config.user),
        mounts: &mounts,
        hosts: &[],
        seed,
        time: session.daemon.state.now,
    };
    if let Err(what) = engine::startable(&command) {
        return Ok(Err(what));
    }
    let modules = session.daemon.modules.clone();
    let deadline = Timestamp(command.time.0.saturating_add(HORIZON * 1_000_000_000));
    let mut runner = engine::Containers::new(modules, OUTPUT)
        .with_input(input.to_vec())
        .with_points(POINTS)
        .until(deadline);
    let (ended, changed) = match runner.run(&command) {
        Ok(ran) => {
            let code = u8::try_from(ran.exit_code).unwrap_or(u8::MAX);
            let (output, points) = (ran.output.runs, ran.points);
            let ended = Ended { code, output, at: ran.time, stopped: None, points };
            (ended, Some((ran.root, ran.mounts)))
        }
        Err(RunError::NotLoaded(module)) => return Err(Failure::NotLoaded(module)),
        Err(RunError::Stopped { message, output, points }) => {
            let (at, output) = (session.daemon.state.now, output.runs);
            (Ended { code: 137, output, at, stopped: Some(message), points }, None)
        }
    };
    let state = &mut session.daemon.state;
    if let Some((root, mounts)) = changed {
        for (mount, tree) in container.volumes.iter().zip(&mounts) {
            state.volumes.insert(mount.name.clone(), tree.clone());
        }
        if let Some(own) = state.containers.get_mut(&container.id) {
            own.tree = root;
            own.background.iter_mut().for_each(|background| background.is_touched = true);
        }
        write_binds(session, container, &mounts[container.volumes.len()..])?;
    }
    session.changed = true;
    Ok(Ok(ended))
}

/// Bytes of output that are kept of a container.
const OUTPUT: usize = 64 << 20;

fn start(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let attach = parsed.has("attach") || parsed.has("interactive");
    let mut last = 0;
    let status = session.for_each(&parsed.operands, |session, name| {
        let now = session.now();
        let container = super::containers::find(session, name)?;
        let (id, running) = (container.id.clone(), container.is_running(now));
        if running {
            session.line(name);
            return Ok(());
        }
        if session.terminal && parsed.has("interactive") && attach {
            let attach = Attach { container: id, process: AttachedProcess::Main };
            last = start_at_terminal(session, attach, false)?;
            return Ok(());
        }
        let input = if parsed.has("interactive") { session.input.to_vec() } else { Vec::new() };
        let ended = execute(session, &id, &input, !attach)?;
        match attach {
            true => last = attached(session, &id, ended, false),
            false => session.line(name),
        }
        Ok(())
    })?;
    Ok(if attach { last.max(status) } else { status })
}

fn exec(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let container = super::containers::find(session, &parsed.operands[0])?.clone();
    if !container.is_running(session.now()) {
        return Err(Failure::daemon(format!("container {} is not running", container.id)));
    }
    if session.terminal && parsed.has("interactive") && parsed.has("tty") {
        let attach = Attach {
            container: container.id,
            process: AttachedProcess::Exec {
                args: parsed.operands[1..].to_vec(),
                env: parsed.all("env").to_vec(),
                user: parsed.last("user").map(str::to_owned),
                cwd: parsed.last("workdir").map(str::to_owned),
            },
        };
        session.daemon.open_terminal(&attach).map_err(|what| exec_failed(&what))?;
        session.attach = Some(attach);
        return Ok(0);
    }
    let input = if parsed.has("interactive") { session.input.to_vec() } else { Vec::new() };
    let (user, cwd) = (parsed.last("user"), parsed.last("workdir"));
    let args = &parsed.operands[1..];
    let ended = process(session, &container, args, parsed.all("env"), &input, user, cwd)?;
    let ended = ended.map_err(|what| exec_failed(&what))?;
    if !parsed.has("detach") {
        for (stream, bytes) in &ended.output {
            session.write(if parsed.has("tty") { Stream::Stdout } else { *stream }, bytes);
        }
    }
    session.daemon.state.now = session.now().max(ended.at);
    Ok(if parsed.has("detach") { 0 } else { ended.code })
}

/// What keeps the runtime from starting a command of `docker exec`.
fn exec_failed(what: &str) -> Failure {
    let code = if what.contains("permission denied") { 126 } else { 127 };
    let text = format!(
        "OCI runtime exec failed: exec failed: unable to start container process: {what}: unknown\n"
    );
    Failure::Message(text, code)
}

/// The variables of a list of `NAME=value`.
pub fn variables(entries: &[String], env: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for entry in entries {
        match entry.split_once('=') {
            Some((name, value)) => {
                out.insert(name.to_owned(), value.to_owned());
            }
            None => {
                if let Some(value) = env.get(entry) {
                    out.insert(entry.clone(), value.clone());
                }
            }
        }
    }
    out
}
