//! The edge between two panes, which can be moved by mouse, touch and keys.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::browser::{page, storage};

/// Which edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Above the drawer.
    Dock,
    /// Between the work and the inspector.
    Work,
}

impl Edge {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Dock, Self::Work];

    /// The custom property that holds the size, in pixels, and the key under which it is kept.
    pub fn property(self) -> &'static str {
        match self {
            Self::Dock => "--dock-height",
            Self::Work => "--work-width",
        }
    }

    fn is_horizontal(self) -> bool {
        self == Self::Dock
    }

    /// Smallest and largest size, in pixels of this window.
    fn limits(self) -> (f64, f64) {
        let size = |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
            value.ok().and_then(|value| value.as_f64()).unwrap_or(1000.0)
        };
        match self {
            Self::Dock => (120.0, (size(page::window().inner_height()) - 240.0).max(120.0)),
            Self::Work => (560.0, (size(page::window().inner_width()) - 360.0).max(560.0)),
        }
    }
}

/// An edge.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which.
    pub edge: Edge,
    /// What moving it does.
    pub label: String,
}

/// How far a key moves it, in pixels.
const STEP: f64 = 24.0;

/// The edge. The size is a property of the document and is kept for the next visit; it is no state
/// of the page.
#[component]
pub fn Splitter(props: &Props) -> Html {
    let edge = props.edge;
    let size = use_state(|| storage::pane_size(edge.property()));
    let move_to = {
        let size = size.setter();
        move |to: f64| {
            let (least, most) = edge.limits();
            let to = to.clamp(least, most).round();
            page::set_property(edge.property(), &format!("{to}px"));
            storage::save_pane_size(edge.property(), to);
            size.set(Some(to));
        }
    };
    // The pane whose size it is: the drawer that it stands in, or the work before it.
    let measured = move |splitter: &Element| -> f64 {
        let pane = match edge {
            Edge::Dock => splitter.parent_element(),
            Edge::Work => splitter.previous_element_sibling(),
        };
        let area = pane.map(|pane| pane.get_bounding_client_rect());
        area.map_or(0.0, |area| if edge.is_horizontal() { area.height() } else { area.width() })
    };
    let target =
        |event: &Event| event.current_target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    let onpointerdown = Callback::from(move |event: PointerEvent| {
        if let Some(splitter) = target(&event) {
            // Without the capture, a quick pointer leaves the edge behind.
            let _ = splitter.set_pointer_capture(event.pointer_id());
        }
    });
    let onpointermove = {
        let move_to = move_to.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(splitter) = target(&event) else { return };
            if !splitter.has_pointer_capture(event.pointer_id()) {
                return;
            }
            let area = splitter.get_bounding_client_rect();
            let now = measured(&splitter);
            move_to(match edge {
                Edge::Dock => now + area.top() + area.height() / 2.0 - f64::from(event.client_y()),
                Edge::Work => now + f64::from(event.client_x()) - area.left() - area.width() / 2.0,
            });
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let Some(splitter) = target(&event) else { return };
        let now = measured(&splitter);
        let to = match event.key().as_str() {
            "ArrowUp" if edge.is_horizontal() => now + STEP,
            "ArrowDown" if edge.is_horizontal() => now - STEP,
            "ArrowRight" if !edge.is_horizontal() => now + STEP,
            "ArrowLeft" if !edge.is_horizontal() => now - STEP,
            "Home" => edge.limits().0,
            "End" => edge.limits().1,
            _ => return,
        };
        event.prevent_default();
        move_to(to);
    });
    let (least, most) = edge.limits();
    let orientation = if edge.is_horizontal() { "horizontal" } else { "vertical" };
    html! {
        <div class={classes!("splitter", orientation)} role="separator" tabindex="0"
            aria-label={props.label.clone()} aria-orientation={orientation}
            aria-valuemin={least.to_string()} aria-valuemax={most.to_string()}
            aria-valuenow={size.unwrap_or(least).to_string()}
            {onpointerdown} {onpointermove} {onkeydown} />
    }
}

/// Gives the panes the sizes of the last visit.
pub fn restore_sizes() {
    for edge in Edge::ALL {
        if let Some(size) = storage::pane_size(edge.property()) {
            let (least, most) = edge.limits();
            page::set_property(edge.property(), &format!("{}px", size.clamp(least, most)));
        }
    }
}
