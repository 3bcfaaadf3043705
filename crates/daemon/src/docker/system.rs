//! Commands about the daemon itself, volumes and networks.

use console::tables::{DiskUsage, Usage as Used, disk_usage};
use console::tabulate;

use super::containers::prune_containers;
use super::flags::{MANY, Parsed, usage as call};
use super::images::{confirmed, prune_images};
use super::inspect::{INSPECT_IMAGE, template, volume};
use super::{Command, Failure, Session};

/// What `docker --version` prints.
pub const VERSION_LINE: &str = "Docker version 28.2.2, build layerlab";

pub const COMMANDS: &[Command] = &[
    INSPECT_IMAGE,
    Command { names: &["version"], usage: call("version", (0, 0), &["format"]), run: version },
    Command {
        names: &["info", "system info"],
        usage: call("system info", (0, 0), &["format"]),
        run: info,
    },
    Command {
        names: &["system df"],
        usage: call("system df", (0, 0), &["format", "verbose"]),
        run: usage,
    },
    Command {
        names: &["system prune"],
        usage: call("system prune", (0, 0), &["all", "force", "volumes"]),
        run: prune,
    },
    Command {
        names: &["volume create"],
        usage: call("volume create", (0, 1), &["driver", "label"]),
        run: |session, parsed| {
            let name = match parsed.operands.first() {
                Some(name) => name.clone(),
                None => session.daemon.new_id("volume"),
            };
            session.daemon.state.volumes.entry(name.clone()).or_default();
            session.changed = true;
            session.line(name);
            Ok(0)
        },
    },
    Command {
        names: &["volume ls", "volume list"],
        usage: call("volume ls", (0, 0), &["format", "quiet"]),
        run: |session, parsed| {
            let names: Vec<String> = session.daemon.state.volumes.keys().cloned().collect();
            let mut rows = vec![vec!["DRIVER".to_owned(), "VOLUME NAME".to_owned()]];
            rows.extend(names.iter().map(|name| vec!["local".to_owned(), name.clone()]));
            match parsed.has("quiet") {
                true => names.into_iter().for_each(|name| session.line(name)),
                false => session.print(columns(&rows)),
            }
            Ok(0)
        },
    },
    Command {
        names: &["volume inspect"],
        usage: call("volume inspect", (1, MANY), &["format"]),
        run: |session, parsed| {
            session.for_each(&parsed.operands, |session, name| {
                if !session.daemon.state.volumes.contains_key(name) {
                    return Err(Failure::daemon(format!("get {name}: no such volume")));
                }
                let value = volume(name);
                let text = match parsed.last("format") {
                    Some(format) => template(format, &value).map_err(Failure::client)?,
                    None => serde_json::to_string_pretty(&[value]).map_err(Failure::client)?,
                };
                session.line(text);
                Ok(())
            })
        },
    },
    Command {
        names: &["volume rm", "volume remove"],
        usage: call("volume rm", (1, MANY), &["force"]),
        run: |session, parsed| {
            session.for_each(&parsed.operands, |session, name| {
                let state = &mut session.daemon.state;
                let user = state
                    .containers
                    .newest_first()
                    .find(|container| container.volumes.iter().any(|(_, own)| own == name));
                if let Some(user) = user {
                    return Err(Failure::daemon(format!(
                        "remove {name}: volume is in use - [{}]",
                        user.id
                    )));
                }
                if state.volumes.remove(name).is_none() && !parsed.has("force") {
                    return Err(Failure::daemon(format!("get {name}: no such volume")));
                }
                session.changed = true;
                session.line(name);
                Ok(())
            })
        },
    },
    Command {
        names: &["network ls", "network list"],
        usage: call("network ls", (0, 0), &["format", "no-trunc", "quiet"]),
        run: |session, _| {
            let rows = [
                ["NETWORK ID", "NAME", "DRIVER", "SCOPE"],
                ["b2c1f0e6a7d3", "bridge", "bridge", "local"],
                ["5f7e0a9c3d18", "host", "host", "local"],
                ["0d4b8e6f2a91", "none", "null", "local"],
            ];
            session.print(columns(&rows.map(|row| row.map(str::to_owned).to_vec())));
            Ok(0)
        },
    },
];

/// Rows in columns three blanks apart.
fn columns(rows: &[Vec<String>]) -> String {
    let text: Vec<String> = rows.iter().map(|row| row.join("\t")).collect();
    tabulate(&(text.join("\n") + "\n"), 10, 3)
}

fn version(session: &mut Session<'_>, _: &Parsed) -> Result<u8, Failure> {
    session.print(
        "Client: Layerlab\n Version:           28.2.2\n API version:       1.50\n OS/Arch:           \
         linux/amd64\n\nServer: Layerlab\n Engine:\n  Version:          28.2.2\n  API version:      \
         1.50 (minimum version 1.24)\n  OS/Arch:          linux/amd64\n",
    );
    Ok(0)
}

