//! One file of the build context.

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use crate::model::figures;
use crate::model::path::FilePath;
use crate::model::project::File;
use crate::state::Action;
use crate::text::use_texts;

/// Which file.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Where it is.
    pub path: FilePath,
    /// What it is.
    pub file: File,
    /// Whether it is in the editor.
    pub open: bool,
    /// Called when it should get another name.
    pub onrename: Callback<()>,
}

/// The row.
#[component]
pub fn ContextRow(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let path = &props.path;
    let executable = props.file.executable;
    let action = |make: fn(FilePath) -> Action| {
        let path = path.clone();
        on(&dispatch, move |_: MouseEvent| make(path.clone()))
    };
    let toggle = {
        let path = path.clone();
        on(&dispatch, move |_| Action::SetExecutable {
            path: path.clone(),
            executable: !executable,
        })
    };
    let label = |key| texts.with(key, [("file", path.as_str().into())]);
    let mode = if executable { "0755" } else { "0644" };
    let mode_label =
        texts.with("executable", [("mode", mode.into()), ("file", path.as_str().into())]);
    html! {
        <li class="context-row" aria-current={props.open.then_some("true")}>
            <button class="context-name" onclick={action(Action::Open)}>{ path.to_string() }</button>
            <button class="mode" aria-pressed={executable.to_string()}
                aria-label={mode_label.clone()} title={mode_label} onclick={toggle}>
                { mode }
            </button>
            <span class="context-size">{ figures::bytes(props.file.content.len() as u64) }</span>
            if path.is_dockerfile() {
                <span class="context-tools" />
            } else {
                <span class="context-tools">
                    <button class="icon-button" aria-label={label("rename")} title={label("rename")}
                        onclick={props.onrename.reform(|_: MouseEvent| ())}>
                        <Draw icon={Icon::Rename} />
                    </button>
                    <button class="icon-button" aria-label={label("delete")} title={label("delete")}
                        onclick={action(Action::Delete)}>
                        <Draw icon={Icon::Delete} />
                    </button>
                </span>
            }
        </li>
    }
}
