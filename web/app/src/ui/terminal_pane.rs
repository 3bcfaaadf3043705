//! One terminal.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::host::{Entry, HostEvent, HostRequest, Size, Waits};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::dispatch::{Dispatch, use_dispatch};
use crate::browser::terminal::{Listeners, Terminal};
use crate::engine::{Heard, Host};
use crate::state::dock::{DockAction, OpenTerminal};
use crate::state::{Action, Theme};
use crate::text::{Texts, code, use_texts};

/// Which terminal.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// It.
    pub terminal: OpenTerminal,
    /// Whether it is the one that is seen.
    pub shown: bool,
    /// Its name.
    pub name: String,
    /// Colours: it has to be told when they change.
    pub theme: Theme,
    /// Whether every line is told to screen readers.
    pub screen_reader: bool,
}

type Shared = Rc<RefCell<Option<Terminal>>>;

/// The terminal. It stays in the page while another one is shown.
#[component]
pub fn TerminalPane(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let host = use_context::<Host>().expect("the application provides the host");
    let place = use_node_ref();
    let shared: Shared = use_mut_ref(|| None);
    let label = texts.with("terminal-label", [("name", props.name.as_str().into())]);
    // What a terminal says in the language of now, from callbacks that outlive a language.
    let words = use_mut_ref(|| texts.clone());
    words.replace(texts.clone());

    {
        let (shared, host, terminal) = (shared.clone(), host.clone(), props.terminal);
        let (place, label, words) = (place.clone(), label.clone(), words.clone());
        let screen_reader = props.screen_reader;
        use_effect_with((), move |()| {
            let heard = {
                let (shared, host) = (shared.clone(), host.clone());
                Callback::from(move |heard| hear(heard, terminal, &shared, &host, &words.borrow()))
            };
            host.listen(terminal.id, heard);
            if let Some(parent) = place.cast::<HtmlElement>() {
                let (shared, host) = (shared.clone(), host.clone());
                spawn_local(async move {
                    let listeners = listeners(terminal, &host, dispatch);
                    // Without its script there is no terminal; the next one tries again.
                    if let Ok(opened) =
                        Terminal::open(&parent, &label, screen_reader, listeners).await
                    {
                        opened.focus();
                        *shared.borrow_mut() = Some(opened);
                    }
                });
            }
            move || {
                host.forget(terminal.id);
                host.send(HostRequest::Close { terminal: terminal.id });
                drop(shared.take());
            }
        });
    }
    {
        let shared = shared.clone();
        use_effect_with(label, move |label| {
            if let Some(terminal) = &*shared.borrow() {
                terminal.set_label(label);
            }
        });
    }
    {
        let shared = shared.clone();
        use_effect_with(props.theme, move |_| {
            if let Some(terminal) = &*shared.borrow() {
                terminal.dress();
            }
        });
    }
    {
        let shared = shared.clone();
        use_effect_with(props.screen_reader, move |on| {
            if let Some(terminal) = &*shared.borrow() {
                terminal.set_screen_reader(*on);
            }
        });
    }
    {
        let shared = shared.clone();
        use_effect_with(props.shown, move |shown| {
            if let Some(terminal) = shared.borrow().as_ref().filter(|_| *shown) {
                terminal.focus();
            }
        });
    }
    html! {
        <div class="terminal-pane" id={format!("terminal-{}", props.terminal.id)} role="tabpanel"
            aria-label={props.name.clone()} hidden={!props.shown}>
            <div class="terminal-place" ref={place} />
        </div>
    }
}

fn listeners(terminal: OpenTerminal, host: &Host, dispatch: Dispatch) -> Listeners {
    let id = terminal.id;
    let opened = std::cell::Cell::new(false);
    let (enter, complete, resize) = (host.clone(), host.clone(), host.clone());
    Listeners {
        on_enter: Rc::new(move |kind, line| {
            let entry = match kind.as_str() {
                "line" => Entry::Line(line),
                "eof" => Entry::EndOfFile,
                "interrupt" => Entry::Interrupt,
                "detach" => Entry::Detach,
                // The shell is over.
                _ => return dispatch.dispatch(Action::Dock(DockAction::Close(id))),
            };
            enter.send(HostRequest::Enter { terminal: id, entry });
        }),
        on_complete: Rc::new(move |line, cursor| {
            complete.send(HostRequest::Complete { terminal: id, line, cursor });
        }),
        on_resize: Rc::new(move |columns, rows| {
            let size = Size { columns, rows };
            resize.send(match opened.replace(true) {
                // The first size is that of a terminal that has just come to be.
                false => HostRequest::Open { terminal: id, place: terminal.place, size },
                true => HostRequest::Resize { terminal: id, size },
            });
        }),
    }
}

fn hear(heard: Heard, terminal: OpenTerminal, shared: &Shared, host: &Host, texts: &Texts) {
    let shown = shared.borrow();
    let Some(shown) = &*shown else { return };
    match heard {
        Heard::Event(HostEvent::Printed { text, waits, .. }) => {
            let (text, waits) = match waits {
                Waits::Command => (text, "command"),
                Waits::Input => (text, "input"),
                Waits::Nothing => (text + &texts.get("terminal-over"), "nothing"),
            };
            let ready = waits == "command";
            shown.print(&text, waits);
            if let Some(line) = ready.then(|| host.take_offer()).flatten() {
                shown.type_line(&line);
            }
        }
        Heard::Event(HostEvent::Loading { module, .. }) => {
            let text = texts.with("loading", [("module", code(&module))]);
            // The marks of code are for the page.
            shown.loading(&text.replace(['\u{e000}', '\u{e001}'], ""));
        }
        Heard::Event(HostEvent::Completions { start, words, .. }) => shown.complete(start, &words),
        Heard::Event(_) => {}
        Heard::Restarted => {
            shown.print(&format!("\n{}\n", texts.get("terminal-restarted")), "engine");
            let (id, place) = (terminal.id, terminal.place);
            host.send(HostRequest::Open {
                terminal: id,
                place,
                size: Size { columns: 80, rows: 24 },
            });
        }
    }
}
