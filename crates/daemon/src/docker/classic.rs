//! The classic builder's view of a build: an image of every step, and its words
//! (moby `daemon/builder/dockerfile`).
//!
//! The layers are those of the one builder there is; what differs is the chain of images, when one of
//! them is taken from the cache, and the text.

use std::collections::HashMap;

use builder::{LayerInfo, Output, Step};
use engine::{Build, BuildError, Failure as StepFailure, StepState};
use image::{Config, ContainerConfig, History, ImageId, RootFs};
use vfs::Tree;

use super::build::Wanted;
use super::flags::Parsed;
use super::{Failure, Session, short};
use crate::{Container, Status, StoredImage};

const DEPRECATED: &str = "DEPRECATED: The legacy builder is deprecated and will be removed in a future \
                          release.\n            BuildKit is currently disabled; enable it by removing \
                          the DOCKER_BUILDKIT=0\n            environment-variable.\n\n";

/// Prints a build as the classic builder does, and keeps its images.
pub fn report(
    session: &mut Session<'_>,
    parsed: &Parsed,
    wanted: &Wanted,
    built: Result<Build, BuildError>,
) -> Result<u8, Failure> {
    let quiet = parsed.has("quiet");
    session.complain(DEPRECATED);
    if !quiet {
        let sent = console::human_size_with_precision(wanted.bytes.max(2048) as f64, 4);
        session.line(format!("Sending build context to Docker daemon  {sent}"));
    }
    let build = match built {
        Ok(build) => build,
        Err(error) => return Err(Failure::daemon(error)),
    };
    let mut chain = Chain {
        parent: None,
        stages: HashMap::new(),
        busted: parsed.has("no-cache"),
        keep: parsed.last("rm") == Some("false"),
    };
    let total = build.steps.len();
    for (index, (step, outcome)) in build.steps.iter().zip(&build.outcomes).enumerate() {
        if matches!(outcome.state, StepState::NotReached)
            && build.failed.is_some_and(|at| index > at)
        {
            break;
        }
        if !quiet {
            session.line(format!(
                "Step {}/{total} : {} {}",
                index + 1,
                step.keyword,
                step.arguments
            ));
        }
        if let StepState::Failed(failure) = &outcome.state {
            return chain.failed(session, parsed, step, failure);
        }
        let Some(config) = &outcome.config else { continue };
        let layer = outcome.result.as_ref().map(|result| (&result.layer, &result.tree));
        let output = outcome.result.as_ref().map(|result| &result.output);
        let cached = matches!(outcome.state, StepState::Cached { .. });
        let printed = session.out.clone();
        chain.step(session, step, config, layer, output.filter(|_| !cached));
        if quiet {
            session.out = printed;
        }
    }
    let Some(id) = chain.parent else { return Ok(1) };
    if quiet {
        session.line(id);
    } else {
        session.line(format!("Successfully built {}", short(&id.to_string())));
    }
    for tag in &wanted.tags {
        session.daemon.state.images.tag(tag.clone(), id);
        if !quiet {
            session.line(format!("Successfully tagged {tag}"));
        }
    }
    Ok(0)
}

/// The images of the steps so far.
struct Chain {
    parent: Option<ImageId>,
    /// The last image of every stage by its name and its number.
    stages: HashMap<String, ImageId>,
    /// A step of this stage was not in the cache.
    busted: bool,
    /// `--rm=false`
    keep: bool,
}

impl Chain {
    /// Prints a step that was done, and keeps its image.
    fn step(
        &mut self,
        session: &mut Session<'_>,
        step: &Step,
        config: &Config,
        layer: Option<(&LayerInfo, &Tree)>,
        output: Option<&Output>,
    ) {
        if step.keyword == "FROM" {
            self.from(session, step, config);
        } else {
            self.commit(session, step, config, layer, output);
        }
        if let Some(id) = self.parent {
            session.line(format!(" ---> {}", short(&id.to_string())));
            self.stages.insert(step.stage.to_string(), id);
            if let Some(name) = &step.stage_name {
                self.stages.insert(name.clone(), id);
            }
        }
    }

    fn from(&mut self, session: &mut Session<'_>, step: &Step, config: &Config) {
        let name = step.arguments.split_whitespace().find(|word| !word.starts_with("--"));
        let name = name.unwrap_or_default();
        self.parent = match self.stages.get(&name.to_lowercase()) {
            Some(stage) => Some(*stage),
            None => {
                let image = session.daemon.find_or_pull(name).ok();
                image.map(|(image, _)| image.id)
            }
        };
        if self.parent.is_none() && !config.rootfs.diff_ids.is_empty() {
            // A name with variables: what it stood for is known by its configuration only.
            self.parent = Some(config.id());
        }
        if self.parent.is_none() {
            session.line(" ---> ");
        }
    }

