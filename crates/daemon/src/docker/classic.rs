//! `docker build` with the classic builder: what it prints, and what it leaves in the daemon.

use builder::classic::{
    Error, Event, FailedContainer, Key, Options, Outside, StepImage, Store, build, printed,
};
use builder::{NoNetwork, Request, StepResult};
use vfs::{Kind, Tree};

use super::build::Wanted;
use super::flags::Parsed;
use super::{Failure, Session, short};
use crate::{Container, Daemon, Status, StoredImage};

const DEPRECATED: &str = "DEPRECATED: The legacy builder is deprecated and will be removed in a future \
                          release.\n            BuildKit is currently disabled; enable it by removing \
                          the DOCKER_BUILDKIT=0\n            environment-variable.\n\n";

/// Builds, prints as the classic builder does, and keeps the image of every step.
pub fn run(
    session: &mut Session<'_>,
    parsed: &Parsed,
    wanted: &Wanted,
    request: &Request<'_>,
) -> Result<u8, Failure> {
    let quiet = parsed.has("quiet");
    session.complain(DEPRECATED);
    if !quiet {
        let sent = console::human_size_with_precision(sent(&wanted.context) as f64, 4);
        session.line(format!("Sending build context to Docker daemon {sent:>8}"));
    }
    let options = Options {
        keep_containers: parsed.last("rm") == Some("false"),
        force_remove: parsed.has("force-rm"),
    };
    let mut text: Vec<u8> = Vec::new();
    let built = {
        let console = vfs::Limits::default().console;
        let mut outside = Outside {
            executor: &mut engine::Containers::new(session.daemon.modules.clone(), console),
            store: &mut Images(session.daemon),
            network: &mut NoNetwork,
        };
        build(request, options, &mut outside, &mut |event| text.extend(line_of(event)))
    };
    session.changed = true;
    if !quiet {
        session.print(text);
    }
    let id = match built {
        Ok(Some(id)) => id,
        Ok(None) => {
            return Err(Failure::client("No image was generated. Is your Dockerfile empty?"));
        }
        Err(Error::NotLoaded(module)) => return Err(Failure::NotLoaded(module)),
        Err(error) => return Err(failed(session, error)),
    };
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

/// What an event prints.
fn line_of(event: Event) -> Vec<u8> {
    let text = match event {
        Event::Step { number, total, text } => format!("Step {number}/{total} : {text}"),
        Event::Triggers(1) => "# Executing 1 build trigger".to_owned(),
        Event::Triggers(count) => format!("# Executing {count} build triggers"),
        Event::UsingCache => " ---> Using cache".to_owned(),
        Event::Running(id) => format!(" ---> Running in {}", short(&id)),
        Event::Output(output) => return printed(&output),
        Event::Removed(id) => format!(" ---> Removed intermediate container {}", short(&id)),
        Event::Image(None) => " ---> ".to_owned(),
        Event::Image(Some(id)) => format!(" ---> {}", short(&id.to_string())),
        Event::Warning(text) => text,
    };
    (text + "\n").into_bytes()
}

/// Bytes of the tar in which the client sends the context.
fn sent(context: &Tree) -> u64 {
    const BLOCK: u64 = 512;
    let entries = context.walk().skip(1).filter(|(path, ..)| path.as_bytes() != b"/.dockerignore");
    let entries = entries.map(|(_, _, inode)| match &inode.kind {
        Kind::File(content) => BLOCK + content.len().div_ceil(BLOCK) * BLOCK,
        _ => BLOCK,
    });
    entries.sum::<u64>() + 2 * BLOCK
}

/// The container of a command that failed stays.
fn failed(session: &mut Session<'_>, error: Error) -> Failure {
    let message = format!("{error}\n");
    let Error::Command { code, container, .. } = error else { return Failure::Message(message, 1) };
    let status = u8::try_from(code).unwrap_or(u8::MAX);
    let state = &mut session.daemon.state;
    if let Some(FailedContainer { id, image: Some(image), config, output }) = container.map(|c| *c)
        && let Some(base) = state.images.get(&image)
    {
        let name = state.containers.free_name(&id);
        state.containers.add(Container {
            host_name: short(&id),
            id,
            name,
            image,
            image_name: short(&image.to_string()),
            created: state.now,
            config,
            base: base.tree.clone(),
            tree: base.tree.clone(),
            status: Status::Started { at: state.now, ended: state.now, code: status },
            logs: output,
            log_times: Vec::new(),
            background: None,
            auto_remove: false,
            terminal: false,
            ports: Vec::new(),
            volumes: Vec::new(),
            binds: Vec::new(),
        });
    }
    Failure::Message(message, status)
}

/// The daemon's images, as the builder works with them.
struct Images<'a>(&'a mut Daemon);

fn step_image(stored: &StoredImage) -> StepImage {
    StepImage { id: stored.id, image: stored.as_base(), key: stored.made_by.clone() }
}

impl Store for Images<'_> {
    fn find(&mut self, reference: &str) -> Result<StepImage, String> {
        self.0.find_or_pull(reference).map(|(image, _)| step_image(&image))
    }

    fn made_by(&self, key: &Key) -> Option<StepImage> {
        let images = self.0.state.images.all();
        let found = images.iter().find(|image| image.made_by.as_ref() == Some(key));
        found.map(|image| step_image(image))
    }

    fn keep(&mut self, image: &StepImage, layer: Option<&StepResult>) {
        let state = &mut self.0.state;
        let stored = StoredImage {
            parent: image.key.as_ref().and_then(|key| key.parent),
            made_by: image.key.clone(),
            ..StoredImage::of_base(image.image.clone())
        };
        state.images.add(stored);
        state.now = state.now.max(image.image.config.created.unwrap_or_default());
        if let Some(layer) = layer {
            let (id, time) = (layer.layer.diff_id, layer.time);
            state.layers.note(id, &layer.tree, layer.changes.clone(), time);
        }
    }

    fn new_container(&mut self) -> String {
        self.0.new_id("container")
    }
}
