//! What can be passed on: a link with the whole project, its files, its image.

use std::rc::Rc;

use protocol::Outcome;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::copy_button::CopyButton;
use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::image_download::ImageDownload;
use super::modal::Modal;
use super::projects::use_projects;
use crate::browser::{archive, page};
use crate::model::build::Build;
use crate::model::link;
use crate::model::project::Project;
use crate::state::{Action, ImageFile};
use crate::text::use_texts;

/// What is passed on.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The project.
    pub project: Rc<Project>,
    /// Its build.
    pub build: Rc<Build>,
    /// Whether the build is of the project as it now is.
    pub current: bool,
    /// How the user signs.
    pub author: Rc<str>,
    /// The image as a file.
    pub image_file: ImageFile,
}

/// The dialog.
#[component]
pub fn ShareDialog(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let projects = use_projects();
    let image = match &props.build.outcome {
        Some(Outcome::Image { id, .. }) if props.current => Some(id.clone()),
        _ => None,
    };
    // None while it is made; an error where the part that makes it could not be fetched.
    let packed = use_state(|| None::<Result<String, archive::Refusal>>);
    {
        let packed = packed.setter();
        let deps = (props.project.clone(), props.author.clone(), image.clone());
        use_effect_with(deps, move |(project, author, image)| {
            let json = link::to_json(project, author, image.as_deref());
            spawn_local(async move { packed.set(Some(archive::pack(&json).await)) });
        });
    }
    let sign = on(&dispatch, |event: Event| {
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        Action::Sign(field.map(|field| field.value()).unwrap_or_default().into())
    });
    let download = {
        let project = props.project.clone();
        Callback::from(move |_: MouseEvent| projects.download(project.clone()))
    };
    let link = match &*packed {
        None => html! { <p class="card-more">{ texts.get("making-link") }</p> },
        Some(Err(_)) => html! { <p class="card-more">{ texts.get("not-fetched") }</p> },
        Some(Ok(packed)) => {
            let url = format!("{}{}", page::address(), link::fragment(packed));
            if url.len() > link::LONGEST {
                html! {
                    <p class="card card-failed">{ texts.with("link-too-long", [
                        ("length", (url.len() as u64).into()),
                        ("limit", (link::LONGEST as u64).into()),
                    ]) }</p>
                }
            } else {
                html! { <Link {url} /> }
            }
        }
    };
    html! {
        <Modal title={texts.with("share-title", [("name", (&*props.project.name).into())])}>
            <section class="share-part" aria-labelledby="share-link">
                <h3 id="share-link">{ texts.get("share-link") }</h3>
                <p class="card-more">{ texts.get("share-link-about") }</p>
                { link }
                <label class="label label-inline">
                    { texts.get("author") }
                    <input class="field" type="text" maxlength="40" autocomplete="name"
                        value={props.author.to_string()} placeholder={texts.get("author-none")}
                        onchange={sign} />
                </label>
            </section>
            <section class="share-part" aria-labelledby="share-files">
                <h3 id="share-files">{ texts.get("share-files") }</h3>
                <p class="card-more">{ texts.get("share-files-about") }</p>
                <button class="button" onclick={download}>
                    <Draw icon={Icon::Download} />{ texts.get("download-project") }
                </button>
            </section>
            <section class="share-part" aria-labelledby="share-image">
                <h3 id="share-image">{ texts.get("share-image") }</h3>
                <ImageDownload name={props.project.name.clone()} has_image={image.is_some()}
                    file={props.image_file.clone()} />
            </section>
        </Modal>
    }
}

/// Where the project is found.
#[derive(Properties, PartialEq)]
struct LinkProps {
    url: String,
}

/// The link, and a frame for another page.
#[component]
fn Link(props: &LinkProps) -> Html {
    let texts = use_texts();
    let url = &props.url;
    let embed = url.replacen('#', "?embed#", 1);
    let embed = format!(
        "<iframe src=\"{embed}\" title=\"Layerlab\" width=\"100%\" height=\"520\" loading=\"lazy\"></iframe>"
    );
    let select = Callback::from(|event: FocusEvent| {
        if let Some(field) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()) {
            field.select();
        }
    });
    html! {
        <>
            <p class="link-row">
                <input class="field" type="text" readonly=true aria-label={texts.get("link")}
                    value={url.clone()} onfocus={select} />
                <CopyButton text={url.clone()} label={texts.get("copy-link")} wide=true />
            </p>
            <p class="fine link-more">
                { texts.with("link-length", [("length", (url.len() as u64).into())]) }
                <CopyButton text={embed} label={texts.get("copy-embed")} wide=true />
            </p>
        </>
    }
}
