//! The whole page.

use std::rc::Rc;

use yew::prelude::*;

use super::announcer::Announcer;
use super::context_pane::ContextPane;
use super::dispatch::Dispatch;
use super::dock::DockPane;
use super::editor_pane::EditorPane;
use super::failure_card::FailureCard;
use super::file_tabs::FileTabs;
use super::footer::Footer;
use super::header::Header;
use super::inspector::Inspector;
use super::notice::NoticeBar;
use super::rail::{Rail, RailHead};
use super::report_card::ReportCard;
use super::splitter::{Edge, Splitter, restore_sizes};
use super::use_page::{use_dress, use_saving, use_step_keys};
use super::why_card::WhyCard;
use crate::browser::storage;
use crate::engine::{Host, use_engine};
use crate::model::sample;
use crate::state::{Choice, Sheet, State};
use crate::text::Texts;

/// The application: one state, and everything that shows it.
#[component]
pub fn App() -> Html {
    let state = use_reducer(start);
    let texts = use_memo(state.language, |&language| Texts::new(language));
    let host = use_memo((), |()| Host::default());
    use_engine(&state, &host);
    use_saving(&state);
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

    html! {
        <ContextProvider<Rc<Texts>> context={texts.clone()}>
        <ContextProvider<Dispatch> context={state.dispatcher()}>
        <ContextProvider<Host> context={(*host).clone()}>
            <div class="app" data-sheet={sheet}>
                <Header
                    name={project.name.clone()}
                    open={project.open.clone()}
                    theme={state.theme}
                    language={state.language}
                />
                <main class="workbench">
                    <section class="work" aria-label={texts.get("work")}>
                        <FileTabs project={project.clone()} />
                        <RailHead build={build.clone()} />
                        <div class="bench">
                            <div class="bench-files">
                                <EditorPane
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
            </div>
        </ContextProvider<Host>>
        </ContextProvider<Dispatch>>
        </ContextProvider<Rc<Texts>>>
    }
}

fn start() -> State {
    restore_sizes();
    let (theme, language) = storage::settings();
    let (project, notice) = match storage::project() {
        Ok(project) => (project.unwrap_or_else(sample::project), None),
        Err(notice) => (sample::project(), Some(notice)),
    };
    State { notice, ..State::new(project, theme, language) }
}
