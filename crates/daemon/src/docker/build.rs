//! `docker build`

use std::collections::BTreeMap;
use std::path::Path;

use builder::{NamedContext, NoCache, NoNetwork, Outside, Request, without_ignored};
use dockerfile::Ignore;
use engine::{Build, BuildError, BuildEvent, StepState};
use vfs::{AbsPath, Kind, Tree};

use super::flags::{Parsed, usage};
use super::images::confirmed;
use super::run::variables;
use super::{Command, Failure, Session, classic};
use crate::{Bases, Progress, Reference, Sources, StoredImage, Style};

/// The flags of BuildKit; those about builders, attestations and limits make no difference here.
const FLAGS: &[&str] = &[
    "add-host",
    "build-arg",
    "build-context",
    "builder",
    "cache-from",
    "check",
    "debug",
    "file",
    "iidfile",
    "label",
    "load",
    "network",
    "no-cache",
    "no-cache-filter",
    "platform",
    "progress",
    "provenance",
    "pull",
    "quiet",
    "sbom",
    "secret",
    "shm-size",
    "tag",
    "target",
    "ulimit",
];

pub const COMMANDS: &[Command] = &[
    Command {
        names: &["build", "image build", "builder build", "buildx build", "buildx b"],
        usage: usage("buildx build", (1, 1), FLAGS),
        run: |session, parsed| build(session, parsed, false),
    },
    Command {
        names: &["builder prune", "buildx prune"],
        usage: usage("buildx prune", (0, 0), &["all", "builder", "force", "verbose"]),
        run: |session, parsed| {
            let warning = "WARNING! This will remove all dangling build cache.";
            if confirmed(session, parsed, warning)? {
                let freed = super::system::build_cache(&session.daemon.state).size;
                session.daemon.state.cache.clear();
                session.changed = true;
                session.line(format!("Total:\t{}", console::human_size(freed as f64)));
            }
            Ok(0)
        },
    },
];

/// `docker build` where `DOCKER_BUILDKIT=0` asks for the classic builder.
pub const CLASSIC: Command = Command {
    names: &["build", "image build", "builder build"],
    usage: usage(
        "build",
        (1, 1),
        &[
            "add-host",
            "build-arg",
            "cache-from",
            "compress",
            "cpu-shares",
            "file",
            "force-rm",
            "iidfile",
            "label",
            "memory",
            "network",
            "no-cache",
            "platform",
            "pull",
            "quiet",
            "rm",
            "shm-size",
            "tag",
            "target",
            "ulimit",
        ],
    ),
    run: |session, parsed| build(session, parsed, true),
};

/// What `docker build` was asked for.
pub struct Wanted {
    pub text: String,
    /// The Dockerfile as messages name it.
    pub name: String,
    pub context: Tree,
    pub tags: Vec<Reference>,
    /// Bytes of `.dockerignore`, if there is one.
    pub ignore: Option<usize>,
}

fn build(session: &mut Session<'_>, parsed: &Parsed, classic: bool) -> Result<u8, Failure> {
    let prefix = if classic { "" } else { "ERROR: failed to build: " };
    let refuse = |what: String| Failure::Message(format!("{prefix}{what}\n"), 1);
    let wanted = wanted(session, parsed, classic)?;
    let mut contexts = BTreeMap::new();
    for text in parsed.all("build-context") {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| refuse(format!("invalid context value: {text}, expected key=value")))?;
        let context = match value.strip_prefix("docker-image://") {
            Some(image) => NamedContext::Image(image.to_owned()),
            None => NamedContext::Files(session.files.directory(value).map_err(refuse)?),
        };
        contexts.insert(name.to_owned(), context);
    }
    let mut secrets = BTreeMap::new();
    for text in parsed.all("secret") {
        let (id, value) = secret(session, text).map_err(refuse)?;
        secrets.insert(id, value);
    }
    let hosts = parsed.all("add-host").iter();
    let hosts =
        hosts.filter_map(|text| text.split_once([':', '='])).map(|(n, a)| (n.into(), a.into()));
    let request = Request {
        target: parsed.last("target"),
        build_args: variables(parsed.all("build-arg"), session.env),
        labels: variables(parsed.all("label"), session.env),
        contexts,
        secrets,
        add_hosts: hosts.collect(),
        no_cache: match (parsed.has("no-cache"), parsed.all("no-cache-filter")) {
            (true, _) => NoCache::All,
            (false, []) => NoCache::None,
            (false, stages) => NoCache::Stages(stages.to_vec()),
        },
        ..Request::new(&wanted.text, &wanted.context, session.daemon.state.now)
    };
    if parsed.has("check") {
        return check(session, &request, &wanted);
    }
    if classic {
        return classic::run(session, parsed, &wanted, &request);
    }
    let mut progress = progress(parsed, &wanted).map_err(refuse)?;
    let mut text = String::new();
    let built = solve(session, &request, &mut |event| text += &progress.event(&event));
    let built = match built {
        Err(BuildError::NotLoaded(module)) => return Err(Failure::NotLoaded(module)),
        built => built,
    };
    session.changed = true;
    if let Ok(build) = &built {
        let ended = build.outcomes.iter().filter_map(|outcome| outcome.result.as_ref()).next_back();
        if let Some(last) = ended {
            session.daemon.state.now = session.now().max(last.time);
        }
        for result in build.outcomes.iter().filter_map(|outcome| outcome.result.as_ref()) {
            let id = result.layer.diff_id;
            session.daemon.state.layers.note(id, &result.tree, result.changes.clone(), result.time);
        }
    }
    session.complain(text);
    report(session, parsed, &wanted, built, progress)
}

