//! The changes of a layer as a tree that the arrow keys walk.

use std::collections::HashSet;
use std::rc::Rc;

use protocol::{Change, ChangeKind};
use yew::prelude::*;

use super::dispatch::use_dispatch;
use crate::browser::page;
use crate::model::figures;
use crate::model::tree::{Line, Node, tree};
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// Whose changes.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Begin of the lines' ids.
    pub id: &'static str,
    /// What the tree is called.
    pub label: String,
    /// The changes, ordered by path.
    pub changes: Rc<Vec<Change>>,
    /// How many there are in all.
    pub total: u32,
    /// Whether files can be looked into.
    #[prop_or(true)]
    pub opens: bool,
}

/// With more changes than this, directories are closed at first.
const MANY: usize = 120;

/// The tree.
#[component]
pub fn TreeView(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let opens = props.opens;
    let (id, changes) = (props.id, &props.changes);
    // What the user opened or closed, of the directories that were not so at first.
    let toggled = use_state(HashSet::<String>::new);
    let active = use_state(String::new);
    let root = use_memo(changes.clone(), |changes| tree(changes));
    let closed_first = changes.len() > MANY;
    let is_open = |node: &Node| closed_first == toggled.contains(&node.path);
    let lines = root.lines(&is_open);
    if lines.is_empty() {
        return html! { <p class="empty">{ texts.get("no-changes") }</p> };
    }
    let now = lines.iter().position(|line| line.node.path == *active).unwrap_or(0);

    let toggle = {
        let toggled = toggled.clone();
        move |path: &str| {
            let mut next = (*toggled).clone();
            if !next.remove(path) {
                next.insert(path.to_owned());
            }
            toggled.set(next);
        }
    };
    let onkeydown = {
        let places: Vec<Place> = lines.iter().map(Place::of).collect();
        let (active, toggle) = (active.setter(), toggle.clone());
        let dispatch = dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(to) = walk(&places, now, &event.key()) else { return };
            event.prevent_default();
            match to {
                Walk::To(to) => {
                    active.set(places[to].path.clone());
                    page::focus(&format!("{id}-{to}"));
                }
                Walk::Toggle => toggle(&places[now].path),
                Walk::Open => {
                    let path = places[now].path.as_str().into();
                    dispatch.dispatch(Action::OpenFile(Some(path)));
                }
            }
        })
    };
    let line = |(index, line): (usize, &Line<'_>)| {
        let path = line.node.path.clone();
        let (active, toggle, place) = (active.setter(), toggle.clone(), Place::of(line));
        let opens = opens && place.opens;
        let dispatch = dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            active.set(path.clone());
            if place.closes {
                toggle(&path);
            } else if opens {
                dispatch.dispatch(Action::OpenFile(Some(path.as_str().into())));
            }
        });
        show((id, index), line, index == now, changes, onclick, &texts)
    };
    let missing = u64::from(props.total).saturating_sub(changes.len() as u64);
    html! {
        <>
            <ul class="tree" role="tree" aria-label={props.label.clone()} {onkeydown}>
                { for lines.iter().enumerate().map(line) }
            </ul>
            if missing > 0 {
                <p class="empty">{ texts.with("and-more", [("count", missing.into())]) }</p>
            }
        </>
    }
}

fn show(
    (id, index): (&str, usize),
    line: &Line<'_>,
    active: bool,
    changes: &[Change],
    onclick: Callback<MouseEvent>,
    texts: &Texts,
) -> Html {
    let node = line.node;
    let change = node.change.and_then(|index| changes.get(index));
    let (letter, class) = change.map_or(("", "through"), |change| kind(change.kind));
    let link = change.and_then(|change| change.link.as_ref());
    let expanded = (!node.children.is_empty()).then(|| line.open.to_string());
    html! {
        <li key={node.path.clone()} id={format!("{id}-{index}")} role="treeitem"
            class={classes!("leaf", class)} style={format!("--level: {}", line.level)}
            aria-level={line.level.to_string()} aria-posinset={line.position.to_string()}
            aria-setsize={line.siblings.to_string()} aria-expanded={expanded}
            aria-selected={active.to_string()} tabindex={if active { "0" } else { "-1" }} {onclick}>
            <span class="mark">
                <span aria-hidden="true">{ letter }</span>
                if change.is_some_and(|change| change.kind != ChangeKind::Kept) {
                    <span class="visually-hidden">{ texts.get(&format!("change-{}", class)) }</span>
                }
            </span>
            { " " }
            <span class="leaf-name">
                if !node.children.is_empty() {
                    <span class={classes!("twist", line.open.then_some("open"))} />
                }
                <span>{ &node.name }{ if node.directory { "/" } else { "" } }</span>
                if let Some(link) = link { <span class="leaf-link">{ " → " }{ link }</span> }
            </span>
            { " " }
            <span class="leaf-mode">{ change.map(|change| change.mode.clone()) }</span>
            { " " }
            <span class="leaf-owner">{ change.map(|change| owner(&change.owner).to_owned()) }</span>
            { " " }
            <span class="leaf-size">{ size(node, change) }</span>
        </li>
    }
}

