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
    html! {
        <>
            if detail.output_dropped > 0 {
                <p class="empty">{ texts.with("output-dropped", [
                    ("bytes", figures::bytes(detail.output_dropped).into()),
                ]) }</p>
            }
            <OutputRuns runs={detail.output.clone()} />
        </>
    }
}

/// What was printed.
#[derive(Properties, PartialEq)]
pub struct RunsProps {
    /// It, in order.
    pub runs: Vec<OutputRun>,
}

/// Output of both streams; standard error has a colour of its own.
#[component]
pub fn OutputRuns(props: &RunsProps) -> Html {
    let run = |run: &OutputRun| {
        if run.stderr {
            html! { <span class="stderr" title="stderr">{ &run.text }</span> }
        } else {
            html! { <span>{ &run.text }</span> }
        }
    };
    html! { <pre class="output">{ for props.runs.iter().map(run) }</pre> }
}
