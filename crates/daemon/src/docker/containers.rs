//! Commands about containers.

use console::tables::{ChangeRow, ContainerRow, changes, containers, containers_by};
use dockerfile::{Kind, parse};
use image::{Config, ContainerConfig, History, Layer, export_tree};
use vfs::{AbsPath, ChangeKind, DiffOptions, Stream};

use super::flags::{MANY, Parsed, Usage, usage};
use super::images::confirmed;
use super::inspect::{INSPECT, INSPECT_CONTAINER};
use super::{Command, Failure, Session, short};
use crate::containers::seconds_between;
use crate::{Attach, AttachedProcess, Container, Reference, Status, StoredImage, trees};

pub const COMMANDS: &[Command] = &[
    INSPECT,
    INSPECT_CONTAINER,
    Command {
        names: &["ps", "container ls", "container ps", "container list"],
        usage: usage(
            "container ls",
            (0, 0),
            &["all", "filter", "format", "last", "latest", "no-trunc", "quiet", "size"],
        ),
        run: list,
    },
    Command {
        names: &["rm", "container rm", "container remove"],
        usage: usage("container rm", (1, MANY), &["force", "volumes"]),
        run: remove,
    },
    Command {
        names: &["stop", "container stop"],
        usage: usage("container stop", (1, MANY), &["signal", "timeout"]),
        run: |session, parsed| end_each(session, parsed, false),
    },
    Command {
        names: &["kill", "container kill"],
        usage: usage("container kill", (1, MANY), &["signal"]),
        run: |session, parsed| end_each(session, parsed, true),
    },
    Command {
        names: &["rename", "container rename"],
        usage: usage("container rename", (2, 2), &[]),
        run: rename,
    },
    Command {
        names: &["logs", "container logs"],
        usage: usage("container logs", (1, 1), &["follow", "tail", "timestamps"]),
        run: logs,
    },
    Command {
        names: &["attach", "container attach"],
        usage: usage("container attach", (1, 1), &["no-stdin", "sig-proxy"]),
        run: attach,
    },
    Command {
        names: &["wait", "container wait"],
        usage: usage("container wait", (1, MANY), &[]),
        run: wait,
    },
    Command {
        names: &["port", "container port"],
        usage: usage("container port", (1, 2), &[]),
        run: port,
    },
    Command {
        names: &["top", "container top"],
        usage: usage("container top", (1, MANY), &[]),
        run: top,
    },
    Command {
        names: &["diff", "container diff"],
        usage: usage("container diff", (1, 1), &[]),
        run: diff,
    },
    Command {
        names: &["commit", "container commit"],
        usage: Usage {
            command_follows: true,
            ..usage("container commit", (1, 2), &["author", "change", "message", "pause"])
        },
        run: commit,
    },
    Command {
        names: &["export", "container export"],
        usage: usage("container export", (1, 1), &["output"]),
        run: export,
    },
    Command {
        names: &["cp", "container cp"],
        usage: usage("container cp", (2, 2), &["archive", "follow-link", "quiet"]),
        run: copy,
    },
    Command {
        names: &["container prune"],
        usage: usage("container prune", (0, 0), &["force"]),
        run: prune,
    },
];

/// The container that a user means.
pub fn find<'a>(session: &'a Session<'_>, name: &str) -> Result<&'a Container, Failure> {
    let found = session.daemon.state.containers.find(name);
    found.ok_or_else(|| Failure::daemon(format!("No such container: {name}")))
}

