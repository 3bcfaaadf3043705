//! The images of the host machine's daemon.

use std::rc::Rc;

use protocol::Outcome;
use protocol::host::{HostImage, HostRequest};
use yew::prelude::*;

use super::answer_bar::AnswerBar;
use super::copy_button::CopyButton;
use super::hosted_list::{Hosted, HostedList};
use super::icon::{Draw, Icon};
use super::image_view::ImageView;
use super::name_form::NameForm;
use super::use_host::use_host;
use crate::model::build::Build;
use crate::model::figures;
use crate::state::dock::Machine;
use crate::text::{Texts, use_texts};

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Id of the panel.
    pub id: String,
    /// What is known of the machine.
    pub machine: Rc<Machine>,
    /// The last build, whose image can be kept.
    pub build: Rc<Build>,
}

/// What a form asks a name for.
#[derive(Clone, Copy, PartialEq)]
enum Naming {
    Build,
    Tag,
}

/// The images: a list, and the chosen one from the inside.
#[component]
pub fn ImagesView(props: &Props) -> Html {
    let texts = use_texts();
    let host = use_host();
    let chosen = use_state(|| None::<String>);
    let naming = use_state(|| None::<Naming>);
    let machine = &props.machine;
    let images = machine.overview.as_ref().map(|overview| &overview.images[..]).unwrap_or_default();
    let image = images.iter().find(|image| Some(&image.id) == chosen.as_ref()).or(images.first());
    {
        let host = host.clone();
        // Asked again after whatever may have changed it.
        let deps = (image.map(|image| image.id.clone()), machine.overview.clone());
        use_effect_with(deps, move |(id, _)| match id {
            Some(name) => host.send(HostRequest::InspectImage { name: name.clone() }),
            // The list itself comes with the first word of the machine.
            None => host.send(HostRequest::Look),
        });
    }
    let items: Vec<Hosted> = images.iter().map(|image| item(image, &texts)).collect();
    let onchoose = chosen.setter();
    let onchoose = Callback::from(move |id: String| onchoose.set(Some(id)));
    let open = |form: Naming| {
        let naming = naming.setter();
        Callback::from(move |_: MouseEvent| naming.set(Some(form)))
    };
    let oncancel = {
        let naming = naming.setter();
        Callback::from(move |()| naming.set(None))
    };
    let named = |request: Rc<dyn Fn(String) -> HostRequest>| {
        let (naming, host) = (naming.setter(), host.clone());
        Callback::from(move |name: String| {
            naming.set(None);
            host.send(request(name));
        })
    };
    let built = match &props.build.outcome {
        Some(Outcome::Image { id, .. }) => Some(figures::short(id).to_owned()),
        _ => None,
    };
    html! {
        <div class="hosted" id={props.id.clone()} role="tabpanel" aria-label={texts.get("images")}>
            <div class="hosted-side">
                if let Some(id) = built {
                    <div class="keep">
                        if *naming == Some(Naming::Build) {
                            <NameForm label={texts.get("image-name")} value="myapp:latest" placeholder="myapp:latest"
                                onsubmit={named(Rc::new(|name| HostRequest::KeepBuild { name }))}
                                oncancel={oncancel.clone()} />
                        } else {
                            <p>{ texts.rich("this-build", [("id", crate::text::code(&id))]) }</p>
                            <button class="button" onclick={open(Naming::Build)}>
                                <Draw icon={Icon::Tag} />{ texts.get("keep-build") }
                            </button>
                        }
                    </div>
                }
                if items.is_empty() {
                    <p class="empty">{ texts.get("no-images") }</p>
                } else {
                    <HostedList label={texts.get("images")} {items}
                        chosen={image.map(|image| image.id.clone())} {onchoose} />
                }
            </div>
            <div class="hosted-main" tabindex="0" role="group" aria-label={texts.get("chosen-image")}>
                <AnswerBar answer={machine.answer.clone()} />
                if let Some(image) = image {
                    <div class="hosted-head">
                        <h3>{ title(image) }</h3>
                        <span class="id">
                            <code>{ figures::short(&image.id).to_owned() }</code>
                            <CopyButton text={image.id.clone()} label={texts.get("copy-image-id")} />
                        </span>
                        <div class="hosted-actions">
                            { actions(image, &texts, &host, open(Naming::Tag)) }
                        </div>
                    </div>
                    if *naming == Some(Naming::Tag) {
                        <NameForm label={texts.get("image-name")} placeholder="myapp:1.0"
                            onsubmit={named({
                                let id = image.id.clone();
                                Rc::new(move |name| docker(["tag", &id, &name]))
                            })}
                            {oncancel} />
                    }
                    { shares(image, images, &texts) }
                    <ImageView image={machine.image.as_ref()
                        .filter(|(name, _)| *name == image.id)
                        .map(|(_, detail)| detail.clone())} />
                }
            </div>
        </div>
    }
}

