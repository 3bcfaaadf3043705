//! The drawer at the bottom: terminals of the host machine, its images and containers.

use std::rc::Rc;

use protocol::ImageDetail;
use protocol::host::{ContainerDetail, HostEvent, Overview, Place, TerminalId};

/// The drawer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dock {
    /// Whether it is open.
    pub open: bool,
    /// What it shows.
    pub view: View,
    /// The terminals, in the order of their tabs.
    pub terminals: Vec<OpenTerminal>,
    /// What the next terminal is numbered.
    next: TerminalId,
    /// Whether terminals tell every line to screen readers.
    pub screen_reader: bool,
}

/// What the drawer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// A terminal.
    Terminal(TerminalId),
    /// The daemon's images.
    #[default]
    Images,
    /// Its containers.
    Containers,
}

/// A terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenTerminal {
    /// Its number.
    pub id: TerminalId,
    /// Where its shell is.
    pub place: Place,
}

/// What can happen to the drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DockAction {
    /// It opens or closes.
    Toggle,
    /// It shows this.
    Show(View),
    /// Another terminal.
    NewTerminal(Place),
    /// A terminal is closed.
    Close(TerminalId),
    /// Terminals tell every line to screen readers, or no longer.
    SetScreenReader(bool),
}

impl Dock {
    /// The drawer behind an action.
    pub fn apply(&mut self, action: DockAction) {
        match action {
            DockAction::Toggle => {
                self.open = !self.open;
                if self.open && self.terminals.is_empty() {
                    self.add(Place::Host);
                }
            }
            DockAction::Show(view) => (self.view, self.open) = (view, true),
            DockAction::NewTerminal(place) => {
                self.add(place);
                self.open = true;
            }
            DockAction::Close(id) => self.close(id),
            DockAction::SetScreenReader(on) => self.screen_reader = on,
        }
    }

    fn add(&mut self, place: Place) {
        let id = self.next;
        self.next += 1;
        self.terminals.push(OpenTerminal { id, place });
        self.view = View::Terminal(id);
    }

    fn close(&mut self, id: TerminalId) {
        let Some(at) = self.terminals.iter().position(|terminal| terminal.id == id) else { return };
        self.terminals.remove(at);
        if self.view != View::Terminal(id) {
            return;
        }
        // The one that takes its place, else the one before.
        let beside = self.terminals.get(at).or_else(|| self.terminals.last());
        match beside {
            Some(terminal) => self.view = View::Terminal(terminal.id),
            None => (self.view, self.open) = (View::Images, false),
        }
    }
}

/// What is known of the host machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Machine {
    /// What its daemon has; none before the first word of it.
    pub overview: Option<Rc<Overview>>,
    /// The last answer on an image, with what was asked.
    pub image: Option<(String, Rc<ImageDetail>)>,
    /// The last answer on a container, with what was asked.
    pub container: Option<(String, Rc<ContainerDetail>)>,
    /// What a button's command was answered.
    pub answer: Option<Answer>,
}

/// The answer to a button's command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The command line.
    pub command: String,
    /// What it printed.
    pub text: String,
    /// Whether it failed.
    pub failed: bool,
}

impl Machine {
    /// Takes in what the machine said.
    pub fn hear(&mut self, event: HostEvent) {
        match event {
            HostEvent::Overview(overview) => self.overview = Some(Rc::new(overview)),
            HostEvent::Image { name, image } => self.image = image.map(|i| (name, Rc::new(i))),
            HostEvent::Container { name, container } => {
                self.container = container.map(|container| (name, Rc::new(container)));
            }
            HostEvent::Answered { command, text, status } => {
                self.answer = Some(Answer { command, text, failed: status != 0 });
            }
            // Terminals hear theirs themselves, and files are the project's.
            HostEvent::Printed { .. }
            | HostEvent::Loading { .. }
            | HostEvent::Completions { .. }
            | HostEvent::Files(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Point;

    #[test]
    fn tabs_come_and_go() {
        let mut dock = Dock::default();
        dock.apply(DockAction::Toggle);
        assert_eq!((dock.open, dock.view), (true, View::Terminal(0)));
        dock.apply(DockAction::NewTerminal(Place::Point(Point { step: 2, command: None })));
        dock.apply(DockAction::NewTerminal(Place::Host));
        dock.apply(DockAction::Show(View::Terminal(1)));
        dock.apply(DockAction::Close(1));
        assert_eq!(dock.view, View::Terminal(2), "the next one");
        dock.apply(DockAction::Close(2));
        assert_eq!(dock.view, View::Terminal(0), "the one before");
        dock.apply(DockAction::Show(View::Images));
        dock.apply(DockAction::Close(0));
        assert_eq!((dock.open, dock.view), (true, View::Images));
        dock.apply(DockAction::Toggle);
        dock.apply(DockAction::Toggle);
        assert_eq!(dock.view, View::Terminal(3), "opening without terminals makes one");
        dock.apply(DockAction::Close(3));
        assert!(!dock.open, "the last terminal takes the drawer along");
    }
}
