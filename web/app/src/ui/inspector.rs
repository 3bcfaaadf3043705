//! What is in the chosen step, and the stack it stands in.

use std::rc::Rc;

use protocol::{
    FileList, FileText, ImageDetail, Outcome, Point, PointDetail, StepDetail, StepKind,
};
use yew::prelude::*;

use super::command_list::CommandList;
use super::copy_button::CopyButton;
use super::dispatch::{on, use_dispatch};
use super::file_view::FileView;
use super::files_view::FilesView;
use super::icon::{Draw, Icon};
use super::image_view::ImageView;
use super::output_view::OutputView;
use super::strata_view::StrataView;
use super::tabs::{Tab as TabItem, Tabs};
use super::tree_view::TreeView;
use crate::model::build::Build;
use crate::model::figures;
use crate::state::{Action, Tab};
use crate::text::{Texts, use_texts};

/// What the inspector shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The build.
    pub build: Rc<Build>,
    /// The step.
    pub step: Option<u32>,
    /// What is known of it.
    pub detail: Option<Rc<StepDetail>>,
    /// The command of it that is looked at; the whole step if none.
    pub command: Option<u32>,
    /// What is known of that command.
    pub point: Option<Rc<PointDetail>>,
    /// What is known of the files.
    pub files: Option<Rc<FileList>>,
    /// The file that is looked into.
    pub file: Option<Rc<str>>,
    /// What is known of it.
    pub text: Option<Rc<FileText>>,
    /// What is known of the image.
    pub image: Option<Rc<ImageDetail>>,
    /// Which tab.
    pub tab: Tab,
}

const PANEL: &str = "inspector-panel";

/// The inspector.
#[component]
pub fn Inspector(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let tab = |tab: Tab| TabItem {
        key: tab.name().into(),
        label: texts.get(&format!("tab-{}", tab.name())),
    };
    let tabs = Tab::ALL.into_iter().map(tab).collect::<Vec<_>>();
    let chosen = Tab::ALL.iter().position(|tab| *tab == props.tab).unwrap_or(0);
    let onchoose = on(&dispatch, |index: usize| Action::Show(Tab::ALL[index]));
    let row = props.step.and_then(|step| props.build.row(step));
    let point = Point { step: props.step.unwrap_or_default(), command: props.command };
    let base = row.is_some_and(|row| row.step.kind == StepKind::Base);
    let content = match (props.tab, &props.detail) {
        (Tab::Image, _) => {
            let made = matches!(props.build.outcome, Some(Outcome::Image { .. }));
            html! { <ImageView image={props.image.clone().filter(|_| made)} /> }
        }
        (_, None) => html! { <p class="empty">{ texts.get("nothing-yet") }</p> },
        (Tab::Changes | Tab::Files, Some(_)) if let Some(path) = &props.file => {
            html! { <FileView path={path.clone()} text={props.text.clone()} /> }
        }
        (Tab::Files, _) => match props.files.as_ref().filter(|files| files.point == point) {
            Some(list) => html! { <FilesView list={list.clone()} /> },
            None => html! { <p class="empty">{ texts.get("nothing-yet") }</p> },
        },
        (Tab::Changes, Some(_)) if props.command.is_some() => {
            match props.point.as_ref().filter(|detail| detail.point == point) {
                Some(detail) if detail.changes.is_empty() => {
                    html! { <p class="empty">{ texts.get("no-command-changes") }</p> }
                }
                Some(detail) => html! {
                    <TreeView id="tree" label={texts.get("tab-changes")}
                        changes={Rc::new(detail.changes.clone())} total={detail.changes_total} />
                },
                None => html! { <p class="empty">{ texts.get("nothing-yet") }</p> },
            }
        }
        (Tab::Changes, Some(detail)) if base && detail.changes.is_empty() => {
            html! { <p class="empty">{ texts.get("base-changes") }</p> }
        }
        (Tab::Changes, Some(detail)) => html! {
            <TreeView id="tree" label={texts.get("tab-changes")}
                changes={Rc::new(detail.changes.clone())} total={detail.changes_total} />
        },
        (Tab::Output, Some(detail)) => html! { <OutputView detail={detail.clone()} /> },
    };
    html! {
        <section class="inspector" aria-label={texts.get("inspector")}>
            <div class="inspector-tabs">
                <Tabs label={texts.get("inspector")} id="inspect" panel={PANEL} {tabs} {chosen}
                    {onchoose} />
                <button class="icon-button sheet-close" aria-label={texts.get("close")}
                    onclick={on(&dispatch, |_| Action::Sheet(None))}>
                    <Draw icon={Icon::Close} />
                </button>
            </div>
            if let Some(row) = row {
                <div class="inspector-head">
                    <h2 title={row.instruction()}>
                        <b>{ &row.step.keyword }</b>{ " " }{ &row.step.arguments }
                    </h2>
                    { ids(props.detail.as_deref(), &texts) }
                    if let Some(detail) = &props.detail {
                        <CommandList detail={detail.clone()} command={props.command}
                            ended={detail.image_id.is_some()} />
                    }
                    if row.layer().is_some_and(|layer| layer.modelled) {
                        <p class="modelled">{ texts.get("modelled") }</p>
                    }
                </div>
            }
            <div class="inspector-body">
                <StrataView build={props.build.clone()} step={props.step} />
                <div class="inspector-panel" id={PANEL} role="tabpanel" tabindex="0"
                    aria-labelledby={format!("inspect-{chosen}")}>
                    { content }
                </div>
            </div>
        </section>
    }
}

fn ids(detail: Option<&StepDetail>, texts: &Texts) -> Html {
    let Some(detail) = detail else { return Html::default() };
    let id = |key: &'static str, copy: &str, digest: &Option<String>| {
        digest.as_ref().map(|digest| {
            html! {
                <span class={classes!("id", key)}>
                    <span class="id-name">{ texts.get(key) }</span>
                    <code title={digest.clone()}>{ figures::short(digest).to_owned() }</code>
                    <CopyButton text={digest.clone()} label={texts.get(copy)} />
                </span>
            }
        })
    };
    html! {
        <p class="ids">
            { id("image-id", "copy-image-id", &detail.image_id) }
            { id("diff-id", "copy-diff-id", &detail.diff_id) }
            { id("chain-id", "copy-chain-id", &detail.chain_id) }
        </p>
    }
}
