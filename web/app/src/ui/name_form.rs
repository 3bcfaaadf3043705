//! Asks for a name: of a file, of an image.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::icon::{Draw, Icon};
use crate::text::use_texts;

/// What is asked.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the field is called.
    pub label: String,
    /// What is in it at first.
    #[prop_or_default]
    pub value: String,
    /// What a good answer looks like.
    #[prop_or("src/main.js")]
    pub placeholder: &'static str,
    /// Called with what was typed.
    pub onsubmit: Callback<String>,
    /// Called when the user wants no name.
    pub oncancel: Callback<()>,
}

/// The form: one field, Enter or a button to end it, Escape to leave it.
#[component]
pub fn NameForm(props: &Props) -> Html {
    let texts = use_texts();
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                // The user asked for the form: the caret belongs into it.
                let _ = field.focus();
                field.select();
            }
        });
    }
    let onsubmit = {
        let (field, onsubmit) = (field.clone(), props.onsubmit.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(field) = field.cast::<HtmlInputElement>() {
                onsubmit.emit(field.value());
            }
        })
    };
    let onkeydown = {
        let oncancel = props.oncancel.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                oncancel.emit(());
            }
        })
    };
    let initial = props.value.clone();
    let oncancel = props.oncancel.reform(|_: MouseEvent| ());
    // The value is set once: what the user types is the field's own.
    let initialise = Callback::from(move |event: FocusEvent| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field.filter(|field| field.value().is_empty()) {
            field.set_value(&initial);
        }
    });
    html! {
        <form class="name-form" {onsubmit} {onkeydown}>
            <input ref={field} class="field" type="text" aria-label={props.label.clone()}
                placeholder={props.placeholder} autocomplete="off" autocapitalize="off"
                spellcheck="false" onfocus={initialise} />
            <button class="icon-button" aria-label={texts.get("save")}>
                <Draw icon={Icon::Done} />
            </button>
            <button class="icon-button" type="button" aria-label={texts.get("cancel")}
                onclick={oncancel}>
                <Draw icon={Icon::Close} />
            </button>
        </form>
    }
}
