//! The stack of layers as a drawing to scale.

use protocol::StepKind;

use super::build::{Build, Status};

/// One layer of the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// The step that made it.
    pub step: u32,
    /// What to write on it.
    pub label: String,
    /// Bytes of its files.
    pub bytes: u64,
    /// Bytes of lower layers that it hides.
    pub hidden: u64,
    /// Height in pixels.
    pub height: u32,
    /// Height in pixels of the part that stands for `hidden`; 0 if it hides nothing.
    pub hidden_height: u32,
    /// Whether it is the base.
    pub base: bool,
    /// Number of layers in it.
    pub layers: u32,
    /// Whether it is drawn smaller than to scale.
    pub compressed: bool,
    /// State of its step.
    pub status: Status,
}

/// Lowest height at which a label can be read.
pub const LABEL: u32 = 22;

/// The layers of the build, oldest first, with the height that all together should take.
///
/// Everything but a large base is to scale: pixels per byte are the same, on top of the height of
/// the label. A base that would leave no room for the others is compressed, and says so.
pub fn strata(build: &Build, height: u32) -> Vec<Stratum> {
    let mut strata: Vec<Stratum> = build
        .rows
        .iter()
        .filter_map(|row| {
            let layer = row.layer()?;
            let base = row.step.kind == StepKind::Base;
            let label = if base { row.step.arguments.clone() } else { row.instruction() };
            Some(Stratum {
                step: row.step.index,
                label,
                bytes: layer.bytes,
                hidden: layer.hidden_bytes,
                height: LABEL,
                hidden_height: 0,
                base,
                layers: layer.layers,
                compressed: false,
                status: row.status(),
            })
        })
        .collect();

    let count = u32::try_from(strata.len()).unwrap_or(u32::MAX);
    let room = f64::from(height.saturating_sub(count.saturating_mul(LABEL + 2)));
    let own: u64 = strata.iter().filter(|s| !s.base).map(|s| s.bytes + s.hidden).sum();
    let bases: u64 = strata.iter().filter(|s| s.base).map(|s| s.bytes).sum();
    if own + bases == 0 {
        return strata;
    }
    // At most 40 % of the room for the base.
    let compressed = bases as f64 > 0.4 * (own + bases) as f64;
    let (own_room, base_room) = match (own, compressed) {
        (0, _) => (0.0, (room * 0.4).min(160.0)),
        (_, true) => (room * 0.6, (room * 0.4).min(160.0)),
        (_, false) => {
            let share = own as f64 / (own + bases) as f64;
            (room * share, room * (1.0 - share))
        }
    };
    // One layer of few bytes is no mountain.
    let own_room = own_room.min(220.0);
    let pixels = |bytes: u64, all: u64, room: f64| {
        if all == 0 { 0 } else { (bytes as f64 / all as f64 * room).round() as u32 }
    };
    for stratum in &mut strata {
        if stratum.base {
            stratum.height += pixels(stratum.bytes, bases, base_room);
            stratum.compressed = compressed && stratum.bytes > 0;
        } else {
            stratum.height += pixels(stratum.bytes, own, own_room);
            if stratum.hidden > 0 {
                stratum.hidden_height = pixels(stratum.hidden, own, own_room).max(6);
            }
        }
    }
    strata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::build::tests::{build, done};

    fn with_base(base: u64, others: &[u64]) -> Build {
        let sizes = std::iter::once(&base).chain(others);
        let mut build = build(sizes.map(|&bytes| done(bytes, None)).collect());
        build.rows[0].step.kind = StepKind::Base;
        build
    }

    #[test]
    fn a_large_base_leaves_room() {
        let strata = strata(&with_base(70_000_000, &[100, 300]), 400);
        assert!(strata[0].compressed);
        assert!(strata[0].height <= 160 + LABEL);
        let own = |i: usize| f64::from(strata[i].height - LABEL);
        assert!((own(2) / own(1) - 3.0).abs() < 0.05, "to scale: {strata:?}");
    }

    #[test]
    fn a_small_base_is_to_scale() {
        let strata = strata(&with_base(100, &[100, 200]), 300);
        assert!(!strata[0].compressed);
        assert_eq!(strata[0].height, strata[1].height);
    }

    #[test]
    fn it_fits() {
        for (base, others) in
            [(0, vec![]), (0, vec![0]), (5, vec![]), (1 << 40, vec![1, 2, 3]), (0, vec![9; 12])]
        {
            let strata = strata(&with_base(base, &others), 500);
            let total: u32 = strata.iter().map(|s| s.height).sum();
            assert!(total <= 500, "{strata:?}");
        }
    }

    #[test]
    fn more_layers_than_room_are_still_readable() {
        let strata = strata(&with_base(5, &[1; 40]), 200);
        assert!(strata.iter().all(|s| s.height >= LABEL));
    }
}