fn info(session: &mut Session<'_>, _: &Parsed) -> Result<u8, Failure> {
    let now = session.now();
    let state = &session.daemon.state;
    let containers: Vec<_> = state.containers.newest_first().collect();
    let running = containers.iter().filter(|container| container.is_running(now)).count();
    let text = format!(
        "Server:\n Containers: {}\n  Running: {running}\n  Paused: 0\n  Stopped: {}\n Images: {}\n \
         Server Version: 28.2.2\n Storage Driver: overlay2\n Operating System: Layerlab\n OSType: \
         linux\n Architecture: x86_64\n Name: layerlab\n",
        containers.len(),
        containers.len() - running,
        state.images.all().len(),
    );
    session.print(text);
    Ok(0)
}

fn usage(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let now = session.now();
    let state = &session.daemon.state;
    let images = state.images.all();
    let containers: Vec<_> = state.containers.newest_first().collect();
    let is_used = |id| containers.iter().any(|container| container.image == id);
    let used = images.iter().filter(|image| is_used(image.id)).count();
    let all = state.images.size();
    // What an image alone has is freed with it; shared layers stay as long as one image has them.
    let users = state.images.layer_users();
    let kept: u64 = users
        .iter()
        .filter(|(chain, _)| {
            images.iter().filter(|image| is_used(image.id)).any(|image| {
                image.layers.len() >= chain.len()
                    && image.layers.iter().zip(chain.iter()).all(|(layer, id)| layer.diff_id == *id)
            })
        })
        .map(|(_, (bytes, _))| bytes)
        .sum();
    let sizes: u64 = containers.iter().map(|container| container.size()).sum();
    let stopped = containers.iter().filter(|container| !container.is_running(now));
    let volumes = &state.volumes;
    let volume_size = |tree: &vfs::Tree| -> u64 {
        let files = tree.walk().map(|(_, _, inode)| match &inode.kind {
            vfs::Kind::File(content) => content.len(),
            _ => 0,
        });
        files.sum()
    };
    let mounted =
        |name: &&String| containers.iter().any(|c| c.volumes.iter().any(|(_, own)| own == *name));
    let report = DiskUsage {
        images: Used { total: images.len(), active: used, size: all, reclaimable: all - kept },
        containers: Used {
            total: containers.len(),
            active: containers.iter().filter(|container| container.is_running(now)).count(),
            size: sizes,
            reclaimable: stopped.map(|container| container.size()).sum(),
        },
        volumes: Used {
            total: volumes.len(),
            active: volumes.keys().filter(mounted).count(),
            size: volumes.values().map(volume_size).sum(),
            reclaimable: volumes
                .iter()
                .filter(|(name, _)| !mounted(name))
                .map(|(_, t)| volume_size(t))
                .sum(),
        },
        build_cache: Used { total: state.cache.len(), ..Used::default() },
    };
    let mut text = disk_usage(&report);
    if parsed.has("verbose") {
        text.push_str("\nImages space usage:\n\n");
        let mut rows = vec![
            ["REPOSITORY", "TAG", "IMAGE ID", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"]
                .map(str::to_owned)
                .to_vec(),
        ];
        for image in &images {
            let mut chain = Vec::new();
            let (mut shared, mut unique) = (0, 0);
            for layer in &image.layers {
                chain.push(layer.diff_id);
                match users.get(&chain) {
                    Some((bytes, 1)) => unique += bytes,
                    Some((bytes, _)) => shared += bytes,
                    None => {}
                }
            }
            let size = |bytes: u64| console::human_size_with_precision(bytes as f64, 4);
            let names = state.images.names(&image.id);
            let count = containers.iter().filter(|container| container.image == image.id).count();
            let shown = match names.first() {
                Some(name) => [name.name.clone(), name.tag.clone()],
                None => ["<none>".to_owned(), "<none>".to_owned()],
            };
            rows.push(
                [
                    shown.to_vec(),
                    vec![
                        super::short(&image.id.to_string()),
                        size(image.size()),
                        size(shared),
                        size(unique),
                        count.to_string(),
                    ],
                ]
                .concat(),
            );
        }
        text.push_str(&columns(&rows));
    }
    session.print(text);
    Ok(0)
}

fn prune(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let what = if parsed.has("all") {
        "all images without at least one container associated to them"
    } else {
        "all dangling images"
    };
    let warning = format!(
        "WARNING! This will remove:\n  - all stopped containers\n  - all networks not used by at least \
         one container\n  - {what}\n  - unused build cache\n"
    );
    if !confirmed(session, parsed, &warning)? {
        return Ok(0);
    }
    let (containers, first) = prune_containers(session);
    if !containers.is_empty() {
        session.line(format!("Deleted Containers:\n{}\n", containers.join("\n")));
    }
    let (images, second) = prune_images(session, parsed.has("all"));
    if !images.is_empty() {
        session.line(format!("Deleted Images:\n{}\n", images.join("\n")));
    }
    session.daemon.state.cache.clear();
    if parsed.has("volumes") {
        let state = &mut session.daemon.state;
        let containers = &state.containers;
        state.volumes.retain(|name, _| {
            name.len() != 64
                || containers.newest_first().any(|c| c.volumes.iter().any(|(_, own)| own == name))
        });
    }
    session.line(format!(
        "Total reclaimed space: {}",
        console::human_size_with_precision((first + second) as f64, 4)
    ));
    Ok(0)
}
