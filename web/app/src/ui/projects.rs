//! What can be done with projects as a whole; all of it takes a moment.

use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::dispatch::Dispatch;
use crate::browser::archive;
use crate::browser::library::{Library, StoreError};
use crate::model::project::Project;
use crate::model::shelf::{Entry, ProjectId, free_name};
use crate::model::{example, sample};
use crate::state::{Action, Notice};

/// The projects, and who is told what becomes of them. Cloning gives the same.
#[derive(Clone, PartialEq)]
pub struct Projects {
    /// Where they are kept.
    pub library: Library,
    /// Who is told.
    pub dispatch: Dispatch,
}

impl Projects {
    /// Asks for the list.
    pub fn list(&self) {
        let this = self.clone();
        spawn_local(async move {
            this.shelf().await;
        });
    }

    /// Shows another project.
    pub fn switch_to(&self, id: ProjectId) {
        let this = self.clone();
        spawn_local(async move {
            match this.library.load(&id).await {
                Ok(project) => this.dispatch.dispatch(Action::SwitchTo { id, project }),
                Err(error) => this.tell(not_opened(error)),
            }
        });
    }

    /// Shows a new project, under a name that no other has.
    pub fn add(&self, mut project: Project) {
        let this = self.clone();
        spawn_local(async move {
            project.name = free_name(&project.name, &this.shelf().await);
            this.dispatch.dispatch(Action::SwitchTo { id: Library::new_id(), project });
        });
    }

    /// Shows a copy of the project that is shown.
    pub fn duplicate(&self, id: ProjectId, project: Rc<Project>) {
        let this = self.clone();
        spawn_local(async move {
            // The copy's name follows from the names that are saved.
            if let Err(error) = this.library.save(&id, &project).await {
                return this.tell(not_saved(error));
            }
            this.add(Project { untouched: false, ..Project::clone(&project) });
        });
    }

    /// Deletes the project that is shown, and shows the one that was changed last before it.
    pub fn discard(&self, id: ProjectId, project: Rc<Project>) {
        let this = self.clone();
        spawn_local(async move {
            let name = project.name.clone();
            // Undone, it must be as it was, with what was typed just now.
            let saved = match this.library.save(&id, &project).await {
                Ok(()) => this.library.discard(&id).await,
                error => error,
            };
            if let Err(error) = saved {
                return this.tell(not_saved(error));
            }
            let rest = this.shelf().await;
            let mut next = (Library::new_id(), sample::project());
            for entry in rest.iter().filter(|entry| entry.readable) {
                if let Ok(project) = this.library.load(&entry.id).await {
                    next = (entry.id.clone(), project);
                    break;
                }
            }
            this.dispatch.dispatch(Action::SwitchTo { id: next.0, project: next.1 });
            this.tell(Notice::ProjectDeleted { id, name });
        });
    }

    /// Brings a deleted project back and shows it.
    pub fn restore(&self, id: ProjectId) {
        let this = self.clone();
        spawn_local(async move {
            match this.library.restore(&id).await {
                Ok(()) => this.switch_to(id),
                Err(error) => this.tell(not_opened(error)),
            }
        });
    }

    /// Saves a project, and goes on with a copy if another tab has changed it.
    pub fn save(&self, id: ProjectId, project: Rc<Project>) {
        let this = self.clone();
        spawn_local(async move {
            match this.library.save(&id, &project).await {
                Ok(()) => {}
                Err(StoreError::Conflict) => {
                    this.library.release(&id);
                    let name = free_name(&project.name, &this.shelf().await);
                    this.dispatch.dispatch(Action::GoOnAs { id: Library::new_id(), name });
                }
                Err(error) => this.tell(not_saved(error)),
            }
        });
    }

    /// Puts a project away when another is shown: it is saved, or goes if it is as it came.
    pub fn leave(&self, id: ProjectId, project: Rc<Project>) {
        let this = self.clone();
        spawn_local(async move {
            let end = if project.untouched {
                this.library.forget(&id).await
            } else {
                this.library.save(&id, &project).await
            };
            match end {
                // What another tab has made of it stays; this is not lost either.
                Err(StoreError::Conflict) => {
                    let name = free_name(&project.name, &this.shelf().await);
                    let copy = Project { name: name.clone(), ..Project::clone(&project) };
                    let copied = this.library.save(&Library::new_id(), &copy.into()).await;
                    this.tell(copied.map_or_else(not_saved, |()| Notice::Copied { name }));
                }
                Err(error) if !project.untouched => this.tell(not_saved(error)),
                _ => {}
            }
        });
    }

    /// Gives the user what there is of a project that cannot be read.
    pub fn download_raw(&self, entry: &Entry) {
        let (this, id, name) = (self.clone(), entry.id.clone(), entry.name.clone());
        spawn_local(async move {
            match this.library.raw(&id).await {
                Ok(blob) => {
                    archive::download(&blob, &format!("{}.json", archive::file_stem(&name)))
                }
                Err(error) => this.tell(not_opened(error)),
            }
        });
    }

    /// Gives the user a project as a zip.
    pub fn download(&self, project: Rc<Project>) {
        let this = self.clone();
        spawn_local(async move {
            match archive::zip(&project).await {
                Ok(blob) => {
                    archive::download(&blob, &format!("{}.zip", archive::file_stem(&project.name)))
                }
                Err(_) => this.tell(Notice::NotFetched),
            }
        });
    }

    /// Fetches the examples.
    pub fn fetch_examples(&self) {
        let this = self.clone();
        spawn_local(async move {
            match archive::examples().await {
                Ok(json) => {
                    this.dispatch.dispatch(Action::Examples(example::parse(&json).into()));
                }
                Err(_) => this.tell(Notice::NotFetched),
            }
        });
    }

    /// A project with nothing in it but a Dockerfile.
    pub fn empty(name: &str) -> Project {
        use crate::model::{path::FilePath, project::File};
        let dockerfile = File::text("FROM alpine\nWORKDIR /app\nRUN echo hello > greeting.txt\n");
        Project::new(name, BTreeMap::from([(FilePath::dockerfile(), dockerfile)]))
    }

    async fn shelf(&self) -> Vec<Entry> {
        let shelf = self.library.list().await.unwrap_or_default();
        self.dispatch.dispatch(Action::Shelf(shelf.clone().into()));
        shelf
    }

    fn tell(&self, notice: Notice) {
        self.dispatch.dispatch(Action::Notify(Some(notice)));
    }
}

/// The application's projects.
#[hook]
pub fn use_projects() -> Projects {
    use_context::<Projects>().expect("the application provides its projects")
}

fn not_saved(error: StoreError) -> Notice {
    Notice::NotSaved { full: error == StoreError::Full }
}

fn not_opened(error: StoreError) -> Notice {
    Notice::NotOpened { unreadable: error == StoreError::Unreadable }
}
