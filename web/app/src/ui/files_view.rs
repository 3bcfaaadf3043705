//! All files at a commit point.

use std::rc::Rc;

use protocol::{Change, FileList};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::tree_view::TreeView;
use crate::model::figures;
use crate::text::use_texts;

/// Whose files.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The files.
    pub list: Rc<FileList>,
}

/// The files as a tree, with a field that keeps what has a word in its path.
#[component]
pub fn FilesView(props: &Props) -> Html {
    let texts = use_texts();
    let word = use_state(String::new);
    let oninput = {
        let word = word.setter();
        Callback::from(move |event: InputEvent| {
            let field = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
            word.set(field.map(|field| field.value()).unwrap_or_default());
        })
    };
    let shown = use_memo((props.list.clone(), word.clone()), |(list, word)| {
        let has = |file: &&Change| word.is_empty() || file.path.contains(word.as_str());
        list.files.iter().filter(has).cloned().collect::<Vec<_>>()
    });
    let bytes: u64 = shown.iter().filter(|file| !file.directory).map(|file| file.size).sum();
    let count = shown.iter().filter(|file| !file.directory).count();
    html! {
        <>
            <div class="files-bar">
                <input class="field" type="search" placeholder={texts.get("filter-files")}
                    aria-label={texts.get("filter-files")} {oninput} />
                <p role="status">{ texts.with("files-sum", [
                    ("count", (count as u64).into()),
                    ("bytes", figures::bytes(bytes).into()),
                ]) }</p>
            </div>
            <TreeView id="files" label={texts.get("tab-files")} changes={shown}
                total={props.list.total.min(props.list.files.len() as u32)} />
        </>
    }
}
