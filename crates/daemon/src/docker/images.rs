//! Commands about images.

use std::collections::BTreeSet;

use console::tables::{HistoryRow, ImageOptions, ImageRow, history, history_by, images, images_by};
use image::{Image, ImageId, Layer, Platform, TarLimits, read_archive, write_archive};

use super::flags::{MANY, Parsed, Usage, usage};
use super::{Command, Failure, Session, short};
use crate::containers::seconds_between;
use crate::images::hex;
use crate::{Daemon, Reference, StoredImage};
use vfs::Timestamp;

pub const COMMANDS: &[Command] = &[
    Command {
        names: &["images", "image ls", "image list"],
        usage: usage(
            "image ls",
            (0, 1),
            &["all", "digests", "filter", "format", "no-trunc", "quiet"],
        ),
        run: list,
    },
    Command {
        names: &["pull", "image pull"],
        usage: usage("image pull", (1, 1), &["quiet", "platform"]),
        run: pull,
    },
    Command {
        names: &["push", "image push"],
        usage: usage("image push", (1, 1), &["all-tags", "platform", "quiet"]),
        run: push,
    },
    Command {
        names: &["tag", "image tag"],
        usage: Usage { command_follows: true, ..usage("image tag", (2, 2), &[]) },
        run: tag,
    },
    Command {
        names: &["rmi", "image rm", "image remove"],
        usage: usage("image rm", (1, MANY), &["force", "no-prune"]),
        run: remove,
    },
    Command {
        names: &["image prune"],
        usage: usage("image prune", (0, 0), &["all", "force"]),
        run: prune,
    },
    Command {
        names: &["history", "image history"],
        usage: usage("image history", (1, 1), &["format", "human", "no-trunc", "quiet"]),
        run: show_history,
    },
    Command {
        names: &["save", "image save"],
        usage: usage("image save", (1, MANY), &["output"]),
        run: save,
    },
    Command {
        names: &["load", "image load"],
        usage: usage("image load", (0, 0), &["input", "quiet"]),
        run: load,
    },
    Command {
        names: &["import", "image import"],
        usage: usage("image import", (1, MANY), &["change", "message"]),
        run: import,
    },
];

/// The image that a user means.
pub fn find(session: &Session<'_>, name: &str) -> Result<std::sync::Arc<StoredImage>, Failure> {
    session
        .daemon
        .state
        .images
        .find(name)
        .ok_or_else(|| Failure::daemon(format!("No such image: {}", with_tag(name))))
}

/// As the daemon repeats a name that it does not know.
fn with_tag(name: &str) -> String {
    Reference::parse(name).map_or_else(|_| name.to_owned(), |reference| reference.to_string())
}

