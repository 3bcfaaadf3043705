//! What the page begins with: the project of a link, that of the last visit, or the sample.

use std::collections::BTreeMap;

use crate::browser::archive;
use crate::browser::library::{Library, StoreError};
use crate::browser::{page, storage};
use crate::model::link::{self, LinkError};
use crate::model::project::Project;
use crate::model::sample;
use crate::model::shelf::{ProjectId, free_name};
use crate::state::{Notice, State};

/// The first state, and where projects are kept.
pub async fn start() -> (State, Library) {
    let (theme, language, author) = storage::settings();
    let library = Library::default();
    settle_draft(&library).await;
    library.tidy();
    let (id, project, notice) = first(&library).await;
    let state = State::new(id, project, theme, language);
    (State { author: author.into(), notice, ..state }, library)
}

/// The project in the fragment of the page's address, which is taken off: what the reader makes of
/// the project must not be lost when the page is opened again.
///
/// # Errors
/// [`LinkError`]
pub async fn linked() -> Result<Option<Project>, LinkError> {
    let fragment = page::fragment();
    let Some(packed) = link::packed_part(&fragment)? else { return Ok(None) };
    // An embedded page keeps nothing of its own, and shows the same each time.
    if !page::is_embedded() {
        page::drop_fragment();
    }
    let json = archive::unpack(packed).await.map_err(|_| LinkError::Damaged)?;
    link::from_json(&json).map(Some)
}

/// Saves what the last visit could not save any more.
async fn settle_draft(library: &Library) {
    let Some(draft) = storage::take_draft() else { return };
    let id = draft.id();
    let project = match library.load(&id).await {
        Ok(project) => library.take_up(&id, project, draft),
        Err(StoreError::Missing) if draft.is_whole() => {
            draft.over(Project::new("", BTreeMap::new()))
        }
        Err(_) => return,
    };
    // What cannot be saved now is told when the project is shown and saved again.
    let _ = library.save(&id, &project.into()).await;
}

async fn first(library: &Library) -> (ProjectId, Project, Option<Notice>) {
    let mut notice = None;
    let shelf = library.list().await.unwrap_or_default();
    match linked().await {
        Ok(Some(mut project)) => {
            if !page::is_embedded() {
                project.name = free_name(&project.name, &shelf);
            }
            return (Library::new_id(), project, None);
        }
        Ok(None) => {}
        Err(error) => {
            page::drop_fragment();
            notice = Some(Notice::Link(error));
        }
    }
    match storage::legacy_project() {
        Ok(Some(mut project)) => {
            project.name = free_name(&project.name, &shelf);
            let id = Library::new_id();
            if library.save(&id, &project.clone().into()).await.is_ok() {
                storage::forget_legacy_project();
            }
            return (id, project, notice);
        }
        Ok(None) => {}
        Err(storage::Unread) => notice = Some(Notice::NotRead),
    }
    let last = storage::current();
    let last = shelf.iter().filter(|entry| Some(&entry.id) == last.as_ref());
    for entry in last.chain(&shelf) {
        match library.load(&entry.id).await {
            Ok(project) => return (entry.id.clone(), project, notice),
            Err(_) => notice = Some(Notice::NotOpened { unreadable: true }),
        }
    }
    (Library::new_id(), sample::project(), notice)
}
