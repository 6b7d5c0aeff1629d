//! The security section: password, auto-lock and version history.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::components::{choice, field, managed_reason, password, strength_meter, submit};
use super::super::state::Ui;
use super::super::texts::{localize, localize_count, localize_count_with};
use super::super::unlock_screens::kdf_choice;
use super::version_history;
use crate::app::protocol::{ChangePassword, CorrectClock, LockVault, ReadSettings, SetSettings};
use crate::browser::page;
use crate::vault::Settings;

/// Returns the security section.
pub fn section(ui: Ui) -> AnyView {
    let settings = RwSignal::new(None::<Settings>);
    ui.ask(ReadSettings, move |_, read| settings.set(Some(read)));
    let read = Memo::new(move |_| settings.with(Option::is_some));
    let choices = move || {
        ui.policy.track();
        read.get().then(|| settings.get_untracked().map(|read| choices(ui, settings, &read)))
    };
    let device_only = Memo::new(move |_| ui.account_list.with(|account_list| account_list.device_only));
    let password = move || {
        let title = localize(if device_only.get() { "password_set" } else { "password_change" });
        view! { <h2>{title}</h2> {change_password(ui, device_only.get())} }
    };
    view! {
        <section data-screen="security">
            <h1>{localize("section_security")}</h1>
            <div class="panel">
                {choices}
                {move || if device_only.get() { no_lock() } else { lock_now(ui) }}
            </div>
            {password}
            <h2>{localize("version_history_title")}</h2>
            {version_history::panel(ui)}
        </section>
    }
    .into_any()
}

fn lock_now(ui: Ui) -> AnyView {
    view! {
        <div class="buttons">
            <button type="button" data-action="lock" on:click=move |_| ui.send_and_render(LockVault)>{localize("lock_now")}</button>
        </div>
    }
    .into_any()
}

/// Explains why a vault without a password has no *Lock now* button.
fn no_lock() -> AnyView {
    view! { <p class="notice" data-device-only="">{localize("no_lock")}</p> }.into_any()
}

/// A time after which the vault locks. Each change is saved immediately.
#[derive(Clone)]
struct LockTime {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    options: Vec<(String, String)>,
    value: RwSignal<String>,
    /// The organization's policy limits the choice.
    is_limited: bool,
}

impl LockTime {
    fn draw(&self) -> AnyView {
        view! {
            {choice(self.name, self.label, self.options.clone(), self.value)}
            <p class="quiet under">{localize(self.hint)}</p>
            {self.is_limited.then(managed_reason)}
        }
        .into_any()
    }
}

/// Shows the auto-lock settings.
fn choices(ui: Ui, settings: RwSignal<Option<Settings>>, read: &Settings) -> AnyView {
    let times = [lock_after(ui, settings, read), lock_when_idle(ui, settings, read)];
    let locks = Memo::new(move |_| ui.account_list.with(|account_list| !account_list.device_only));
    let lock_choices = move || locks.get().then(|| times.iter().map(LockTime::draw).collect_view());
    view! {
        {lock_choices}
        {correction(ui, settings, read)}
    }
    .into_any()
}

fn lock_after(ui: Ui, settings: RwSignal<Option<Settings>>, read: &Settings) -> LockTime {
    const SECONDS: [(u64, usize, &str); 5] =
        [(900, 15, "minutes"), (3_600, 1, "hours"), (14_400, 4, "hours"), (28_800, 8, "hours"), (86_400, 24, "hours")];
    let policy = ui.policy.get_untracked();
    let chosen = read.lock_after_seconds;
    let mut options: Vec<(String, String)> = SECONDS
        .iter()
        .filter(|(seconds, ..)| policy.lock_after_seconds(*seconds) == *seconds)
        .map(|(seconds, count, unit)| (seconds.to_string(), localize_count(unit, *count)))
        .collect();
    if !SECONDS.iter().any(|(seconds, ..)| *seconds == chosen) {
        options.push((chosen.to_string(), in_minutes(chosen)));
    }
    let save = |lock_after_seconds, settings| Settings { lock_after_seconds, ..settings };
    LockTime {
        name: "lock-after",
        label: "lock_after",
        hint: if page::reports_locked_screen() { "lock_after_hint" } else { "lock_after_hint_no_screen" },
        options,
        value: saved_choice(ui, settings, chosen, save),
        is_limited: policy.auto_lock_minutes.is_some(),
    }
}