/// A `docker` command of a button.
pub fn docker<const N: usize>(args: [&str; N]) -> HostRequest {
    HostRequest::Docker { args: args.map(str::to_owned).to_vec() }
}

fn title(image: &HostImage) -> String {
    match image.names.first() {
        Some(name) => name.clone(),
        None => "<none>:<none>".to_owned(),
    }
}

fn item(image: &HostImage, texts: &Texts) -> Hosted {
    let others = image.names.len().saturating_sub(1);
    let more = if others > 0 { format!(" +{others}") } else { String::new() };
    Hosted {
        key: image.id.clone(),
        name: title(image) + &more,
        note: texts.with(
            "image-note",
            [("bytes", figures::bytes(image.bytes).into()), ("age", texts.age(image.age).into())],
        ),
        state: None,
        dim: image.names.is_empty(),
    }
}

fn actions(
    image: &HostImage,
    texts: &Texts,
    host: &super::use_host::UseHost,
    ontag: Callback<MouseEvent>,
) -> Html {
    let name = image.names.first().cloned().unwrap_or_else(|| figures::short(&image.id).to_owned());
    let run = host.offer(format!("docker run -it --rm {name}"));
    let remove = host.click(docker(["rmi", &name]));
    html! {
        <>
            <button class="button" onclick={run}>
                <Draw icon={Icon::Terminal} />{ texts.get("run") }
            </button>
            <button class="button" onclick={ontag}><Draw icon={Icon::Tag} />{ texts.get("tag") }</button>
            <button class="button" onclick={remove}>
                <Draw icon={Icon::Delete} />{ texts.get("remove") }
            </button>
        </>
    }
}

/// What of an image other images have too, drawn and in words.
fn shares(image: &HostImage, images: &[HostImage], texts: &Texts) -> Html {
    let shared = image.bytes - image.own_bytes.min(image.bytes);
    let users = |diff_id: &String| {
        let has = |other: &&HostImage| other.layers.iter().any(|(id, _)| id == diff_id);
        images.iter().filter(has).count()
    };
    let layer = |(index, (diff_id, bytes)): (usize, &(String, u64))| {
        let users = users(diff_id);
        let share = 100.0 * *bytes as f64 / image.bytes.max(1) as f64;
        let label = texts.with(
            "image-layer",
            [
                ("number", (index as u64 + 1).into()),
                ("bytes", figures::bytes(*bytes).into()),
                ("count", (users as u64).into()),
            ],
        );
        html! {
            <li key={index} class={if users > 1 { "shared" } else { "own" }} title={label.clone()}
                style={format!("flex-grow: {:.2}", share.max(1.5))}>
                <span class="visually-hidden">{ label }</span>
            </li>
        }
    };
    html! {
        <div class="shares">
            <ol class="share-bar" aria-label={texts.get("layers")}>
                { for image.layers.iter().enumerate().map(layer) }
            </ol>
            <p>{ texts.with("image-shares", [
                ("layers", (image.layers.len() as u64).into()),
                ("own", figures::bytes(image.own_bytes).into()),
                ("shared", figures::bytes(shared).into()),
            ]) }</p>
        </div>
    }
}
