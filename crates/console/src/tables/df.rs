//! `docker system df`

use super::{ago, rows_by, short_id, size, table};
use crate::tables::{ContainerRow, ImageRow};
use crate::{Fields, TemplateError, ellipsis, human_size};

/// What takes up space.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DiskUsage {
    /// Images: sizes of all their layers, each once.
    pub images: Usage,
    /// Containers: their writable layers.
    pub containers: Usage,
    /// Volumes.
    pub volumes: Usage,
    /// The build cache.
    pub build_cache: Usage,
}

/// How much of one kind there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many.
    pub total: usize,
    /// How many are used.
    pub active: usize,
    /// Bytes.
    pub size: u64,
    /// Bytes that could be freed.
    pub reclaimable: u64,
}

fn fields(usage: &DiskUsage) -> Vec<Fields> {
    let kinds = [
        ("Images", &usage.images, true),
        ("Containers", &usage.containers, true),
        ("Local Volumes", &usage.volumes, true),
        ("Build Cache", &usage.build_cache, false),
    ];
    let fields = kinds.into_iter().map(|(name, kind, percentage)| {
        let mut reclaimable = human_size(kind.reclaimable as f64);
        if percentage && kind.size > 0 {
            reclaimable.push_str(&format!(" ({}%)", kind.reclaimable * 100 / kind.size));
        }
        [
            ("Type", name.to_owned()),
            ("TotalCount", kind.total.to_string()),
            ("Active", kind.active.to_string()),
            ("Size", human_size(kind.size as f64)),
            ("Reclaimable", reclaimable),
        ]
        .into()
    });
    fields.collect()
}

const HEADINGS: [(&str, &str); 5] = [
    ("Type", "TYPE"),
    ("TotalCount", "TOTAL"),
    ("Active", "ACTIVE"),
    ("Size", "SIZE"),
    ("Reclaimable", "RECLAIMABLE"),
];

/// The table.
#[must_use]
pub fn disk_usage(usage: &DiskUsage) -> String {
    let headings = HEADINGS.map(|(name, text)| (name, text.to_owned())).into();
    table(&HEADINGS.map(|(name, _)| name), &headings, &fields(usage))
}

/// The rows by the value of `--format`.
///
/// # Errors
/// [`TemplateError`].
pub fn disk_usage_by(usage: &DiskUsage, format: &str) -> Result<String, TemplateError> {
    if format == "table" {
        return Ok(disk_usage(usage));
    }
    rows_by(format, &HEADINGS, &fields(usage))
}

/// The tables of `--verbose`. For images the bytes they share with others come with them, and how
/// many containers use them; of volumes name, links and size.
#[must_use]
pub fn disk_usage_verbose(
    images: &[(ImageRow, u64, usize)],
    containers: &[ContainerRow],
    volumes: &[(String, usize, u64)],
    build_cache: u64,
) -> String {
    let headings = |columns: &[&'static str]| -> Fields {
        columns.iter().map(|name| (*name, (*name).to_owned())).collect()
    };
    let columns = [
        "REPOSITORY",
        "TAG",
        "IMAGE ID",
        "CREATED",
        "SIZE",
        "SHARED SIZE",
        "UNIQUE SIZE",
        "CONTAINERS",
    ];
    let rows: Vec<Fields> = images
        .iter()
        .map(|(image, shared, used)| {
            let name = image.tags.first().map_or("<none>:<none>", String::as_str);
            let (repository, tag) = name.rsplit_once(':').unwrap_or((name, "<none>"));
            [
                ("REPOSITORY", repository.to_owned()),
                ("TAG", tag.to_owned()),
                ("IMAGE ID", short_id(&image.id)),
                ("CREATED", image.age.map_or("N/A".to_owned(), ago)),
                ("SIZE", size(image.size)),
                ("SHARED SIZE", human_size(*shared as f64)),
                ("UNIQUE SIZE", human_size(image.size.saturating_sub(*shared) as f64)),
                ("CONTAINERS", used.to_string()),
            ]
            .into()
        })
        .collect();
    let mut out = format!("Images space usage:\n\n{}", table(&columns, &headings(&columns), &rows));
    let columns =
        ["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"];
    let rows: Vec<Fields> = containers
        .iter()
        .map(|row| {
            [
                ("CONTAINER ID", short_id(&row.id)),
                ("IMAGE", row.image.clone()),
                ("COMMAND", format!("\"{}\"", ellipsis(&row.command, 20))),
                ("LOCAL VOLUMES", row.local_volumes.to_string()),
                ("SIZE", size(row.size)),
                ("CREATED", ago(row.age)),
                ("STATUS", row.status.clone()),
                ("NAMES", row.names.join(",")),
            ]
            .into()
        })
        .collect();
    out.push_str("\nContainers space usage:\n\n");
    out.push_str(&table(&columns, &headings(&columns), &rows));
    let columns = ["VOLUME NAME", "LINKS", "SIZE"];
    let rows: Vec<Fields> = volumes
        .iter()
        .map(|(name, links, bytes)| {
            let fields = [
                ("VOLUME NAME", name.clone()),
                ("LINKS", links.to_string()),
                ("SIZE", human_size(*bytes as f64)),
            ];
            fields.into()
        })
        .collect();
    out.push_str("\nLocal Volumes space usage:\n\n");
    out.push_str(&table(&columns, &headings(&columns), &rows));
    let columns = ["CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED"];
    out.push_str(&format!("\nBuild cache usage: {}\n\n", human_size(build_cache as f64)));
    out.push_str(&table(&columns, &headings(&columns), &[]));
    out
}
