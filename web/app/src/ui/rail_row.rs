//! One step: how far it is, how long it took, what it weighs.

use protocol::{LayerSummary, Revision, StepKind};
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use crate::model::build::{Row, Status};
use crate::model::figures;
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// One step.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The step.
    pub row: Row,
    /// How many there are.
    pub total: usize,
    /// Bytes that fill the bar.
    pub largest: u64,
    /// Whether it is looked at.
    pub chosen: bool,
    /// Whether its instruction stands beside it.
    pub level: bool,
    /// The build, so that what ran in it is shown as new, once.
    pub revision: Revision,
}

/// Width of the longest bar, in pixels.
const BAR: f64 = 60.0;

/// The row.
#[component]
pub fn RailRow(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let row = &props.row;
    let index = row.step.index;
    let status = row.status();
    let lines = row.step.end_line.saturating_sub(row.step.line) + 1;
    let style =
        props.level.then(|| format!("--at: {}; --span: {lines}", row.step.line.saturating_sub(1)));
    let fresh = matches!(status, Status::Ran | Status::Failed);
    let dot_key = if fresh { format!("{}", props.revision) } else { status.name().into() };
    html! {
        <li class="rail-item" {style}>
            <button class={classes!("rail-row", format!("is-{}", status.name()))}
                aria-label={label(props, &texts)}
                aria-current={props.chosen.then_some("step")}
                onclick={on(&dispatch, move |_| Action::Choose(index))}>
                <span key={dot_key} class={classes!("dot", fresh.then_some("fresh"))} />
                if !props.level {
                    <span class="rail-what">
                        <b>{ &row.step.keyword }</b>{ " " }{ &row.step.arguments }
                    </span>
                }
                { " " }
                <span class="tag">{ tag(row, &texts) }</span>
                { " " }
                { weight(row, props.largest, &texts) }
            </button>
        </li>
    }
}

/// State and time as they are written in the row.
fn tag(row: &Row, texts: &Texts) -> String {
    match (row.status(), row.micros()) {
        (Status::Ran, Some(micros)) => {
            texts.with("tag-ran", [("time", figures::time(micros).into())])
        }
        (status, _) => texts.get(&format!("status-{}", status.name())),
    }
}

fn weight(row: &Row, largest: u64, texts: &Texts) -> Html {
    let Some(layer) = row.layer().filter(|_| row.step.kind != StepKind::Config) else {
        return Html::default();
    };
    let width = |bytes: u64| {
        let share = if largest == 0 { 0.0 } else { (bytes as f64 / largest as f64).min(1.0) };
        let least = if bytes == 0 { 0.0 } else { 2.0 };
        format!("width: {:.0}px", (share * BAR).max(least))
    };
    let base = row.step.kind == StepKind::Base;
    html! {
        <span class="weight">
            if base {
                <span class="bar bar-base" style={format!("width: {BAR}px")} />
            } else if layer.bytes > 0 {
                <span class="bar bar-added" style={width(layer.bytes)} />
            }
            if layer.hidden_bytes > 0 {
                <span class="bar bar-hidden" style={width(layer.hidden_bytes)} />
            }
            <span class="bytes">
                { bytes(layer, texts) }
            </span>
        </span>
    }
}

fn bytes(layer: &LayerSummary, texts: &Texts) -> String {
    let bytes = figures::bytes(layer.bytes);
    if layer.hidden_bytes == 0 {
        return bytes;
    }
    let hidden = figures::bytes(layer.hidden_bytes);
    format!("{bytes}, {}", texts.with("hides", [("bytes", hidden.into())]))
}

/// The row in one sentence, for those who do not see it.
fn label(props: &Props, texts: &Texts) -> String {
    let row = &props.row;
    let mut state = tag(row, texts);
    if let Some(layer) = row.layer().filter(|_| row.step.kind != StepKind::Config) {
        state = format!("{state} {}", bytes(layer, texts));
    }
    let number = row.step.index + 1;
    let total = props.total as u64;
    let what = row.instruction();
    texts.with(
        "step-label",
        [
            ("number", number.into()),
            ("total", total.into()),
            ("instruction", what.into()),
            ("state", state.into()),
        ],
    )
}
