//! Commands about the daemon itself, volumes and networks.

use console::tables::{
    ContainerRow, DiskUsage, ImageRow, Usage as Used, disk_usage, disk_usage_by,
    disk_usage_verbose, rows_by,
};

use super::containers::{prune_containers, row as row_of_container};
use super::flags::{MANY, Parsed, usage as call};
use super::images::{confirmed, prune_images, row as row_of_image};
use super::inspect::{INSPECT_IMAGE, template, volume};
use super::{Command, Failure, Session, short};
use crate::Container;
use crate::containers::is_anonymous;

/// What `docker --version` prints.
pub const VERSION_LINE: &str = "Docker version 28.2.2, build layerlab";

/// The columns of `docker volume ls`.
const VOLUMES: &str = "table {{.Driver}}\t{{.Name}}";
/// The columns of `docker network ls`.
const NETWORKS: &str = "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";

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
            let names = session.daemon.state.volumes.keys().cloned();
            let rows = names.map(|name| {
                [
                    ("Driver", "local".to_owned()),
                    ("Name", name.clone()),
                    ("Scope", "local".to_owned()),
                    ("Mountpoint", format!("/var/lib/docker/volumes/{name}/_data")),
                    ("Labels", String::new()),
                ]
                .into()
            });
            let default = if parsed.has("quiet") { "{{.Name}}" } else { VOLUMES };
            let format = parsed.last("format").unwrap_or(default);
            let format = if format == "table" { VOLUMES } else { format };
            let headings =
                [("Driver", "DRIVER"), ("Name", "VOLUME NAME"), ("Mountpoint", "MOUNTPOINT")];
            let text = rows_by(format, &headings, &rows.collect::<Vec<_>>());
            session.table(text.map_err(Failure::client)?);
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
                let has =
                    |container: &&Container| container.volumes.iter().any(|own| own.name == *name);
                let user = state.containers.newest_first().find(has);
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
        names: &["volume prune"],
        usage: call("volume prune", (0, 0), &["all", "force"]),
        run: prune_volumes,
    },
    Command {
        names: &["network ls", "network list"],
        usage: call("network ls", (0, 0), &["format", "no-trunc", "quiet"]),
        run: |session, parsed| {
            let rows = ["bridge", "host", "none"].map(|name| {
                let id = image::Digest::of(name.as_bytes()).hex();
                let id = if parsed.has("no-trunc") { id } else { short(&id) };
                let driver = if name == "none" { "null" } else { name };
                [
                    ("ID", id),
                    ("Name", name.to_owned()),
                    ("Driver", driver.to_owned()),
                    ("Scope", "local".to_owned()),
                ]
                .into()
            });
            let default = if parsed.has("quiet") { "{{.ID}}" } else { NETWORKS };
            let format = parsed.last("format").unwrap_or(default);
            let format = if format == "table" { NETWORKS } else { format };
            let headings =
                [("ID", "NETWORK ID"), ("Name", "NAME"), ("Driver", "DRIVER"), ("Scope", "SCOPE")];
            let text = rows_by(format, &headings, &rows);
            session.table(text.map_err(Failure::client)?);
            Ok(0)
        },
    },
];

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
    let mounted = |name: &&String| state.uses_volume(name);
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
        build_cache: build_cache(state),
    };
    if !parsed.has("verbose") {
        let text = match parsed.last("format") {
            Some(format) => disk_usage_by(&report, format).map_err(Failure::client)?,
            None => disk_usage(&report),
        };
        session.table(text);
        return Ok(0);
    }
    let image_rows: Vec<(ImageRow, u64, usize)> = images
        .iter()
        .map(|image| {
            let (mut chain, mut shared) = (Vec::new(), 0);
            for layer in &image.layers {
                chain.push(layer.diff_id);
                shared += users.get(&chain).filter(|(_, count)| *count > 1).map_or(0, |of| of.0);
            }
            let count = containers.iter().filter(|container| container.image == image.id).count();
            (row_of_image(&state.images, image, now), shared, count)
        })
        .collect();
    let container_rows: Vec<ContainerRow> =
        containers.iter().map(|container| row_of_container(state, container)).collect();
    let volume_rows: Vec<(String, usize, u64)> = volumes
        .iter()
        .map(|(name, tree)| {
            let of = containers.iter().flat_map(|container| &container.volumes);
            let links = of.filter(|mount| mount.name == *name).count();
            (name.clone(), links, volume_size(tree))
        })
        .collect();
    let cached = report.build_cache.size;
    session.table(disk_usage_verbose(&image_rows, &container_rows, &volume_rows, cached));
    Ok(0)
}

/// What the build cache has that no image has: the rest is counted there.
pub fn build_cache(state: &crate::State) -> Used {
    let images = state.images.all();
    let in_image: std::collections::BTreeSet<_> =
        images.iter().flat_map(|image| &image.layers).map(|layer| layer.diff_id).collect();
    let own = state.cache.results().filter(|result| !in_image.contains(&result.layer.diff_id));
    let size = own.map(|result| result.layer.bytes).sum();
    Used { total: state.cache.len(), active: 0, size, reclaimable: size }
}

/// Removes the volumes that no container has: those without a name, or all.
fn prune_volumes(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let all = parsed.has("all");
    let what = match all {
        true => "all local volumes not used by at least one container",
        false => "anonymous local volumes not used by at least one container",
    };
    if !confirmed(session, parsed, &format!("WARNING! This will remove {what}."))? {
        return Ok(0);
    }
    let state = &mut session.daemon.state;
    let names: Vec<String> = state.volumes.keys().cloned().collect();
    let unused = |name: &String| (all || is_anonymous(name)) && !state.uses_volume(name);
    let unused: Vec<String> = names.into_iter().filter(unused).collect();
    let mut freed = 0;
    for name in &unused {
        freed += state.volumes.remove(name).map_or(0, |tree| volume_size(&tree));
    }
    session.changed = true;
    if !unused.is_empty() {
        session.line(format!("Deleted Volumes:\n{}\n", unused.join("\n")));
    }
    session.line(format!(
        "Total reclaimed space: {}",
        console::human_size_with_precision(freed as f64, 4)
    ));
    Ok(0)
}

/// Bytes of the files in a volume.
fn volume_size(tree: &vfs::Tree) -> u64 {
    let files = tree.walk().map(|(_, _, inode)| match &inode.kind {
        vfs::Kind::File(content) => content.len(),
        _ => 0,
    });
    files.sum()
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
    let third = build_cache(&session.daemon.state).size;
    session.daemon.state.cache.clear();
    if parsed.has("volumes") {
        let state = &mut session.daemon.state;
        let unused: Vec<String> = state.volumes.keys().cloned().collect();
        for name in unused {
            if is_anonymous(&name) && !state.uses_volume(&name) {
                state.volumes.remove(&name);
            }
        }
    }
    session.line(format!(
        "Total reclaimed space: {}",
        console::human_size_with_precision((first + second + third) as f64, 4)
    ));
    Ok(0)
}