fn kind(kind: ChangeKind) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Added => ("A", "added"),
        ChangeKind::Modified => ("C", "changed"),
        ChangeKind::Deleted => ("D", "deleted"),
        ChangeKind::Kept => ("", "kept"),
    }
}

/// `root:root` says no more than `root`.
fn owner(owner: &str) -> &str {
    match owner.split_once(':') {
        Some((user, group)) if user == group => user,
        _ => owner,
    }
}

fn size(node: &Node, change: Option<&Change>) -> String {
    match change {
        Some(change) if change.kind == ChangeKind::Deleted => {
            let bytes = if change.directory { node.deleted } else { change.size };
            if bytes == 0 { String::new() } else { format!("−{}", figures::bytes(bytes)) }
        }
        Some(Change { directory: false, size_before: Some(before), size, .. })
            if before != size =>
        {
            format!("{} → {}", figures::bytes(*before), figures::bytes(*size))
        }
        Some(change) if !change.directory => figures::bytes(change.size),
        _ if node.bytes > 0 => figures::bytes(node.bytes),
        _ if node.deleted > 0 => format!("−{}", figures::bytes(node.deleted)),
        _ => String::new(),
    }
}

/// What the keys need to know of a line.
struct Place {
    path: String,
    level: usize,
    open: bool,
    closes: bool,
    /// It is a file, which can be looked into.
    opens: bool,
}

impl Place {
    fn of(line: &Line<'_>) -> Self {
        Self {
            path: line.node.path.clone(),
            level: line.level,
            open: line.open,
            closes: !line.node.children.is_empty(),
            opens: !line.node.directory,
        }
    }
}

#[derive(Debug, PartialEq)]
enum Walk {
    To(usize),
    Toggle,
    Open,
}

/// Where a key leads, as the ARIA practices have it for trees.
fn walk(places: &[Place], now: usize, key: &str) -> Option<Walk> {
    let place = places.get(now)?;
    let last = places.len() - 1;
    match key {
        "ArrowDown" => Some(Walk::To((now + 1).min(last))),
        "ArrowUp" => Some(Walk::To(now.saturating_sub(1))),
        "Home" => Some(Walk::To(0)),
        "End" => Some(Walk::To(last)),
        "ArrowRight" if place.closes && !place.open => Some(Walk::Toggle),
        "ArrowRight" if place.open => Some(Walk::To(now + 1)),
        "ArrowLeft" if place.open => Some(Walk::Toggle),
        "ArrowLeft" => {
            places[..now].iter().rposition(|other| other.level < place.level).map(Walk::To)
        }
        "Enter" | " " if place.closes => Some(Walk::Toggle),
        "Enter" if place.opens => Some(Walk::Open),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_the_tree() {
        let place = |level, closes, open| Place {
            path: String::new(),
            level,
            open,
            closes,
            opens: !closes,
        };
        // etc (open) > ssl (closed), passwd; srv
        let places = [
            place(1, true, true),
            place(2, true, false),
            place(2, false, false),
            place(1, false, false),
        ];
        for (now, key, to) in [
            (0, "ArrowDown", Some(Walk::To(1))),
            (3, "ArrowDown", Some(Walk::To(3))),
            (0, "ArrowUp", Some(Walk::To(0))),
            (0, "ArrowRight", Some(Walk::To(1))),
            (0, "ArrowLeft", Some(Walk::Toggle)),
            (1, "ArrowRight", Some(Walk::Toggle)),
            (1, "ArrowLeft", Some(Walk::To(0))),
            (2, "ArrowLeft", Some(Walk::To(0))),
            (2, "ArrowRight", None),
            (2, "Enter", Some(Walk::Open)),
            (1, " ", Some(Walk::Toggle)),
            (1, "End", Some(Walk::To(3))),
            (9, "Home", None),
        ] {
            assert_eq!(walk(&places, now, key), to, "{now} {key}");
        }
    }
}
