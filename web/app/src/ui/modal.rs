//! A dialog over the page: the browser's own, which keeps the focus in it and gives it back.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::dispatch::use_dispatch;
use super::icon::{Draw, Icon};
use crate::browser::page;
use crate::state::Action;
use crate::text::use_texts;

/// What the dialog shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its title.
    pub title: String,
    /// A class for its width.
    #[prop_or("dialog-narrow")]
    pub class: &'static str,
    /// What is in it.
    pub children: Html,
}

/// The dialog; it is open as long as it is there.
#[component]
pub fn Modal(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            let before = page::focused();
            let dialog = node.cast::<HtmlDialogElement>();
            let closing = dialog.as_ref().map(|dialog| {
                // It fails only for a dialog that is open already.
                let _ = dialog.show_modal();
                EventListener::new(dialog, "close", move |_| {
                    dispatch.dispatch(Action::Dialog(None));
                })
            });
            move || {
                drop(closing);
                if let Some(dialog) = dialog {
                    dialog.close();
                }
                // A dialog that is taken out of the page gives nothing back.
                if let Some(before) = before {
                    let _ = before.focus();
                }
            }
        });
    }
    let close = {
        let node = node.clone();
        Callback::from(move |()| {
            if let Some(dialog) = node.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        })
    };
    // A click on the dialog itself and on nothing in it is one beside it.
    let onclick = {
        let (node, close) = (node.clone(), close.clone());
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if target.is_some() && target == node.get() {
                close.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class={classes!("dialog", props.class)} aria-labelledby="dialog-title"
            {onclick}>
            <div class="dialog-head">
                <h2 id="dialog-title">{ &props.title }</h2>
                <button class="icon-button" type="button" aria-label={texts.get("close")}
                    onclick={close.reform(|_: MouseEvent| ())}>
                    <Draw icon={Icon::Close} />
                </button>
            </div>
            <div class="dialog-body">{ props.children.clone() }</div>
        </dialog>
    }
}
