//! The command that a button ran, and what it was answered.

use yew::prelude::*;

use super::icon::{Draw, Icon};
use crate::state::dock::Answer;
use crate::text::use_texts;

/// The answer.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// It, if a button was pressed.
    pub answer: Option<Answer>,
}

/// The bar, until it is closed or another answer comes.
#[component]
pub fn AnswerBar(props: &Props) -> Html {
    let texts = use_texts();
    let closed = use_state(|| None::<Answer>);
    let answer = props.answer.clone().filter(|answer| closed.as_ref() != Some(answer));
    let onclick = {
        let (closed, answer) = (closed.setter(), answer.clone());
        Callback::from(move |_: MouseEvent| closed.set(answer.clone()))
    };
    html! {
        <div role="status">
            if let Some(answer) = answer {
                <div class={classes!("answer", answer.failed.then_some("failed"))}>
                    <pre><b>{ "$ " }{ &answer.command }</b>{ "\n" }{ answer.text.trim_end() }</pre>
                    <button class="icon-button" aria-label={texts.get("dismiss")} {onclick}>
                        <Draw icon={Icon::Close} />
                    </button>
                </div>
            }
        </div>
    }
}