fn list(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let now = session.now();
    let state = &session.daemon.state;
    let last = match (parsed.has("latest"), parsed.last("last")) {
        (true, _) => Some(1),
        (false, Some(text)) => text.parse().ok(),
        _ => None,
    };
    let mut conditions = Vec::new();
    for filter in parsed.all("filter") {
        match filter.split_once('=') {
            Some((name @ ("status" | "name" | "ancestor" | "exited" | "id" | "label"), value)) => {
                conditions.push((name, value.to_owned()));
            }
            _ => return Err(Failure::daemon(format!("invalid filter '{filter}'"))),
        }
    }
    let all = parsed.has("all")
        || last.is_some()
        || conditions.iter().any(|(name, _)| matches!(*name, "status" | "exited"));
    let meets = |container: &&Container| {
        // Several values of one condition are alternatives.
        let mut kinds: Vec<&str> = conditions.iter().map(|(kind, _)| *kind).collect();
        kinds.dedup();
        kinds.iter().all(|kind| {
            conditions.iter().filter(|(other, _)| other == kind).any(|(_, value)| match *kind {
                "status" => container.state(now) == value,
                "name" => container.name.contains(value.as_str()),
                "id" => container.id.starts_with(value.as_str()),
                "exited" => {
                    container.exit_code(now).map(|code| code.to_string()).as_ref() == Some(value)
                }
                "label" => {
                    let (key, wanted) =
                        value.split_once('=').map_or((value.as_str(), None), |(k, v)| (k, Some(v)));
                    let label = container.config.labels.get(key);
                    label.is_some_and(|label| wanted.is_none_or(|wanted| wanted == label))
                }
                _ => state.images.find(value).is_some_and(|image| image.id == container.image),
            })
        })
    };
    let chosen: Vec<&Container> = state
        .containers
        .newest_first()
        .filter(|container| all || container.is_running(now))
        .filter(meets)
        .take(last.unwrap_or(usize::MAX))
        .collect();
    let rows: Vec<ContainerRow> = chosen.iter().map(|container| row(state, container)).collect();
    if parsed.has("quiet") {
        for row in &rows {
            let id = if parsed.has("no-trunc") { row.id.clone() } else { short(&row.id) };
            session.line(id);
        }
        return Ok(0);
    }
    let truncate = !parsed.has("no-trunc");
    if let Some(format) = parsed.last("format") {
        let text = containers_by(&rows, truncate, format).map_err(Failure::client)?;
        session.table(text);
        return Ok(0);
    }
    session.table(containers(&rows, truncate, parsed.has("size")));
    Ok(0)
}

/// A container as tables show it.
pub fn row(state: &crate::State, container: &Container) -> ContainerRow {
    let now = state.now;
    ContainerRow {
        id: container.id.clone(),
        image: image_name(state, container),
        command: container.command().join(" "),
        age: seconds_between(container.created, now),
        status: container.status_text(now),
        // Ports are those of a container that runs.
        ports: if container.is_running(now) { container.ports.clone() } else { Vec::new() },
        names: vec![format!("/{}", container.name)],
        size: container.size(),
        virtual_size: container.size()
            + state.images.get(&container.image).map_or(0, |image| image.size()),
        created: super::date(container.created),
        state: container.state(now).to_owned(),
        labels: labels(container),
        mounts: mount_names(container),
        local_volumes: container.volumes.len(),
    }
}

/// The labels as `{{.Labels}}` shows them.
fn labels(container: &Container) -> String {
    let labels = container.config.labels.iter().map(|(name, value)| format!("{name}={value}"));
    labels.collect::<Vec<_>>().join(",")
}

/// What a container has mounted, by its names.
fn mount_names(container: &Container) -> Vec<String> {
    let volumes = container.volumes.iter().map(|mount| mount.name.clone());
    volumes.chain(container.binds.iter().map(|bind| bind.source.clone())).collect()
}

/// The image as it was named, unless that name now means another one.
pub fn image_name(state: &crate::State, container: &Container) -> String {
    let same =
        state.images.find(&container.image_name).is_some_and(|image| image.id == container.image);
    if same { container.image_name.clone() } else { short(&container.image.to_string()) }
}

