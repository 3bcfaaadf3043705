//! The editor, and what the build says at its lines.

use std::rc::Rc;

use protocol::StepState;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::dispatch::use_dispatch;
use super::file_tabs::PANEL;
use crate::browser::editor::{Editor, Failure, Listeners, Mark};
use crate::model::build::{Build, Row};
use crate::model::content::Content;
use crate::model::figures;
use crate::model::language::Surroundings;
use crate::model::path::FilePath;
use crate::model::project::Project;
use crate::model::shelf::ProjectId;
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// What the editor shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which project it is.
    pub id: ProjectId,
    /// The files.
    pub project: Rc<Project>,
    /// The last build.
    pub build: Rc<Build>,
    /// References that `FROM` knows.
    pub images: Rc<[String]>,
    /// Whether it is of the text as it now is, so that its lines are those of the editor.
    pub current: bool,
    /// The step that is looked at.
    pub step: Option<u32>,
    /// Whether its lines should come into view.
    pub reveal: bool,
}

/// The editor.
#[component]
pub fn EditorPane(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let place = use_node_ref();
    let editor = use_mut_ref(|| None::<Editor>);
    let counts = use_state_eq(|| [0; 3]);
    let open = props.project.open.clone();
    let content = props.project.files.get(&open).map(|file| &file.content);
    let text = content.and_then(Content::as_text).cloned();
    // Bytes are shown by nothing but their number.
    let bytes = content.filter(|content| content.as_text().is_none()).map(Content::len);
    let dockerfile = open.is_dockerfile();

    {
        let (place, editor, counts) = (place.clone(), editor.clone(), counts.setter());
        use_effect_with((), move |()| {
            if let Some(parent) = place.cast::<HtmlElement>() {
                *editor.borrow_mut() = Some(Editor::new(&parent, listeners(dispatch, counts)));
            }
            move || drop(editor.take())
        });
    }
    {
        let editor = editor.clone();
        let known = use_mut_ref(|| (props.id.clone(), Vec::<FilePath>::new()));
        let deps = (props.id.clone(), open.clone(), text, props.project.paths());
        use_effect_with(deps, move |(id, open, text, paths)| {
            let editor = editor.borrow();
            let (Some(editor), Some(text)) = (&*editor, text) else { return };
            let (old, before) = known.replace((id.clone(), paths.clone()));
            // Files of another project have another history, whatever they are called.
            for gone in before.iter().filter(|path| old != *id || !paths.contains(path)) {
                editor.forget(gone.as_str());
            }
            editor.open(open.as_str(), text);
        });
    }
    {
        let editor = editor.clone();
        let label = texts.with("editor", [("file", open.as_str().into())]);
        use_effect_with((label, open.clone()), move |(label, _)| {
            if let Some(editor) = &*editor.borrow() {
                editor.set_label(label, "editor-hint");
            }
        });
    }
    {
        let editor = editor.clone();
        let deps = (surroundings(props), texts.clone());
        use_effect_with(deps, move |(surroundings, texts)| {
            if let Some(editor) = &*editor.borrow() {
                editor.set_phrases(&phrases(texts));
                editor.set_surroundings(surroundings.clone());
            }
        });
    }
    {
        let editor = editor.clone();
        let chosen = props.step.and_then(|step| props.build.row(step));
        let chosen = chosen.map_or((0, 0), |row| (row.step.line, row.step.end_line));
        // The lines of an older text move along with the edits until the build of this one says
        // where they are; a text that cannot be built has problems, but no lines.
        let known = dockerfile && (props.current || props.build.stale);
        let deps = (known, props.build.clone(), chosen, open.clone(), texts.clone());
        use_effect_with(deps, move |(known, build, chosen, _, texts)| {
            let editor = editor.borrow();
            let Some(editor) = editor.as_ref().filter(|_| *known) else { return };
            if build.stale {
                editor.show(&[], &[], (0, 0));
            } else {
                let marks = build.rows.iter().map(|row| mark(row, texts)).collect::<Vec<_>>();
                let failures = build.rows.iter().filter_map(failure).collect::<Vec<_>>();
                editor.show(&marks, &failures, *chosen);
            }
        });
    }
    {
        let editor = editor.clone();
        let line = props.step.filter(|_| dockerfile && props.reveal && props.current);
        let line = line.and_then(|step| props.build.row(step)).map(|row| row.step.line);
        use_effect_with(line, move |&line| {
            if let (Some(editor), Some(line)) = (&*editor.borrow(), line) {
                editor.reveal(line);
            }
        });
    }

    let call = |act: fn(&Editor)| {
        let editor = editor.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(editor) = &*editor.borrow() {
                act(editor);
            }
        })
    };
    html! {
        <div class="editor" id={PANEL} role="tabpanel" aria-label={props.project.open.to_string()}>
            if let Some(bytes) = bytes {
                <p class="editor-bytes">{ texts.with("editor-bytes", [
                    ("bytes", figures::bytes(bytes as u64).into()),
                ]) }</p>
            }
            <div class="editor-place" ref={place} hidden={bytes.is_some()} />
            <div class="editor-bar">
                <p class="editor-hint" id="editor-hint">{ texts.rich("editor-hint", []) }</p>
                if dockerfile {
                    <button class="editor-problems" title={texts.get("problems-key")}
                        onclick={call(Editor::show_problems)}>
                        { summary(*counts, &texts) }
                    </button>
                    <button title={texts.get("format-key")} onclick={call(Editor::format)}>
                        { texts.get("format") }
                    </button>
                }
            </div>
        </div>
    }
}

