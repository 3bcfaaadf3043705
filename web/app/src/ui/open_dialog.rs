//! Opens a folder or an archive as build context: what was found is shown before it is taken.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::modal::Modal;
use super::projects::use_projects;
use crate::browser::archive::{self, Found, Picked, Refusal};
use crate::model::figures;
use crate::state::Action;
use crate::text::{Texts, code, use_texts};

/// What is to be opened.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What was dropped on the page, if something was.
    pub dropped: Option<Picked>,
    /// The project that is shown.
    pub name: Rc<str>,
}

#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Asking,
    Reading(u64),
    Found(Rc<Found>),
    Refused(Refusal),
}

/// How many paths that are left out are named.
const NAMED: usize = 5;

/// The dialog.
#[component]
pub fn OpenDialog(props: &Props) -> Html {
    let texts = use_texts();
    let stage = use_state(|| Stage::Asking);
    // A reading that was overtaken by another, or whose dialog is closed, says nothing more.
    let current = use_mut_ref(|| 0_u32);
    {
        let current = current.clone();
        use_effect_with((), move |()| move || *current.borrow_mut() += 1);
    }

    let read = {
        let (stage, current) = (stage.setter(), current.clone());
        Callback::from(move |picked: Picked| {
            *current.borrow_mut() += 1;
            let mine = *current.borrow();
            let tell = {
                let (stage, current) = (stage.clone(), current.clone());
                move |to: Stage| {
                    if *current.borrow() == mine {
                        stage.set(to);
                    }
                }
            };
            tell(Stage::Reading(0));
            spawn_local(async move {
                let progress = tell.clone();
                let found =
                    archive::open(&picked, move |bytes| progress(Stage::Reading(bytes))).await;
                tell(match found {
                    Ok(found) => Stage::Found(Rc::new(found)),
                    Err(refusal) => Stage::Refused(refusal),
                });
            });
        })
    };
    {
        let read = read.clone();
        use_effect_with(props.dropped.clone(), move |dropped| {
            if let Some(picked) = dropped.clone() {
                read.emit(picked);
            }
        });
    }
    let choose = |key: &str, folder: bool| {
        let read = read.clone();
        let onchange = Callback::from(move |event: Event| {
            let Some(field) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            if let Some(files) = field.files().filter(|files| files.length() > 0) {
                read.emit(Picked::chosen(&files));
            }
            // The same file can be chosen again.
            field.set_value("");
        });
        html! {
            <label class="button file-button">
                <Draw icon={if folder { Icon::Files } else { Icon::Archive }} />
                { texts.get(key) }
                <input class="visually-hidden" type="file" {onchange}
                    webkitdirectory={folder} multiple={folder}
                    accept={(!folder).then_some(".zip,.tar,.tar.gz,.tgz,application/zip,application/x-tar,application/gzip")} />
            </label>
        }
    };
    let state = match &*stage {
        Stage::Asking => html! { <p class="drop-hint">{ texts.get("drop-hint") }</p> },
        Stage::Reading(bytes) => html! {
            <p class="reading">
                <progress aria-label={texts.get("reading-label")} />
                { texts.with("reading", [("bytes", figures::bytes(*bytes).into())]) }
            </p>
        },
        Stage::Refused(refusal) => html! {
            <div class="card card-failed">
                <p><strong>{ texts.get("refused-title") }</strong></p>
                <p class="card-more">{ sentence(refusal, &texts) }</p>
            </div>
        },
        Stage::Found(found) => html! { <Offer found={found.clone()} name={props.name.clone()} /> },
    };
    html! {
        <Modal title={texts.get("open-files-title")}>
            <div class="open-state" aria-live="polite">{ state }</div>
            <div class="dialog-actions open-choices">
                { choose("choose-folder", true) }
                { choose("choose-archive", false) }
            </div>
            <p class="fine">{ texts.get("open-limits") }</p>
        </Modal>
    }
}

/// What was found.
#[derive(Properties, PartialEq)]
struct OfferProps {
    found: Rc<Found>,
    name: Rc<str>,
}

/// What was found, and what can be done with it.
#[component]
fn Offer(props: &OfferProps) -> Html {
    let texts = use_texts();
    let projects = use_projects();
    let dispatch = use_dispatch();
    let found = &props.found;
    let project = &found.project;
    let open = {
        let found = found.clone();
        Callback::from(move |_: MouseEvent| projects.add(found.project.clone()))
    };
    let add = {
        let found = found.clone();
        on(&dispatch, move |_: MouseEvent| {
            let mut files = found.project.files.clone();
            if !found.has_dockerfile {
                files.retain(|path, _| !path.is_dockerfile());
            }
            Action::AddFiles(files)
        })
    };
    let own = project.files.len() - usize::from(!found.has_dockerfile);
    let left = found.left.iter().take(NAMED).map(|(path, kind)| {
        let why = texts.get(&format!("left-{}", kind));
        html! { <li><code>{ path }</code><span>{ why }</span></li> }
    });
    html! {
        <div class="offer">
            <p class="offer-name">{ project.name.to_string() }</p>
            <p>{ texts.with("context-sum", [
                ("count", (own as u64).into()),
                ("bytes", figures::bytes(project.bytes()).into()),
            ]) }</p>
            if !found.has_dockerfile {
                <p class="card-more">{ texts.rich("no-dockerfile", []) }</p>
            }
            if !found.modes {
                <p class="card-more">{ texts.rich("no-modes", [("mark", code("#!"))]) }</p>
            }
            if !found.left.is_empty() {
                <p class="card-more">{ texts.with("left-out", [
                    ("count", (found.left.len() as u64).into()),
                ]) }</p>
                <ul class="left-out">
                    { for left }
                    if found.left.len() > NAMED {
                        <li>{ texts.with("and-more", [
                            ("count", ((found.left.len() - NAMED) as u64).into()),
                        ]) }</li>
                    }
                </ul>
            }
            <div class="dialog-actions">
                <button class="button primary" onclick={open}>{ texts.get("open-as-project") }</button>
                <button class="button" onclick={add}>
                    { texts.with("add-to-project", [("name", (&*props.name).into())]) }
                </button>
            </div>
        </div>
    }
}

fn sentence(refusal: &Refusal, texts: &Texts) -> Html {
    let detail = code(&refusal.detail);
    match refusal.kind.as_str() {
        "TooManyBytes" => {
            let limit = figures::bytes(refusal.detail.parse().unwrap_or_default());
            texts.rich("refused-bytes", [("limit", limit.into())])
        }
        "TooManyFiles" => texts.rich("refused-files", [("limit", (&*refusal.detail).into())]),
        "Outside" => texts.rich("refused-outside", [("path", detail)]),
        "BadPath" => texts.rich("refused-path", [("path", detail)]),
        "Clash" => texts.rich("refused-clash", [("path", detail)]),
        "Encrypted" => texts.rich("refused-encrypted", []),
        "UnknownKind" => texts.rich("refused-kind", [("file", detail)]),
        "Unreadable" => texts.rich("refused-unreadable", [("file", detail)]),
        "Empty" => texts.rich("refused-empty", []),
        "Lost" => texts.rich("not-fetched", []),
        _ => texts.rich("refused-damaged", [("file", detail)]),
    }
}
