//! Text fields, with their hints and the reason why a value is rejected.

use leptos::html::Input;
use leptos::prelude::*;

use super::{hint, icon, unique_id};
use crate::ui::state::Ui;
use crate::ui::texts::localize;

/// The properties of a text field.
#[derive(Clone, Copy, Default)]
pub struct Field {
    /// The field's name, which tests find in `data-field`.
    pub name: &'static str,
    /// The message key of the label.
    pub label: &'static str,
    /// The message key of the hint below the field; empty for none.
    pub hint: &'static str,
    /// The input type; `text` if empty.
    pub kind: &'static str,
    /// The browser's `autocomplete` value; `off` if empty.
    pub autocomplete: &'static str,
    /// True if the field is focused initially.
    pub focused: bool,
}

/// The properties of the field for the vault password at the top of a screen.
pub const PASSWORD: Field = Field { focused: true, ..password("password", "password", "current-password") };

/// Returns the properties of a password field.
pub const fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Field {
    Field { name, label, hint: "", kind: "password", autocomplete, focused: false }
}

/// Returns a text field with its label and hint. A password field has a button that shows the password.
pub fn field(of: Field, value: RwSignal<String>) -> AnyView {
    let node = NodeRef::<Input>::new();
    if of.focused {
        node.on_load(|input| drop(input.focus()));
    }
    let or = |text: &'static str, other| if text.is_empty() { other } else { text };
    let (hint_id, hint) = hint(if of.hint.is_empty() { String::new() } else { localize(of.hint) });
    let (is_secret, is_shown) = (of.kind == "password", RwSignal::new(false));
    let rejected = use_context::<Ui>().map(|ui| ui.rejected);
    let reason = move || rejected.and_then(|rejected| rejected.get()).filter(|(name, _)| *name == of.name);
    let reason_id = unique_id();
    let described_by = {
        let reason_id = reason_id.clone();
        move || reason().map(|_| reason_id.clone()).or_else(|| hint_id.clone())
    };
    let shown_reason = move || {
        let id = reason_id.clone();
        reason().map(|(_, words)| view! { <small class="rejected" id=id role="alert">{words}</small> })
    };
    view! {
        <div class="field" class:secret=is_secret>
            <label>
                <span>{localize(of.label)}</span>
                <input
                    node_ref=node
                    type=move || if is_shown.get() { "text" } else { or(of.kind, "text") }
                    data-field=of.name
                    autocomplete=or(of.autocomplete, "off")
                    spellcheck="false"
                    aria-describedby=described_by
                    aria-invalid=move || reason().map(|_| "true")
                    prop:value=value
                    on:input=move |event| {
                        value.set(event_target_value(&event));
                        if let Some(rejected) = rejected.filter(|rejected| rejected.with_untracked(Option::is_some)) {
                            rejected.set(None);
                        }
                    }
                />
            </label>
            {is_secret.then(|| show_button(is_shown))}
            {shown_reason}
            {hint}
        </div>
    }
    .into_any()
}

/// Returns the button that shows or hides a password while it is typed.
fn show_button(is_shown: RwSignal<bool>) -> AnyView {
    view! {
        <button
            class="square"
            type="button"
            data-action="show-password"
            aria-label=localize("show_password")
            title=localize("show_password")
            aria-pressed=move || is_shown.get().to_string()
            on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
        >
            {icon(super::icon::EYE)}
        </button>
    }
    .into_any()
}
