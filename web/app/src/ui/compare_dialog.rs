//! A pinned build beside the one that is shown, and what edits cost in each.

use std::rc::Rc;

use protocol::Outcome;
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::modal::Modal;
use super::replay_table::ReplayTable;
use crate::model::build::{Build, Row};
use crate::model::compare::{self, Pinned};
use crate::model::figures;
use crate::model::project::Project;
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// What is compared.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build that was put aside.
    pub pinned: Option<Rc<Pinned>>,
    /// The project that is shown.
    pub project: Rc<Project>,
    /// Its build.
    pub build: Rc<Build>,
}

/// The dialog.
#[component]
pub fn CompareDialog(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let pin = {
        let now = Pinned { project: props.project.clone(), build: props.build.clone() };
        let now = Rc::new(now);
        on(&dispatch, move |_: MouseEvent| Action::Pin(Some(now.clone())))
    };
    let Some(pinned) = &props.pinned else {
        return html! {
            <Modal title={texts.get("compare-title")}>
                <p class="card-more">{ texts.get("compare-about") }</p>
                <div class="dialog-actions">
                    <button class="button primary" onclick={pin}>
                        <Draw icon={Icon::Pin} />{ texts.get("pin-build") }
                    </button>
                </div>
            </Modal>
        };
    };
    let pair = |(left, right): (Option<&Row>, Option<&Row>)| {
        let same = match (left, right) {
            (Some(left), Some(right)) => left.instruction() == right.instruction(),
            _ => false,
        };
        html! {
            <tr class={(!same).then_some("differs")}>
                { cell(left, &texts) }
                { cell(right, &texts) }
            </tr>
        }
    };
    html! {
        <Modal title={texts.get("compare-title")} class="dialog-wide">
            <table class="compare">
                <caption class="visually-hidden">{ texts.get("compare-title") }</caption>
                <thead>
                    <tr>
                        { head(texts.get("pinned"), &pinned.project, &pinned.build, &texts) }
                        { head(texts.get("now"), &props.project, &props.build, &texts) }
                    </tr>
                </thead>
                <tbody>
                    { for compare::pairs(&pinned.build, &props.build).into_iter().map(pair) }
                </tbody>
            </table>
            <div class="dialog-actions">
                <button class="button" onclick={pin}>
                    <Draw icon={Icon::Pin} />{ texts.get("pin-instead") }
                </button>
                <button class="button" onclick={on(&dispatch, |_| Action::Pin(None))}>
                    { texts.get("unpin") }
                </button>
            </div>
            <ReplayTable pinned={pinned.clone()} project={props.project.clone()} />
        </Modal>
    }
}

fn head(which: String, project: &Project, build: &Build, texts: &Texts) -> Html {
    let cost = compare::cost(build);
    let sum = texts.with(
        "steps-sum",
        [("ran", (cost.ran as u64).into()), ("cached", (cost.cached as u64).into())],
    );
    let outcome = match &build.outcome {
        Some(Outcome::Image { bytes, layers, .. }) => texts.with(
            "strata-sum",
            [("layers", (*layers).into()), ("bytes", figures::bytes(*bytes).into())],
        ),
        _ => texts.get("no-image"),
    };
    html! {
        <th scope="col">
            <span class="compare-which">{ which }</span>
            <span class="compare-name">{ project.name.to_string() }</span>
            <span class="compare-sum">{ format!("{outcome} · {sum}") }</span>
        </th>
    }
}

fn cell(row: Option<&Row>, texts: &Texts) -> Html {
    let Some(row) = row else { return html! { <td class="compare-none" /> } };
    let status = row.status().name();
    let bytes = row.layer().map(|layer| figures::bytes(layer.bytes));
    html! {
        <td class={format!("is-{status}")}>
            <span class="compare-step">
                <span class="compare-dot" aria-hidden="true" />
                <code title={row.instruction()}>{ row.instruction() }</code>
                <span class="tag">{ texts.get(&format!("status-{}", status)) }</span>
                <span class="compare-bytes">{ bytes }</span>
            </span>
        </td>
    }
}
