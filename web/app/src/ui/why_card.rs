//! Why a step ran again: a sentence, its evidence, and what it took along.

use std::rc::Rc;

use protocol::{FileChange, Miss};
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use crate::model::build::{Build, Status, is_plain};
use crate::model::difference::{Parts, difference};
use crate::model::figures;
use crate::model::why::{self, Why};
use crate::state::Action;
use crate::text::{Texts, code, use_texts};

/// Which step of which build.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build.
    pub build: Rc<Build>,
    /// The step that is looked at.
    pub step: Option<u32>,
    /// Whether the user chose it: then it is explained even if there is little to say.
    pub chosen: bool,
}

/// The explanation; nothing where there is nothing to explain.
#[component]
pub fn WhyCard(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let build = &props.build;
    let Some(row) = props.step.and_then(|step| build.row(step)).filter(|_| !build.stale) else {
        return Html::default();
    };
    let number = row.step.index + 1;
    let title = |key| texts.with(key, [("number", number.into())]);
    let Some(why) = why::explain(build, row.step.index) else {
        if row.status() == Status::Cached && props.chosen {
            return html! {
                <section class="card card-calm" aria-label={texts.get("why")}>
                    <p><strong>{ title("hit-title") }</strong>{ " " }{ texts.get("hit") }</p>
                </section>
            };
        }
        return Html::default();
    };
    if is_plain(&why.miss) && !props.chosen {
        return Html::default();
    }
    let origin = why.origin;
    html! {
        <section class="card card-why" aria-label={texts.get("why")}>
            <p><strong>{ title("miss-title") }</strong>{ " " }{ reason(&why, build, &texts) }</p>
            { evidence(&why.miss, &texts) }
            if !why.dragged.is_empty() {
                <p class="card-more">{ texts.with("dragged", [
                    ("count", (why.dragged.len() as u64).into()),
                    ("steps", why::ranges(&why.dragged).into()),
                ]) }</p>
            }
            if origin != why.step {
                <button class="link" onclick={on(&dispatch, move |_| Action::Choose(origin))}>
                    { texts.with("go-to-step", [("number", (origin + 1).into())]) }
                </button>
            }
        </section>
    }
}

fn reason(why: &Why, build: &Build, texts: &Texts) -> Html {
    match &why.miss {
        Miss::New => texts.rich("miss-new", []),
        Miss::NoCache => texts.rich("miss-no-cache", []),
        Miss::Instruction { .. } => texts.rich("miss-instruction", []),
        Miss::Parent { step } => {
            let keyword = build.row(*step).map_or("", |row| &row.step.keyword);
            texts.rich("miss-parent", [("number", (*step + 1).into()), ("keyword", code(keyword))])
        }
        Miss::Files { changes } => match changes.as_slice() {
            [one] => file_sentence(one, texts),
            many => texts.rich("miss-files", [("count", (many.len() as u64).into())]),
        },
        Miss::Environment { name, before, after } => match (before, after) {
            (None, _) => texts.rich("miss-env-new", [("name", code(name))]),
            (_, None) => texts.rich("miss-env-gone", [("name", code(name))]),
            _ => texts.rich("miss-env", [("name", code(name))]),
        },
        Miss::Workdir { .. } => texts.rich("miss-workdir", []),
        Miss::User { .. } => texts.rich("miss-user", []),
    }
}

fn file_sentence(change: &FileChange, texts: &Texts) -> Html {
    let path = code(&change.path);
    match (&change.before, &change.after) {
        (None, _) => texts.rich("file-new", [("path", path)]),
        (_, None) => texts.rich("file-gone", [("path", path)]),
        (Some((before, _)), Some((after, _))) if before == after => {
            let bytes = figures::bytes(*after);
            texts.rich("file-same-size", [("path", path), ("bytes", bytes.into())])
        }
        (Some((before, _)), Some((after, _))) => texts.rich(
            "file-changed",
            [
                ("path", path),
                ("before", figures::bytes(*before).into()),
                ("after", figures::bytes(*after).into()),
            ],
        ),
    }
}

/// What can be checked: texts before and after, digests of the files.
fn evidence(miss: &Miss, texts: &Texts) -> Html {
    match miss {
        Miss::Instruction { before, after } => before_after(before, after),
        Miss::Workdir { before, after } | Miss::User { before, after } => {
            before_after(before, after)
        }
        Miss::Environment { name, before, after } => {
            let show = |value: &Option<String>| {
                value.as_ref().map_or_else(String::new, |value| format!("{name}={value}"))
            };
            before_after(&show(before), &show(after))
        }
        Miss::Files { changes } => html! {
            <ul class="evidence">
                { for changes.iter().take(6).map(|change| html! {
                    <li>
                        <code class="evidence-path">{ &change.path }</code>
                        <code class="evidence-digest">
                            { digest(change.before.as_ref(), texts) }
                            <span aria-hidden="true">{ " → " }</span>
                            { digest(change.after.as_ref(), texts) }
                        </code>
                    </li>
                }) }
                if changes.len() > 6 {
                    <li>{ texts.with("and-more", [("count", (changes.len() as u64 - 6).into())]) }</li>
                }
            </ul>
        },
        Miss::New | Miss::NoCache | Miss::Parent { .. } => Html::default(),
    }
}

fn digest(version: Option<&(u64, String)>, texts: &Texts) -> String {
    version.map_or_else(|| texts.get("none"), |(_, sha256)| figures::short(sha256).into())
}

fn before_after(before: &str, after: &str) -> Html {
    let (b, a) = difference(before, after);
    let show = |parts: Parts<'_>| {
        html! {
            <>{ shorten_begin(parts.head) }<b>{ parts.middle.to_owned() }</b>{ shorten_end(parts.tail) }</>
        }
    };
    html! {
        <div class="before-after">
            if !before.is_empty() { <del>{ show(b) }</del> }
            if !after.is_empty() { <ins>{ show(a) }</ins> }
        </div>
    }
}

/// How many characters are shown of what is the same.
const AROUND: usize = 24;

/// The last words of the text.
fn shorten_begin(text: &str) -> String {
    let Some((at, _)) = text.char_indices().rev().nth(AROUND) else { return text.into() };
    let rest = &text[at..];
    format!("… {}", rest.split_once(' ').map_or(rest, |(_, words)| words))
}

/// The first words of the text.
fn shorten_end(text: &str) -> String {
    let Some((at, _)) = text.char_indices().nth(AROUND) else { return text.into() };
    let rest = &text[..at];
    format!("{} …", rest.rsplit_once(' ').map_or(rest, |(words, _)| words))
}