/// Ends a container now with this code, if it runs.
pub fn end(session: &mut Session<'_>, id: &str, code: u8) {
    let now = session.now();
    if let Some(container) = session.daemon.state.containers.get_mut(id)
        && container.is_running(now)
        && let Status::Started { at, .. } = container.status
    {
        // It stays as it is now.
        container.settle(now);
        container.status = Status::Started { at, ended: now, code };
        session.changed = true;
    }
}

fn end_each(session: &mut Session<'_>, parsed: &Parsed, kill: bool) -> Result<u8, Failure> {
    session.for_each(&parsed.operands, |session, name| {
        let now = session.now();
        let container = find(session, name)?;
        let (id, running) = (container.id.clone(), container.is_running(now));
        if kill && !running {
            return Err(Failure::daemon(format!(
                "cannot kill container: {name}: container {id} is not running"
            )));
        }
        // The first process of a container ignores SIGTERM unless it asks for it, and is killed
        // after ten seconds.
        if running && !kill {
            let wait: i64 = parsed.last("timeout").and_then(|t| t.parse().ok()).unwrap_or(10);
            session.daemon.state.now = vfs::Timestamp(now.0 + wait.max(0) * 1_000_000_000);
        }
        end(session, &id, 137);
        let auto_remove = find(session, &id)?.auto_remove;
        if auto_remove && running {
            session.daemon.state.remove_container(&id, true);
        }
        session.line(name);
        Ok(())
    })
}

fn remove(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    session.for_each(&parsed.operands, |session, name| {
        let now = session.now();
        let container = match find(session, name) {
            Ok(container) => container,
            Err(_) if parsed.has("force") => {
                return Err(Failure::Message(
                    format!("Error response from daemon: No such container: {name}\n"),
                    0,
                ));
            }
            Err(error) => return Err(error),
        };
        if container.is_running(now) && !parsed.has("force") {
            return Err(Failure::daemon(format!(
                "cannot remove container \"{}\": container is running: stop the container before \
                 removing or force remove",
                format_args!("/{}", container.name)
            )));
        }
        let id = container.id.clone();
        session.daemon.state.remove_container(&id, parsed.has("volumes"));
        session.changed = true;
        session.line(name);
        Ok(())
    })
}

fn rename(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let id = find(session, &parsed.operands[0])?.id.clone();
    let name = parsed.operands[1].clone();
    let containers = &mut session.daemon.state.containers;
    if let Some(other) = containers.newest_first().find(|other| other.name == name) {
        return Err(Failure::daemon(format!(
            "Error when allocating new name: Conflict. The container name \"/{name}\" is already in use \
             by container \"{}\". You have to remove (or rename) that container to be able to reuse \
             that name.",
            other.id
        )));
    }
    if let Some(container) = containers.get_mut(&id) {
        container.name = name;
    }
    session.changed = true;
    Ok(0)
}

fn logs(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let container = find(session, &parsed.operands[0])?;
    let (id, running) = (container.id.clone(), container.is_running(session.now()));
    let tail = parsed.last("tail").and_then(|text| text.parse::<usize>().ok());
    let timestamps = parsed.has("timestamps");
    let shown = show_logs(session, &id, (0, tail), timestamps);
    if parsed.has("follow") && running {
        follow(session, &id, shown, timestamps);
    }
    Ok(0)
}

/// Shows what a container has printed by now, from a byte on, its last lines only if so many are asked
/// for; answers how many bytes it has printed.
fn show_logs(
    session: &mut Session<'_>,
    id: &str,
    (from, tail): (usize, Option<usize>),
    timestamps: bool,
) -> usize {
    let now = session.now();
    let Some(container) = session.daemon.state.containers.find(id).cloned() else { return from };
    let mut at = 0;
    let mut lines: Vec<(Stream, usize, Vec<u8>)> = Vec::new();
    for (stream, bytes) in container.printed(now).runs {
        for line in bytes.split_inclusive(|&b| b == b'\n') {
            if at >= from {
                lines.push((stream, at, line.to_vec()));
            }
            at += line.len();
        }
    }
    let skip = tail.map_or(0, |tail| lines.len().saturating_sub(tail));
    let started = match container.status {
        Status::Started { at, .. } => at,
        Status::Created => now,
    };
    for (stream, at, line) in lines.into_iter().skip(skip) {
        if timestamps {
            let time = image::format_rfc3339(container.printed_at(at).unwrap_or(started));
            session.write(stream, format!("{time} ").as_bytes());
        }
        session.write(stream, &line);
    }
    at
}

