//! What an image ships and nobody sees.

use protocol::{Waste, WastedFile};
use yew::prelude::*;

use super::dispatch::{Dispatch, on, use_dispatch};
use crate::model::figures;
use crate::state::Action;
use crate::text::{Texts, use_texts};

/// Whose waste.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// It.
    pub waste: Waste,
}

/// The waste: how much, which files, who put them there and who hid them.
#[component]
pub fn WasteView(props: &Props) -> Html {
    let texts = use_texts();
    let dispatch = use_dispatch();
    let waste = &props.waste;
    // Only what there is none of is all right.
    let share = if waste.wasted == 0 {
        0.0
    } else {
        (100.0 * waste.wasted as f64 / waste.total.max(1) as f64).max(0.01)
    };
    let row = |file: &WastedFile| row(file, &texts, &dispatch);
    html! {
        <>
            <h3 id="waste-title">{ texts.get("waste") }</h3>
            <p>{ texts.with("waste-sum", [
                ("wasted", figures::bytes(waste.wasted).into()),
                ("total", figures::bytes(waste.total).into()),
                ("share", format!("{share:.2}").into()),
            ]) }</p>
            <p class="waste-dive">{ texts.with("waste-dive", [
                ("efficiency", format!("{:.1}", f64::from(waste.dive_efficiency) / 10.0).into()),
                ("wasted", figures::bytes(waste.dive_wasted).into()),
            ]) }</p>
            if !waste.files.is_empty() {
                <table class="history" aria-labelledby="waste-title">
                    <thead>
                        <tr>
                            <th scope="col">{ texts.get("waste-file") }</th>
                            <th scope="col">{ texts.get("waste-put") }</th>
                            <th scope="col">{ texts.get("waste-hidden") }</th>
                            <th scope="col" class="number">{ texts.get("size") }</th>
                        </tr>
                    </thead>
                    <tbody>{ for waste.files.iter().map(row) }</tbody>
                </table>
            }
            if merges(waste) {
                <p class="waste-advice">{ texts.get("waste-advice") }</p>
            }
        </>
    }
}

/// Whether steps of this Dockerfile hide what other steps of it put there: they could be one.
fn merges(waste: &Waste) -> bool {
    waste.files.iter().any(|file| file.put_by.is_some() && file.hidden_by.is_some())
}

fn row(file: &WastedFile, texts: &Texts, dispatch: &Dispatch) -> Html {
    let step = |step: Option<u32>| match step {
        Some(step) => html! {
            <button class="link" onclick={on(dispatch, move |_: MouseEvent| Action::Choose(step))}>
                { texts.with("waste-step", [("number", (step + 1).into())]) }
            </button>
        },
        None => html! { { texts.get("waste-base") } },
    };
    html! {
        <tr>
            <td><code>{ &file.path }</code></td>
            <td>{ step(file.put_by) }</td>
            <td>{ step(file.hidden_by) }</td>
            <td class="number">{ figures::bytes(file.bytes) }</td>
        </tr>
    }
}
