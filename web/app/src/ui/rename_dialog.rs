//! Asks for another name of the project.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dispatch::use_dispatch;
use super::modal::Modal;
use crate::state::Action;
use crate::text::use_texts;

/// What it was called.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The name.
    pub name: Rc<str>,
}

/// Longest name, in characters.
const LONGEST: &str = "60";

/// The dialog: one field, Enter or the button to end it.
#[component]
pub fn RenameDialog(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let field = use_node_ref();
    {
        let (field, name) = (field.clone(), props.name.clone());
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.set_value(&name);
                field.select();
            }
        });
    }
    let onsubmit = {
        let field = field.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let name = field.cast::<HtmlInputElement>().map(|field| field.value());
            if let Some(name) = name.map(|name| name.trim().to_owned()).filter(|n| !n.is_empty()) {
                dispatch.dispatch(Action::NameProject(name.into()));
                dispatch.dispatch(Action::Dialog(None));
            }
        })
    };
    html! {
        <Modal title={texts.get("rename-project-title")}>
            <form class="dialog-form" {onsubmit}>
                <label class="label">
                    { texts.get("project-name") }
                    <input ref={field} class="field" type="text" required=true maxlength={LONGEST}
                        autocomplete="off" spellcheck="false" />
                </label>
                <button class="button primary">{ texts.get("rename-do") }</button>
            </form>
        </Modal>
    }
}
