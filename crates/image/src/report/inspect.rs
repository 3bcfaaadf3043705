//! `image inspect`

use std::fmt;

use serde_json::{Value, json};

use super::{human_size, short, step_text};
use crate::{Image, format_rfc3339};

/// All that an image says of itself.
pub struct InspectReport<'a>(pub &'a Image);

impl InspectReport<'_> {
    /// The same keys as `docker image inspect`, and the history.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self(image) = self;
        let config = &image.config;
        let time = |time: Option<vfs::Timestamp>| time.map(format_rfc3339);
        let history: Vec<Value> = config
            .history
            .iter()
            .map(|step| {
                json!({
                    "Created": time(step.created),
                    "CreatedBy": step.created_by,
                    "Author": step.author,
                    "Comment": step.comment,
                    "EmptyLayer": step.empty_layer,
                })
            })
            .collect();
        let ids = config.rootfs.diff_ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({
            "Id": image.id().to_string(),
            "RepoTags": image.tags,
            "Created": time(config.created),
            "Author": config.author,
            "Architecture": config.architecture,
            "Variant": config.variant,
            "Os": config.os,
            "Size": self.size(),
            "Config": serde_json::to_value(&config.config).unwrap_or_default(),
            "RootFS": { "Type": "layers", "Layers": ids },
            "ChainId": image.chain_id().map(|id| id.to_string()),
            "History": history,
        })
    }

    /// Bytes of all files of all layers.
    fn size(&self) -> u64 {
        self.0.layers.iter().flat_map(|layer| &layer.entries).map(crate::Entry::size).sum()
    }
}

impl fmt::Display for InspectReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(image) = self;
        let config = &image.config;
        let container = &config.config;
        let words = |list: &[String]| serde_json::to_string(list).unwrap_or_default();
        let row = |f: &mut fmt::Formatter<'_>, name: &str, text: String| {
            if text.is_empty() { Ok(()) } else { writeln!(f, "{name:<12}{text}") }
        };
        row(f, "Id", image.id().to_string())?;
        row(f, "Tags", image.tags.join(", "))?;
        row(f, "Platform", image.platform().to_string())?;
        row(f, "Created", config.created.map(format_rfc3339).unwrap_or_default())?;
        row(f, "Author", config.author.clone())?;
        row(f, "Size", human_size(self.size()))?;
        row(f, "User", container.user.clone())?;
        row(f, "WorkingDir", container.working_dir.clone())?;
        row(f, "Entrypoint", container.entrypoint.as_deref().map(words).unwrap_or_default())?;
        row(f, "Cmd", container.cmd.as_deref().map(words).unwrap_or_default())?;
        let list = |set: &std::collections::BTreeSet<String>| {
            set.iter().cloned().collect::<Vec<_>>().join(" ")
        };
        row(f, "Ports", list(&container.exposed_ports))?;
        row(f, "Volumes", list(&container.volumes))?;
        row(f, "StopSignal", container.stop_signal.clone())?;
        for variable in &container.env {
            row(f, "Env", variable.clone())?;
        }
        for (name, value) in &container.labels {
            row(f, "Label", format!("{name}={value}"))?;
        }
        let mut layers = image.layers.iter();
        for step in &config.history {
            let layer = if step.empty_layer { None } else { layers.next() };
            let id = layer.map_or("-".to_owned(), |layer| short(layer.diff_id));
            row(f, "History", format!("{id:<12}  {}", step_text(Some(step))))?;
        }
        Ok(())
    }
}