fn lock_when_idle(ui: Ui, settings: RwSignal<Option<Settings>>, read: &Settings) -> LockTime {
    let policy = ui.policy.get_untracked();
    let chosen = read.lock_when_idle_seconds;
    let mut seconds = vec![0, 60, 300, 900, 1_800];
    seconds.retain(|seconds| policy.lock_when_idle_seconds(*seconds) == *seconds);
    if !seconds.contains(&chosen) {
        seconds.push(chosen);
    }
    let words = |seconds: &u64| if *seconds == 0 { localize("lock_idle_never") } else { in_minutes(*seconds) };
    let save = |lock_when_idle_seconds, settings| Settings { lock_when_idle_seconds, ..settings };
    LockTime {
        name: "lock-when-idle",
        label: "lock_idle",
        hint: "lock_idle_hint",
        options: seconds.iter().map(|seconds| (seconds.to_string(), words(seconds))).collect(),
        value: saved_choice(ui, settings, chosen, save),
        is_limited: policy.idle_lock_minutes.is_some(),
    }
}

fn in_minutes(seconds: u64) -> String {
    localize_count("minutes", usize::try_from(seconds.div_ceil(60)).unwrap_or(usize::MAX))
}

/// Returns the value of a field with a number of seconds. Each change is saved with `save`.
fn saved_choice(
    ui: Ui,
    settings: RwSignal<Option<Settings>>,
    chosen: u64,
    save: fn(u64, Settings) -> Settings,
) -> RwSignal<String> {
    let value = RwSignal::new(chosen.to_string());
    Effect::new(move |before: Option<()>| {
        let seconds = value.with(|value| value.parse());
        if before.is_some()
            && let Some(current) = settings.get_untracked()
            && let Ok(seconds) = seconds
        {
            let changed = SetSettings { settings: save(seconds, current) };
            ui.ask(changed, move |_, changed| settings.set(Some(changed)));
        }
    });
    value
}

/// Shows that codes are corrected by a server's clock, with a button that ends this; `None` without a correction.
fn correction(ui: Ui, settings: RwSignal<Option<Settings>>, read: &Settings) -> Option<AnyView> {
    let all = Some(read.clock_correction_seconds).filter(|seconds| *seconds != 0);
    let (words, seconds) = match all {
        Some(seconds) => ("clock_corrected", seconds),
        None => ("clock_corrected_server", *read.server_corrections.values().next()?),
    };
    let gone = RwSignal::new(false);
    let stop = move |_| {
        ui.send_once(CorrectClock { seconds: 0, connection: None }, move |ui, screen| {
            gone.set(screen.is_ok());
            ui.render(screen);
            ui.ask(ReadSettings, move |_, read| settings.set(Some(read)));
        });
    };
    let line = move || {
        (!gone.get()).then(|| {
            view! {
                <div class="notice" data-clock="">
                    <p>{localize_count_with(words, seconds.unsigned_abs(), &[&seconds.to_string()])}</p>
                    <button type="button" data-action="correct-clock" on:click=stop>{localize("clock_stop")}</button>
                </div>
            }
        })
    };
    Some(line.into_any())
}

/// Returns the form that changes the password, or sets the first one of a vault without a password.
fn change_password(ui: Ui, first: bool) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (old, new, again, pbkdf2) = (text(), text(), text(), RwSignal::new(false));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let (typed, twice) = (new.get_untracked(), again.get_untracked());
        if typed != twice {
            ui.reject("password-again", localize("passwords_differ"));
            return;
        }
        let request = ChangePassword { old: old.get_untracked(), new: typed, pbkdf2: pbkdf2.get_untracked() };
        ui.ask_once(request, move |ui, message| {
            [old, new, again].iter().for_each(|text| text.set(String::new()));
            // Refreshes the account list, because the vault may have a password now and lock at another time.
            ui.refresh_screen();
            ui.show_success(&message);
        });
    };
    let (hint, button) = match first {
        true if page::reports_locked_screen() => ("password_set_hint", "password_set_button"),
        true => ("password_set_hint_no_screen", "password_set_button"),
        false => ("password_change_hint", "password_change_button"),
    };
    view! {
        <form class="panel" data-step="password" on:submit=send>
            {(!first).then(|| field(password("old-password", "password_current", "current-password"), old))}
            {field(password("new-password", "first_run_password", "new-password"), new)}
            {strength_meter(new)}
            {field(password("password-again", "password_confirm", "new-password"), again)}
            {move || kdf_choice(ui, pbkdf2)}
            <p class="quiet">{localize(hint)}</p>
            <div class="buttons">{submit(ui, "change-password", move || localize(if ui.busy.get() { "working" } else { button }))}</div>
        </form>
    }
    .into_any()
}
