//! The page's clock: once per second, it updates the time that rows use, and the CSS custom property from which all
//! countdown rings are drawn.
//!
//! Drawing the rings as a `conic-gradient` with this property was measured to take 43 ms of main-thread time in 10 s.
//! An animated stroke took 1,541 ms.

use std::cell::Cell;

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::state::Ui;
use crate::browser::page;

/// Starts the timer, which runs for as long as the page exists. Further calls do nothing.
pub fn start(ui: Ui) {
    thread_local!(static IS_RUNNING: Cell<bool> = const { Cell::new(false) });
    if IS_RUNNING.replace(true) {
        return;
    }
    tick(ui);
    arm(ui);
}

fn arm(ui: Ui) {
    let (_, milliseconds) = page::now();
    // The timer fires 5 ms after the full second. If it fired early, the previous second would be shown for another
    // second.
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
        // Setting a property fails only for a read-only style, and an element's own style is writable.
        drop(style.set_property("--now", &since_opened.to_string()));
    }
    ui.handle_tick(now);
}
