//! The image: its ID, history and configuration.

use std::rc::Rc;

use protocol::{HistoryEntry, ImageDetail};
use yew::prelude::*;

use super::copy_button::CopyButton;
use super::waste_view::WasteView;
use crate::model::figures;
use crate::text::use_texts;

/// Which image.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The image, if there is one.
    pub image: Option<Rc<ImageDetail>>,
}

/// The image.
#[component]
pub fn ImageView(props: &Props) -> Html {
    let texts = use_texts();
    let Some(image) = &props.image else {
        return html! { <p class="empty">{ texts.get("no-image") }</p> };
    };
    let entry = |entry: &HistoryEntry| {
        let size = if entry.empty_layer { "—".into() } else { figures::bytes(entry.bytes) };
        html! {
            <tr class={entry.empty_layer.then_some("history-empty")}>
                <td><code>{ &entry.created_by }</code></td>
                <td class="number">{ size }</td>
            </tr>
        }
    };
    html! {
        <div class="image">
            <h3>{ texts.get("image-id") }</h3>
            <p class="image-id">
                <code>{ &image.id }</code>
                <CopyButton text={image.id.clone()} label={texts.get("copy-image-id")} />
            </p>
            if let Some(waste) = &image.waste {
                <WasteView waste={waste.clone()} />
            }
            <h3 id="history-title">{ texts.get("history") }</h3>
            <table class="history" aria-labelledby="history-title">
                <thead>
                    <tr>
                        <th scope="col">{ texts.get("created-by") }</th>
                        <th scope="col" class="number">{ texts.get("size") }</th>
                    </tr>
                </thead>
                // Newest first, as `docker history` has it.
                <tbody>{ for image.history.iter().rev().map(entry) }</tbody>
            </table>
            <h3>
                { texts.get("configuration") }
                <CopyButton text={image.config.clone()} label={texts.get("copy-configuration")} />
            </h3>
            <pre class="output">{ &image.config }</pre>
        </div>
    }
}
