//! Stores the list's markup as the first frame of the next popup. There, `first_frame.js` shows it with current codes
//! while this wasm is compiled, and [`take_over`] removes it to make room for the live list.
//!
//! ```text
//!  drawn ──> markup, "••• •••" for codes ──> worker, while unlocked ──> next popup ──> current codes ──> drawn
//! ```

use std::collections::HashMap;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, NodeList};

use super::super::badge::DrawnIcon;
use super::super::state::{ScreenKind, Ui, View};
use crate::app::protocol::StoreFirstFrame;
use crate::browser::page;
use crate::vault::AccountId;

/// How long the list must be unchanged before it is stored.
const REST_MILLISECONDS: u32 = 100;
/// Replaces each character of a code in the stored markup.
const BLANK: &str = "•";

/// Removes the first frame that the page's script has drawn, and returns the icons that it contains.
pub fn take_over() -> HashMap<AccountId, DrawnIcon> {
    let Some(body) = document().body() else { return HashMap::new() };
    let icons = all(&body, "[data-row] [data-icon]").iter().filter_map(drawn_icon).collect();
    body.set_inner_html("");
    icons
}

/// Reads an icon and the account of its row from the first frame.
fn drawn_icon(badge: &Element) -> Option<(AccountId, DrawnIcon)> {
    let row = badge.closest("[data-row]").ok()??.get_attribute("data-row")?.parse().ok()?;
    let path = badge.query_selector("path").ok()??.get_attribute("d")?;
    let style = badge.dyn_ref::<HtmlElement>()?.style();
    let color = |name: &str| style.get_property_value(name).ok();
    let icon =
        DrawnIcon { slug: badge.get_attribute("data-icon")?, colors: [color("--tint")?, color("--ground")?], path };
    Some((row, icon))
}

/// Stores the markup after every change of the list, once its rows are drawn, and only while no search, menu or other
/// view changes what the list shows.
pub fn store_after_changes(ui: Ui) {
    let last = StoredValue::new(String::new());
    let waiting = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        ui.account_list.track();
        ui.screen.track();
        ui.icons.track();
        let timeout = Timeout::new(REST_MILLISECONDS, move || send(ui, last));
        // Dropping the previous timeout cancels it.
        waiting.set_value(Some(timeout));
    });
}

fn send(ui: Ui, last: StoredValue<String>) {
    let at_rest = ui.screen.with_untracked(|screen| *screen == ScreenKind::AccountList)
        && matches!(ui.view.get_untracked(), View::List)
        && ui.query.with_untracked(String::is_empty);
    let Some(html) = at_rest.then(read_markup).flatten() else { return };
    if last.with_value(|last| *last == html) {
        return;
    }
    last.set_value(html.clone());
    leptos::task::spawn_local(async move {
        // If this fails, the next popup only shows its list a little later.
        let _ = page::ask(&StoreFirstFrame { html }).await;
    });
}

/// Returns the list's markup without codes. Returns `None` if the list is scrolled, if a menu is open, or if the
/// accounts of the current site are shown first, because the next popup may be opened on another site.
fn read_markup() -> Option<String> {
    let find = |selector: &str| document().query_selector(selector).ok().flatten();
    let is_open = find("[data-menu]").is_some() || find("[data-site]").is_some();
    let top = find(".scroller")?.scroll_top();
    let drawn = find("main")?;
    if is_open || top != 0 {
        return None;
    }
    let copy = drawn.clone_node_with_deep(true).ok()?.dyn_into::<Element>().ok()?;
    for each in all(&copy, "[data-next], .copied") {
        each.remove();
    }
    for row in all(&copy, "[data-row]") {
        row.remove_attribute("data-copied").ok()?;
    }
    for label in all(&copy, "[data-label]") {
        label.set_text_content(None);
    }
    // The extension's content security policy forbids style attributes in markup, so the page's script sets the styles
    // from `data-style`.
    for styled in all(&copy, "[style]") {
        styled.set_attribute("data-style", &styled.get_attribute("style").unwrap_or_default()).ok()?;
        styled.remove_attribute("style").ok()?;
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
    nodes.filter_map(|node| node.dyn_into::<Element>().ok()).collect()
}
