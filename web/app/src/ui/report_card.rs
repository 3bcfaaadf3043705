//! The engine is lost: what happened, in a form that can be sent on.

use yew::prelude::*;

use super::copy_button::CopyButton;
use super::dispatch::{on, use_dispatch};
use crate::browser::page;
use crate::state::{Action, Engine, Report};
use crate::text::use_texts;

/// What happened.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The failure, if there was one.
    pub report: Option<Report>,
    /// What is known of the engine now.
    pub engine: Engine,
}

/// The report; nothing while all is well.
#[component]
pub fn ReportCard(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    if props.engine == Engine::Incompatible {
        return html! {
            <section class="card card-failed" role="alert">
                <p><strong>{ texts.get("incompatible-title") }</strong></p>
                <p class="card-more">{ texts.get("incompatible") }</p>
            </section>
        };
    }
    let Some(report) = &props.report else { return Html::default() };
    let what_now =
        if props.engine == Engine::Resting { "crashed-resting" } else { "crashed-restarted" };
    let report = format!(
        "Layerlab {}, protocol {}\n{}\n\n{}",
        env!("CARGO_PKG_VERSION"),
        protocol::VERSION,
        page::browser(),
        report.message,
    );
    html! {
        <section class="card card-failed" role="alert">
            <p><strong>{ texts.get("crashed-title") }</strong></p>
            <p class="card-more">{ texts.get(what_now) }</p>
            <pre class="failed-tail">{ &report }</pre>
            <p class="card-actions">
                <CopyButton text={report} label={texts.get("copy-report")} wide=true />
                <button class="link" onclick={on(&dispatch, |_| Action::DismissReport)}>
                    { texts.get("dismiss") }
                </button>
            </p>
        </section>
    }
}
