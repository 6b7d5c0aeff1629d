//! The screens that an organization's policy can require before the list is shown: signing in to its server, and
//! setting a password.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::components::{Field, field, password, strength_meter, submit};
use super::state::Ui;
use super::texts::{localize, localize_with};
use crate::app::protocol::{ChangePassword, Message, ReadScreen, SignInManaged, SignInScreen, SignInServer};
use crate::browser::page;

/// The typed values and the state of the sign-in.
#[derive(Clone, Copy)]
struct SignInForm {
    ui: Ui,
    first: RwSignal<String>,
    again: RwSignal<String>,
    needs_password: bool,
    /// True while the worker waits for the browser's permission or the sign-in.
    waits: RwSignal<bool>,
}

/// Returns the screen with one button for each of the organization's servers. If the policy allows it, the user can
/// continue without signing in, which sets `skipped`.
pub(super) fn offer(ui: Ui, offer: SignInScreen, skipped: RwSignal<bool>) -> AnyView {
    let form = SignInForm {
        ui,
        first: RwSignal::new(String::new()),
        again: RwSignal::new(String::new()),
        needs_password: offer.needs_password,
        waits: RwSignal::new(false),
    };
    let title = match offer.servers.as_slice() {
        [server] => server.name.clone(),
        _ => localize("policy_title"),
    };
    let fields = offer.needs_password.then(|| {
        view! {
            {field(Field { focused: true, ..password("password", "first_run_password", "new-password") }, form.first)}
            {strength_meter(form.first)}
            {field(password("password-again", "password_confirm", "new-password"), form.again)}
        }
    });
    let buttons: Vec<_> =
        offer.servers.into_iter().enumerate().map(|(index, server)| form.button(index, server)).collect();
    let skip = offer.can_skip.then(|| {
        view! {
            <button class="plain" type="button" data-action="skip-sign-in" on:click=move |_| skipped.set(true)>
                {localize("policy_skip")}
            </button>
        }
    });
    view! {
        <section class="gate" data-screen="sign-in">
            <img class="mark" src="icons/mark.svg" alt="" width="56" height="56" />
            <h1>{title}</h1>
            <p>{localize("policy_first_run")}</p>
            {fields}
            {buttons}
            {skip}
            {support(offer.support_text, offer.support_url)}
        </section>
    }
    .into_any()
}

impl SignInForm {
    fn button(self, index: usize, server: SignInServer) -> AnyView {
        let words = localize_with("policy_sign_in", &[&server.name]);
        let go = move |_| self.sign_in(index, &server.permission);
        let shown = move || if self.waits.get() { localize("connecting") } else { words.clone() };
        view! {
            <button class="primary" type="button" data-action="sign-in-managed" disabled=self.waits on:click=go>
                {shown}
            </button>
        }
        .into_any()
    }

    fn sign_in(self, server: usize, permission: &str) {
        let typed = self.first.get_untracked();
        if self.needs_password && self.again.with_untracked(|again| *again != typed) {
            self.ui.reject("password-again", localize("passwords_differ"));
            return;
        }
        self.ui.status.set(None);
        self.waits.set(true);
        // The browser may close the popup when it shows the permission prompt, so the request is sent to the worker
        // before the user has answered.
        let granted = page::request_host(permission);
        let password = self.needs_password.then_some(typed);
        self.ui.send(SignInManaged { server, password }, move |_, connected| self.receive(connected.err()));
        spawn_local(async move {
            if !granted.await {
                self.waits.set(false);
                self.ui.show_status(localize("connect_not_allowed"), true);
            }
        });
    }

    /// Shows the list, or why the sign-in failed. The current screen is requested in both cases, because the vault may
    /// have been created even if the sign-in failed.
    fn receive(self, failure: Option<Message>) {
        self.waits.set(false);
        self.ui.send(ReadScreen { origin: self.ui.page.get_value() }, move |ui, screen| {
            ui.render(screen);
            if let Some(message) = failure {
                ui.show_failure(&message);
            }
        });
    }
}

/// Returns the organization's text on where users get help, and the link to its support page.
pub(super) fn support(text: Option<String>, address: Option<String>) -> AnyView {
    let text = text.map(|text| view! { <p class="quiet" data-support-text="">{text}</p> });
    let link = address.map(|address| {
        view! {
            <p><a href=address target="_blank" rel="noreferrer" data-action="support">{localize("policy_support")}</a></p>
        }
    });
    view! {
        {text}
        {link}
    }
    .into_any()
}

/// Asks for the first password of a vault, because the organization requires one.
pub(super) fn set_password(ui: Ui) -> AnyView {
    let (first, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let new = first.get_untracked();
        if again.with_untracked(|again| *again != new) {
            ui.reject("password-again", localize("passwords_differ"));
            return;
        }
        let request = ChangePassword { old: String::new(), new, pbkdf2: false };
        ui.ask_once(request, move |ui, message| {
            ui.show_success(&message);
            ui.refresh_screen();
        });
    };
    view! {
        <form class="gate" data-screen="set-password" on:submit=send>
            <img class="mark" src="icons/mark.svg" alt="" width="56" height="56" />
            <h1>{localize("password_set")}</h1>
            <p>{localize("policy_password")}</p>
            {field(Field { focused: true, ..password("password", "first_run_password", "new-password") }, first)}
            {strength_meter(first)}
            {field(password("password-again", "password_confirm", "new-password"), again)}
            {submit(ui, "set-password", move || localize(if ui.busy.get() { "working" } else { "password_set_button" }))}
        </form>
    }
    .into_any()
}
