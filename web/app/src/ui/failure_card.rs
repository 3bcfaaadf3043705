//! What stopped the build.

use std::rc::Rc;

use protocol::{Outcome, StepState};
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use crate::model::build::Build;
use crate::state::Action;
use crate::text::use_texts;

/// Which build.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build.
    pub build: Rc<Build>,
}

/// The failure; nothing where nothing failed.
#[component]
pub fn FailureCard(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let build = &props.build;
    if let Some(Outcome::Invalid { message }) = &build.outcome {
        return html! {
            <section class="card card-failed card-late" aria-label={texts.get("failure")}>
                <p><strong>{ texts.get("invalid-title") }</strong></p>
                <pre>{ message }</pre>
            </section>
        };
    }
    let failed = build.rows.iter().find_map(|row| match &row.state {
        StepState::Failed { exit_code, message, tail, .. } => {
            Some((row.step.index, *exit_code, message, tail.trim_end()))
        }
        _ => None,
    });
    let Some((step, exit_code, message, tail)) = failed.filter(|_| !build.stale) else {
        return Html::default();
    };
    let number = step + 1;
    let title = match exit_code {
        Some(code) => texts.with("failed-exit", [("number", number.into()), ("code", code.into())]),
        None => texts.with("failed-title", [("number", number.into())]),
    };
    html! {
        <section class="card card-failed" aria-label={texts.get("failure")}>
            <p><strong>{ title }</strong></p>
            if !tail.is_empty() { <pre class="failed-tail">{ tail.to_owned() }</pre> }
            <p class="card-more"><code>{ message }</code></p>
            <button class="link" onclick={on(&dispatch, move |_| Action::Choose(step))}>
                { texts.with("go-to-step", [("number", number.into())]) }
            </button>
        </section>
    }
}
