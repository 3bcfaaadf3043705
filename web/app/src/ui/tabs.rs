//! A row of tabs, as the ARIA practices have them: arrows move, one stop for the Tab key.

use yew::prelude::*;

use crate::browser::page;

/// One tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    /// Unique in the row.
    pub key: String,
    /// What is written on it.
    pub label: String,
}

/// A row of tabs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Name of the row.
    pub label: String,
    /// Begin of the tabs' ids.
    pub id: &'static str,
    /// Id of the panel that the chosen tab shows.
    pub panel: &'static str,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// Index of the chosen one.
    pub chosen: usize,
    /// Called with the index of another one.
    pub onchoose: Callback<usize>,
}

/// The row.
#[component]
pub fn Tabs(props: &Props) -> Html {
    let id = props.id;
    let count = props.tabs.len();
    let chosen = props.chosen;
    let onkeydown = {
        let onchoose = props.onchoose.clone();
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => (chosen + 1) % count.max(1),
                "ArrowLeft" => (chosen + count.saturating_sub(1)) % count.max(1),
                "Home" => 0,
                "End" => count.saturating_sub(1),
                _ => return,
            };
            event.prevent_default();
            onchoose.emit(to);
            page::focus(&format!("{id}-{to}"));
        })
    };
    let tab = |(index, tab): (usize, &Tab)| {
        let onclick = props.onchoose.reform(move |_: MouseEvent| index);
        let selected = index == chosen;
        html! {
            <button key={tab.key.clone()} role="tab" class="tab" id={format!("{id}-{index}")}
                aria-selected={selected.to_string()} aria-controls={props.panel}
                tabindex={if selected { "0" } else { "-1" }} {onclick}>
                { &tab.label }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label={props.label.clone()} {onkeydown}>
            { for props.tabs.iter().enumerate().map(tab) }
        </div>
    }
}
