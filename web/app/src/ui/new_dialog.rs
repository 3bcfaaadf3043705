//! The beginnings of a new project: examples, nothing, or files of one's own.

use std::rc::Rc;

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::modal::Modal;
use super::projects::{Projects, use_projects};
use crate::model::example::Example;
use crate::state::{Action, Dialog};
use crate::text::{Language, use_texts};

/// What there is to begin with.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The examples, once they are there.
    pub examples: Option<Rc<[Example]>>,
    /// The language they are shown in.
    pub language: Language,
}

/// The dialog.
#[component]
pub fn NewDialog(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let projects = use_projects();
    {
        let (projects, here) = (projects.clone(), props.examples.is_some());
        use_effect_with((), move |()| {
            if !here {
                projects.fetch_examples();
            }
        });
    }
    let empty = {
        let (projects, name) = (projects.clone(), texts.get("empty-project-name"));
        Callback::from(move |_: MouseEvent| projects.add(Projects::empty(&name)))
    };
    let card = |example: &Example| {
        let (projects, begun) = (projects.clone(), example.clone());
        let onclick = Callback::from(move |_: MouseEvent| projects.add(begun.project()));
        let (title, point) = (example.title.in_language(props.language), &example.point);
        html! {
            <li key={example.name.clone()}>
                <button class="example" {onclick}>
                    <span class="example-title">{ title.to_owned() }</span>{ " " }
                    <span class="example-point">
                        { point.in_language(props.language).to_owned() }
                    </span>
                    { " " }
                    <span class="example-more">{ texts.with("files-count", [
                        ("count", (example.files() as u64).into()),
                    ]) }</span>
                </button>
            </li>
        }
    };
    html! {
        <Modal title={texts.get("new-project-title")} class="dialog-wide">
            <div class="beginnings">
                <button class="beginning" onclick={empty}>
                    <Draw icon={Icon::Add} />
                    <span class="example-title">{ texts.get("empty-project") }</span>
                    <span class="example-point">{ texts.get("empty-project-about") }</span>
                </button>
                <button class="beginning"
                    onclick={on(&dispatch, |_| Action::Dialog(Some(Dialog::Open)))}>
                    <Draw icon={Icon::Files} />
                    <span class="example-title">{ texts.get("open-files") }</span>
                    <span class="example-point">{ texts.get("open-files-about") }</span>
                </button>
            </div>
            <h3 class="dialog-section" id="examples-title">{ texts.get("examples") }</h3>
            <ul class="examples" aria-labelledby="examples-title">
                if let Some(examples) = &props.examples {
                    { for examples.iter().map(card) }
                } else {
                    <li class="empty">{ texts.get("loading-examples") }</li>
                }
            </ul>
        </Modal>
    }
}
