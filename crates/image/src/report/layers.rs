//! `image layers`

use std::fmt;

use serde_json::{Value, json};

use super::{human_size, short, step_text, table};
use crate::{Analysis, Compression, DiffId, Image, LayerBytes};

/// The layers of an image, lowest first.
pub struct LayersReport(pub Vec<LayerRow>);

/// A layer.
pub struct LayerRow {
    /// Its diff ID.
    pub diff_id: DiffId,
    /// Bytes of its tar.
    pub tar_size: u64,
    /// How it was stored.
    pub compression: Compression,
    /// Bytes as it was stored.
    pub blob_size: u64,
    /// What it brings, hides and wastes.
    pub bytes: LayerBytes,
    /// What made it.
    pub created_by: String,
}

impl LayersReport {
    /// The layers of an image.
    #[must_use]
    pub fn of(image: &Image, analysis: &Analysis) -> Self {
        let steps = image.config.layer_history();
        let rows = image.layers.iter().zip(&analysis.layers).zip(steps);
        let rows = rows.map(|((layer, bytes), step)| LayerRow {
            diff_id: layer.diff_id,
            tar_size: layer.tar_size,
            compression: layer.blob.compression,
            blob_size: layer.blob.size,
            bytes: *bytes,
            created_by: step_text(step),
        });
        Self(rows.collect())
    }

    /// An array with an object for each layer.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let row = |(at, layer): (usize, &LayerRow)| {
            json!({
                "layer": at + 1,
                "diffId": layer.diff_id.to_string(),
                "tarBytes": layer.tar_size,
                "blobBytes": layer.blob_size,
                "compression": layer.compression.name(),
                "addedBytes": layer.bytes.added,
                "replacedBytes": layer.bytes.replaced,
                "hiddenBytes": layer.bytes.hidden,
                "wastedBytes": layer.bytes.wasted,
                "createdBy": layer.created_by,
            })
        };
        Value::Array(self.0.iter().enumerate().map(row).collect())
    }
}

impl fmt::Display for LayersReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<Vec<String>> = self
            .0
            .iter()
            .enumerate()
            .map(|(at, layer)| {
                vec![
                    (at + 1).to_string(),
                    short(layer.diff_id),
                    human_size(layer.tar_size),
                    human_size(layer.bytes.added),
                    human_size(layer.bytes.replaced),
                    human_size(layer.bytes.hidden),
                    human_size(layer.bytes.wasted),
                    layer.created_by.clone(),
                ]
            })
            .collect();
        let head =
            ["LAYER", "DIFF ID", "TAR", "ADDED", "REPLACED", "HIDES", "WASTED", "CREATED BY"];
        let right = [true, false, true, true, true, true, true, false];
        f.write_str(&table(&head, &right, &rows))
    }
}
