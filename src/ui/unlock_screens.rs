//! The screens that are shown until the vault is open: first run, unlocking, forgotten password, damaged vault. They
//! are shared by the popup and the options page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::components::{
    Field, PASSWORD, checkbox, field, header, icon, locked_checkbox, password, strength_meter, submit,
};
use super::focus;
use super::managed_sign_in;
use super::state::{ScreenKind, Ui};
use super::texts::{localize, localize_count, localize_with};
use crate::app::policy::{KeyDerivation, Rule};
use crate::app::protocol::{
    CopyCard, CreateVault, CreateVaultWithoutPassword, ReadSealedFile, RestoreCopy, StartNewVault, UnlockVault,
};
use crate::browser::{intl, page};

/// Returns the screen for a vault that is not open; empty until the worker has answered.
pub fn unlock_screen(ui: Ui) -> AnyView {
    let (forgot, without, skipped) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        if ui.screen.with(|screen| matches!(screen, ScreenKind::FirstRun | ScreenKind::SignIn(_))) {
            ui.load_policy();
        }
    });
    (move || match ui.screen.get() {
        ScreenKind::SignIn(offer) if !skipped.get() => managed_sign_in::offer(ui, offer, skipped),
        ScreenKind::SetPassword => managed_sign_in::set_password(ui),
        ScreenKind::FirstRun | ScreenKind::SignIn(_) if without.get() => without_password(ui, without),
        ScreenKind::FirstRun | ScreenKind::SignIn(_) => first_run(ui, without),
        ScreenKind::KeyGone => key_gone(ui),
        ScreenKind::Newer => newer(),
        ScreenKind::Locked if forgot.get() => forgotten(ui, forgot),
        ScreenKind::Locked => locked(ui, forgot),
        ScreenKind::Damaged(copies) => damaged(ui, copies),
        ScreenKind::Nothing | ScreenKind::AccountList => ().into_any(),
    })
    .into_any()
}

/// Sets the signal that selects another one of these screens, and removes the message of the previous screen.
fn switch_screen(ui: Ui, shows: RwSignal<bool>, to: bool) {
    ui.status.set(None);
    ui.rejected.set(None);
    shows.set(to);
}

fn mark() -> AnyView {
    view! { <img class="mark" src="icons/mark.svg" alt="" width="56" height="56" /> }.into_any()
}

