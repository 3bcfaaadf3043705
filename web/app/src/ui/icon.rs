//! Icons: lines of one weight in a square of 16.

use yew::prelude::*;

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Run everything again.
    Rebuild,
    /// Half light, half dark.
    System,
    /// A sun.
    Light,
    /// A moon.
    Dark,
    /// Plus.
    Add,
    /// A pencil.
    Rename,
    /// A bin.
    Delete,
    /// Two sheets.
    Copy,
    /// A tick.
    Done,
    /// A cross.
    Close,
    /// To the left.
    Back,
    /// To the right.
    Forward,
    /// A square.
    Stop,
    /// A folder.
    Files,
    /// Layers.
    Layers,
    /// A prompt.
    Terminal,
    /// A box.
    Container,
    /// A label.
    Tag,
    /// A loudspeaker.
    Speaker,
    /// Downwards.
    Down,
    /// An arrow onto a line.
    Download,
    /// A box.
    Archive,
    /// Three joined dots.
    Share,
    /// Four squares.
    Examples,
    /// An arrow back.
    Undo,
    /// A pin.
    Pin,
    /// Two columns.
    Compare,
}

/// The name of the component is the name of its only property's type.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Which one.
    pub icon: Icon,
}

/// Draws it; what it means is said by what it stands in.
#[component]
pub fn Draw(props: &Props) -> Html {
    let path = match props.icon {
        Icon::Rebuild => "M13 8a5 5 0 1 1-1.6-3.7M13 1.8v3.4H9.6",
        Icon::System => "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
        Icon::Light => {
            "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4\
             M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1"
        }
        Icon::Dark => "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
        Icon::Add => "M8 3v10M3 8h10",
        Icon::Rename => "M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2zM9.4 4.4l2.2 2.2",
        Icon::Delete => "M3 4.5h10M6.2 4.5V3h3.6v1.5M4.4 4.5l.6 8.5h6l.6-8.5M6.8 7v3.6M9.2 7v3.6",
        Icon::Copy => "M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3z",
        Icon::Done => "M3 8.6l3.2 3.2L13 4.6",
        Icon::Close => "M4 4l8 8M12 4l-8 8",
        Icon::Back => "M10 3.5L5.5 8l4.5 4.5",
        Icon::Forward => "M6 3.5L10.5 8 6 12.5",
        Icon::Stop => "M4.5 4.5h7v7h-7z",
        Icon::Files => "M2.5 12.5v-9h4l1.2 1.6h5.8v7.4z",
        Icon::Terminal => "M2 3h12v10H2zM4.6 6l2 2-2 2M8 10.2h3",
        Icon::Container => {
            "M2.5 5.2L8 2.4l5.5 2.8v5.6L8 13.6l-5.5-2.8zM2.5 5.2L8 8l5.5-2.8M8 8v5.6"
        }
        Icon::Tag => "M2.6 2.6h5l5.8 5.8-5 5-5.8-5.8zM5.4 5.3v.2",
        Icon::Speaker => {
            "M2.6 6.2h2.2L8 3.4v9.2L4.8 9.8H2.6zM10.4 5.8a3.2 3.2 0 0 1 0 4.4M12.3 4a5.8 5.8 0 0 1 0 8"
        }
        Icon::Examples => "M2.8 2.8h4v4h-4zM9.2 2.8h4v4h-4zM2.8 9.2h4v4h-4zM9.2 9.2h4v4h-4z",
        Icon::Pin => "M6 2.5h4M6.6 2.5v4L4.5 9.5h7L9.4 6.5v-4M8 9.5v4",
        Icon::Compare => "M2.5 3h4.6v10H2.5zM8.9 3h4.6v10H8.9z",
        Icon::Undo => "M3 6h6.5a3.5 3.5 0 0 1 0 7H6M5.8 3L3 6l2.8 3",
        Icon::Down => "M4.5 6.5L8 10l3.5-3.5",
        Icon::Download => "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.2h10",
        Icon::Archive => "M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.5h3",
        Icon::Share => {
            "M11.8 5.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4M4.2 9.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4\
             M11.8 14.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4M5.7 7.2l4.6-2.8M5.7 8.8l4.6 2.8"
        }
        Icon::Layers => "M8 2.2l5.8 3L8 8.2l-5.8-3zM2.4 8L8 10.9 13.6 8M2.4 10.8L8 13.7l5.6-2.9",
    };
    let filled = (props.icon == Icon::System).then_some("M8 2.5a5.5 5.5 0 1 0 0 11z");
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            if let Some(path) = filled {
                <path d={path} fill="currentColor" />
            }
            <path d={path} fill="none" stroke="currentColor" stroke-width="1.4"
                stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}