/// How long a container that never ends is followed, in seconds of the virtual clock.
const FOLLOWED: i64 = 60;

/// Shows what a container prints from now on until its end; its exit code.
fn follow(session: &mut Session<'_>, id: &str, shown: usize, timestamps: bool) -> u8 {
    let endless = find(session, id).is_ok_and(
        |container| matches!(container.status, Status::Started { ended, .. } if ended.0 == i64::MAX),
    );
    // With `--rm` it is gone when the clock has come to its end.
    let gone = find(session, id).ok().cloned();
    let code = if endless {
        session.daemon.state.now.0 += FOLLOWED * 1_000_000_000;
        session.changed = true;
        0
    } else {
        wait_for(session, id)
    };
    session.daemon.advance();
    if let (true, Some(mut container)) = (find(session, id).is_err(), gone) {
        container.settle(session.now());
        session.daemon.state.containers.add(container);
        show_logs(session, id, (shown, None), timestamps);
        session.daemon.state.remove_container(id, true);
        return code;
    }
    show_logs(session, id, (shown, None), timestamps);
    if endless {
        session.complain(format!(
            "docker: a container that never ends is followed for {FOLLOWED} seconds of the virtual clock \
             here\n"
        ));
    }
    code
}

fn attach(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let now = session.now();
    let container = find(session, &parsed.operands[0])?;
    if !container.is_running(now) {
        return Err(Failure::client("cannot attach to a stopped container, start it first"));
    }
    if session.terminal && container.terminal {
        let attach = Attach { container: container.id.clone(), process: AttachedProcess::Main };
        return super::run::start_at_terminal(session, attach, false);
    }
    let printed = container.printed(now);
    let shown = printed.runs.iter().map(|(_, run)| run.len()).sum();
    let id = container.id.clone();
    Ok(follow(session, &id, shown, false))
}

fn wait(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    session.for_each(&parsed.operands, |session, name| {
        let id = find(session, name)?.id.clone();
        let code = wait_for(session, &id);
        session.line(code);
        Ok(())
    })
}

/// Lets the clock go on to a container's end; its exit code.
fn wait_for(session: &mut Session<'_>, id: &str) -> u8 {
    let now = session.now();
    let status = find(session, id).map(|container| container.status).unwrap_or_default();
    match status {
        // What never ends is not waited for.
        Status::Started { ended, code, .. } if ended.0 < i64::MAX => {
            session.daemon.state.now = now.max(ended);
            session.changed = true;
            code
        }
        Status::Started { code, .. } => code,
        Status::Created => 0,
    }
}

fn port(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let container = find(session, &parsed.operands[0])?;
    let ports: Vec<_> =
        container.ports.iter().filter(|port| !port.ip.is_empty()).cloned().collect();
    let Some(wanted) = parsed.operands.get(1) else {
        for port in ports {
            session.line(format!("{}/{} -> {}:{}", port.private, port.kind, port.ip, port.public));
        }
        return Ok(0);
    };
    let (number, kind) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
    let found = ports.iter().find(|p| p.private.to_string() == number && p.kind == kind);
    match found {
        Some(port) => session.line(format!("{}:{}", port.ip, port.public)),
        None => {
            return Err(Failure::client(format!(
                "Error: No public port '{number}/{kind}' published for {}",
                parsed.operands[0]
            )));
        }
    }
    Ok(0)
}