fn first_run(ui: Ui, without: RwSignal<bool>) -> AnyView {
    let (first, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let create = move |event: SubmitEvent| {
        event.prevent_default();
        let password = first.get_untracked();
        if again.with_untracked(|again| *again != password) {
            ui.reject("password-again", localize("passwords_differ"));
            return;
        }
        // The security section offers another key derivation, and the policy can require it.
        ui.send_and_render(CreateVault { password, pbkdf2: false });
    };
    let may_go_without = move || ui.policy.with(|policy| !policy.has(Rule::RequirePassword));
    let without_link = move || {
        may_go_without().then(|| {
            view! {
                <button class="plain" type="button" data-action="without-password" on:click=move |_| switch_screen(ui, without, true)>
                    {localize("first_run_without")}
                </button>
            }
        })
    };
    view! {
        <form class="gate" data-screen="first-run" on:submit=create>
            {mark()}
            <h1>{localize("first_run_title")}</h1>
            <p>{localize("first_run_text")}</p>
            {field(Field { focused: true, ..password("password", "first_run_password", "new-password") }, first)}
            {strength_meter(first)}
            {field(password("password-again", "password_confirm", "new-password"), again)}
            {submit(ui, "create", move || localize(if ui.busy.get() { "working" } else { "first_run_create" }))}
            {without_link}
        </form>
    }
    .into_any()
}

/// Returns the checkbox that selects PBKDF2 as the key derivation. It cannot be changed if the policy decides.
pub(super) fn kdf_choice(ui: Ui, pbkdf2: RwSignal<bool>) -> AnyView {
    match ui.policy.with(|policy| policy.key_derivation) {
        Some(derivation) => locked_checkbox("pbkdf2", localize("pbkdf2"), derivation == KeyDerivation::Pbkdf2),
        None => checkbox("pbkdf2", localize("pbkdf2"), localize("pbkdf2_hint"), pbkdf2),
    }
}

/// Explains the risks of a vault without a password, before the user creates one.
fn without_password(ui: Ui, without: RwSignal<bool>) -> AnyView {
    let create = move |_| ui.send_and_render(CreateVaultWithoutPassword);
    view! {
        <section class="gate" data-screen="without-password">
            {header(localize("without_title"), move || switch_screen(ui, without, false))}
            <p>{localize("without_text")}</p>
            <p>{localize("without_loss")}</p>
            <p>{localize("without_later")}</p>
            <button class="primary" type="button" data-action="with-password" on:click=move |_| switch_screen(ui, without, false)>
                {localize("without_back")}
            </button>
            <button type="button" data-action="create-without-password" disabled=ui.busy on:click=create>
                {localize("without_create")}
            </button>
        </section>
    }
    .into_any()
}

fn locked(ui: Ui, forgot: RwSignal<bool>) -> AnyView {
    let password = RwSignal::new(String::new());
    let unlock = move |event: SubmitEvent| {
        event.prevent_default();
        ui.status.set(None);
        ui.send_once(UnlockVault { password: password.get_untracked() }, move |ui, screen| {
            if screen.is_err() {
                password.set(String::new());
                focus::focus_selector("[data-field=password]");
            }
            ui.render(screen);
        });
    };
    view! {
        <form class="gate" data-screen="locked" on:submit=unlock>
            {mark()}
            <h1>{localize("locked_title")}</h1>
            {field(PASSWORD, password)}
            {submit(ui, "unlock", move || localize(if ui.busy.get() { "unlocking" } else { "unlock" }))}
            <button class="plain" type="button" data-action="forgot" on:click=move |_| switch_screen(ui, forgot, true)>
                {localize("forgot")}
            </button>
        </form>
    }
    .into_any()
}

fn forgotten(ui: Ui, forgot: RwSignal<bool>) -> AnyView {
    view! {
        <section class="gate" data-screen="forgot">
            {header(localize("forgot_title"), move || switch_screen(ui, forgot, false))}
            <p>{localize("forgot_text")}</p>
            {start_over(ui, move || switch_screen(ui, forgot, false))}
        </section>
    }
    .into_any()
}

/// Explains that this browser has no key for the vault, because its profile was copied or its data was partly cleared.
fn key_gone(ui: Ui) -> AnyView {
    view! {
        <section class="gate" data-screen="key-gone">
            {mark()}
            <h1>{localize("key_gone_title")}</h1>
            <p>{localize("key_gone_text")}</p>
            {start_over(ui, || ())}
        </section>
    }
    .into_any()
}

/// Explains that the vault was saved by a newer version of the extension. The vault is intact, so nothing is offered to
/// replace it.
fn newer() -> AnyView {
    view! {
        <section class="gate" data-screen="newer">
            {mark()}
            <h1>{localize("newer_title")}</h1>
            <p>{localize("newer_text")}</p>
        </section>
    }
    .into_any()
}

/// Returns the options for a vault that cannot be opened: download it, or start over with an empty one.
fn start_over(ui: Ui, done: impl Fn() + 'static) -> AnyView {
    let sure = RwSignal::new(false);
    let save = move |_| {
        ui.ask_once(ReadSealedFile, |ui, text| {
            let saved = page::save("casdoor-authenticator.vault.json", &text).is_some();
            ui.show_status(localize(if saved { "forgot_downloaded" } else { "forgot_not_downloaded" }), !saved);
        });
    };
    let begin = move |_| {
        done();
        ui.send_and_render(StartNewVault);
    };
    view! {
        <p>{localize("forgot_connections")}</p>
        <button type="button" data-action="download-vault" on:click=save>
            {icon(icon::LOCK)}
            {localize("forgot_download")}
        </button>
        {checkbox("sure", localize("forgot_confirm"), String::new(), sure)}
        <button
            class="primary"
            type="button"
            data-action="start-over"
            disabled=move || !sure.get() || ui.busy.get()
            on:click=begin
        >
            {localize("forgot_start_over")}
        </button>
    }
    .into_any()
}

fn damaged(ui: Ui, copies: Vec<CopyCard>) -> AnyView {
    let password = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let cards = copies.clone();
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(card) = cards.get(chosen.get_untracked()) {
            ui.send_and_render(RestoreCopy { copy: card.copy, password: password.get_untracked() });
        }
    };
    let text = if copies.is_empty() { "damaged_none" } else { "damaged_text" };
    let asks = !copies.iter().all(|card| card.device_only) || copies.is_empty();
    let choices = version_choices(&copies, chosen);
    view! {
        <form class="gate" data-screen="damaged" on:submit=open>
            {mark()}
            <h1>{localize("damaged_title")}</h1>
            <p>{localize(text)}</p>
            <fieldset class="choices">{choices}</fieldset>
            {asks.then(|| field(PASSWORD, password))}
            {submit(ui, "open-copy", move || localize("damaged_open"))}
        </form>
    }
    .into_any()
}

/// Returns radio buttons for earlier versions of the vault, with the latest preselected. They set `chosen` to the index
/// of the selected version.
pub(super) fn version_choices(cards: &[CopyCard], chosen: RwSignal<usize>) -> Vec<AnyView> {
    let choice = |(index, card): (usize, &CopyCard)| {
        let accounts =
            card.accounts.map(|accounts| view! { <small>{localize_count("account_count", accounts)}</small> });
        view! {
            <label class="tick">
                <input
                    type="radio"
                    name="copy"
                    data-copy=index
                    checked=index == 0
                    on:change=move |_| chosen.set(index)
                />
                <span>{localize_with("damaged_version", &[&intl::date(card.sealed_at)])}{accounts}</span>
            </label>
        }
        .into_any()
    };
    cards.iter().enumerate().map(choice).collect()
}
