//! The build context: what the build can copy.

use std::rc::Rc;

use yew::prelude::*;

use super::context_row::ContextRow;
use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::name_form::NameForm;
use crate::model::figures;
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

/// A name that is being asked for.
#[derive(Debug, Clone, PartialEq)]
enum Asking {
    /// That of a new file.
    New,
    /// Another one for this file.
    Other(FilePath),
}

/// More files than this are only counted.
const MOST: usize = 300;

/// The list of files, and what can be done with them.
#[component]
pub fn ContextPane(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let asking = use_state(|| None::<Asking>);
    let project = &props.project;
    let paths = project.paths();

    {
        // A name that was taken has changed the list; one that was refused can be mended.
        let asking = asking.setter();
        use_effect_with(paths.clone(), move |_| asking.set(None));
    }

    let ask = |what: Option<Asking>| {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(what.clone()))
    };
    let row = |path: &FilePath| {
        let Some(file) = project.files.get(path) else { return Html::default() };
        if *asking == Some(Asking::Other(path.clone())) {
            let from = path.clone();
            let rename = on(&dispatch, move |to| Action::Rename { from: from.clone(), to });
            return html! {
                <li key={path.as_str()}>
                    <NameForm label={texts.get("new-name")} value={path.to_string()}
                        onsubmit={rename} oncancel={ask(None)} />
                </li>
            };
        }
        html! {
            <ContextRow key={path.as_str()} path={path.clone()} file={file.clone()}
                open={project.open == *path} onrename={ask(Some(Asking::Other(path.clone())))} />
        }
    };
    html! {
        <section class="context" aria-labelledby="context-title">
            <div class="context-head">
                <h2 id="context-title">{ texts.get("context") }</h2>
                <span class="context-sum">{ texts.with("context-sum", [
                    ("count", (paths.len() as u64).into()),
                    ("bytes", figures::bytes(project.bytes()).into()),
                ]) }</span>
                <button class="icon-button" title={texts.get("add-file")}
                    aria-label={texts.get("add-file")}
                    onclick={ask(Some(Asking::New)).reform(|_: MouseEvent| ())}>
                    <Draw icon={Icon::Add} />
                </button>
                <button class="icon-button sheet-close" aria-label={texts.get("close")}
                    onclick={on(&dispatch, |_| Action::Sheet(None))}>
                    <Draw icon={Icon::Close} />
                </button>
            </div>
            <ul class="context-list">
                { for paths.iter().take(MOST).map(row) }
                if paths.len() > MOST {
                    <li class="context-rest">{ texts.with("and-more", [
                        ("count", ((paths.len() - MOST) as u64).into()),
                    ]) }</li>
                }
                if *asking == Some(Asking::New) {
                    <li>
                        <NameForm label={texts.get("new-file")} oncancel={ask(None)}
                            onsubmit={on(&dispatch, |path| Action::Create { path })} />
                    </li>
                }
            </ul>
        </section>
    }
}
