//! The hint that explains how to pin the extension's icon to the toolbar.

use leptos::prelude::*;

use super::texts::localize;
use crate::browser::page;

/// Returns the hint, unless the icon is already pinned.
pub fn pin_hint() -> AnyView {
    let hint = RwSignal::new(false);
    leptos::task::spawn_local(async move { hint.set(!page::is_pinned().await) });
    (move || hint.get().then(|| view! { <p class="quiet" data-pin="">{localize("pin_hint")}</p> })).into_any()
}
