//! How the list looks, kept for the first frame of the next popup: the page's script shows it with the codes of that
//! moment while this wasm is compiled, and [`take_over`] puts the living list in its place.
//!
//! ```text
//!  drawn ──> look, "••• •••" for codes ──> worker, while unlocked ──> next popup ──> codes by the clock ──> drawn
//! ```

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{Element, NodeList};

use super::super::state::{Shown, Ui, View};
use crate::app::protocol::Request;
use crate::browser::page;

/// How long the list must have stood unchanged.
const REST_MILLISECONDS: u32 = 100;
/// Stands for one character of a code.
const BLANK: &str = "•";

/// Takes away what the page's script has drawn.
pub fn take_over() {
    if let Some(body) = document().body() {
        body.set_inner_html("");
    }
}

/// Keeps the look whenever the list has changed: after its rows, never while something stands in front of it.
pub fn keep(ui: Ui) {
    let last = StoredValue::new(String::new());
    let waiting = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        ui.board.track();
        ui.screen.track();
        let timeout = Timeout::new(REST_MILLISECONDS, move || send(ui, last));
        // The one before it is dropped, which takes it back.
        waiting.set_value(Some(timeout));
    });
}

fn send(ui: Ui, last: StoredValue<String>) {
    let at_rest = ui.screen.with_untracked(|screen| *screen == Shown::Board)
        && matches!(ui.view.get_untracked(), View::List)
        && ui.query.with_untracked(String::is_empty);
    let Some(html) = at_rest.then(look).flatten() else { return };
    if last.with_value(|last| *last == html) {
        return;
    }
    last.set_value(html.clone());
    leptos::task::spawn_local(async move {
        // Without it the next popup is a little slower, and nothing else.
        let _ = page::ask(&Request::KeepLook { html }).await;
    });
}

/// The list's markup without codes; `None` unless it is scrolled to its top and nothing is open.
fn look() -> Option<String> {
    let find = |selector: &str| document().query_selector(selector).ok().flatten();
    let is_open = find("[data-menu]").is_some() || find("[data-site]").is_some();
    let top = find(".scroller")?.scroll_top();
    let drawn = find("main")?;
    if is_open || top != 0 {
        return None;
    }
    let copy = wasm_bindgen::JsCast::dyn_into::<Element>(drawn.clone_node_with_deep(true).ok()?).ok()?;
    for each in all(&copy, "[data-next]") {
        each.remove();
    }
    for row in all(&copy, "[data-row]") {
        row.remove_attribute("data-copied").ok()?;
    }
    for label in all(&copy, "[data-row] .main") {
        label.remove_attribute("aria-label").ok()?;
    }
    for code in all(&copy, "[data-code]") {
        let text = code.text_content().unwrap_or_default();
        let blank: String = text.chars().map(|letter| if letter == ' ' { " " } else { BLANK }).collect();
        code.set_text_content(Some(&blank));
        code.set_attribute("data-code", "").ok()?;
    }
    Some(copy.outer_html())
}

fn all(below: &Element, selector: &str) -> Vec<Element> {
    let found = below.query_selector_all(selector).ok();
    let each = |list: NodeList| (0..list.length()).filter_map(move |index| list.item(index));
    let nodes = found.into_iter().flat_map(each);
    nodes.filter_map(|node| wasm_bindgen::JsCast::dyn_into::<Element>(node).ok()).collect()
}
