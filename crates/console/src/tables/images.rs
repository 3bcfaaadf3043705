//! `docker images`

use std::collections::BTreeMap;

use super::{ago, rows_by, short_id, size, table};
use crate::{Fields, TemplateError};

const NONE: &str = "<none>";

/// An image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageRow {
    /// Its id.
    pub id: String,
    /// `name:tag`.
    pub tags: Vec<String>,
    /// `name@sha256:...`.
    pub digests: Vec<String>,
    /// Seconds since it was made; none where that is not known.
    pub age: Option<f64>,
    /// When, as `{{.CreatedAt}}` shows it.
    pub created: String,
    /// Size in bytes.
    pub size: u64,
}

/// What is shown of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageOptions {
    /// `--digests`
    pub digests: bool,
    /// `--quiet`: ids only.
    pub quiet: bool,
    /// `--no-trunc`
    pub no_truncate: bool,
}

/// A row for each name, and for each digest where these are asked for.
fn lines(rows: &[ImageRow], options: ImageOptions) -> Vec<Fields> {
    let mut lines: Vec<Fields> = Vec::new();
    for image in rows {
        for (repository, tag, digest) in names(image, options.digests) {
            let id = if options.no_truncate { image.id.clone() } else { short_id(&image.id) };
            let fields = [
                ("Repository", repository),
                ("Tag", tag),
                ("Digest", digest),
                ("ID", id),
                ("CreatedSince", image.age.map_or("N/A".to_owned(), ago)),
                ("CreatedAt", image.created.clone()),
                ("Size", size(image.size)),
                ("VirtualSize", size(image.size)),
                ("SharedSize", "N/A".to_owned()),
                ("UniqueSize", "N/A".to_owned()),
                ("Containers", "N/A".to_owned()),
            ];
            lines.push(fields.into());
        }
    }
    lines
}

/// The images by the value of `--format`.
///
/// # Errors
/// [`TemplateError`].
pub fn images_by(
    rows: &[ImageRow],
    options: ImageOptions,
    format: &str,
) -> Result<String, TemplateError> {
    if format == "table" {
        return Ok(images(rows, options));
    }
    let headings = [
        ("Repository", "REPOSITORY"),
        ("Tag", "TAG"),
        ("Digest", "DIGEST"),
        ("ID", "IMAGE ID"),
        ("CreatedSince", "CREATED"),
        ("CreatedAt", "CREATED AT"),
        ("Size", "SIZE"),
        ("VirtualSize", "SIZE"),
        ("SharedSize", "SHARED SIZE"),
        ("UniqueSize", "UNIQUE SIZE"),
        ("Containers", "CONTAINERS"),
    ];
    let digests = options.digests || format.contains(".Digest");
    rows_by(format, &headings, &lines(rows, ImageOptions { digests, ..options }))
}

/// The table: a row for each tag, and with `digests` for each digest.
#[must_use]
pub fn images(rows: &[ImageRow], options: ImageOptions) -> String {
    let lines = lines(rows, options);
    if options.quiet {
        return lines.iter().map(|line| format!("{}\n", line["ID"])).collect();
    }
    let headings: Fields = [
        ("Repository", "REPOSITORY"),
        ("Tag", "TAG"),
        ("Digest", "DIGEST"),
        ("ID", "IMAGE ID"),
        ("CreatedSince", "CREATED"),
        ("Size", "SIZE"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .into();
    let columns: &[&str] = if options.digests {
        &["Repository", "Tag", "Digest", "ID", "CreatedSince", "Size"]
    } else {
        &["Repository", "Tag", "ID", "CreatedSince", "Size"]
    };
    table(columns, &headings, &lines)
}

/// (repository, tag, digest) of each row of an image.
fn names(image: &ImageRow, with_digests: bool) -> Vec<(String, String, String)> {
    let row = |repository: &str, tag: &str, digest: &str| {
        (repository.to_owned(), tag.to_owned(), digest.to_owned())
    };
    let is_named = |name: &&String| !name.starts_with(NONE);
    let mut by_repository: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (repository, digest) in
        image.digests.iter().filter(is_named).filter_map(|name| name.split_once('@'))
    {
        by_repository.entry(repository).or_default().push(digest);
    }
    let mut out = Vec::new();
    for name in image.tags.iter().filter(is_named) {
        let (repository, tag) = name.rsplit_once(':').unwrap_or((name, NONE));
        match by_repository.get(repository).filter(|_| with_digests) {
            Some(digests) => out.extend(digests.iter().map(|digest| row(repository, tag, digest))),
            None => out.push(row(repository, tag, NONE)),
        }
    }
    let tagged: Vec<String> = out.iter().map(|(repository, ..)| repository.clone()).collect();
    for (repository, digests) in by_repository {
        if tagged.iter().any(|tagged| tagged == repository) {
            continue;
        }
        if with_digests {
            out.extend(digests.iter().map(|digest| row(repository, NONE, digest)));
        } else {
            out.push(row(repository, NONE, NONE));
        }
    }
    if out.is_empty() {
        out.push(row(NONE, NONE, NONE));
    }
    out
}
