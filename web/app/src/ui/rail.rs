//! The rail: one row per instruction, level with it.

use std::rc::Rc;

use protocol::StepKind;
use yew::prelude::*;

use super::rail_row::RailRow;
use crate::model::build::{Build, Status};
use crate::text::use_texts;

/// Over the rail: how many steps ran.
#[derive(Properties, PartialEq)]
pub struct HeadProps {
    /// The last build.
    pub build: Rc<Build>,
}

/// What the rail shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The last build.
    pub build: Rc<Build>,
    /// The step that is looked at.
    pub step: Option<u32>,
    /// Whether the Dockerfile stands beside it; otherwise the rows say what they are.
    pub level: bool,
    /// Whether a newer edit is still being built.
    pub busy: bool,
}

/// The rail.
#[component]
pub fn Rail(props: &Props) -> Html {
    let texts = use_texts();
    let build = &props.build;
    let largest = build
        .rows
        .iter()
        .filter(|row| row.step.kind != StepKind::Base)
        .filter_map(|row| row.layer())
        .map(|layer| layer.bytes.max(layer.hidden_bytes))
        .max()
        .unwrap_or(0);
    let total = build.rows.len();
    let lines = build.rows.last().map_or(0, |row| row.step.end_line);
    let class = classes!(
        "rail",
        if props.level { "rail-level" } else { "rail-listed" },
        build.stale.then_some("rail-stale"),
    );
    html! {
        <ol {class} aria-label={texts.get("steps")} aria-busy={props.busy.to_string()}
            style={format!("--lines: {lines}")}>
            { for build.rows.iter().map(|row| html! {
                <RailRow key={row.step.index} row={row.clone()} {total} {largest}
                    chosen={props.step == Some(row.step.index)} level={props.level}
                    revision={build.revision} />
            }) }
        </ol>
    }
}

/// The head of the rail.
#[component]
pub fn RailHead(props: &HeadProps) -> Html {
    let texts = use_texts();
    let build = &props.build;
    let count = |status| build.rows.iter().filter(|row| row.status() == status).count() as u64;
    let (ran, cached) = (count(Status::Ran), count(Status::Cached));
    html! {
        <div class="rail-head">
            <h2>{ texts.get("steps") }</h2>
            if build.stale && !build.rows.is_empty() {
                <p class="rail-sum">{ texts.get("steps-stale") }</p>
            } else if ran + cached > 0 {
                <p class="rail-sum">
                    { texts.with("steps-sum", [("ran", ran.into()), ("cached", cached.into())]) }
                </p>
            }
        </div>
    }
}
