//! Fields for settings that the organization's policy decides. They are disabled, and show the value and the reason.

use leptos::prelude::*;

use super::{hint, icon};
use crate::ui::texts::localize;

/// Returns a checkbox that cannot be changed.
pub fn locked_checkbox(name: &'static str, words: String, is_on: bool) -> AnyView {
    let (described_by, reason) = hint(localize("managed_reason"));
    view! {
        <div class="option" data-managed="">
            <label class="tick locked">
                <input type="checkbox" data-field=name disabled=true aria-describedby=described_by checked=is_on />
                <span><b>{icon(icon::LOCK)}{words}</b></span>
            </label>
            {reason}
        </div>
    }
    .into_any()
}

/// Returns a selection field that cannot be changed.
pub fn locked_choice(name: &'static str, label: &'static str, words: String) -> AnyView {
    let (described_by, reason) = hint(localize("managed_reason"));
    view! {
        <div class="field" data-managed="">
            <label>
                <span>{localize(label)}</span>
                <select data-field=name disabled=true aria-describedby=described_by><option>{words}</option></select>
            </label>
            {reason}
        </div>
    }
    .into_any()
}

/// Returns the note for a setting whose choices the policy limits.
pub fn managed_reason() -> AnyView {
    view! { <p class="quiet under" data-managed="">{localize("managed_reason")}</p> }.into_any()
}
