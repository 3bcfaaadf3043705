//! The drawer at the bottom: terminals, images, containers.

use std::rc::Rc;

use protocol::Point;
use protocol::host::{Place, TerminalId};
use yew::prelude::*;

use super::containers_view::ContainersView;
use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use super::images_view::ImagesView;
use super::splitter::{Edge, Splitter};
use super::terminal_pane::TerminalPane;
use crate::browser::page;
use crate::model::build::Build;
use crate::state::dock::{Dock, DockAction, Machine, OpenTerminal, View};
use crate::state::{Action, Theme};
use crate::text::{Texts, use_texts};

/// What the drawer shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The drawer.
    pub dock: Rc<Dock>,
    /// What is known of the host machine.
    pub machine: Rc<Machine>,
    /// The last build, whose image can be kept.
    pub build: Rc<Build>,
    /// Colours.
    pub theme: Theme,
}

/// The drawer. Terminals stay in it while it is closed.
#[component]
pub fn DockPane(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let dock = &props.dock;
    let act = |action: DockAction| on(&dispatch, move |_: MouseEvent| Action::Dock(action.clone()));
    let overview = props.machine.overview.as_deref();
    let images = overview.map_or(0, |overview| overview.images.len());
    let containers = overview.map_or(0, |overview| overview.containers.len());
    let mut views: Vec<View> = dock.terminals.iter().map(|t| View::Terminal(t.id)).collect();
    views.extend([View::Images, View::Containers]);
    let onkeydown = {
        let (dispatch, views, now) = (dispatch.clone(), views.clone(), dock.view);
        Callback::from(move |event: KeyboardEvent| {
            let at = views.iter().position(|view| *view == now).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (at + 1) % views.len(),
                "ArrowLeft" => (at + views.len() - 1) % views.len(),
                "Home" => 0,
                "End" => views.len() - 1,
                _ => return,
            };
            event.prevent_default();
            dispatch.dispatch(Action::Dock(DockAction::Show(views[to])));
            page::focus(&tab_id(views[to]));
        })
    };
    let tab = |view: View, icon: Icon, label: String, count: Option<usize>| {
        let selected = dock.view == view;
        html! {
            <button key={tab_id(view)} class="tab dock-tab" role="tab" id={tab_id(view)}
                aria-selected={selected.to_string()} tabindex={if selected { "0" } else { "-1" }}
                aria-controls={panel_id(view)} onclick={act(DockAction::Show(view))}>
                <Draw {icon} />
                { label }
                if let Some(count) = count {
                    <span class="count">{ count }</span>
                }
            </button>
        }
    };
    let terminal_tab = |terminal: &OpenTerminal| {
        tab(View::Terminal(terminal.id), Icon::Terminal, name_of(terminal, dock, &texts), None)
    };
    let shown = dock.terminals.iter().find(|terminal| dock.view == View::Terminal(terminal.id));
    let pane = |terminal: &OpenTerminal| {
        html! {
            <TerminalPane key={terminal.id} terminal={*terminal}
                shown={dock.open && dock.view == View::Terminal(terminal.id)}
                name={name_of(terminal, dock, &texts)} theme={props.theme}
                screen_reader={dock.screen_reader} />
        }
    };
    let screen_reader = !dock.screen_reader;
    html! {
        <section class="dock" aria-label={texts.get("dock")} hidden={!dock.open}>
            <Splitter edge={Edge::Dock} label={texts.get("resize-dock")} />
            <div class="dock-bar">
                <button class="icon-button" aria-label={texts.get("new-terminal")}
                    title={texts.get("new-terminal")}
                    onclick={act(DockAction::NewTerminal(Place::Host))}>
                    <Draw icon={Icon::Add} />
                </button>
                <div class="dock-tabs" role="tablist" aria-label={texts.get("dock")} {onkeydown}>
                    { for dock.terminals.iter().map(terminal_tab) }
                    <span class="dock-gap" />
                    { tab(View::Images, Icon::Layers, texts.get("images"), Some(images)) }
                    { tab(View::Containers, Icon::Container, texts.get("containers"), Some(containers)) }
                </div>
                if let Some(terminal) = shown {
                    <button class="icon-button" aria-label={texts.with("close-terminal", [
                        ("name", name_of(terminal, dock, &texts).into()),
                    ])} onclick={act(DockAction::Close(terminal.id))}>
                        <Draw icon={Icon::Close} />
                    </button>
                    <button class="icon-button" title={texts.get("screen-reader-mode")}
                        aria-label={texts.get("screen-reader-mode")}
                        aria-pressed={dock.screen_reader.to_string()}
                        onclick={act(DockAction::SetScreenReader(screen_reader))}>
                        <Draw icon={Icon::Speaker} />
                    </button>
                }
                <button class="icon-button" aria-label={texts.get("close-dock")}
                    title={texts.get("close-dock")} onclick={act(DockAction::Toggle)}>
                    <Draw icon={Icon::Down} />
                </button>
            </div>
            <div class="dock-body">
                { for dock.terminals.iter().map(pane) }
                if dock.view == View::Images {
                    <ImagesView id={panel_id(View::Images)} machine={props.machine.clone()}
                        build={props.build.clone()} />
                }
                if dock.view == View::Containers {
                    <ContainersView id={panel_id(View::Containers)}
                        machine={props.machine.clone()} />
                }
            </div>
        </section>
    }
}

fn tab_id(view: View) -> String {
    match view {
        View::Terminal(id) => format!("dock-terminal-{id}"),
        View::Images => "dock-images".into(),
        View::Containers => "dock-containers".into(),
    }
}

fn panel_id(view: View) -> String {
    match view {
        View::Terminal(id) => format!("terminal-{id}"),
        View::Images => "images-panel".into(),
        View::Containers => "containers-panel".into(),
    }
}

/// `Terminal 2`, or for one at a commit point `Step 4`.
fn name_of(terminal: &OpenTerminal, dock: &Dock, texts: &Texts) -> String {
    match terminal.place {
        Place::Host => {
            let hosts = dock.terminals.iter().filter(|other| other.place == Place::Host);
            let number =
                hosts.take_while(|other| other.id != terminal.id).count() as TerminalId + 1;
            texts.with("terminal-name", [("number", number.into())])
        }
        Place::Point(Point { step, .. }) => {
            texts.with("terminal-at-step", [("number", (step + 1).into())])
        }
    }
}