fn top(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let now = session.now();
    let container = find(session, &parsed.operands[0])?;
    if !container.is_running(now) {
        return Err(Failure::daemon(format!("container {} is not running", container.id)));
    }
    let user = if container.config.user.is_empty() { "root" } else { &container.config.user };
    let row = format!(
        "{user:<20}{:<20}{:<20}{:<20}{:<20}{:<20}{:<20}{}",
        1,
        0,
        0,
        "00:00",
        "?",
        "00:00:00",
        container.command().join(" ")
    );
    session.line(format!(
        "{:<20}{:<20}{:<20}{:<20}{:<20}{:<20}{:<20}CMD",
        "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME"
    ));
    session.line(row);
    Ok(0)
}

fn diff(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let container = find(session, &parsed.operands[0])?;
    let rows: Vec<ChangeRow> = container
        .base
        .diff_by(&container.tree, DiffOptions::LISTING)
        .iter()
        .map(|change| ChangeRow {
            kind: match change.kind {
                ChangeKind::Added => "A",
                ChangeKind::Modified => "C",
                ChangeKind::Deleted => "D",
            }
            .to_owned(),
            path: change.path.to_string(),
        })
        .collect();
    session.print(changes(&rows, None).map_err(Failure::client)?);
    Ok(0)
}

fn commit(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let container = find(session, &parsed.operands[0])?.clone();
    let reference = parsed
        .operands
        .get(1)
        .map(|name| Reference::parse(name))
        .transpose()
        .map_err(Failure::daemon)?;
    let now = session.now();
    let state = &mut session.daemon.state;
    let parent = state.images.get(&container.image);
    let (mut config, mut layers) = match &parent {
        Some(image) => (image.config.clone(), image.layers.clone()),
        None => (Config::default(), Vec::new()),
    };
    let changes = container.base.diff_with_parents(&container.tree);
    let layer = Layer::of_changes(&container.tree, &changes, now);
    let bytes = layer.entries.iter().map(image::Entry::size).sum();
    state.layers.note(layer.diff_id, &container.tree, changes.into(), now);
    layers.push(builder::LayerInfo { diff_id: layer.diff_id, bytes });
    config.rootfs.diff_ids.push(layer.diff_id);
    config.created = Some(now);
    config.config = container.config.clone();
    apply_changes(&mut config.config, parsed.all("change"))?;
    parsed.last("author").unwrap_or_default().clone_into(&mut config.author);
    config.history.push(History {
        created: Some(now),
        created_by: container.command().join(" "),
        author: config.author.clone(),
        comment: parsed.last("message").unwrap_or_default().to_owned(),
        empty_layer: false,
    });
    let image = StoredImage {
        id: config.id(),
        config,
        config_json: None,
        layers,
        tree: container.tree.clone(),
        parent: parent.map(|image| image.id),
        made_by: None,
    };
    let image = state.images.add(image);
    if let Some(reference) = reference {
        state.images.tag(reference, image.id);
    }
    session.changed = true;
    session.line(image.id);
    Ok(0)
}

/// Applies the instructions of `--change`.
pub fn apply_changes(config: &mut ContainerConfig, lines: &[String]) -> Result<(), Failure> {
    for line in lines {
        let parse = parse(&format!("FROM scratch\n{line}\n"));
        if let Some(error) = parse.first_error() {
            return Err(Failure::daemon(&error.cause));
        }
        for instruction in parse.instructions.iter().skip(1) {
            let words = |command: &dockerfile::CommandLine| match command.shell {
                true => vec!["/bin/sh".to_owned(), "-c".to_owned(), command.args.join(" ")],
                false => command.args.clone(),
            };
            match &instruction.kind {
                Kind::Cmd(command) => config.cmd = Some(words(command)),
                Kind::Entrypoint(command) => config.entrypoint = Some(words(command)),
                Kind::Env(pairs) => {
                    for pair in pairs {
                        let start = format!("{}=", pair.key);
                        config.env.retain(|entry| !entry.starts_with(&start));
                        config.env.push(start + &pair.value);
                    }
                }
                Kind::Label(pairs) => {
                    for pair in pairs {
                        config.labels.insert(pair.key.clone(), pair.value.clone());
                    }
                }
                Kind::User(user) => config.user.clone_from(user),
                Kind::Workdir(dir) => config.working_dir.clone_from(dir),
                Kind::Expose(ports) => {
                    for port in ports {
                        let port =
                            if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
                        config.exposed_ports.insert(port);
                    }
                }
                Kind::Volume(paths) => config.volumes.extend(paths.iter().cloned()),
                _ => {
                    return Err(Failure::daemon(format!(
                        "{} is not a valid change command",
                        instruction.name()
                    )));
                }
            }
        }
    }
    Ok(())
}

