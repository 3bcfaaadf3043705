//! Copies a text, and says that it did.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::icon::{Draw, Icon};
use crate::browser::page;
use crate::text::use_texts;

/// What to copy.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text.
    pub text: String,
    /// What the button is called.
    pub label: String,
    /// Whether its name is written beside the icon.
    #[prop_or_default]
    pub wide: bool,
}

/// How long the tick stays, in milliseconds.
const SAID: u32 = 1_500;

/// The button.
#[component]
pub fn CopyButton(props: &Props) -> Html {
    let texts = use_texts();
    let copied = use_state(|| None::<Timeout>);
    let done = copied.is_some();
    let onclick = {
        let (text, copied) = (props.text.clone(), copied.clone());
        Callback::from(move |_: MouseEvent| {
            page::copy(&text);
            let setter = copied.setter();
            copied.set(Some(Timeout::new(SAID, move || setter.set(None))));
        })
    };
    let label = if done { texts.get("copied") } else { props.label.clone() };
    html! {
        <button class={if props.wide { "link" } else { "icon-button" }} title={label.clone()}
            aria-label={label.clone()} {onclick}>
            <Draw icon={if done { Icon::Done } else { Icon::Copy }} />
            if props.wide { <span>{ label }</span> }
        </button>
    }
}