    fn commit(
        &mut self,
        session: &mut Session<'_>,
        step: &Step,
        config: &Config,
        layer: Option<(&LayerInfo, &Tree)>,
        output: Option<&Output>,
    ) {
        let created_by = created_by(step, &config.config);
        let store = &session.daemon.state.images;
        let base = self.parent.and_then(|parent| store.get(&parent));
        let mut layers = base.as_ref().map(|image| image.layers.clone()).unwrap_or_default();
        let mut tree = base.as_ref().map(|image| image.tree.clone()).unwrap_or_default();
        if let Some((layer, after)) = layer {
            layers.push(layer.clone());
            tree = after.clone();
        }
        let known = store.all().into_iter().find(|image| {
            image.parent == self.parent
                && image.config.config == config.config
                && image.layers == layers
                && image.config.history.last().is_some_and(|entry| entry.created_by == created_by)
        });
        let known = known.filter(|_| !self.busted);
        if let Some(image) = known {
            session.line(" ---> Using cache");
            self.parent = Some(image.id);
            return;
        }
        self.busted = true;
        // COPY and ADD need no container.
        if !matches!(step.keyword.as_str(), "COPY" | "ADD") {
            let id = session.daemon.new_id("container");
            session.line(format!(" ---> Running in {}", short(&id)));
            for (stream, bytes) in output.iter().flat_map(|output| &output.runs) {
                session.write(*stream, bytes);
            }
            if !self.keep {
                session.line(format!(" ---> Removed intermediate container {}", short(&id)));
            }
        }
        let now = session.now();
        let history = base.as_ref().map(|image| image.config.history.clone()).unwrap_or_default();
        let entry = History {
            created: Some(now),
            created_by,
            empty_layer: layer.is_none(),
            ..History::default()
        };
        let config = Config {
            created: Some(now),
            rootfs: RootFs { diff_ids: layers.iter().map(|layer| layer.diff_id).collect() },
            history: history.into_iter().chain([entry]).collect(),
            ..config.clone()
        };
        let image = StoredImage {
            id: config.id(),
            config,
            config_json: None,
            layers,
            tree,
            parent: self.parent,
        };
        self.parent = Some(session.daemon.state.images.add(image).id);
    }

    /// A step failed: its container stays, and the error ends the command.
    fn failed(
        &self,
        session: &mut Session<'_>,
        parsed: &Parsed,
        step: &Step,
        failure: &StepFailure,
    ) -> Result<u8, Failure> {
        let Some(code) = failure.exit_code else {
            return Err(Failure::client(&failure.message));
        };
        let id = session.daemon.new_id("container");
        session.line(format!(" ---> Running in {}", short(&id)));
        for (stream, bytes) in &failure.output.runs {
            session.write(*stream, bytes);
        }
        let base = self.parent.and_then(|parent| session.daemon.state.images.get(&parent));
        let config = base.as_ref().map(|image| image.config.config.clone()).unwrap_or_default();
        let command = command_of(step);
        let status = u8::try_from(code).unwrap_or(u8::MAX);
        if let Some(base) = base.filter(|_| !parsed.has("force-rm")) {
            let now = session.now();
            let name = session.daemon.state.containers.free_name(&id);
            let config = ContainerConfig { entrypoint: None, cmd: Some(command.clone()), ..config };
            session.daemon.state.containers.add(Container {
                host_name: short(&id),
                id,
                name,
                image: base.id,
                image_name: short(&base.id.to_string()),
                created: now,
                config,
                base: base.tree.clone(),
                tree: base.tree.clone(),
                status: Status::Started { at: now, ended: now, code: status },
                logs: failure.output.clone(),
                auto_remove: false,
                terminal: false,
                volumes: Vec::new(),
                binds: Vec::new(),
                ports: Vec::new(),
            });
        }
        Err(Failure::Message(
            format!("The command '{}' returned a non-zero code: {code}\n", command.join(" ")),
            status,
        ))
    }
}

/// Shell and text of a RUN in shell form, or the words of its JSON.
fn command_of(step: &Step) -> Vec<String> {
    let parse = dockerfile::parse(&format!("FROM scratch\nRUN {}\n", step.arguments));
    let json = parse.instructions.get(1).and_then(|instruction| match &instruction.kind {
        dockerfile::Kind::Run(run) if !run.command.shell => Some(run.command.args.clone()),
        _ => None,
    });
    json.unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned(), step.arguments.clone()])
}

/// What the history says of a step.
fn created_by(step: &Step, config: &ContainerConfig) -> String {
    let text = format!("{} {}", step.keyword, step.arguments);
    match step.keyword.as_str() {
        "RUN" => command_of(step).join(" "),
        "COPY" | "ADD" | "WORKDIR" => format!("/bin/sh -c #(nop) {text} "),
        "CMD" => nop("CMD", config.cmd.as_deref()),
        "ENTRYPOINT" => nop("ENTRYPOINT", config.entrypoint.as_deref()),
        _ => format!("/bin/sh -c #(nop)  {text}"),
    }
}

/// `CMD ["/bin/sh" "-c" "x"]`, as Go prints a list of quoted words.
fn nop(keyword: &str, words: Option<&[String]>) -> String {
    let words: Vec<String> =
        words.unwrap_or_default().iter().map(|word| format!("{word:?}")).collect();
    format!("/bin/sh -c #(nop)  {keyword} [{}]", words.join(" "))
}
