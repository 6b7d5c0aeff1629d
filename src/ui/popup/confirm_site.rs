//! Asks for approval before an account is filled on a site for the first time, because anyone who receives a code can
//! sign in with it. The question is shown in the popup, where no page can cover it.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::super::components::{checkbox, header};
use super::super::state::Ui;
use super::super::texts::{localize, localize_with, title};
use super::row_actions;
use crate::app::protocol::{ConfirmFirstUse, Filled, FirstUse, FrameOfSite, SiteQuestion, SiteWarning};
use crate::vault::AccountId;

/// How long the question is shown before it can be answered. Without the delay, a page could make the popup open just
/// before a click, and a click that was meant for the page would approve the site.
const READ_MILLISECONDS: u32 = 1_000;

/// Returns the question for a fill that was started in the popup.
pub fn confirm_site(ui: Ui, id: AccountId, asked: SiteQuestion) -> AnyView {
    let SiteQuestion { origin, warning, frame, .. } = asked.clone();
    let looks_alike = matches!(warning, SiteWarning::LooksLike(_));
    let confirm = move || match frame.clone() {
        Some(FrameOfSite { permission: Some(permission), host, .. }) => {
            row_actions::allow_frame_and_fill(ui, id, origin.clone(), &permission, host, looks_alike);
        }
        _ => row_actions::allow_and_fill(ui, id, origin.clone(), looks_alike),
    };
    question(ui, id, asked, confirm)
}

/// Returns the question for an account that the user picked from the chip that the extension shows on a connected
/// server's page.
pub fn confirm_first_use(ui: Ui, ask: FirstUse) -> AnyView {
    let (id, origin) = (ask.id, ask.place.origin.clone());
    let confirm = move || {
        ui.send_once(ConfirmFirstUse { ask: ask.clone() }, |ui, answer| match answer {
            Ok(Filled { filled: true, .. }) => row_actions::close(),
            Ok(Filled { message, .. }) | Err(message) => {
                ui.back();
                ui.show_failure(&message);
            }
        });
    };
    question(ui, id, SiteQuestion { site: origin, ..SiteQuestion::default() }, confirm)
}

/// Returns the warning about a site, with the checkbox that overrules it; `None` if there is no warning.
pub fn warned(site: &str, warning: &SiteWarning, insists: RwSignal<bool>) -> Option<AnyView> {
    let (text, insist) = match warning {
        SiteWarning::None => return None,
        SiteWarning::LooksLike(other) => (
            localize_with("confirm_site_looks_like", &[site, other]),
            localize_with("confirm_site_insist", &[site, other]),
        ),
        SiteWarning::Unencrypted => (localize("confirm_site_unencrypted"), localize("confirm_site_insist_unencrypted")),
    };
    let shown = view! {
        <p role="alert" data-warning="">{text}</p>
        {checkbox("insists", insist, String::new(), insists)}
    };
    Some(shown.into_any())
}

fn question(ui: Ui, id: AccountId, asked: SiteQuestion, confirm: impl Fn() + 'static) -> AnyView {
    let SiteQuestion { site, warning, frame, .. } = asked;
    let who = row_actions::row_of(ui, id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default();
    let is_read = RwSignal::new(false);
    let insists = RwSignal::new(warning == SiteWarning::None);
    let warned = warned(&site, &warning, insists);
    let head_text = match &frame {
        Some(FrameOfSite { host, page, .. }) => localize_with("confirm_frame_title", &[host, page]),
        None => localize("confirm_site_title"),
    };
    let access = frame.filter(|frame| frame.permission.is_some());
    let access =
        access.map(|frame| view! { <p data-access="">{localize_with("confirm_frame_access", &[&frame.host])}</p> });
    let show = move || {
        // The question may have been closed in the meantime, which disposes of its signal.
        let _ = is_read.try_set(true);
    };
    Timeout::new(READ_MILLISECONDS, show).forget();
    view! {
        <section class="gate" data-screen="confirm-site">
            {header(head_text, move || ui.back())}
            <p>{localize_with("confirm_site_who", &[&who])}</p>
            <p class="site" data-asked-site="">{site.clone()}</p>
            {warned}
            <p>{localize("confirm_site_text")}</p>
            {access}
            <button
                class="primary"
                type="button"
                data-action="confirm-fill"
                disabled=move || ui.busy.get() || !is_read.get() || !insists.get()
                on:click=move |_| confirm()
            >
                {localize_with("confirm_site_fill", &[&site])}
            </button>
            <button type="button" data-action="cancel-fill" on:click=move |_| ui.back()>{localize("confirm_site_cancel")}</button>
        </section>
    }
    .into_any()
}