fn export(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let tree = find(session, &parsed.operands[0])?.tree.clone();
    let mut bytes = Vec::new();
    export_tree(&tree, &mut bytes).map_err(Failure::client)?;
    match parsed.last("output") {
        Some(path) => session.files.write(path, &bytes).map_err(Failure::client)?,
        None => session.print(&bytes),
    }
    Ok(0)
}

fn prune(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    if !confirmed(session, parsed, "WARNING! This will remove all stopped containers.")? {
        return Ok(0);
    }
    let (gone, freed) = prune_containers(session);
    if !gone.is_empty() {
        session.line("Deleted Containers:");
        for id in gone {
            session.line(id);
        }
        session.line("");
    }
    session.line(format!(
        "Total reclaimed space: {}",
        console::human_size_with_precision(freed as f64, 4)
    ));
    Ok(0)
}

/// Removes the containers that do not run; their ids and the bytes that it freed.
pub fn prune_containers(session: &mut Session<'_>) -> (Vec<String>, u64) {
    let now = session.now();
    let containers = &mut session.daemon.state.containers;
    let stopped: Vec<(String, u64)> = containers
        .newest_first()
        .filter(|container| !container.is_running(now))
        .map(|container| (container.id.clone(), container.size()))
        .collect();
    for (id, _) in &stopped {
        containers.remove(id);
    }
    session.changed = true;
    let freed = stopped.iter().map(|(_, bytes)| bytes).sum();
    (stopped.into_iter().map(|(id, _)| id).collect(), freed)
}

fn copy(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let split = |text: &str| match text.split_once(':') {
        Some((name, path)) if !name.is_empty() && !name.starts_with(['/', '.']) => {
            (Some(name.to_owned()), path.to_owned())
        }
        _ => (None, text.to_owned()),
    };
    match (split(&parsed.operands[0]), split(&parsed.operands[1])) {
        ((Some(name), source), (None, target)) => {
            let container = find(session, &name)?;
            let path = AbsPath::new(&source);
            let tree = trees::pick(&container.tree, &path).ok_or_else(|| {
                Failure::daemon(format!("Could not find the file {source} in container {name}"))
            })?;
            session.files.put_tree(&target, &tree).map_err(Failure::client)?;
        }
        ((None, source), (Some(name), target)) => {
            let id = find(session, &name)?.id.clone();
            let from = session.files.directory(&source).or_else(|_| {
                let content = session.files.read(&source)?;
                let base = source.rsplit('/').next().unwrap_or(&source).to_owned();
                trees::single(&base, content).map_err(|errno| format!("{source}: {errno}"))
            });
            let from = from.map_err(Failure::client)?;
            if let Some(container) = session.daemon.state.containers.get_mut(&id) {
                let at = AbsPath::new(&target);
                container.tree =
                    trees::placed(&container.tree, &from, &at).map_err(Failure::daemon)?;
                container.background.iter_mut().for_each(|own| own.is_touched = true);
            }
            session.changed = true;
        }
        ((Some(_), _), (Some(_), _)) => {
            return Err(Failure::client("copying between containers is not supported"));
        }
        ((None, _), (None, _)) => {
            return Err(Failure::client("must specify at least one container source"));
        }
    }
    Ok(0)
}
