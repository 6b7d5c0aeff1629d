//! Components that several screens use: icons, fields, headers, the message at the bottom.

mod empty_state;
mod field;
mod locked;

pub use empty_state::{StartOption, drawing, nothing_here, start_option};
pub use field::{Field, PASSWORD, field, password};
pub use locked::{locked_checkbox, locked_choice, managed_reason};

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::focus;
use super::state::{StatusMessage, Ui};
use super::texts::localize;
use crate::app::vault::password_strength::{Strength, strength};

/// The extension's own icons, drawn as strokes on a grid of 20 by 20.
pub mod icon {
    /// A plus sign.
    pub const ADD: &str = "M10 4v12M4 10h12";
    /// An arrow to the left.
    pub const BACK: &str = "M12 4l-6 6 6 6";
    /// Three dots next to each other.
    pub const MORE: &str = "M4 10h.01M10 10h.01M16 10h.01";
    /// Three dots below each other.
    pub const MORE_VERTICAL: &str = "M10 4v.01M10 10v.01M10 16v.01";
    /// A magnifying glass.
    pub const SEARCH: &str = "M9 4a5 5 0 100 10A5 5 0 009 4zM13 13l4 4";
    /// A cross, for close buttons.
    pub const CLOSE: &str = "M5 5l10 10M15 5L5 15";
    /// A check mark.
    pub const CHECK_MARK: &str = "M4 10.5l4 4 8-9";
    /// An arrow up.
    pub const ARROW_UP: &str = "M10 16V4M5 9l5-5 5 5";
    /// An arrow down into a tray.
    pub const DOWNLOAD: &str = "M10 3v10M5.5 9l4.5 4.5L14.5 9M4 17h12";
    /// An exclamation mark in a triangle.
    pub const WARNING: &str = "M10 3l8 14H2zM10 8v4M10 14.5h.01";
    /// The finder patterns of a QR code and a few modules.
    pub const QR: &str = "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h2v2M17 12v5h-5";
    /// Two connected servers.
    pub const SERVER: &str = "M4 3h12v5H4zM4 12h12v5H4zM7 5.5h.01M7 14.5h.01M10 8v4";
    /// A picture of hills in a frame.
    pub const PICTURE: &str = "M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 4M7 7.5h.01";
    /// A camera.
    pub const CAMERA: &str = "M3 6h3l1.5-2h5L14 6h3v10H3zM10 8a3 3 0 100 6 3 3 0 000-6z";
    /// A keyboard.
    pub const KEYBOARD: &str = "M2 5h16v10H2zM5 8h.01M8 8h.01M11 8h.01M14 8h.01M6 12h8";
    /// A circular arrow.
    pub const REFRESH: &str = "M16 10a6 6 0 11-2-4.5L16 7M16 3v4h-4";
    /// An open eye.
    pub const EYE: &str = "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10zM10 7.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5z";
    /// A globe.
    pub const GLOBE: &str =
        "M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM2.5 10h15M10 2.5c-5 4.5-5 10.5 0 15 5-4.5 5-10.5 0-15";
    /// A dustbin.
    pub const TRASH: &str = "M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5l1 11.5h8l1-11.5M8.5 9v5M11.5 9v5";
    /// A clock with an arrow that turns back.
    pub const HISTORY: &str = "M4 10a6 6 0 102-4.5L4 7M4 3v4h4M10 7v3l2 2";
    /// A key.
    pub const KEY: &str = "M7 9a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM9.5 10L17 3M14 6l2 2";
    /// A padlock.
    pub const LOCK: &str = "M5 9h10v8H5zM7 9V6a3 3 0 016 0v3";
}

/// Returns an icon. It is decorative, because it always accompanies a text.
pub fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d=path /></svg>
    }
    .into_any()
}

/// Returns a header with a back button.
pub fn header(title: String, back: impl Fn() + 'static) -> AnyView {
    view! {
        <header class="head">
            <button class="square" type="button" data-action="back" aria-label=localize("back") on:click=move |_| back()>
                {icon(icon::BACK)}
            </button>
            <h1>{title}</h1>
        </header>
    }
    .into_any()
}

/// Returns a new id for an element that another element refers to.
fn unique_id() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("hint-{}", LAST.fetch_add(1, Ordering::Relaxed))
}

