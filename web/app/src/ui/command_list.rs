//! The commands of a `RUN`: commit points inside a step.

use std::rc::Rc;

use protocol::host::Place;
use protocol::{CommandPoint, Point, StepDetail};
use yew::prelude::*;

use super::dispatch::{on, use_dispatch};
use super::icon::{Draw, Icon};
use crate::state::Action;
use crate::state::dock::DockAction;
use crate::text::use_texts;

/// Whose commands.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The step.
    pub detail: Rc<StepDetail>,
    /// The one that is looked at; the whole step if none.
    pub command: Option<u32>,
    /// Whether the step came to its end.
    pub ended: bool,
}

/// The commands in their order, the whole step, and a way to go there.
#[component]
pub fn CommandList(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let points = &props.detail.points;
    let choose =
        |command: Option<u32>| on(&dispatch, move |_: MouseEvent| Action::ChooseCommand(command));
    let item = |(index, point): (usize, &CommandPoint)| {
        let index = index as u32;
        let chosen = props.command == Some(index);
        html! {
            <li key={index}>
                <button class={classes!("point", (point.exit_code != 0).then_some("failed"))}
                    aria-current={chosen.then_some("true")} title={words(point)}
                    onclick={choose(Some(index))}>
                    <span class="point-number">{ index + 1 }</span>{ " " }
                    <span class="point-words" style={format!("--depth: {}", point.subshell.min(4))}>
                        { words(point) }
                    </span>
                    if point.exit_code != 0 {
                        { " " }
                        <span class="point-exit" aria-label={texts.with("exit", [
                            ("code", point.exit_code.into()),
                        ])}>{ point.exit_code }</span>
                    }
                </button>
            </li>
        }
    };
    let place = Place::Point(Point { step: props.detail.step, command: props.command });
    let can_go = props.command.is_some() || props.ended;
    html! {
        <div class="points">
            // A step of one command is that command.
            if points.len() > 1 {
                <ol class="point-list" aria-label={texts.get("commands")}>
                    { for points.iter().enumerate().map(item) }
                    if props.ended {
                        <li>
                            <button class="point whole" onclick={choose(None)}
                                aria-current={props.command.is_none().then_some("true")}>
                                { texts.get("whole-step") }
                            </button>
                        </li>
                    }
                </ol>
            }
            if props.detail.points_dropped > 0 {
                <p class="empty">{ texts.with("and-more", [
                    ("count", props.detail.points_dropped.into()),
                ]) }</p>
            }
            if can_go {
                <button class="button shell-here"
                    onclick={on(&dispatch, move |_| Action::Dock(DockAction::NewTerminal(place)))}>
                    <Draw icon={Icon::Terminal} />{ texts.get("shell-here") }
                </button>
            }
        </div>
    }
}

fn words(point: &CommandPoint) -> String {
    point.words.join(" ")
}