/// How the build is shown.
fn progress(parsed: &Parsed, wanted: &Wanted) -> Result<Progress, String> {
    let style = match parsed.last("progress") {
        _ if parsed.has("quiet") => Style::Quiet,
        None | Some("auto" | "plain") => Style::Plain,
        Some("tty") => Style::Tty(COLUMNS),
        Some("quiet" | "none") => Style::Quiet,
        Some("rawjson") => {
            return Err(
                "not supported here: --progress=rawjson; plain and tty are there".to_owned()
            );
        }
        Some(other) => return Err(format!("invalid progress mode {other}")),
    };
    let sources = Sources {
        name: wanted.name.clone(),
        dockerfile: wanted.text.len(),
        ignore: wanted.ignore,
        context: crate::transfers(&wanted.context),
    };
    Ok(Progress::new(style, sources))
}

/// Columns of a terminal of which nothing is known.
const COLUMNS: usize = 80;

/// Runs the builder.
fn solve(
    session: &mut Session<'_>,
    request: &Request<'_>,
    on_event: &mut dyn FnMut(BuildEvent),
) -> Result<Build, BuildError> {
    let daemon = &mut *session.daemon;
    let console = vfs::Limits::default().console;
    let mut outside = Outside {
        executor: &mut engine::Containers::new(daemon.modules.clone(), console),
        images: &mut Bases { store: &daemon.state.images, catalogue: &mut daemon.catalogue },
        network: &mut NoNetwork,
        micros: &|| 0,
    };
    builder::build(request, &mut outside, &mut daemon.state.cache, on_event)
}

/// `--check`: the warnings and nothing else.
fn check(session: &mut Session<'_>, request: &Request<'_>, wanted: &Wanted) -> Result<u8, Failure> {
    let daemon = &mut *session.daemon;
    let mut images = Bases { store: &daemon.state.images, catalogue: &mut daemon.catalogue };
    let (warnings, error) = match builder::plan(request, &mut images) {
        Ok(plan) => (plan.warnings, None),
        Err(failed) => (failed.warnings, Some(failed.error)),
    };
    if let Some(error) = error {
        let lines = error.lines();
        if !lines.is_empty() {
            session.complain(dockerfile::excerpt(&wanted.name, &wanted.text, &lines));
        }
        session.complain(format!("ERROR: failed to build: failed to solve: {error}\n"));
        return Ok(1);
    }
    if warnings.is_empty() {
        session.line("Check complete, no warnings found.");
        return Ok(0);
    }
    let mut warnings = warnings;
    warnings.sort_by_key(|warning| warning.lines.start);
    let count = warnings.len();
    let noun = if count == 1 { "warning has" } else { "warnings have" };
    session.line(format!("Check complete, {count} {noun} been found!"));
    for warning in &warnings {
        session.line("");
        let url = warning.rule.url.map(|url| format!(" - {url}")).unwrap_or_default();
        session.line(format!("WARNING: {}{url}\n{}", warning.rule.name, warning.rule.description));
        session.print(dockerfile::excerpt(&wanted.name, &wanted.text, &[warning.lines]));
    }
    Ok(1)
}

