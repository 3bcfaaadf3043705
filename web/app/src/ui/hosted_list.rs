//! A list of images or containers, of which one is looked at.

use yew::prelude::*;

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Hosted {
    /// Its id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What else is said of it.
    pub note: String,
    /// How it is, as a class and in words: a container's state.
    pub state: Option<(&'static str, String)>,
    /// It stands back: an image without a name, a container that ended.
    pub dim: bool,
}

/// The list.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its name.
    pub label: String,
    /// What is in it.
    pub items: Vec<Hosted>,
    /// The key of the one that is looked at.
    pub chosen: Option<String>,
    /// Called with the key of another one.
    pub onchoose: Callback<String>,
}

/// The list.
#[component]
pub fn HostedList(props: &Props) -> Html {
    let item = |item: &Hosted| {
        let key = item.key.clone();
        let onclick = props.onchoose.reform(move |_: MouseEvent| key.clone());
        let current = (props.chosen.as_ref() == Some(&item.key)).then_some("true");
        html! {
            <li key={item.key.clone()}>
                <button class={classes!("hosted-item", item.dim.then_some("dim"))}
                    aria-current={current} {onclick}>
                    if let Some((class, words)) = &item.state {
                        <span class={classes!("hosted-dot", *class)} role="img" aria-label={words.clone()}
                            title={words.clone()} />
                    }
                    <span class="hosted-name">{ &item.name }</span>
                    <span class="hosted-note">{ &item.note }</span>
                </button>
            </li>
        }
    };
    html! {
        <ul class="hosted-list" aria-label={props.label.clone()}>
            { for props.items.iter().map(item) }
        </ul>
    }
}
