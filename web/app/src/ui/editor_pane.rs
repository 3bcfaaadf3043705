//! The editor, and what the build says at its lines.

use std::rc::Rc;

use protocol::{Severity, StepState};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::dispatch::use_dispatch;
use super::file_tabs::PANEL;
use crate::browser::editor::{Editor, Listeners, Mark, Problem};
use crate::model::build::{Build, Row};
use crate::model::path::FilePath;
use crate::model::project::Project;
use crate::model::spans;
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// What the editor shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The files.
    pub project: Rc<Project>,
    /// The last build.
    pub build: Rc<Build>,
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
    let open = props.project.open.clone();
    let text = props.project.files.get(&open).map(|file| file.text.clone());
    let dockerfile = open.is_dockerfile();

    {
        let (place, editor) = (place.clone(), editor.clone());
        use_effect_with((), move |()| {
            if let Some(parent) = place.cast::<HtmlElement>() {
                *editor.borrow_mut() = Some(Editor::new(&parent, listeners(dispatch)));
            }
            move || drop(editor.take())
        });
    }
    {
        let editor = editor.clone();
        let known = use_mut_ref(Vec::<FilePath>::new);
        use_effect_with((open.clone(), text, props.project.paths()), move |(open, text, paths)| {
            let editor = editor.borrow();
            let (Some(editor), Some(text)) = (&*editor, text) else { return };
            let before = known.replace(paths.clone());
            for gone in before.iter().filter(|path| !paths.contains(path)) {
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
        let source = props.project.dockerfile();
        let chosen = props.step.and_then(|step| props.build.row(step));
        let chosen = chosen.map_or((0, 0), |row| (row.step.line, row.step.end_line));
        // The lines of an older text move along with the edits until the build of this one says
        // where they are; a text that cannot be built has problems, but no lines.
        let known = dockerfile && (props.current || props.build.stale);
        let deps = (known, props.build.clone(), chosen, open.clone(), texts.clone());
        use_effect_with(deps, move |(known, build, chosen, _, texts)| {
            let editor = editor.borrow();
            let Some(editor) = editor.as_ref().filter(|_| *known) else { return };
            let problems = problems(build, &source);
            if build.stale {
                editor.show(&[], &problems, (0, 0));
            } else {
                let marks = build.rows.iter().map(|row| mark(row, texts)).collect::<Vec<_>>();
                editor.show(&marks, &problems, *chosen);
            }
        });
    }
    {
        let line = props.step.filter(|_| dockerfile && props.reveal && props.current);
        let line = line.and_then(|step| props.build.row(step)).map(|row| row.step.line);
        use_effect_with(line, move |&line| {
            if let (Some(editor), Some(line)) = (&*editor.borrow(), line) {
                editor.reveal(line);
            }
        });
    }

    html! {
        <div class="editor" id={PANEL} role="tabpanel" aria-label={props.project.open.to_string()}>
            <div class="editor-place" ref={place} />
            <p class="editor-hint" id="editor-hint">{ texts.rich("editor-hint", []) }</p>
        </div>
    }
}

fn listeners(dispatch: super::dispatch::Dispatch) -> Listeners {
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

fn problems(build: &Build, source: &str) -> Vec<Problem> {
    let problem = |diagnostic: &protocol::Diagnostic| Problem {
        from: spans::utf16_offset(source, diagnostic.from),
        to: spans::utf16_offset(source, diagnostic.to),
        error: diagnostic.severity == Severity::Error,
        message: diagnostic.message.clone(),
    };
    build.diagnostics.iter().map(problem).collect()
}
