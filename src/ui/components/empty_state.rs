//! What is shown in place of a list without entries: a drawing, a sentence, and the ways to add the first entry.

use leptos::prelude::*;

use super::icon;
use crate::ui::texts::localize;

/// Returns a drawing for an empty list: an icon within the arc of the extension's mark.
pub fn drawing(path: &'static str) -> AnyView {
    view! {
        <svg class="drawing" viewBox="0 0 96 96" aria-hidden="true">
            <path class="arc" d="M72 24a34 34 0 100 48M82 48h.01" />
            <g transform="translate(28 28) scale(2)">
                <path d=path />
            </g>
        </svg>
    }
    .into_any()
}

/// Returns a drawing with a sentence, for a list without entries.
pub fn nothing_here(path: &'static str, words: String) -> AnyView {
    view! { <div class="empty">{drawing(path)} <p class="quiet">{words}</p></div> }.into_any()
}

/// One of several ways to start, as a large button.
#[derive(Clone, Copy)]
pub struct StartOption {
    /// The action's name, which tests find in `data-action`.
    pub action: &'static str,
    /// The icon's path.
    pub icon: &'static str,
    /// The message key of the title.
    pub title: &'static str,
    /// The message key of the line below the title.
    pub hint: &'static str,
}

/// Returns a large button that runs `open`.
pub fn start_option(of: StartOption, open: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" data-action=of.action on:click=move |_| open()>
            {icon(of.icon)}
            <span>{localize(of.title)}<small>{localize(of.hint)}</small></span>
        </button>
    }
    .into_any()
}
