//! `image waste`

use std::fmt;

use serde_json::{Value, json};

use super::{human_size, step_text, table};
use crate::{Analysis, Hidden, Image};

/// What an image carries and does not show, beside what dive says.
pub struct WasteReport<'a> {
    analysis: &'a Analysis,
    steps: Vec<String>,
}

impl<'a> WasteReport<'a> {
    /// Of an image and what was found in it.
    #[must_use]
    pub fn of(image: &Image, analysis: &'a Analysis) -> Self {
        let steps = image.config.layer_history().into_iter().map(step_text).collect();
        Self { analysis, steps }
    }

    fn step(&self, layer: usize) -> &str {
        self.steps.get(layer).map(String::as_str).unwrap_or_default()
    }

    /// Both figures, and every file that is carried and not shown.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let found = self.analysis;
        let files: Vec<Value> = found
            .wasted
            .iter()
            .map(|wasted| {
                json!({
                    "path": wasted.path.to_string(),
                    "bytes": wasted.bytes,
                    "layer": wasted.layer + 1,
                    "createdBy": self.step(wasted.layer),
                    "hiddenBy": wasted.hidden_by + 1,
                    "hiddenByStep": self.step(wasted.hidden_by),
                    "how": how_text(wasted.how),
                })
            })
            .collect();
        let dive: Vec<Value> = found
            .dive
            .paths
            .iter()
            .rev()
            .map(|path| json!({ "file": path.path, "count": path.count, "sizeBytes": path.bytes }))
            .collect();
        json!({
            "totalBytes": found.total_bytes,
            "visibleBytes": found.visible_bytes,
            "wastedBytes": found.wasted_bytes(),
            "efficiency": found.efficiency(),
            "files": files,
            "dive": {
                "efficiencyScore": found.dive.efficiency,
                "inefficientBytes": found.dive.wasted_bytes,
                "userWastedPercent": found.dive.wasted_user_part(),
                "inefficientFiles": dive,
            },
        })
    }
}

impl fmt::Display for WasteReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.analysis;
        let percent = |part: f64| format!("{:.2} %", part * 100.0);
        writeln!(
            f,
            "{} in all layers, {} visible, {} wasted: {} efficient",
            human_size(found.total_bytes),
            human_size(found.visible_bytes),
            human_size(found.wasted_bytes()),
            percent(found.efficiency())
        )?;
        writeln!(
            f,
            "dive says {} wasted: {} efficient, {} of what is above the lowest layer",
            human_size(found.dive.wasted_bytes),
            percent(found.dive.efficiency),
            percent(found.dive.wasted_user_part())
        )?;
        if found.wasted.is_empty() {
            return Ok(());
        }
        let mut wasted: Vec<_> = found.wasted.iter().collect();
        wasted.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
        let rows: Vec<Vec<String>> = wasted
            .into_iter()
            .map(|wasted| {
                vec![
                    human_size(wasted.bytes),
                    (wasted.layer + 1).to_string(),
                    wasted.path.to_string(),
                    format!(
                        "{} by layer {}: {}",
                        how_text(wasted.how),
                        wasted.hidden_by + 1,
                        self.step(wasted.hidden_by)
                    )
                    .trim_end_matches([':', ' '])
                    .to_owned(),
                ]
            })
            .collect();
        writeln!(f)?;
        f.write_str(&table(&["BYTES", "LAYER", "PATH", "HOW"], &[true, true, false, false], &rows))
    }
}

fn how_text(how: Hidden) -> &'static str {
    match how {
        Hidden::Replaced => "replaced",
        Hidden::Removed => "removed",
    }
}