/// The numbers of problems, each behind its sign.
fn summary(counts: [usize; 3], texts: &Texts) -> Html {
    if counts == [0; 3] {
        return html! { { texts.get("problems-none") } };
    }
    let part = |(count, name): (usize, &'static str)| {
        let label = texts.with(&format!("problems-{}", name), [("count", (count as u64).into())]);
        html! {
            <span class={format!("problem-count problem-{name}")} aria-label={label.clone()} title={label}>
                { count }
            </span>
        }
    };
    let names = ["error", "warning", "hint"];
    counts.into_iter().zip(names).filter(|(count, _)| *count > 0).map(part).collect()
}

fn surroundings(props: &Props) -> Surroundings {
    let ignore = FilePath::parse(".dockerignore").ok();
    let ignore = ignore.and_then(|path| props.project.files.get(&path));
    Surroundings {
        paths: props.project.paths(),
        ignore: ignore.and_then(|file| file.content.as_text()).map(ToString::to_string),
        images: props.images.to_vec(),
    }
}

/// CodeMirror's own words.
fn phrases(texts: &Texts) -> [(&'static str, String); 5] {
    [
        ("Diagnostics", texts.get("problems")),
        ("No diagnostics", texts.get("problems-none")),
        ("Completions", texts.get("completions")),
        ("close", texts.get("close")),
        ("Control character", texts.get("control-character")),
    ]
}

fn listeners(dispatch: super::dispatch::Dispatch, counts: UseStateSetter<[usize; 3]>) -> Listeners {
    let change = dispatch.clone();
    Listeners {
        on_change: Rc::new(move |path, text| {
            if let Ok(path) = FilePath::parse(&path) {
                change.dispatch(Action::Write { path, text: text.into() });
            }
        }),
        on_line: Rc::new(move |path, line| {
            if FilePath::parse(&path).is_ok_and(|path| path.is_dockerfile()) {
                dispatch.dispatch(Action::CaretAt(line));
            }
        }),
        on_checked: Rc::new(move |found| counts.set(found)),
    }
}

fn mark(row: &Row, texts: &Texts) -> Mark {
    let status = row.status().name();
    let note = match &row.state {
        StepState::Failed { exit_code: Some(code), .. } => {
            texts.with("exit", [("code", (*code).into())])
        }
        StepState::Failed { exit_code: None, .. } => texts.get("status-failed"),
        _ => String::new(),
    };
    Mark {
        line: row.step.line,
        end_line: row.step.end_line,
        status,
        title: texts.get(&format!("status-{}", status)),
        note,
    }
}

fn failure(row: &Row) -> Option<Failure> {
    match &row.state {
        StepState::Failed { message, .. } => {
            Some(Failure { line: row.step.line, message: message.clone() })
        }
        _ => None,
    }
}
