//! Version and licence.

use leptos::prelude::*;

use super::super::words::{say, say_with};
use crate::browser::page;

/// The section.
pub fn section() -> AnyView {
    view! {
        <section data-screen="about">
            <h1>{say("section_about")}</h1>
            <div class="panel">
                <p data-version="">{say_with("about_version", &[&page::version()])}</p>
                <p>{say("about_licence")}</p>
                <p class="quiet">{say("about_privacy")}</p>
            </div>
        </section>
    }
    .into_any()
}
