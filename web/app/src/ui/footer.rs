//! The bottom: where one is among the steps, and how the build came out.

use std::rc::Rc;

use protocol::Outcome;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::copy_button::CopyButton;
use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use crate::model::build::Build;
use crate::model::figures;
use crate::state::dock::DockAction;
use crate::state::{Action, Engine, Sheet};
use crate::text::{Texts, use_texts};

/// What the footer shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build.
    pub build: Rc<Build>,
    /// What is known of the engine.
    pub engine: Engine,
    /// Whether the user stopped this build.
    pub stopped: bool,
    /// The step that is looked at.
    pub step: Option<u32>,
    /// The sheet that is open.
    pub sheet: Option<Sheet>,
    /// Whether the drawer is open.
    pub dock: bool,
}

/// The footer.
#[component]
pub fn Footer(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let build = &props.build;
    let total = build.rows.len();
    let place = props.step.and_then(|step| build.rows.iter().position(|r| r.step.index == step));
    let number = place.map_or(0, |place| place + 1);
    let steps: Vec<u32> = build.rows.iter().map(|row| row.step.index).collect();
    let onchange = on(&dispatch, move |event: InputEvent| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let at = field.map_or(1.0, |field| field.value_as_number()) as usize;
        Action::Choose(steps.get(at.saturating_sub(1)).copied().unwrap_or(0))
    });
    let where_now = if total == 0 {
        String::new()
    } else {
        let (number, total) = (number as u64, total as u64);
        texts.with("step-of", [("number", number.into()), ("total", total.into())])
    };
    let sheet = |sheet: Sheet| {
        let to = if props.sheet == Some(sheet) { None } else { Some(sheet) };
        on(&dispatch, move |_: MouseEvent| Action::Sheet(to))
    };
    let expanded = |sheet| (props.sheet == Some(sheet)).to_string();
    let slow = matches!(props.engine, Engine::Building { slow: true, .. });
    html! {
        <footer class="footer">
            <button class="sheet-button" aria-expanded={expanded(Sheet::Context)}
                onclick={sheet(Sheet::Context)}>
                <Draw icon={Icon::Files} /><span>{ texts.get("files") }</span>
            </button>
            <button class="dock-button" aria-expanded={props.dock.to_string()}
                title={texts.get("dock-key")}
                onclick={on(&dispatch, |_| Action::Dock(DockAction::Toggle))}>
                <Draw icon={Icon::Terminal} /><span>{ texts.get("terminal") }</span>
            </button>
            <div class="scrubber" role="group" aria-label={texts.get("steps")}>
                <button class="icon-button" aria-label={texts.get("step-before")}
                    title={texts.get("step-before-key")}
                    onclick={on(&dispatch, |_| Action::Move(-1))}>
                    <Draw icon={Icon::Back} />
                </button>
                <span class="step-of">{ &where_now }</span>
                <div class="scrub" style={format!("--steps: {}", total.max(2) - 1)}>
                    <input type="range" min="1" max={total.max(1).to_string()} step="1"
                        value={number.to_string()} disabled={total < 2}
                        aria-label={texts.get("step")} aria-valuetext={where_now.clone()}
                        oninput={onchange} />
                </div>
                <button class="icon-button" aria-label={texts.get("step-after")}
                    title={texts.get("step-after-key")}
                    onclick={on(&dispatch, |_| Action::Move(1))}>
                    <Draw icon={Icon::Forward} />
                </button>
            </div>
            <p class="outcome">{ outcome(props, &texts) }</p>
            if slow {
                <button class="button stop" onclick={on(&dispatch, |_| Action::Stop)}>
                    <Draw icon={Icon::Stop} />{ texts.get("stop") }
                </button>
            }
            <button class="sheet-button" aria-expanded={expanded(Sheet::Inspector)}
                onclick={sheet(Sheet::Inspector)}>
                <Draw icon={Icon::Layers} /><span>{ texts.get("inspect") }</span>
            </button>
        </footer>
    }
}

fn outcome(props: &Props, texts: &Texts) -> Html {
    let build = &props.build;
    if props.stopped {
        return html! { { texts.get("stopped") } };
    }
    if let Some(module) = &build.loading {
        return texts.rich("loading", [("module", crate::text::code(module))]);
    }
    match (props.engine, &build.outcome) {
        (Engine::Starting, _) => html! { { texts.get("starting") } },
        (Engine::Resting | Engine::Incompatible, _) => html! { { texts.get("no-engine") } },
        (Engine::Building { .. }, _) | (Engine::Idle, None) => {
            html! { { texts.get("building") } }
        }
        (Engine::Idle, Some(Outcome::Image { id, bytes, layers })) => html! {
            <>
                <span class="outcome-more">{ texts.with("built", [
                    ("time", figures::time(build.micros).into()),
                    ("layers", (*layers).into()),
                    ("bytes", figures::bytes(*bytes).into()),
                ]) }</span>
                <span class="id">
                    <span class="id-name">{ texts.get("image-id") }</span>
                    <code title={id.clone()}>{ figures::short(id).to_owned() }</code>
                    <CopyButton text={id.clone()} label={texts.get("copy-image-id")} />
                </span>
            </>
        },
        (Engine::Idle, Some(Outcome::StepFailed { step })) => {
            html! { <span class="bad">{ texts.with("outcome-failed", [("number", (*step + 1).into())]) }</span> }
        }
        (Engine::Idle, Some(Outcome::Invalid { .. })) => {
            html! { <span class="bad">{ texts.get("outcome-invalid") }</span> }
        }
    }
}
