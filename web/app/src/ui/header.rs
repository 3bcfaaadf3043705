//! The top: whose page it is, and what holds for all of it.

use std::rc::Rc;

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::project_menu::ProjectMenu;
use crate::browser::page;
use crate::model::project::Project;
use crate::model::shelf::{Entry, ProjectId};
use crate::state::{Action, Dialog, Theme};
use crate::text::{Language, use_texts};

/// What the header shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which project is shown.
    pub id: ProjectId,
    /// Its files.
    pub project: Rc<Project>,
    /// The saved projects.
    pub shelf: Rc<[Entry]>,
    /// Colours.
    pub theme: Theme,
    /// Language.
    pub language: Language,
}

/// The header.
#[component]
pub fn Header(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let theme = props.theme;
    let icon = match theme {
        Theme::System => Icon::System,
        Theme::Light => Icon::Light,
        Theme::Dark => Icon::Dark,
    };
    let theme_label = texts.get(&format!("theme-{}", theme.name()));
    let other = match props.language {
        Language::English => Language::Korean,
        Language::Korean => Language::English,
    };
    let dialog = |dialog| on(&dispatch, move |_: MouseEvent| Action::Dialog(Some(dialog)));
    html! {
        <header class="header">
            <h1 class="logo">
                <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                    <rect class="logo-base" x="2" y="13.5" width="16" height="4" rx="1" />
                    <rect class="logo-middle" x="2" y="8" width="16" height="4" rx="1" />
                    <rect class="logo-top" x="2" y="2.5" width="10" height="4" rx="1" />
                </svg>
                { "Layerlab" }
            </h1>
            <div class="crumb">
                <ProjectMenu id={props.id.clone()} project={props.project.clone()}
                    shelf={props.shelf.clone()} />
                <span class="crumb-slash" aria-hidden="true">{ "/" }</span>
                <span class="crumb-file">{ props.project.open.to_string() }</span>
            </div>
            if page::is_embedded() {
                <a class="button embed-link" target="_blank" rel="noopener"
                    href={format!("{}{}", page::address(), page::fragment())}>
                    { texts.get("open-in-layerlab") }
                </a>
            }
            <div class="header-tools">
                <button class="button header-examples" onclick={dialog(Dialog::New)}>
                    <Draw icon={Icon::Examples} />{ texts.get("examples") }
                </button>
                <button class="button header-compare" aria-label={texts.get("compare")}
                    onclick={dialog(Dialog::Compare)}>
                    <Draw icon={Icon::Compare} /><span class="wide">{ texts.get("compare") }</span>
                </button>
                <button class="button" aria-label={texts.get("share")}
                    onclick={dialog(Dialog::Share)}>
                    <Draw icon={Icon::Share} /><span class="wide">{ texts.get("share") }</span>
                </button>
                <button class="button" aria-label={texts.get("rebuild")}
                    onclick={on(&dispatch, |_| Action::RebuildWithoutCache)}>
                    <Draw icon={Icon::Rebuild} /><span class="wide">{ texts.get("rebuild") }</span>
                </button>
                <button class="button" title={theme_label.clone()} aria-label={theme_label}
                    onclick={on(&dispatch, move |_| Action::SetTheme(theme.next()))}>
                    <Draw {icon} />
                </button>
                <button class="button" lang={other.tag()}
                    onclick={on(&dispatch, move |_| Action::SetLanguage(other))}>
                    { other.own_name() }
                </button>
            </div>
        </header>
    }
}
