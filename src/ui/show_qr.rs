//! An account as a QR code, for a phone: asked for with the password, and gone with the screen.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::parts::{PASSWORD, field, head, submit};
use super::state::Ui;
use super::words::{say, say_with, title};
use crate::app::protocol::{Reply, Request};
use crate::vault::AccountId;

/// Asks for the password, then shows the code.
pub fn show_qr(ui: Ui, id: AccountId) -> AnyView {
    let who = ui.board.with_untracked(|board| {
        board.rows.iter().find(|row| row.id == id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default()
    });
    let picture = RwSignal::new(None::<String>);
    let shown = who.clone();
    let content = move || match picture.get() {
        None => confirm(ui, id, picture),
        Some(svg) => drawn(&svg, &shown),
    };
    view! {
        <section class="sheet" data-screen="qr">
            {head(who, move || ui.back())}
            {content}
        </section>
    }
    .into_any()
}

fn confirm(ui: Ui, id: AccountId, picture: RwSignal<Option<String>>) -> AnyView {
    let password = RwSignal::new(String::new());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        ui.said.set(None);
        let typed = password.get_untracked();
        password.set(String::new());
        ui.ask(Request::ShowSecret { id, password: typed }, move |ui, reply| match reply {
            Reply::KeyUri { picture: svg, .. } if svg.is_empty() => ui.tell(say("qr_too_long"), true),
            Reply::KeyUri { picture: svg, .. } => picture.set(Some(svg)),
            other => ui.take(other),
        });
    };
    view! {
        <form class="confirm" data-step="confirm" on:submit=send>
            <div class="body">
                <p>{say("qr_confirm")}</p>
                {field(PASSWORD, password)}
            </div>
            <footer>{submit(ui, "show-qr", move || say(if ui.busy.get() { "working" } else { "qr_show" }))}</footer>
        </form>
    }
    .into_any()
}

/// Black on white with its margin, whatever the theme: a code in other colours is not read everywhere.
fn drawn(svg: &str, who: &str) -> AnyView {
    view! {
        <div class="body" data-step="shown">
            <div class="qr" role="img" data-qr="" aria-label=say_with("qr_of", &[who]) inner_html=svg.to_owned()></div>
            <p class="quiet">{say("qr_warning")}</p>
        </div>
    }
    .into_any()
}
