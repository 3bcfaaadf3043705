//! The cases of the classic builder.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use builder::classic::{Error, Event, Key, Options, Outside, StepImage, Store, build};
use builder::{BaseImage, NoNetwork, Request, StepResult};
use image::{Digest, ImageId};
use serde_json::{Value, json};
use vfs::Tree;

use crate::answer;
use crate::case::{self, config_of, context, entry, field, requested, sorted, steps_of};
use crate::lab::{Lab, START};

/// A daemon's images.
#[derive(Default)]
struct Images {
    named: BTreeMap<String, StepImage>,
    kept: Vec<StepImage>,
    /// The layers that steps have made.
    layers: Vec<Arc<StepResult>>,
    containers: u64,
}

impl Store for Images {
    fn find(&mut self, reference: &str) -> Result<StepImage, String> {
        let found = self.named.get(&engine::familiar(reference)).cloned();
        found.ok_or_else(|| format!("pull access denied for {reference}"))
    }

    fn made_by(&self, key: &Key) -> Option<StepImage> {
        self.kept.iter().rev().find(|image| image.key.as_ref() == Some(key)).cloned()
    }

    fn keep(&mut self, image: &StepImage, layer: Option<&StepResult>) {
        self.kept.push(image.clone());
        self.layers.extend(layer.cloned().map(Arc::new));
    }

    fn new_container(&mut self) -> String {
        self.containers += 1;
        Digest::of(format!("container {}", self.containers)).hex()
    }
}

/// How a build ended, and what was told of it.
struct Ended {
    end: Result<Option<ImageId>, Error>,
    /// Text and status of each step.
    steps: Value,
}

/// What differs, field by field.
pub fn compare(case: &Value, lab: &mut Lab) -> Result<Vec<(&'static str, String)>> {
    let mut images = Images::default();
    for (name, image) in lab.bases() {
        images.named.insert(name, step_image(image));
    }
    let all = context(&case["context"])?;
    for before in case["spec"]["pre"].as_array().into_iter().flatten() {
        let file = before["file"].as_str().unwrap_or("Dockerfile");
        let text = case::text_at(&all, file).context("the file of an image that is built first")?;
        let ended = run(&Request::new(&text, &all, START), lab, &mut images)?;
        let id = ended.end?.context("an image that is built first has no steps")?;
        let made = images.kept.iter().rev().find(|image| image.id == id).cloned();
        let name = before["tag"].as_str().unwrap_or_default().to_owned();
        images.named.insert(name, made.context("the image is kept")?);
    }
    let mut out = Vec::new();
    let ended = build_case(case, lab, &mut images, &all)?;
    differences(case, lab, &images, &ended, &mut out);
    if case["rebuild"].is_object() {
        let again = context(&case["rebuild_context"])?;
        let ended = build_case(case, lab, &mut images, &again)?;
        field("rebuild", &steps_of(&case["rebuild"]["steps"]), &steps_of(&ended.steps), &mut out);
    }
    Ok(out)
}

fn step_image(image: BaseImage) -> StepImage {
    StepImage { id: image.config.id(), image, key: None }
}

fn build_case(case: &Value, lab: &mut Lab, images: &mut Images, all: &Tree) -> Result<Ended> {
    let (text, ignore) = match case::sources(all) {
        Ok(sources) => sources,
        Err(error) => bail!("{error}"),
    };
    let context = builder::classic::context(all, &ignore);
    let request = requested(case, &text, &context)?;
    run(&request, lab, images)
}

fn run(request: &Request<'_>, lab: &mut Lab, images: &mut Images) -> Result<Ended> {
    let kept = images.kept.len();
    loop {
        let mut steps: Vec<Value> = Vec::new();
        let mut executor = lab.executor();
        let mut outside =
            Outside { executor: &mut executor, store: images, network: &mut NoNetwork };
        let end = build(request, Options::default(), &mut outside, &mut |event| match event {
            Event::Step { text, .. } => steps.push(json!({ "name": text, "status": "done" })),
            Event::UsingCache => {
                if let Some(step) = steps.last_mut() {
                    step["status"] = json!("cached");
                }
            }
            _ => {}
        });
        if let Err(Error::NotLoaded(module)) = &end {
            // The steps before come from the cache otherwise, which the case would not show.
            images.kept.truncate(kept);
            lab.load(module)?;
            continue;
        }
        if end.is_err()
            && let Some(step) = steps.last_mut()
        {
            step["status"] = json!("error");
        }
        return Ok(Ended { end, steps: steps.into() });
    }
}

fn differences(
    case: &Value,
    lab: &Lab,
    images: &Images,
    ended: &Ended,
    out: &mut Vec<(&'static str, String)>,
) {
    let exit = match &ended.end {
        Ok(_) => 0,
        Err(Error::Command { code, .. }) => i64::from(*code),
        Err(_) => 1,
    };
    field("exit", &case["exit_code"], &json!(exit), out);
    if let Some(wanted) = case["error_norm"].as_str().or(case["error"].as_str()) {
        let message = ended.end.as_ref().err().map(ToString::to_string);
        field("error", &json!(wanted), &json!(message), out);
    }
    let mut found = steps_of(&ended.steps);
    let mut wanted = steps_of(&case["steps"]);
    // The recorder does not know which step failed.
    if exit != 0 {
        for step in [&mut wanted, &mut found].into_iter().flat_map(|list| list.as_array_mut()) {
            step.iter_mut().for_each(|step| step[1] = json!(""));
        }
    }
    field("steps", &wanted, &found, out);
    let Ok(Some(id)) = &ended.end else { return };
    let Some(made) = images.kept.iter().rev().find(|image| image.id == *id) else { return };
    let wanted = &case["image"];
    let has_base = wanted["base"].is_string();
    let base = if has_base { lab.base() } else { Tree::new() };
    let rootfs = answer::against_base(&base, &made.image.tree);
    for part in ["added", "changed", "removed"].into_iter().filter(|_| has_base) {
        field("rootfs", &sorted(&wanted["rootfs_vs_base"][part]), &sorted(&rootfs[part]), out);
    }
    let config = serde_json::to_value(&made.image.config.config).unwrap_or_default();
    let mut own = wanted["config_raw"]["config"].clone();
    // The parent's id holds times.
    own["Image"] = Value::Null;
    field("config", &config_of(&own), &config_of(&config), out);
    let history: Value = made.image.config.history.iter().map(entry).collect();
    let mut own = wanted["history"].clone();
    for entry in own.as_array_mut().into_iter().flatten() {
        if let Some(fields) = entry.as_object_mut() {
            fields.remove("author");
        }
    }
    field("history", &own, &history, out);
    let results: Vec<Arc<StepResult>> = made
        .image
        .layers
        .iter()
        .filter_map(|layer| {
            images.layers.iter().rev().find(|known| known.layer.diff_id == layer.diff_id).cloned()
        })
        .collect();
    let layers: Vec<Value> = results.iter().map(|result| json!(answer::layer(result))).collect();
    let own = wanted["layers"].as_array().cloned().unwrap_or_default();
    let own = own.iter().filter(|layer| !layer["base"].is_string());
    let mut own: Vec<Value> = own.map(|layer| layer["entries"].clone()).collect();
    for (recorded, result) in own.iter_mut().zip(&results) {
        answer::without_touched(recorded, result);
    }
    field("layers", &json!(own), &json!(layers), out);
}
