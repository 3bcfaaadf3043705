//! The files as tabs over the editor.

use std::rc::Rc;

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::tabs::{Tab, Tabs};
use crate::model::path::FilePath;
use crate::model::project::Project;
use crate::state::Action;
use crate::text::use_texts;

/// Whose files.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The project.
    pub project: Rc<Project>,
}

/// Id of the panel under the tabs.
pub const PANEL: &str = "editor";

/// With more files than this, only some have tabs.
const MOST: usize = 8;

/// The tabs.
#[component]
pub fn FileTabs(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let mut paths = props.project.paths();
    if paths.len() > MOST {
        // All of them are in the list of the build context.
        let open = &props.project.open;
        paths.retain(|path| {
            path.is_dockerfile() || path == open || path.as_str() == ".dockerignore"
        });
    }
    let chosen = paths.iter().position(|path| *path == props.project.open).unwrap_or(0);
    let tab = |path: &FilePath| Tab { key: path.to_string(), label: path.to_string() };
    let tabs = paths.iter().map(tab).collect::<Vec<_>>();
    let onchoose = on(&dispatch, move |index: usize| Action::Open(paths[index].clone()));
    html! {
        <div class="file-tabs">
            <Tabs label={texts.get("files")} id="file" panel={PANEL} {tabs} {chosen} {onchoose} />
        </div>
    }
}
