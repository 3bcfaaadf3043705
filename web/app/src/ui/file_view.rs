//! What a file holds, and what it held before the step.

use std::rc::Rc;

use protocol::{FileBytes, FileText};
use similar::{ChangeTag, TextDiff};
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use crate::browser::page;
use crate::model::figures;
use crate::model::hex;
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// Which file.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Its absolute path.
    pub path: Rc<str>,
    /// What it holds, once that is known.
    pub text: Option<Rc<FileText>>,
}

/// Id of the button that leads back, which gets the focus.
const BACK: &str = "file-back";
/// How many bytes are shown in hexadecimal.
const MOST_HEX: usize = 4096;
/// How many lines are shown without asking.
const MOST_LINES: usize = 2000;

/// The file.
#[component]
pub fn FileView(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    use_effect_with(props.path.clone(), |_| page::focus(BACK));
    let text = props.text.as_ref().filter(|text| *text.path == *props.path);
    html! {
        <div class="file">
            <div class="file-head">
                <button class="icon-button" id={BACK} aria-label={texts.get("back-to-files")}
                    onclick={on(&dispatch, |_| Action::OpenFile(None))}>
                    <Draw icon={Icon::Back} />
                </button>
                <h3><code>{ props.path.to_string() }</code></h3>
                if let Some(content) = text.and_then(|text| text.content.as_ref()) {
                    <span class="file-size">{ figures::bytes(content.size) }</span>
                }
            </div>
            // Always there: a list that grows at its end is drawn anew from its beginning.
            <div class="file-body">
                if let Some(text) = text {
                    { content(text, &texts) }
                }
            </div>
        </div>
    }
}

fn content(text: &FileText, texts: &Texts) -> Html {
    match (&text.content, &text.before) {
        (None, None) => html! { <p class="empty">{ texts.get("no-file") }</p> },
        (None, Some(before)) => html! {
            <>
                <p class="empty">{ texts.get("file-deleted-here") }</p>
                { whole(before, texts) }
            </>
        },
        (Some(now), Some(before)) => match (as_text(before), as_text(now)) {
            (Some(before), Some(now)) => difference(before, now, texts),
            _ => whole(now, texts),
        },
        (Some(now), None) => whole(now, texts),
    }
}

/// The bytes as text, if that is what they are.
fn as_text(content: &FileBytes) -> Option<&str> {
    let end = match std::str::from_utf8(&content.bytes) {
        Ok(text) => return (!content.modelled && !text.contains('\0')).then_some(text),
        // A character can be cut where the bytes end.
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => return None,
    };
    std::str::from_utf8(&content.bytes[..end]).ok().filter(|text| !text.contains('\0'))
}

fn whole(content: &FileBytes, texts: &Texts) -> Html {
    if content.size == 0 {
        return html! { <p class="empty">{ texts.get("file-empty") }</p> };
    }
    let note =
        content.modelled.then(|| html! { <p class="modelled">{ texts.get("file-modelled") }</p> });
    let (body, shown) = match as_text(content) {
        Some(text) => {
            let lines = text.lines().take(MOST_LINES).map(|line| {
                html! {
                    <div class="line"><code>{ line.to_owned() }</code></div>
                }
            });
            let rest = text.lines().skip(MOST_LINES).map(|line| line.len() as u64 + 1).sum::<u64>();
            let body = html! { <div class="lines">{ for lines }</div> };
            (body, content.bytes.len() as u64 - rest.min(content.bytes.len() as u64))
        }
        None => {
            let bytes = &content.bytes[..content.bytes.len().min(MOST_HEX)];
            (html! { <pre class="hex">{ hex::dump(bytes) }</pre> }, bytes.len() as u64)
        }
    };
    let missing = content.size.saturating_sub(shown);
    html! {
        <>
            { note }
            { body }
            if missing > 0 {
                <p class="empty">{ texts.with("file-cut", [("bytes", figures::bytes(missing).into())]) }</p>
            }
        </>
    }
}

/// The lines of both, those that differ marked; what is the same around them is left out.
fn difference(before: &str, now: &str, texts: &Texts) -> Html {
    let diff = TextDiff::from_lines(before, now);
    let group = |(index, group): (usize, &Vec<similar::DiffOp>)| {
        let lines = group.iter().flat_map(|op| diff.iter_changes(op)).map(|change| {
            let (class, sign, word) = match change.tag() {
                ChangeTag::Insert => ("added", "+", texts.get("change-added")),
                ChangeTag::Delete => ("deleted", "−", texts.get("change-deleted")),
                ChangeTag::Equal => ("kept", "", String::new()),
            };
            html! {
                <div class={classes!("line", class)}>
                    <span class="sign" aria-hidden="true">{ sign }</span>
                    if !word.is_empty() {
                        <span class="visually-hidden">{ word }{ ": " }</span>
                    }
                    <code>{ change.value().trim_end_matches('\n').to_owned() }</code>
                </div>
            }
        });
        html! {
            <div class="hunk" key={index}>{ for lines }</div>
        }
    };
    html! {
        <>
            <p class="empty">{ texts.get("file-difference") }</p>
            <div class="lines diff">
                { for diff.grouped_ops(3).iter().enumerate().map(group) }
            </div>
        </>
    }
}