fn list(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let now = session.now();
    let store = &session.daemon.state.images;
    let mut dangling = None;
    let mut patterns: Vec<String> = parsed.operands.clone();
    let mut labels = Vec::new();
    for filter in parsed.all("filter") {
        match filter.split_once('=') {
            Some(("dangling", "true" | "1")) => dangling = Some(true),
            Some(("dangling", "false" | "0")) => dangling = Some(false),
            Some(("reference", pattern)) => patterns.push(pattern.to_owned()),
            Some(("label", label)) => labels.push(label.to_owned()),
            Some(("dangling", value)) => {
                return Err(Failure::daemon(format!("invalid filter 'dangling=[{value}]'")));
            }
            Some((name, _)) => return Err(Failure::daemon(format!("invalid filter '{name}'"))),
            None => {
                return Err(Failure::Message(
                    format!(
                        "invalid argument \"{filter}\" for \"-f, --filter\" flag: invalid filter '{filter}'\n"
                    ),
                    125,
                ));
            }
        }
    }
    let mut rows = Vec::new();
    for image in store.all() {
        let names = store.names(&image.id);
        let is_dangling = store.is_dangling(&image.id);
        if names.is_empty() && !is_dangling && !parsed.has("all") {
            continue;
        }
        if dangling.is_some_and(|wanted| wanted != is_dangling) {
            continue;
        }
        let has = |label: &String| {
            let (key, value) =
                label.split_once('=').map_or((label.as_str(), None), |(k, v)| (k, Some(v)));
            let found = image.config.config.labels.get(key);
            found.is_some_and(|found| value.is_none_or(|value| value == found))
        };
        if !labels.iter().all(has) {
            continue;
        }
        let tags: Vec<String> = names
            .iter()
            .filter(|name| patterns.iter().all(|pattern| fits(pattern, name)))
            .map(Reference::to_string)
            .collect();
        if tags.is_empty() && !patterns.is_empty() {
            continue;
        }
        rows.push(ImageRow { tags, ..row(store, &image, now) });
    }
    let options = ImageOptions {
        digests: parsed.has("digests"),
        quiet: parsed.has("quiet"),
        no_truncate: parsed.has("no-trunc"),
    };
    if let Some(format) = parsed.last("format").filter(|_| !options.quiet) {
        let text = images_by(&rows, options, format).map_err(Failure::client)?;
        session.table(text);
        return Ok(0);
    }
    let mut text = images(&rows, options);
    if options.quiet {
        // An image with several names is one id for each; a list of ids is for other commands.
        let mut seen = BTreeSet::new();
        text = text.lines().filter(|id| seen.insert(*id)).map(|id| format!("{id}\n")).collect();
    }
    session.table(text);
    Ok(0)
}

/// An image as tables show it, with all its names.
pub fn row(store: &crate::ImageStore, image: &StoredImage, now: Timestamp) -> ImageRow {
    ImageRow {
        id: image.id.to_string(),
        tags: store.names(&image.id).iter().map(Reference::to_string).collect(),
        digests: store.digests(&image.id),
        age: Some(seconds_between(image.created(), now)),
        created: super::date(image.created()),
        size: image.size(),
    }
}

/// Whether a name fits a pattern of `docker images`: `w*`, `ubuntu`, `ubuntu:18.*`.
fn fits(pattern: &str, name: &Reference) -> bool {
    let glob = |pattern: &str, text: &str| glob(pattern.as_bytes(), text.as_bytes());
    match pattern.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => {
            glob(repository, &name.name) && glob(tag, &name.tag)
        }
        _ => glob(pattern, &name.name),
    }
}

/// `path.Match` of Go without classes: `*` and `?` stop at a slash.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            let end = text.iter().position(|&b| b == b'/').unwrap_or(text.len());
            (0..=end).any(|skip| glob(rest, &text[skip..]))
        }
        ([b'?', rest @ ..], [first, others @ ..]) if *first != b'/' => glob(rest, others),
        ([wanted, rest @ ..], [first, others @ ..]) if wanted == first => glob(rest, others),
        _ => false,
    }
}

fn pull(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let text = &parsed.operands[0];
    let reference = Reference::parse(text).map_err(Failure::client)?;
    let known = session.daemon.state.images.find(&reference.to_string());
    let image = session.daemon.pull(&reference).map_err(Failure::daemon)?;
    session.changed = true;
    if parsed.has("quiet") {
        session.line(reference.full());
        return Ok(0);
    }
    print_pull(session, text, &reference, &image, known.is_some_and(|known| known.id == image.id));
    session.line(reference.full());
    Ok(0)
}

/// What pulling prints, up to its last line.
pub fn print_pull(
    session: &mut Session<'_>,
    text: &str,
    reference: &Reference,
    image: &StoredImage,
    known: bool,
) {
    let named = text.rsplit('/').next().unwrap_or_default().contains([':', '@']);
    if !named {
        session.line("Using default tag: latest");
    }
    let path = reference.full();
    let path = path.strip_prefix("docker.io/").unwrap_or(&path);
    let path = path.strip_suffix(&format!(":{}", reference.tag)).unwrap_or(path);
    session.line(format!("{}: Pulling from {path}", reference.tag));
    if !known {
        for layer in &image.layers {
            session.line(format!("{}: Pull complete", short(&layer.diff_id.to_string())));
        }
    }
    session.line(format!("Digest: {}", image.registry_digest()));
    let state = if known { "Image is up to date" } else { "Downloaded newer image" };
    session.line(format!("Status: {state} for {reference}"));
}

