//! `docker ps`

use super::{ago, rows_by, short_id, table};
use crate::{Fields, TemplateError, ellipsis, human_size_with_precision};

/// A container.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerRow {
    /// Its id.
    pub id: String,
    /// The image, as it was named.
    pub image: String,
    /// What it runs.
    pub command: String,
    /// Seconds since it was made.
    pub age: f64,
    /// `Up 5 minutes`, `Exited (0) 2 hours ago`, `Created`.
    pub status: String,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Its names, and under which names links know it (`/other/name`).
    pub names: Vec<String>,
    /// Bytes of its writable layer.
    pub size: u64,
    /// Bytes of its image and its writable layer.
    pub virtual_size: u64,
    /// When it was made, as `{{.CreatedAt}}` shows it.
    pub created: String,
    /// `running`, `exited`, `created`.
    pub state: String,
    /// Its labels, `name=value` with commas between.
    pub labels: String,
    /// What is mounted: names of volumes and paths.
    pub mounts: Vec<String>,
    /// How many of them are volumes.
    pub local_volumes: usize,
}

/// A port of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// In the container.
    pub private: u16,
    /// The host's address; empty where it is not published.
    pub ip: String,
    /// On the host.
    pub public: u16,
    /// `tcp`, `udp`, `sctp`.
    pub kind: String,
}

fn fields(rows: &[ContainerRow], truncate: bool) -> Vec<Fields> {
    let fields = rows.iter().map(|row| {
        let command = if truncate { ellipsis(&row.command, 20) } else { row.command.clone() };
        let mounts = row.mounts.iter().map(|name| match truncate {
            true => ellipsis(name, 15),
            false => name.clone(),
        });
        [
            ("ID", if truncate { short_id(&row.id) } else { row.id.clone() }),
            ("Image", if row.image.is_empty() { "<no image>".into() } else { row.image.clone() }),
            ("Command", quoted(&command)),
            ("CreatedAt", row.created.clone()),
            ("RunningFor", ago(row.age)),
            ("State", row.state.clone()),
            ("Status", row.status.clone()),
            ("Ports", displayable_ports(&row.ports)),
            ("Names", names(&row.names, truncate)),
            ("Size", sizes(row)),
            ("Labels", row.labels.clone()),
            ("Mounts", mounts.collect::<Vec<_>>().join(",")),
            ("LocalVolumes", row.local_volumes.to_string()),
            ("Networks", "bridge".to_owned()),
        ]
        .into()
    });
    fields.collect()
}

/// The containers by the value of `--format`.
///
/// # Errors
/// [`TemplateError`].
pub fn containers_by(
    rows: &[ContainerRow],
    truncate: bool,
    format: &str,
) -> Result<String, TemplateError> {
    if format == "table" {
        return Ok(containers(rows, truncate, false));
    }
    let headings = [
        ("ID", "CONTAINER ID"),
        ("Image", "IMAGE"),
        ("Command", "COMMAND"),
        ("CreatedAt", "CREATED AT"),
        ("RunningFor", "CREATED"),
        ("State", "STATE"),
        ("Status", "STATUS"),
        ("Ports", "PORTS"),
        ("Names", "NAMES"),
        ("Size", "SIZE"),
        ("Labels", "LABELS"),
        ("Mounts", "MOUNTS"),
        ("LocalVolumes", "LOCAL VOLUMES"),
        ("Networks", "NETWORKS"),
    ];
    rows_by(format, &headings, &fields(rows, truncate))
}

/// The table; `with_size` adds sizes, `truncate` shortens ids and commands.
#[must_use]
pub fn containers(rows: &[ContainerRow], truncate: bool, with_size: bool) -> String {
    let rows = fields(rows, truncate);
    let headings: Fields = [
        ("ID", "CONTAINER ID"),
        ("Image", "IMAGE"),
        ("Command", "COMMAND"),
        ("RunningFor", "CREATED"),
        ("Status", "STATUS"),
        ("Ports", "PORTS"),
        ("Names", "NAMES"),
        ("Size", "SIZE"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .into();
    let all = ["ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names", "Size"];
    table(if with_size { &all } else { &all[..7] }, &headings, &rows)
}

fn sizes(row: &ContainerRow) -> String {
    let own = human_size_with_precision(row.size as f64, 3);
    match row.virtual_size {
        0 => own,
        all => format!("{own} (virtual {})", human_size_with_precision(all as f64, 3)),
    }
}

/// Go's `strconv.Quote`, for what commands hold.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The names without their slashes; truncated, the first that is not a link's.
fn names(names: &[String], truncate: bool) -> String {
    let bare: Vec<&str> = names.iter().map(|name| name.strip_prefix('/').unwrap_or(name)).collect();
    let own = bare.iter().find(|name| !name.contains('/'));
    match own.filter(|_| truncate) {
        Some(own) => (*own).to_owned(),
        None => bare.join(","),
    }
}

/// Ports as `docker ps` shows them: neighbours in ranges, mappings to other numbers behind them
/// (`DisplayablePorts` in `cli/command/formatter/container.go`).
#[must_use]
pub fn displayable_ports(ports: &[Port]) -> String {
    let mut ports = ports.to_vec();
    ports.sort();
    let mut groups: Vec<(String, u16, u16)> = Vec::new();
    let mut out = Vec::new();
    let mut mappings = Vec::new();
    for port in ports {
        let key = if port.ip.is_empty() {
            port.kind.clone()
        } else if port.public != port.private {
            let host = host_port(&port.ip, &port.public.to_string());
            mappings.push(format!("{host}->{}/{}", port.private, port.kind));
            continue;
        } else {
            format!("{}/{}", port.ip, port.kind)
        };
        match groups.iter_mut().find(|group| group.0 == key) {
            None => groups.push((key, port.private, port.private)),
            Some((_, _, last)) if port.private == last.wrapping_add(1) => *last = port.private,
            Some(group) => {
                out.push(group_text(group));
                (group.1, group.2) = (port.private, port.private);
            }
        }
    }
    out.extend(groups.iter().map(group_text));
    out.extend(mappings);
    out.join(", ")
}

fn group_text((key, first, last): &(String, u16, u16)) -> String {
    let range = if first == last { first.to_string() } else { format!("{first}-{last}") };
    match key.rsplit_once('/') {
        Some((ip, kind)) => format!("{}->{range}/{kind}", host_port(ip, &range)),
        None => format!("{range}/{key}"),
    }
}

fn host_port(ip: &str, port: &str) -> String {
    if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }
}
