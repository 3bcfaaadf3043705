//! Edits replayed over two versions of a project: which steps run again in each.

use std::rc::Rc;

use yew::prelude::*;

use super::icon::{Draw, Icon};
use crate::engine::Replay;
use crate::model::build::{Build, Status};
use crate::model::compare::{self, Edit, Pinned};
use crate::model::figures;
use crate::model::project::Project;
use crate::text::{Texts, code, use_texts};

/// What the edits are tried on.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The version that was put aside.
    pub pinned: Rc<Pinned>,
    /// The one that is shown.
    pub project: Rc<Project>,
}

/// What is known of a replay: builds by edit, for the pinned version and for the other.
#[derive(Debug, Clone, PartialEq, Default)]
struct Results {
    builds: [Vec<Build>; 2],
    failed: Option<String>,
}

enum Heard {
    Begun,
    Built(usize, Build),
    Failed(String),
}

impl Reducible for Results {
    type Action = Heard;

    fn reduce(self: Rc<Self>, heard: Heard) -> Rc<Self> {
        let mut next = Rc::unwrap_or_clone(self);
        match heard {
            Heard::Begun => next = Self::default(),
            Heard::Built(side, build) => next.builds[side].push(build),
            Heard::Failed(message) => next.failed = Some(message),
        }
        next.into()
    }
}

/// The table, and the button that fills it.
#[component]
pub fn ReplayTable(props: &Props) -> Html {
    let texts = use_texts();
    let results = use_reducer(Results::default);
    let replays = use_mut_ref(Vec::<Replay>::new);
    let running = use_state_eq(|| false);
    let edits = compare::edits(&props.pinned.project, &props.project);

    let start = {
        let (replays, results, running) = (replays.clone(), results.dispatcher(), running.clone());
        let sides = [props.pinned.project.clone(), props.project.clone()];
        let edits = edits.clone();
        Callback::from(move |_: MouseEvent| {
            results.dispatch(Heard::Begun);
            running.set(true);
            let replay = |(side, project): (usize, &Rc<Project>)| {
                // As it is, edited, as it is, edited, ...: each edit meets a warm cache.
                let edited =
                    edits.iter().flat_map(|edit| [Project::clone(project), edit.applied(project)]);
                let results = results.clone();
                let told = Callback::from(move |end| match end {
                    Ok((at, build)) if at % 2 == 1 => results.dispatch(Heard::Built(side, build)),
                    Ok(_) => {}
                    Err(message) => results.dispatch(Heard::Failed(message)),
                });
                Replay::start(edited.collect(), told)
            };
            *replays.borrow_mut() = sides.iter().enumerate().map(replay).collect();
        })
    };
    {
        // What was replayed over other versions says nothing of these.
        let (replays, results, running) = (replays.clone(), results.dispatcher(), running.setter());
        use_effect_with((props.pinned.clone(), props.project.clone()), move |_| {
            replays.borrow_mut().clear();
            running.set(false);
            results.dispatch(Heard::Begun);
            move || replays.borrow_mut().clear()
        });
    }
    let all: usize = results.builds.iter().map(Vec::len).sum();
    let row = |(index, edit): (usize, &Edit)| {
        let what = match edit {
            Edit::Touch(path) => texts.rich("edit-touch", [("file", code(path.as_str()))]),
            Edit::Argument(name) => texts.rich("edit-argument", [("name", code(name))]),
        };
        html! {
            <tr>
                <th scope="row">{ what }</th>
                { for results.builds.iter().map(|builds| cell(builds.get(index), &texts)) }
            </tr>
        }
    };
    let total = |builds: &Vec<Build>| {
        let ran: usize = builds.iter().map(|build| compare::cost(build).ran).sum();
        html! { <td class="replay-total">{ texts.with("ran-total", [("count", (ran as u64).into())]) }</td> }
    };
    html! {
        <section class="replay" aria-labelledby="replay-title">
            <h3 class="dialog-section" id="replay-title">{ texts.get("replay-title") }</h3>
            <p class="card-more">{ texts.get("replay-about") }</p>
            if edits.is_empty() {
                <p class="card-more">{ texts.get("no-edits") }</p>
            } else if !*running {
                <button class="button" onclick={start}>
                    <Draw icon={Icon::Rebuild} />
                    { texts.with("replay-start", [("count", (edits.len() as u64).into())]) }
                </button>
            } else {
                <table class="replay-table" aria-busy={(all < 2 * edits.len()).to_string()}>
                    <thead>
                        <tr>
                            <th scope="col">{ texts.get("edit") }</th>
                            <th scope="col">{ texts.get("pinned") }</th>
                            <th scope="col">{ texts.get("now") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for edits.iter().enumerate().map(row) }</tbody>
                    <tfoot>
                        <tr>
                            <th scope="row">{ texts.get("sum") }</th>
                            { for results.builds.iter().map(total) }
                        </tr>
                    </tfoot>
                </table>
            }
            if let Some(message) = &results.failed {
                <p class="card card-failed">{ message.clone() }</p>
            }
        </section>
    }
}

fn cell(build: Option<&Build>, texts: &Texts) -> Html {
    let Some(build) = build else { return html! { <td class="replay-waiting">{ "…" }</td> } };
    let cost = compare::cost(build);
    let shown = build.rows.iter().map(|row| row.status());
    let shown = shown.filter(|status| *status != Status::Config && *status != Status::NotReached);
    let dot =
        |status: Status| html! { <span class={format!("replay-step is-{}", status.name())} /> };
    html! {
        <td>
            <span class="replay-steps" aria-hidden="true">{ for shown.map(dot) }</span>
            <span class="replay-cost">{ texts.with("replay-cost", [
                ("count", (cost.ran as u64).into()),
                ("time", figures::time(cost.micros).into()),
            ]) }</span>
        </td>
    }
}
