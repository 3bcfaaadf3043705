//! The name of the project, and what can be done with projects.

use std::rc::Rc;

use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::menu::Menu;
use super::projects::use_projects;
use crate::model::figures;
use crate::model::project::Project;
use crate::model::shelf::{Entry, ProjectId};
use crate::state::{Action, Dialog};
use crate::text::{Texts, use_texts};

/// Which projects.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The one that is shown.
    pub id: ProjectId,
    /// Its files.
    pub project: Rc<Project>,
    /// The saved ones.
    pub shelf: Rc<[Entry]>,
}

/// The menu.
#[component]
pub fn ProjectMenu(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let projects = use_projects();
    let (id, project) = (&props.id, &props.project);

    let onopen = {
        let projects = projects.clone();
        Callback::from(move |()| projects.list())
    };
    let duplicate = {
        let (projects, id, project) = (projects.clone(), id.clone(), project.clone());
        Callback::from(move |_: MouseEvent| projects.duplicate(id.clone(), project.clone()))
    };
    let download = {
        let (projects, project) = (projects.clone(), project.clone());
        Callback::from(move |_: MouseEvent| projects.download(project.clone()))
    };
    let discard = {
        let (projects, id, project) = (projects.clone(), id.clone(), project.clone());
        Callback::from(move |_: MouseEvent| projects.discard(id.clone(), project.clone()))
    };
    let dialog = |dialog| on(&dispatch, move |_: MouseEvent| Action::Dialog(Some(dialog)));
    let act = |icon, key: &str, onclick: Callback<MouseEvent>| {
        html! {
            <button class="menu-item" role="menuitem" tabindex="-1" {onclick}>
                <Draw {icon} /><span>{ texts.get(key) }</span>
            </button>
        }
    };
    let shown = html! {
        <button class="menu-item" role="menuitemradio" aria-checked="true" tabindex="-1">
            <Draw icon={Icon::Done} />
            { about(&project.name, project.files.len(), project.bytes(), &texts) }
        </button>
    };
    let other = |entry: &Entry| {
        let (projects, entry) = (projects.clone(), entry.clone());
        if !entry.readable {
            let label = texts.with("project-unreadable", [("name", (&*entry.name).into())]);
            let onclick = Callback::from(move |_: MouseEvent| projects.download_raw(&entry));
            return html! {
                <button class="menu-item" role="menuitem" tabindex="-1" {onclick}>
                    <Draw icon={Icon::Download} /><span>{ label }</span>
                </button>
            };
        }
        let about = about(&entry.name, entry.files as usize, entry.bytes, &texts);
        let onclick = Callback::from(move |_: MouseEvent| projects.switch_to(entry.id.clone()));
        html! {
            <button class="menu-item" role="menuitemradio" aria-checked="false" tabindex="-1"
                {onclick}>
                <span class="icon-gap" />
                { about }
            </button>
        }
    };
    let button = html! {
        <>
            <span class="menu-name">{ project.name.to_string() }</span>
            <Draw icon={Icon::Down} />
        </>
    };
    let label = texts.with("project-menu", [("name", (&*project.name).into())]);
    let group = texts.get("projects");
    html! {
        <Menu {label} {button} {onopen}>
            <div class="menu-group menu-projects" role="group" aria-label={group}>
                { shown }
                { for props.shelf.iter().filter(|entry| entry.id != *id).map(other) }
            </div>
            <div class="menu-group" role="none">
                { act(Icon::Add, "new-project", dialog(Dialog::New)) }
                { act(Icon::Files, "open-files", dialog(Dialog::Open)) }
            </div>
            <div class="menu-group" role="none">
                { act(Icon::Rename, "rename-project", dialog(Dialog::Rename)) }
                { act(Icon::Copy, "duplicate-project", duplicate) }
                { act(Icon::Compare, "compare-menu", dialog(Dialog::Compare)) }
                { act(Icon::Download, "download-project", download) }
                { act(Icon::Delete, "delete-project", discard) }
            </div>
        </Menu>
    }
}

fn about(name: &str, files: usize, bytes: u64, texts: &Texts) -> Html {
    let sum = texts.with(
        "context-sum",
        [("count", (files as u64).into()), ("bytes", figures::bytes(bytes).into())],
    );
    html! {
        <>
            <span class="menu-what">{ name.to_owned() }</span>
            <span class="menu-more">{ sum }</span>
        </>
    }
}
