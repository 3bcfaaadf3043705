//! A line over the footer: something that was refused, or can be undone.

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::projects::use_projects;
use crate::model::link::LinkError;
use crate::model::path::PathError;
use crate::model::project::FileError;
use crate::state::{Action, Notice};
use crate::text::{Texts, code, use_texts};

/// What to say.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// It, if there is something.
    pub notice: Option<Notice>,
}

/// The line. Its place is always there, so that it is read out when it is filled.
#[component]
pub fn NoticeBar(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let projects = use_projects();
    let content = props.notice.clone().map(|notice| {
        let undo = match &notice {
            Notice::Deleted { path, file } => {
                let back = Action::Undelete { path: path.clone(), file: file.clone() };
                html! {
                    <button class="link" onclick={on(&dispatch, move |_| back.clone())}>
                        { texts.get("undo") }
                    </button>
                }
            }
            Notice::ProjectDeleted { id, .. } => {
                let (projects, id) = (projects.clone(), id.clone());
                let onclick = Callback::from(move |_: MouseEvent| projects.restore(id.clone()));
                html! { <button class="link" {onclick}>{ texts.get("undo") }</button> }
            }
            _ => Html::default(),
        };
        html! {
            <div class="notice">
                <p>{ sentence(&notice, &texts) }</p>
                { undo }
                <button class="icon-button" aria-label={texts.get("dismiss")}
                    onclick={on(&dispatch, |_| Action::Notify(None))}>
                    <Draw icon={Icon::Close} />
                </button>
            </div>
        }
    });
    html! { <div class="notices" role="alert">{ content.unwrap_or_default() }</div> }
}

fn sentence(notice: &Notice, texts: &Texts) -> Html {
    match notice {
        Notice::Deleted { path, .. } => texts.rich("deleted", [("path", code(path.as_str()))]),
        Notice::Path(PathError::Empty) => texts.rich("path-empty", []),
        Notice::Path(PathError::EmptyComponent) => texts.rich("path-empty-component", []),
        Notice::Path(PathError::Dots) => texts.rich("path-dots", []),
        Notice::Path(PathError::Control) => texts.rich("path-control", []),
        Notice::Path(PathError::TooLong) => texts.rich("path-too-long", []),
        Notice::File(FileError::Taken) => texts.rich("file-taken", []),
        Notice::File(FileError::ThroughFile) => texts.rich("file-through-file", []),
        Notice::File(FileError::Dockerfile) => texts.rich("file-dockerfile", []),
        Notice::File(FileError::Missing) => texts.rich("file-missing", []),
        Notice::NotSaved { full: true } => texts.rich("not-saved-full", []),
        Notice::NotSaved { full: false } => texts.rich("not-saved", []),
        Notice::ProjectDeleted { name, .. } => {
            texts.rich("project-deleted", [("name", (&**name).into())])
        }
        Notice::Copied { name } => texts.rich("project-copied", [("name", (&**name).into())]),
        Notice::NotOpened { unreadable: true } => texts.rich("not-opened-unreadable", []),
        Notice::NotOpened { unreadable: false } => texts.rich("not-opened", []),
        Notice::Link(LinkError::Newer) => texts.rich("link-newer", []),
        Notice::Link(LinkError::Damaged) => texts.rich("link-damaged", []),
        Notice::NotFetched => texts.rich("not-fetched", []),
        Notice::NotRead => texts.rich("not-read", []),
    }
}