fn push(_: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let name = &parsed.operands[0];
    Err(Failure::client(format!(
        "docker push {name}: refused here: there is no network; `docker save -o FILE {name}` writes \
         an archive that another machine can load"
    )))
}

fn tag(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let image = find(session, &parsed.operands[0])?;
    let reference = Reference::parse(&parsed.operands[1]).map_err(|error| {
        Failure::client(format!(
            "Error parsing reference: {:?} is not a valid repository/tag: {error}",
            parsed.operands[1]
        ))
    })?;
    session.daemon.state.images.tag(reference, image.id);
    session.changed = true;
    Ok(0)
}

fn remove(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let force = parsed.has("force");
    session.for_each(&parsed.operands, |session, name| {
        let image = find(session, name)?;
        let now = session.now();
        let names = session.daemon.state.images.names(&image.id);
        let digits = name.strip_prefix("sha256:").unwrap_or(name);
        let by_id = hex(&image.id).starts_with(digits)
            && !Reference::parse(name).is_ok_and(|reference| names.contains(&reference));
        let state = &mut session.daemon.state;
        let user = state.containers.newest_first().find(|container| container.image == image.id);
        let user = user.map(|container| (short(&container.id), container.is_running(now)));
        if !by_id && names.len() > 1 {
            let reference = Reference::parse(name).map_err(Failure::client)?;
            state.images.untag(&reference);
            session.changed = true;
            session.line(format!("Untagged: {reference}"));
            return Ok(());
        }
        if by_id && names.len() > 1 && !force {
            return Err(Failure::daemon(format!(
                "conflict: unable to delete {} (must be forced) - image is referenced in multiple \
                 repositories",
                short(&hex(&image.id))
            )));
        }
        let id = short(&hex(&image.id));
        let by_name = !by_id && !names.is_empty();
        let conflict = match user {
            Some((container, true)) => Some(match by_name {
                true => format!(
                    "unable to remove repository reference {name:?} (cannot be forced) - container \
                     {container} is using its referenced image {id}"
                ),
                false => format!(
                    "unable to delete {id} (cannot be forced) - image is being used by running \
                     container {container}"
                ),
            }),
            Some((container, false)) if !force => Some(match by_name {
                true => format!(
                    "unable to remove repository reference {name:?} (must force) - container \
                     {container} is using its referenced image {id}"
                ),
                false => format!(
                    "unable to delete {id} (must be forced) - image is being used by stopped \
                     container {container}"
                ),
            }),
            _ => None,
        };
        if let Some(conflict) = conflict {
            return Err(Failure::daemon(format!("conflict: {conflict}")));
        }
        if state.images.has_children(&image.id) && by_id {
            return Err(Failure::daemon(format!(
                "conflict: unable to delete {} (cannot be forced) - image has dependent child images",
                short(&hex(&image.id))
            )));
        }
        let mut printed = Vec::new();
        for reference in names {
            state.images.untag(&reference);
            printed.push(format!("Untagged: {reference}"));
        }
        for digest in state.images.forget_pulls(&image.id) {
            printed.push(format!("Untagged: {digest}"));
        }
        if !state.images.has_children(&image.id) {
            let kept = in_use(session);
            let state = &mut session.daemon.state;
            let kept = if parsed.has("no-prune") { state.images.all().iter().map(|i| i.id).collect() } else { kept };
            for id in state.images.remove(image.id, &kept) {
                printed.push(format!("Deleted: {id}"));
            }
        }
        session.changed = true;
        for line in printed {
            session.line(line);
        }
        Ok(())
    })
}

