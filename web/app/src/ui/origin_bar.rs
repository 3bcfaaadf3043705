//! A line under the header: what an example shows, or whose project a link brought.

use std::rc::Rc;

use protocol::Outcome;
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::projects::use_projects;
use crate::model::build::Build;
use crate::model::example::Example;
use crate::model::figures;
use crate::model::origin::Origin;
use crate::model::project::Project;
use crate::state::Action;
use crate::text::{Language, Texts, code, use_texts};

/// What is known of the project.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The project.
    pub project: Rc<Project>,
    /// Its build.
    pub build: Rc<Build>,
    /// Whether the build is of the project as it now is.
    pub current: bool,
    /// The examples, once they are there.
    pub examples: Option<Rc<[Example]>>,
    /// The language of the page.
    pub language: Language,
}

/// The line; nothing for a project of the user's own.
#[component]
pub fn OriginBar(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let projects = use_projects();
    let origin = &props.project.origin;
    {
        let missing = matches!(origin, Some(Origin::Example { .. })) && props.examples.is_none();
        use_effect_with(missing, move |&missing| {
            if missing {
                projects.fetch_examples();
            }
        });
    }
    let content = match origin {
        None => return Html::default(),
        Some(Origin::Example { name }) => {
            let examples = props.examples.as_deref().unwrap_or_default();
            let Some(example) = examples.iter().find(|example| example.name == *name) else {
                return Html::default();
            };
            about_example(example, props, &dispatch, &texts)
        }
        Some(Origin::Link { from, image }) => {
            about_link(from.as_deref(), image.as_deref(), props, &texts)
        }
    };
    html! {
        <aside class="origin" aria-label={texts.get("origin")}>
            { content }
            <button class="icon-button" aria-label={texts.get("dismiss")}
                onclick={on(&dispatch, |_| Action::ForgetOrigin)}>
                <Draw icon={Icon::Close} />
            </button>
        </aside>
    }
}

fn about_example(
    example: &Example,
    props: &Props,
    dispatch: &super::dispatch::Dispatch,
    texts: &Texts,
) -> Html {
    let said = |said: &crate::model::example::Said| said.in_language(props.language).to_owned();
    let made = example.edit.as_ref().and_then(|edit| edit.made(&props.project));
    let undone = example.edit.as_ref().and_then(|edit| edit.undone(&props.project));
    let (key, icon) =
        if made.is_some() { ("try-it", Icon::Rename) } else { ("undo-it", Icon::Undo) };
    html! {
        <>
            <p class="origin-text">
                <strong>{ said(&example.title) }</strong>
                <span>{ said(&example.point) }</span>
            </p>
            <p class="origin-try">
                <span>{ said(&example.invitation) }</span>
                // One button for both ways, so that the focus stays on it.
                if let Some((path, text)) = made.or(undone) {
                    <button class="button" onclick={on(dispatch, move |_: MouseEvent| {
                        Action::Write { path: path.clone(), text: text.clone() }
                    })}>
                        <Draw {icon} />{ texts.get(key) }
                    </button>
                }
            </p>
        </>
    }
}

fn about_link(from: Option<&str>, image: Option<&str>, props: &Props, texts: &Texts) -> Html {
    let whose = match from {
        Some(from) => texts.with("link-from", [("from", from.into())]),
        None => texts.get("link-from-nobody"),
    };
    let built = match &props.build.outcome {
        Some(Outcome::Image { id, .. }) if props.current => Some(id.as_str()),
        _ => None,
    };
    let same = match (image, built) {
        (Some(theirs), Some(ours)) if props.project.untouched => {
            let ids = [("id", code(figures::short(theirs)))];
            if theirs == ours {
                html! { <p class="origin-same">
                    <Draw icon={Icon::Done} /><span>{ texts.rich("same-image", ids) }</span>
                </p> }
            } else {
                html! { <p class="origin-other">{ texts.rich("other-image", ids) }</p> }
            }
        }
        _ => Html::default(),
    };
    html! {
        <>
            <p class="origin-text"><strong>{ whose }</strong><span>{ texts.get("link-yours-safe") }</span></p>
            { same }
        </>
    }
}
