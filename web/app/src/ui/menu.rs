//! A button with a menu under it, as the ARIA practices have it: arrows move, Escape closes, the
//! focus goes back to the button.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};
use yew::prelude::*;

use crate::browser::page;

/// What the menu shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the button and the menu are called.
    pub label: String,
    /// What is on the button.
    pub button: Html,
    /// Called when it opens.
    #[prop_or_default]
    pub onopen: Callback<()>,
    /// Its items: buttons with the role of a menu item.
    pub children: Html,
}

const ITEMS: &str = "[role^='menuitem']:not([disabled])";

/// The button and the menu.
#[component]
pub fn Menu(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let root = use_node_ref();
    let button = use_node_ref();

    {
        let (root, setter) = (root.clone(), open.setter());
        use_effect_with(*open, move |&open| {
            let outside = open.then(|| {
                focus_item(&root, |_, _| 0);
                let root = root.clone();
                EventListener::new(&page::document(), "pointerdown", move |event| {
                    let at = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                    if root.get().is_some_and(|root| !root.contains(at.as_ref())) {
                        setter.set(false);
                    }
                })
            });
            move || drop(outside)
        });
    }

    let close = {
        let (button, setter) = (button.clone(), open.setter());
        Callback::from(move |()| {
            if let Some(button) = button.cast::<HtmlElement>() {
                let _ = button.focus();
            }
            setter.set(false);
        })
    };
    let toggle = {
        let (open, onopen) = (open.clone(), props.onopen.clone());
        Callback::from(move |_: MouseEvent| {
            if !*open {
                onopen.emit(());
            }
            open.set(!*open);
        })
    };
    let onkeydown = {
        let (open, root, close, onopen) =
            (open.clone(), root.clone(), close.clone(), props.onopen.clone());
        Callback::from(move |event: KeyboardEvent| {
            let key = event.key();
            if !*open {
                if key == "ArrowDown" {
                    event.prevent_default();
                    onopen.emit(());
                    open.set(true);
                }
                return;
            }
            match key.as_str() {
                "Escape" => close.emit(()),
                "Tab" => return close.emit(()),
                "ArrowDown" => focus_item(&root, |at, count| (at + 1) % count),
                "ArrowUp" => focus_item(&root, |at, count| at.checked_sub(1).unwrap_or(count - 1)),
                "Home" => focus_item(&root, |_, _| 0),
                "End" => focus_item(&root, |_, count| count - 1),
                _ => return,
            }
            event.stop_propagation();
            event.prevent_default();
        })
    };
    html! {
        <div class="menu" ref={root} {onkeydown}>
            <button class="menu-button" ref={button} aria-haspopup="menu"
                aria-expanded={open.to_string()} aria-label={props.label.clone()} onclick={toggle}>
                { props.button.clone() }
            </button>
            if *open {
                <div class="menu-list" role="menu" aria-label={props.label.clone()}
                    onclick={close.reform(|_: MouseEvent| ())}>
                    { props.children.clone() }
                </div>
            }
        </div>
    }
}

/// Focuses the item that `to` chooses from the place of the focused one and the number of items.
fn focus_item(root: &NodeRef, to: impl Fn(usize, usize) -> usize) {
    let Some(items) = root.cast::<Element>().and_then(|r| r.query_selector_all(ITEMS).ok()) else {
        return;
    };
    let item = |index: usize| items.get(index as u32)?.dyn_into::<HtmlElement>().ok();
    let all: Vec<HtmlElement> = (0..items.length() as usize).filter_map(item).collect();
    if all.is_empty() {
        return;
    }
    let focused = page::focused();
    let at = all.iter().position(|item| Some(item) == focused.as_ref());
    let chosen = match at {
        Some(at) => to(at, all.len()),
        None => 0,
    };
    let _ = all[chosen].focus();
}
