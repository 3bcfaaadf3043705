//! The whole page.

use std::rc::Rc;

use yew::prelude::*;

use super::announcer::Announcer;
use super::compare_dialog::CompareDialog;
use super::context_pane::ContextPane;
use super::dispatch::Dispatch;
use super::dock::DockPane;
use super::editor_pane::EditorPane;
use super::failure_card::FailureCard;
use super::file_tabs::FileTabs;
use super::footer::Footer;
use super::header::Header;
use super::inspector::Inspector;
use super::new_dialog::NewDialog;
use super::notice::NoticeBar;
use super::open_dialog::OpenDialog;
use super::origin_bar::OriginBar;
use super::projects::Projects;
use super::rail::{Rail, RailHead};
use super::rename_dialog::RenameDialog;
use super::report_card::ReportCard;
use super::share_dialog::ShareDialog;
use super::splitter::{Edge, Splitter, restore_sizes};
use super::use_page::{use_dress, use_drop, use_links, use_saving, use_step_keys};
use super::why_card::WhyCard;
use crate::browser::library::Library;
use crate::browser::page;
use crate::engine::{Host, use_engine};
use crate::state::{Choice, Dialog, Sheet, State};
use crate::text::Texts;

/// What the application begins with.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The first state.
    pub state: Rc<State>,
    /// Where projects are kept.
    pub library: Library,
}

/// The application: one state, and everything that shows it.
#[component]
pub fn App(props: &Props) -> Html {
    let state = use_reducer(|| {
        restore_sizes();
        State::clone(&props.state)
    });
    let texts = use_memo(state.language, |&language| Texts::new(language));
    let host = use_memo((), |()| Host::default());
    let dispatch = state.dispatcher();
    let projects = Projects { library: props.library.clone(), dispatch: dispatch.clone() };
    use_engine(&state, &host);
    use_saving(&state, &projects);
    use_links(&projects);
    let (dropped, over) = use_drop(&dispatch);
    use_dress(&state, &texts);
    use_step_keys(&state);

    let step = state.step();
    let project = &state.project;
    let build = &state.build;
    let current = build.revision == state.revision && !build.stale;
    let sheet = match state.sheet {
        None => "none",
        Some(Sheet::Context) => "context",
        Some(Sheet::Inspector) => "inspector",
        Some(Sheet::Dock) => "dock",
    };

    let dialog = match state.dialog {
        None => Html::default(),
        Some(Dialog::New) => html! {
            <NewDialog examples={state.examples.clone()} language={state.language} />
        },
        Some(Dialog::Open) => html! { <OpenDialog {dropped} name={project.name.clone()} /> },
        Some(Dialog::Rename) => html! { <RenameDialog name={project.name.clone()} /> },
        Some(Dialog::Compare) => html! {
            <CompareDialog pinned={state.pinned.clone()} project={project.clone()}
                build={build.clone()} />
        },
        Some(Dialog::Share) => html! {
            <ShareDialog
                project={project.clone()}
                build={build.clone()}
                {current}
                author={state.author.clone()}
                image_file={state.image_file.clone()}
            />
        },
    };

    html! {
        <ContextProvider<Rc<Texts>> context={texts.clone()}>
        <ContextProvider<Dispatch> context={dispatch}>
        <ContextProvider<Projects> context={projects}>
        <ContextProvider<Host> context={(*host).clone()}>
            <div class="app" data-sheet={sheet} data-embed={page::is_embedded().then_some("")}
                data-drop={over.then_some("")}>
                <Header
                    id={state.id.clone()}
                    project={project.clone()}
                    shelf={state.shelf.clone()}
                    theme={state.theme}
                    language={state.language}
                />
                <OriginBar
                    project={project.clone()}
                    build={build.clone()}
                    {current}
                    examples={state.examples.clone()}
                    language={state.language}
                />
                <main class="workbench">
                    <section class="work" aria-label={texts.get("work")}>
                        <FileTabs project={project.clone()} />
                        <RailHead build={build.clone()} />
                        <div class="bench">
                            <div class="bench-files">
                                <EditorPane
                                    id={state.id.clone()}
                                    project={project.clone()}
                                    build={build.clone()}
                                    images={state.images.clone()}
                                    {current}
                                    {step}
                                    reveal={matches!(state.choice, Choice::Step(_))}
                                />
                                <ContextPane project={project.clone()} />
                            </div>
                            <div class="bench-steps">
                                <Rail
                                    build={build.clone()}
                                    {step}
                                    level={project.open.is_dockerfile()}
                                    busy={build.revision != state.revision || build.outcome.is_none()}
                                />
                                <div class="cards">
                                    <ReportCard
                                        report={state.report.clone()}
                                        engine={state.engine}
                                    />
                                    <FailureCard build={build.clone()} />
                                    <WhyCard
                                        build={build.clone()}
                                        {step}
                                        chosen={state.chosen_step().is_some()}
                                    />
                                </div>
                            </div>
                        </div>
                    </section>
                    <Splitter edge={Edge::Work} label={texts.get("resize-work")} />
                    <Inspector
                        build={build.clone()}
                        {step}
                        detail={step.and_then(|step| state.detail_of(step))}
                        command={state.command}
                        point={state.point.clone()}
                        files={state.files.clone()}
                        file={state.file.clone()}
                        text={state.text.clone()}
                        image={state.image.clone()}
                        tab={state.tab}
                    />
                    <DockPane dock={state.dock.clone()} machine={state.machine.clone()}
                        build={build.clone()} theme={state.theme} />
                </main>
                <Footer
                    build={build.clone()}
                    engine={state.engine}
                    stopped={state.stopped == Some(state.revision)}
                    {step}
                    sheet={state.sheet}
                    dock={state.dock.open}
                />
                <NoticeBar notice={state.notice.clone()} />
                <Announcer build={build.clone()} />
                { dialog }
            </div>
        </ContextProvider<Host>>
        </ContextProvider<Projects>>
        </ContextProvider<Dispatch>>
        </ContextProvider<Rc<Texts>>>
    }
}
