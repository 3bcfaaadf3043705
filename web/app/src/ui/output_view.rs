//! What a command printed.

use std::rc::Rc;

use protocol::{OutputRun, StepDetail};
use yew::prelude::*;

use crate::model::figures;
use crate::text::use_texts;

/// Whose output.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The step.
    pub detail: Rc<StepDetail>,
}

/// The output, both streams in the order in which they were written.
#[component]
pub fn OutputView(props: &Props) -> Html {
    let texts = use_texts();
    let detail = &props.detail;
    if detail.output.is_empty() && detail.output_dropped == 0 {
        return html! { <p class="empty">{ texts.get("no-output") }</p> };
    }
    let run = |run: &OutputRun| {
        if run.stderr {
            html! { <span class="stderr" title="stderr">{ &run.text }</span> }
        } else {
            html! { <span>{ &run.text }</span> }
        }
    };
    html! {
        <>
            if detail.output_dropped > 0 {
                <p class="empty">{ texts.with("output-dropped", [
                    ("bytes", figures::bytes(detail.output_dropped).into()),
                ]) }</p>
            }
            <pre class="output">{ for detail.output.iter().map(run) }</pre>
        </>
    }
}
