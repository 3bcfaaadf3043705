//! The stack of layers, drawn to scale, the oldest at the bottom.

use std::rc::Rc;

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use crate::model::build::Build;
use crate::model::figures;
use crate::model::strata::{LABEL, Stratum, strata};
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// Which stack.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build.
    pub build: Rc<Build>,
    /// The step that is looked at.
    pub step: Option<u32>,
}

/// Height of the drawing, in pixels.
const HEIGHT: u32 = 440;

/// The drawing.
#[component]
pub fn StrataView(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let strata = strata(&props.build, HEIGHT);
    if strata.is_empty() {
        return html! { <div class="strata" /> };
    }
    let total: u64 = strata.iter().map(|stratum| stratum.bytes).sum();
    let hidden: u64 = strata.iter().map(|stratum| stratum.hidden).sum();
    let layers: u32 = strata.iter().map(|stratum| stratum.layers).sum();
    let stratum = |stratum: &Stratum| {
        let step = stratum.step;
        let chosen = props.step == Some(step);
        let class = classes!(
            "stratum",
            format!("is-{}", stratum.status.name()),
            stratum.base.then_some("stratum-base"),
            stratum.compressed.then_some("stratum-compressed"),
        );
        html! {
            <li key={step}>
                <button {class} style={format!("height: {}px", stratum.height)}
                    aria-label={label(stratum, &texts)} aria-current={chosen.then_some("step")}
                    title={stratum.label.clone()}
                    onclick={on(&dispatch, move |_| Action::Choose(step))}>
                    <span class="stratum-label">{ &stratum.label }</span>
                    { " " }
                    <span class="stratum-bytes">{ figures::bytes(stratum.bytes) }</span>
                </button>
                if stratum.hidden_height > 0 {
                    <div class="stratum-hidden" aria-hidden="true"
                        style={format!("height: {}px", stratum.hidden_height)}>
                        if stratum.hidden_height > LABEL {
                            <span>{ texts.with("hides", [
                                ("bytes", figures::bytes(stratum.hidden).into()),
                            ]) }</span>
                        }
                    </div>
                }
            </li>
        }
    };
    html! {
        <section class="strata" aria-label={texts.get("layers")}>
            // Oldest first for those who hear it; the style sheet turns it upside down.
            <ol>{ for strata.iter().map(stratum) }</ol>
            <p class="strata-sum">
                { texts.with("strata-sum", [
                    ("layers", layers.into()),
                    ("bytes", figures::bytes(total).into()),
                ]) }
                if hidden > 0 {
                    <span class="strata-hidden">
                        <i class="swatch-hidden" aria-hidden="true" />
                        { texts.with("strata-hidden", [("bytes", figures::bytes(hidden).into())]) }
                    </span>
                }
            </p>
        </section>
    }
}

fn label(stratum: &Stratum, texts: &Texts) -> String {
    let key = match (stratum.compressed, stratum.hidden > 0) {
        (true, _) => "stratum-compressed",
        (false, true) => "stratum-hides",
        (false, false) => "stratum",
    };
    texts.with(
        key,
        [
            ("label", stratum.label.as_str().into()),
            ("bytes", figures::bytes(stratum.bytes).into()),
            ("hidden", figures::bytes(stratum.hidden).into()),
        ],
    )
}