/// Returns a hint and its id. The hint describes a field, but is outside of its label: a screen reader would otherwise
/// read it as part of the field's name.
pub fn hint(text: String) -> (Option<String>, Option<AnyView>) {
    if text.is_empty() {
        return (None, None);
    }
    let id = unique_id();
    (Some(id.clone()), Some(view! { <small id=id>{text}</small> }.into_any()))
}

/// Returns a selection field. Each option has a value and a text.
pub fn choice(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    value: RwSignal<String>,
) -> AnyView {
    let options: Vec<_> = options
        .into_iter()
        .map(|(key, words)| {
            let selected = value.with_untracked(|value| *value == key);
            view! { <option value=key selected=selected>{words}</option> }
        })
        .collect();
    view! {
        <label class="field">
            <span>{localize(label)}</span>
            <select data-field=name on:change=move |event| value.set(event_target_value(&event))>{options}</select>
        </label>
    }
    .into_any()
}

/// Returns a checkbox with a label and a hint.
pub fn checkbox(name: &'static str, words: String, text: String, value: RwSignal<bool>) -> AnyView {
    let (described_by, hint) = hint(text);
    view! {
        <div class="option">
            <label class="tick">
                <input
                    type="checkbox"
                    data-field=name
                    aria-describedby=described_by
                    prop:checked=value
                    on:change=move |event| value.set(event_target_checked(&event))
                />
                <span>{words}</span>
            </label>
            {hint}
        </div>
    }
    .into_any()
}

/// Shows the strength of a password while it is typed.
pub fn strength_meter(password: RwSignal<String>) -> AnyView {
    let level = Memo::new(move |_| password.with(|text| (!text.is_empty()).then(|| strength(text))));
    let name = move || match level.get() {
        None => "",
        Some(Strength::Weak) => "weak",
        Some(Strength::Fair) => "fair",
        Some(Strength::Good) => "good",
        Some(Strength::Strong) => "strong",
    };
    let words = move || match name() {
        "" => localize("strength_none"),
        level => localize(&format!("strength_{level}")),
    };
    view! {
        <div class="meter" data-strength=name>
            <i aria-hidden="true"></i>
            <small role="status">{words}</small>
        </div>
    }
    .into_any()
}

/// Returns the submit button of a form, disabled while a request is in progress.
pub fn submit(ui: Ui, action: &'static str, words: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    view! {
        <button class="primary" type="submit" data-action=action aria-busy=move || ui.busy.get().to_string() disabled=ui.busy>
            {words}
        </button>
    }
    .into_any()
}

/// Returns the message at the bottom, and the announcement for screen readers.
pub fn status_line(ui: Ui) -> AnyView {
    view! {
        <p class="visually-hidden" role="status" data-announcement="">{ui.announcement}</p>
        {move || ui.status.get().map(|status| status_message(ui, status))}
    }
    .into_any()
}

fn status_message(ui: Ui, status: StatusMessage) -> AnyView {
    let undo = status.undo.map(|undo| {
        let restore = move |_| {
            ui.status.set(None);
            ui.undo(&undo);
        };
        view! { <button class="plain" type="button" data-action="undo" on:click=restore>{localize("undo")}</button> }
    });
    let (role, class) = if status.failed { ("alert", "status-message failed") } else { ("status", "status-message") };
    let sign = status.failed.then(|| icon(icon::WARNING));
    view! {
        <div class=class role=role data-status=if status.failed { "failed" } else { "done" }>
            {sign}
            <span>{status.text}</span>
            {undo}
            <button
                class="square"
                type="button"
                data-action="dismiss"
                aria-label=localize("dismiss")
                on:click=move |_| ui.status.set(None)
            >
                {icon(icon::CLOSE)}
            </button>
        </div>
    }
    .into_any()
}

/// Focuses the first view and sets `data-ready` on the body after the first screen was painted. Frame callbacks run
/// before the browser paints, so this posts a message from one; the message arrives after painting.
pub fn after_paint() {
    let ready = Closure::once_into_js(|| {
        focus::focus_first_view();
        if let Some(body) = document().body() {
            // Fails only for a malformed attribute name.
            drop(body.set_attribute("data-ready", ""));
        }
    });
    request_animation_frame(move || post_message(&ready));
}

fn post_message(then: &JsValue) {
    if let Ok(channel) = web_sys::MessageChannel::new() {
        channel.port1().set_onmessage(Some(then.unchecked_ref()));
        // An empty message is enough, because it only triggers the callback.
        drop(channel.port2().post_message(&JsValue::NULL));
    }
}
