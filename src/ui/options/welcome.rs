//! The page that opens once after the extension was installed. It continues with the first run, and then offers the
//! ways to add the first account.

use leptos::prelude::*;

use super::super::components::{StartOption, drawing, icon, start_option};
use super::super::pin_hint::pin_hint;
use super::super::texts::localize;
use super::go_to;

/// Returns the page for an open vault.
pub fn section() -> AnyView {
    view! {
        <section class="gate" data-screen="welcome">
            {drawing(icon::CHECK_MARK)}
            <h1>{localize("welcome_title")}</h1>
            <p>{localize("empty_text")}</p>
            {ways_to_start()}
            {pin_hint()}
        </section>
    }
    .into_any()
}

/// Returns the three ways to start: connect to a server, add an account, import a file.
pub fn ways_to_start() -> AnyView {
    let way = |action, icon, title, hint| StartOption { action, icon, title, hint };
    view! {
        <div class="add-options">
            {start_option(way("connect", icon::SERVER, "connect", "connect_hint"), || go_to("connect"))}
            {start_option(way("add", icon::QR, "add", "add_ways_hint"), || go_to("add"))}
            {start_option(way("import", icon::DOWNLOAD, "import", "import_hint"), || go_to("import"))}
        </div>
    }
    .into_any()
}
