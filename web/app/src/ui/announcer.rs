//! Says how a build came out, to those who hear the page.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use protocol::{Outcome, StepState};
use yew::prelude::*;

use crate::model::build::{Build, Status};
use crate::model::figures;
use crate::text::{Texts, use_texts};

/// Which build.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build.
    pub build: Rc<Build>,
}

/// How long the builds must have been quiet, in milliseconds: a sentence per keystroke would be
/// noise.
const QUIET: u32 = 700;

/// A region that is read out when it changes.
#[component]
pub fn Announcer(props: &Props) -> Html {
    let texts = use_texts();
    let said = use_state(String::new);
    {
        let said = said.setter();
        let sentence = sentence(&props.build, &texts);
        use_effect_with(sentence, move |sentence| {
            let sentence = sentence.clone();
            let later = sentence.map(|text| Timeout::new(QUIET, move || said.set(text)));
            move || drop(later)
        });
    }
    html! { <p class="visually-hidden" role="status">{ &*said }</p> }
}

fn sentence(build: &Build, texts: &Texts) -> Option<String> {
    let count = |status| build.rows.iter().filter(|row| row.status() == status).count() as u64;
    Some(match build.outcome.as_ref()? {
        Outcome::Image { id, .. } => texts.with(
            "announce-built",
            [
                ("ran", count(Status::Ran).into()),
                ("cached", count(Status::Cached).into()),
                ("id", figures::short(id).into()),
            ],
        ),
        Outcome::StepFailed { step } => {
            let number = step + 1;
            match build.row(*step).map(|row| &row.state) {
                Some(StepState::Failed { exit_code: Some(code), .. }) => {
                    texts.with("failed-exit", [("number", number.into()), ("code", (*code).into())])
                }
                _ => texts.with("failed-title", [("number", number.into())]),
            }
        }
        Outcome::Invalid { message } => {
            texts.with("announce-invalid", [("message", message.as_str().into())])
        }
    })
}
