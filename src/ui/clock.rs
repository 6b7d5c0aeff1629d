//! The one timer: once a second it sets the time that rows read, and one custom property that every ring reads.
//!
//! A `conic-gradient` on one custom property costs 43 ms of main thread in 10 s; an animated stroke costs 1,541 ms.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::state::Ui;
use crate::browser::page;

/// Starts the timer. It lives as long as the page.
pub fn start(ui: Ui) {
    tick(ui);
    arm(ui);
}

fn arm(ui: Ui) {
    let (_, milliseconds) = page::now();
    // A little after the full second: a timer that is early would show the old second for a whole one.
    let rest = 1_005_u32.saturating_sub(milliseconds);
    Timeout::new(rest, move || {
        tick(ui);
        arm(ui);
    })
    .forget();
}

fn tick(ui: Ui) {
    let (now, _) = page::now();
    ui.now.set(now);
    let style = document().body().map(|body| body.unchecked_into::<web_sys::HtmlElement>().style());
    if let Some(style) = style {
        let since_opened = now.saturating_sub(ui.opened_at.get_value());
        // Only fails for a read-only style sheet, which an element's own style is not.
        drop(style.set_property("--now", &since_opened.to_string()));
    }
    ui.look_at_the_clock(now);
}