/// The images that containers were made from.
fn in_use(session: &Session<'_>) -> BTreeSet<ImageId> {
    session.daemon.state.containers.newest_first().map(|container| container.image).collect()
}

fn prune(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let all = parsed.has("all");
    let what = match all {
        true => {
            "WARNING! This will remove all images without at least one container associated to them."
        }
        false => "WARNING! This will remove all dangling images.",
    };
    if !confirmed(session, parsed, what)? {
        return Ok(0);
    }
    let (lines, freed) = prune_images(session, all);
    if !lines.is_empty() {
        session.line("Deleted Images:");
        for line in lines {
            session.line(line);
        }
        session.line("");
    }
    session.line(format!(
        "Total reclaimed space: {}",
        console::human_size_with_precision(freed as f64, 4)
    ));
    Ok(0)
}

/// Removes what nothing uses; what was done, and the bytes that it freed.
pub fn prune_images(session: &mut Session<'_>, all: bool) -> (Vec<String>, u64) {
    let used = in_use(session);
    let before = session.daemon.state.images.size();
    let mut lines = Vec::new();
    let store = &mut session.daemon.state.images;
    for image in store.all() {
        let names = store.names(&image.id);
        if used.contains(&image.id) || (!all && !names.is_empty()) || store.has_children(&image.id)
        {
            continue;
        }
        for name in names {
            store.untag(&name);
            lines.push(format!("untagged: {name}"));
        }
        for id in store.remove(image.id, &used) {
            lines.push(format!("deleted: {id}"));
        }
    }
    let freed = before - store.size();
    session.changed = true;
    (lines, freed)
}

/// Asks as `prune` does; the answer is the next line of the input.
pub fn confirmed(
    session: &mut Session<'_>,
    parsed: &Parsed,
    warning: &str,
) -> Result<bool, Failure> {
    if parsed.has("force") {
        return Ok(true);
    }
    session.print(format!("{warning}\nAre you sure you want to continue? [y/N] "));
    if session.terminal && session.input.is_empty() {
        return Err(Failure::Asks);
    }
    let input = String::from_utf8_lossy(session.input);
    let yes = input.lines().next().is_some_and(|line| line.trim().eq_ignore_ascii_case("y"));
    // At a terminal the answer's own end has ended the line.
    if !session.terminal {
        session.line("");
    }
    Ok(yes)
}

fn show_history(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let image = find(session, &parsed.operands[0])?;
    let now = session.now();
    let mut sizes = image.layers.iter().map(|layer| layer.bytes);
    let mut rows: Vec<HistoryRow> = image
        .config
        .history
        .iter()
        .map(|entry| HistoryRow {
            id: "<missing>".to_owned(),
            age: entry.created.map(|created| seconds_between(created, now)),
            created: entry.created.map(image::format_rfc3339).unwrap_or_default(),
            created_by: entry.created_by.clone(),
            size: if entry.empty_layer { 0 } else { sizes.next().unwrap_or(0) },
            comment: entry.comment.clone(),
        })
        .collect();
    rows.reverse();
    // The classic builder and `commit` leave an image of every step.
    let mut step = Some(image);
    for row in &mut rows {
        let Some(image) = step else { break };
        row.id = image.id.to_string();
        step = image.parent.and_then(|parent| session.daemon.state.images.get(&parent));
    }
    if parsed.has("quiet") {
        for row in rows {
            let id = if parsed.has("no-trunc") { row.id } else { short(&row.id) };
            session.line(id);
        }
        return Ok(0);
    }
    let human = parsed.last("human").is_none_or(|value| value != "false");
    let truncate = !parsed.has("no-trunc");
    let text = match parsed.last("format") {
        Some(format) => history_by(&rows, truncate, human, format).map_err(Failure::client)?,
        None => history(&rows, truncate, human),
    };
    session.table(text);
    Ok(0)
}

