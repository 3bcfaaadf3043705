//! The image as a file, and the command that loads it.

use std::rc::Rc;

use yew::prelude::*;

use super::copy_button::CopyButton;
use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use crate::browser::archive;
use crate::model::figures;
use crate::state::{Action, ImageFile};
use crate::text::use_texts;

/// Which image.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Name of the project.
    pub name: Rc<str>,
    /// Whether the build made an image.
    pub has_image: bool,
    /// The file, as far as it was asked for.
    pub file: ImageFile,
}

/// The way to the file.
#[component]
pub fn ImageDownload(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let stem = archive::file_stem(&props.name);
    let file_name = format!("{stem}.tar");
    let tag: Rc<str> = format!("{}:latest", repository(&stem)).into();
    let command = format!("docker load -i {file_name}");
    if !props.has_image {
        return html! { <p class="card-more">{ texts.get("no-image") }</p> };
    }
    let make = on(&dispatch, move |_: MouseEvent| Action::SaveImage(tag.clone()));
    let action = match &props.file {
        ImageFile::None => html! {
            <button class="button" onclick={make}>
                <Draw icon={Icon::Layers} />{ texts.get("make-image-file") }
            </button>
        },
        ImageFile::Wanted { .. } => html! {
            <p class="reading">
                <progress aria-label={texts.get("writing-image")} />{ texts.get("writing-image") }
            </p>
        },
        ImageFile::Refused { message } => html! {
            <p class="card card-failed">{ texts.with("image-file-refused", [
                ("message", (&**message).into()),
            ]) }</p>
        },
        ImageFile::Ready { url, bytes, .. } => html! {
            <a class="button primary" href={url.to_string()} download={file_name.clone()}>
                <Draw icon={Icon::Download} />
                { texts.with("download-image", [
                    ("file", file_name.as_str().into()),
                    ("bytes", figures::bytes(*bytes).into()),
                ]) }
            </a>
        },
    };
    html! {
        <>
            <p class="card-more">{ texts.get("share-image-about") }</p>
            <div aria-live="polite">{ action }</div>
            <p class="shell-line">
                <code>{ &command }</code>
                <CopyButton text={command.clone()} label={texts.get("copy-command")} />
            </p>
        </>
    }
}

/// A name that an image may have: lower-case letters, digits, and single separators.
fn repository(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit());
    let name = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() { "layerlab".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::repository;

    #[test]
    fn images_get_names_that_docker_takes() {
        for (name, expected) in [
            ("web-ping", "web-ping"),
            ("Web Ping_2", "web-ping-2"),
            ("한글", "layerlab"),
            ("-a.", "a"),
        ] {
            assert_eq!(repository(name), expected);
        }
    }
}