/// Reads what is to be built.
fn wanted(session: &mut Session<'_>, parsed: &Parsed, classic: bool) -> Result<Wanted, Failure> {
    let prefix = if classic { "" } else { "ERROR: failed to build: " };
    let refuse = |what: String| Failure::Message(format!("{prefix}{what}\n"), 1);
    let tags = parsed.all("tag").iter().map(|tag| {
        Reference::parse(tag).map_err(|_| {
            Failure::Message(
                format!("{prefix}invalid tag \"{tag}\": invalid reference format\n"),
                if classic { 125 } else { 1 },
            )
        })
    });
    let tags = tags.collect::<Result<Vec<_>, _>>()?;
    let path = &parsed.operands[0];
    if path.contains("://") {
        return Err(refuse(format!(
            "not supported here: {path}, because there is no network; build a directory"
        )));
    }
    if path == "-" {
        let text = String::from_utf8_lossy(session.input).into_owned();
        let name = "Dockerfile".to_owned();
        let context = Tree::new();
        return Ok(Wanted { text, name, context, tags, ignore: None });
    }
    let all = session
        .files
        .directory(path)
        .map_err(|_| refuse(format!("unable to prepare context: path \"{path}\" not found")))?;
    let file = parsed.last("file");
    let (text, name) = match file {
        Some("-") => (Some(session.input.to_vec()), "Dockerfile".to_owned()),
        // Where the caller is, as for every other path; inside the context for those who mean that.
        Some(file) => (
            session.files.read(file).ok().or_else(|| content(&all, file)),
            base_name(file).to_owned(),
        ),
        None => (content(&all, "Dockerfile"), "Dockerfile".to_owned()),
    };
    let text = text.ok_or_else(|| match classic {
        true => refuse(format!(
            "unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat {}: no \
             such file or directory",
            file.map_or_else(|| format!("{path}/Dockerfile"), str::to_owned)
        )),
        false => refuse(format!(
            "failed to solve: failed to read dockerfile: open {name}: no such file or directory"
        )),
    })?;
    let own = format!("{}.dockerignore", file.unwrap_or("Dockerfile"));
    let patterns = content(&all, &own).or_else(|| content(&all, ".dockerignore"));
    let ignore = patterns.as_ref().map(Vec::len);
    let context = match patterns {
        Some(patterns) => {
            let ignore = Ignore::parse(&String::from_utf8_lossy(&patterns)).map_err(|error| {
                refuse(format!("failed to solve: error reading .dockerignore: {error}"))
            })?;
            match classic {
                true => builder::classic::context(&all, &ignore),
                false => without_ignored(&all, &ignore),
            }
        }
        None => all,
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    Ok(Wanted { text, name, context, tags, ignore })
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn content(tree: &Tree, path: &str) -> Option<Vec<u8>> {
    match &tree.lookup(&AbsPath::new(Path::new("/").join(path).to_str()?))?.1.kind {
        Kind::File(content) => Some(content.to_vec()),
        _ => None,
    }
}

/// `id=name,src=path` or `id=name,env=NAME`.
fn secret(session: &mut Session<'_>, text: &str) -> Result<(String, Vec<u8>), String> {
    let fields: BTreeMap<&str, &str> = text.split(',').filter_map(|f| f.split_once('=')).collect();
    let source = fields.get("src").or_else(|| fields.get("source")).copied();
    let id = fields.get("id").copied().or(source).ok_or("missing 'id' in secret")?;
    let value = match (fields.get("env"), source) {
        (Some(name), _) => session.env.get(*name).map(|value| value.clone().into_bytes()),
        (None, Some(path)) => Some(session.files.read(path)?),
        (None, None) => session.env.get(id).map(|value| value.clone().into_bytes()),
    };
    let value = value.ok_or_else(|| format!("secret {id}: its variable is not set"))?;
    Ok((id.to_owned(), value))
}

/// What BuildKit says of the end.
fn report(
    session: &mut Session<'_>,
    parsed: &Parsed,
    wanted: &Wanted,
    built: Result<Build, BuildError>,
    mut progress: Progress,
) -> Result<u8, Failure> {
    let quiet = parsed.has("quiet");
    let build = match built {
        Ok(build) => build,
        Err(error) => {
            let text = progress.refused(&error, &wanted.text);
            session.complain(text);
            return Ok(1);
        }
    };
    if let Some(step) = build.failed
        && let StepState::Failed(failure) = &build.outcomes[step].state
    {
        let text = progress.failed(&build, step, failure);
        session.complain(text);
        return Ok(1);
    }
    let Some(image) = build.image else { return Ok(1) };
    let image = session.daemon.state.images.add(StoredImage::of_base(image));
    for tag in &wanted.tags {
        session.daemon.state.images.tag(tag.clone(), image.id);
    }
    let names: Vec<String> = wanted
        .tags
        .iter()
        .zip(parsed.all("tag"))
        .map(|(tag, given)| {
            // A tag that nobody named is not said.
            let full = tag.full();
            let own = given.ends_with(&format!(":{}", tag.tag));
            full.strip_suffix(":latest").filter(|_| !own).unwrap_or(&full).to_owned()
        })
        .collect();
    let mut text = progress.exported(image.id, &names);
    if !build.warnings.is_empty() {
        let count = build.warnings.len();
        let noun = if count == 1 { "warning" } else { "warnings" };
        text.push_str(&format!("\n {count} {noun} found (use docker --debug to expand):\n"));
        for warning in &build.warnings {
            text.push_str(&format!(" - {}\n", warning.summary()));
        }
    }
    match quiet {
        true => session.line(image.id),
        false => session.complain(text),
    }
    Ok(0)
}