fn save(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let mut images: Vec<Image> = Vec::new();
    for name in &parsed.operands {
        let stored = find(session, name)?;
        let named = Reference::parse(name)
            .ok()
            .filter(|reference| session.daemon.state.images.names(&stored.id).contains(reference));
        let tag = named.map(|reference| reference.to_string());
        match images.iter_mut().find(|image| image.id() == stored.id) {
            Some(image) => image.tags.extend(tag),
            None => {
                let Daemon { state, catalogue, .. } = &*session.daemon;
                let image = state.layers.archive(&stored, tag.into_iter().collect(), catalogue);
                images.push(image.map_err(Failure::daemon)?);
            }
        }
    }
    let mut bytes = Vec::new();
    write_archive(&images, &mut bytes).map_err(Failure::client)?;
    match parsed.last("output") {
        Some(path) => session.files.write(path, &bytes).map_err(Failure::client)?,
        None => session.print(&bytes),
    }
    Ok(0)
}

fn load(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let bytes = match parsed.last("input") {
        Some(path) => session.files.read(path).map_err(Failure::client)?,
        None if session.input.is_empty() => {
            return Err(Failure::client("requested load from stdin, but stdin is empty"));
        }
        None => session.input.to_vec(),
    };
    let archive = read_archive(&bytes[..], TarLimits::default()).map_err(Failure::daemon)?;
    let host = Platform { os: "linux".into(), architecture: "amd64".into(), ..Platform::default() };
    for image in archive.images.iter().filter(|image| image.platform().runs_on(&host)) {
        let stored = stored(image).map_err(Failure::daemon)?;
        session.daemon.state.layers.note_image(image);
        let stored = session.daemon.state.images.add(stored);
        session.changed = true;
        for tag in &image.tags {
            let Ok(reference) = Reference::parse(tag) else { continue };
            session.daemon.state.images.tag(reference.clone(), stored.id);
            session.line(format!("Loaded image: {reference}"));
        }
        if image.tags.is_empty() {
            session.line(format!("Loaded image ID: {}", stored.id));
        }
    }
    Ok(0)
}

/// An image of an archive, as the daemon keeps it.
fn stored(image: &Image) -> Result<StoredImage, String> {
    let tree = image.tree().map_err(|error| error.to_string())?;
    let layers = image.layers.iter().map(|layer| builder::LayerInfo {
        diff_id: layer.diff_id,
        bytes: layer.entries.iter().map(image::Entry::size).sum(),
    });
    let layers = layers.collect();
    Ok(StoredImage {
        id: image.id(),
        config: image.config.clone(),
        config_json: Some(image.config_json.clone()),
        layers,
        tree,
        parent: None,
        made_by: None,
    })
}

fn import(session: &mut Session<'_>, parsed: &Parsed) -> Result<u8, Failure> {
    let source = &parsed.operands[0];
    let bytes = match source.as_str() {
        "-" => session.input.to_vec(),
        path => session.files.read(path).map_err(Failure::client)?,
    };
    let reference = parsed
        .operands
        .get(1)
        .map(|name| Reference::parse(name))
        .transpose()
        .map_err(Failure::daemon)?;
    let layer = Layer::read(&bytes[..], TarLimits::default()).map_err(Failure::daemon)?;
    let mut config = image::ContainerConfig::default();
    super::containers::apply_changes(&mut config, parsed.all("change"))?;
    let message = match parsed.last("message") {
        Some(message) => message.to_owned(),
        None => format!("Imported from {source}"),
    };
    let made = Image::import(layer, config, &message, session.now());
    session.daemon.state.layers.note_image(&made);
    let stored = session.daemon.state.images.add(stored(&made).map_err(Failure::daemon)?);
    if let Some(reference) = reference {
        session.daemon.state.images.tag(reference, stored.id);
    }
    session.changed = true;
    session.line(stored.id);
    Ok(0)
}
