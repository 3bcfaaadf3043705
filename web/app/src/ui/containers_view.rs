//! The containers of the host machine's daemon.

use std::rc::Rc;

use protocol::host::{ContainerDetail, HostContainer, HostRequest};
use yew::prelude::*;

use super::answer_bar::AnswerBar;
use super::copy_button::CopyButton;
use super::hosted_list::{Hosted, HostedList};
use super::icon::{Draw, Icon};
use super::images_view::docker;
use super::name_form::NameForm;
use super::output_view::OutputRuns;
use super::tree_view::TreeView;
use super::use_host::{UseHost, use_host};
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
}

/// The containers: a list, and the chosen one from the inside.
#[component]
pub fn ContainersView(props: &Props) -> Html {
    let texts = use_texts();
    let host = use_host();
    let chosen = use_state(|| None::<String>);
    let naming = use_state(|| false);
    let machine = &props.machine;
    let containers =
        machine.overview.as_ref().map(|overview| &overview.containers[..]).unwrap_or_default();
    let container = containers.iter().find(|container| Some(&container.id) == chosen.as_ref());
    let container = container.or(containers.first());
    {
        let host = host.clone();
        let deps = (container.map(|container| container.id.clone()), machine.overview.clone());
        use_effect_with(deps, move |(id, overview)| match id {
            Some(name) => host.send(HostRequest::InspectContainer { name: name.clone() }),
            None if overview.is_none() => host.send(HostRequest::Look),
            None => {}
        });
    }
    let items: Vec<Hosted> = containers.iter().map(item).collect();
    let onchoose = chosen.setter();
    let onchoose = Callback::from(move |id: String| onchoose.set(Some(id)));
    let detail = container.and_then(|container| {
        machine.container.as_ref().filter(|(name, _)| *name == container.id).map(|(_, d)| d.clone())
    });
    let oncancel = {
        let naming = naming.setter();
        Callback::from(move |()| naming.set(false))
    };
    let oncommit = {
        let naming = naming.setter();
        Callback::from(move |_: MouseEvent| naming.set(true))
    };
    html! {
        <div class="hosted" id={props.id.clone()} role="tabpanel"
            aria-label={texts.get("containers")}>
            <div class="hosted-side">
                if items.is_empty() {
                    <p class="empty">{ texts.rich("no-containers", []) }</p>
                } else {
                    <HostedList label={texts.get("containers")} {items}
                        chosen={container.map(|container| container.id.clone())} {onchoose} />
                }
            </div>
            <div class="hosted-main" tabindex="0" role="group"
                aria-label={texts.get("chosen-container")}>
                <AnswerBar answer={machine.answer.clone()} />
                if let Some(container) = container {
                    <div class="hosted-head">
                        <h3>{ &container.name }</h3>
                        <span class="id">
                            <code>{ container.id.chars().take(12).collect::<String>() }</code>
                            <CopyButton text={container.id.clone()}
                                label={texts.get("copy-container-id")} />
                        </span>
                        <div class="hosted-actions">
                            { actions(container, &texts, &host, oncommit) }
                        </div>
                    </div>
                    if *naming {
                        <NameForm label={texts.get("image-name")} placeholder="myapp:1.0"
                            onsubmit={
                                let (host, id) = (host.clone(), container.id.clone());
                                let naming = naming.setter();
                                Callback::from(move |name: String| {
                                    naming.set(false);
                                    host.send(docker(["commit", &id, &name]));
                                })
                            }
                            {oncancel} />
                    }
                    { facts(container, &texts) }
                    if let Some(detail) = detail {
                        <Detail {detail} />
                    }
                }
            </div>
        </div>
    }
}

fn item(container: &HostContainer) -> Hosted {
    let state = match (container.running, container.exit_code) {
        (true, _) => "running",
        (false, Some(0)) => "ended",
        (false, Some(_)) => "failed",
        (false, None) => "created",
    };
    Hosted {
        key: container.id.clone(),
        name: container.name.clone(),
        note: format!("{} · {}", container.image, container.status),
        state: Some((state, container.status.clone())),
        dim: !container.running,
    }
}

fn actions(
    container: &HostContainer,
    texts: &Texts,
    host: &UseHost,
    oncommit: Callback<MouseEvent>,
) -> Html {
    let name = &container.name;
    html! {
        <>
            if container.running {
                <button class="button" onclick={host.offer(format!("docker exec -it {name} sh"))}>
                    <Draw icon={Icon::Terminal} />{ texts.get("shell") }
                </button>
                <button class="button" onclick={host.click(docker(["stop", name]))}>
                    <Draw icon={Icon::Stop} />{ texts.get("stop") }
                </button>
            } else {
                <button class="button" onclick={host.click(docker(["start", name]))}>
                    <Draw icon={Icon::Forward} />{ texts.get("start") }
                </button>
            }
            <button class="button" onclick={oncommit}>
                <Draw icon={Icon::Layers} />{ texts.get("commit") }
            </button>
            <button class="button" onclick={host.click(docker(["rm", "-f", name]))}>
                <Draw icon={Icon::Delete} />{ texts.get("remove") }
            </button>
        </>
    }
}

fn facts(container: &HostContainer, texts: &Texts) -> Html {
    let fact = |key: &str, value: &str| {
        html! {
            if !value.is_empty() {
                <dt>{ texts.get(key) }</dt><dd><code>{ value.to_owned() }</code></dd>
            }
        }
    };
    html! {
        <dl class="facts">
            { fact("fact-image", &container.image) }
            { fact("fact-command", &container.command) }
            { fact("fact-status", &container.status) }
            { fact("fact-ports", &container.ports) }
            { fact("fact-size", &figures::bytes(container.bytes)) }
        </dl>
    }
}

/// A container from the inside.
#[derive(Properties, PartialEq)]
struct DetailProps {
    detail: Rc<ContainerDetail>,
}

#[component]
fn Detail(props: &DetailProps) -> Html {
    let texts = use_texts();
    let detail = &props.detail;
    let changes = use_memo(detail.clone(), |detail| detail.changes.clone());
    html! {
        <>
            <h4>{ texts.get("logs") }</h4>
            if detail.logs.is_empty() {
                <p class="empty">{ texts.get("no-logs") }</p>
            } else {
                <OutputRuns runs={detail.logs.clone()} />
            }
            <h4>{ texts.get("container-changes") }</h4>
            if detail.changes.is_empty() {
                <p class="empty">{ texts.get("no-container-changes") }</p>
            } else {
                <TreeView id="container" label={texts.get("container-changes")} {changes}
                    total={detail.changes_total} opens={false} />
            }
            <details>
                <summary>{ "docker inspect" }</summary>
                <pre class="output">{ &detail.config }</pre>
            </details>
        </>
    }
}
