//! The panel for encrypted backups, manual and automatic.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::super::confirm_password::ConfirmPassword;
use super::super::super::state::Ui;
use super::super::super::texts::{localize, localize_count, localize_with};
use super::components::{checkbox, choice, field, icon, managed_reason, password, strength_meter, submit};
use crate::app::protocol::{Backups, MakeBackup, ReadBackups, ScheduleBackups};
use crate::browser::{intl, page};

/// The status of backups and the typed values.
#[derive(Clone, Copy)]
struct BackupForm {
    ui: Ui,
    stands: RwSignal<Option<Backups>>,
    has_own: RwSignal<bool>,
    own: RwSignal<String>,
    again: RwSignal<String>,
    password: ConfirmPassword,
    every: RwSignal<String>,
}

/// Returns the backup panel.
pub fn panel(ui: Ui) -> AnyView {
    let text = || RwSignal::new(String::new());
    let form = BackupForm {
        ui,
        stands: RwSignal::new(None),
        has_own: RwSignal::new(ui.account_list.with_untracked(|account_list| account_list.device_only)),
        own: text(),
        again: text(),
        password: ConfirmPassword::new(ui),
        every: text(),
    };
    ui.ask(ReadBackups, move |_, backups| form.receive(backups));
    (move || form.stands.get().map(|stands| form.draw(&stands))).into_any()
}

impl BackupForm {
    fn receive(self, backups: Backups) {
        self.every.set(backups.every_days.to_string());
        self.stands.set(Some(backups));
    }

    fn draw(self, stands: &Backups) -> AnyView {
        if stands.forbidden {
            return forbidden();
        }
        // A vault without a password needs a separate password for its backups.
        let device_only = self.ui.account_list.with_untracked(|account_list| account_list.device_only);
        let last = match stands.made_at {
            Some(made) => localize_with("backup_made", &[&intl::date(made)]),
            None => localize("backup_none"),
        };
        let failed = stands.failed.then(|| view! { <p class="notice failed">{localize("notice_backup_failed")}</p> });
        let save = move |event: SubmitEvent| {
            event.prevent_default();
            self.save();
        };
        view! {
            <form class="panel" data-step="backup" on:submit=save>
                <p class="quiet">{localize(if device_only { "backup_needs_own" } else { "backup_text" })}</p>
                <p data-backup-made="">{last}</p>
                {failed}
                {(!device_only).then(|| checkbox("backup-own", localize("backup_own"), localize("backup_own_hint"), self.has_own))}
                {move || self.has_own.get().then(|| self.passwords())}
                <div class="buttons">{submit(self.ui, "back-up", move || localize(if self.ui.busy.get() { "working" } else { "backup_button" }))}</div>
                {self.schedule(stands)}
            </form>
        }
        .into_any()
    }

    fn passwords(self) -> AnyView {
        view! {
            {field(password("backup-password", "backup_password", "new-password"), self.own)}
            {strength_meter(self.own)}
            {field(password("backup-again", "password_confirm", "new-password"), self.again)}
            {self.password.field(password("vault-password", "export_vault_password", "current-password"))}
        }
        .into_any()
    }

    /// Returns the separate password for the backup, if the user wants one, and the vault password that is then
    /// required. Shows a message and returns `None` if an entry is missing or wrong.
    fn typed(self) -> Option<(Option<String>, String)> {
        if !self.has_own.get_untracked() {
            return Some((None, String::new()));
        }
        let own = self.own.get_untracked();
        if own != self.again.get_untracked() {
            self.ui.reject("backup-again", localize("passwords_differ"));
            return None;
        }
        if own.is_empty() {
            self.ui.show_status(localize("backup_no_password"), true);
            return None;
        }
        self.password.answer().map(|password| (Some(own), password))
    }

    fn forget(self) {
        self.password.forget();
        [self.own, self.again].iter().for_each(|text| text.set(String::new()));
    }

    fn save(self) {
        let Some((own, password)) = self.typed() else { return };
        self.ui.ask_once(MakeBackup { own, password }, move |ui, text| {
            let name = format!("casdoor-authenticator-backup-{}.json", page::day());
            let saved = page::save(&name, &text).is_some();
            ui.show_status(localize(if saved { "backup_saved" } else { "forgot_not_downloaded" }), !saved);
            self.forget();
            ui.refresh_screen();
            ui.ask(ReadBackups, move |_, backups| self.receive(backups));
        });
    }

    fn schedule(self, stands: &Backups) -> AnyView {
        let mut days = vec![0, 1, 7, 30];
        if !days.contains(&stands.every_days) {
            days.push(stands.every_days);
        }
        let policy = self.ui.policy.get_untracked();
        days.retain(|days| policy.backup_days(*days) == *days);
        let is_limited = policy.backup_every_days.is_some();
        let words = |days: &u32| match days {
            0 => localize("backup_never"),
            1 => localize("backup_daily"),
            7 => localize("backup_weekly"),
            30 => localize("backup_monthly"),
            other => localize_count("backup_every", usize::try_from(*other).unwrap_or(usize::MAX)),
        };
        let options = days.iter().map(|days| (days.to_string(), words(days))).collect();
        let own = stands.own_password.then(|| view! { <p class="quiet">{localize("backup_auto_own")}</p> });
        view! {
            {choice("backup-every", "backup_auto", options, self.every)}
            {is_limited.then(managed_reason)}
            <p class="quiet">{localize("backup_auto_hint")}</p>
            {own}
            <div class="buttons">
                <button type="button" data-action="schedule" disabled=self.ui.busy on:click=move |_| self.send_schedule()>{localize("backup_auto_button")}</button>
            </div>
        }
        .into_any()
    }

    fn send_schedule(self) {
        let every_days: u32 = self.every.get_untracked().parse().unwrap_or(0);
        // Turning automatic backups off needs no password.
        let typed = if every_days == 0 { Some((None, String::new())) } else { self.typed() };
        let Some((own, password)) = typed else { return };
        let send = move || {
            self.ui.ask_once(ScheduleBackups { every_days, own, password }, move |ui, backups| {
                self.forget();
                ui.show_status(localize("backup_auto_done"), false);
                self.receive(backups);
            });
        };
        if every_days == 0 {
            return send();
        }
        let answer = page::request_downloads();
        spawn_local(async move {
            if answer.await { send() } else { self.ui.show_status(localize("backup_not_allowed"), true) }
        });
    }
}

/// Shows that an administrator forbids exports.
pub fn forbidden() -> AnyView {
    view! {
        <div class="panel" data-forbidden="">
            <label class="tick locked">
                <input type="checkbox" disabled=true data-field="exports" />
                <span>
                    <b>{icon(icon::LOCK)}{localize("exports_setting")}</b>
                    <small>{localize("managed_reason")}</small>
                    <small>{localize("exchange_managed")}</small>
                </span>
            </label>
        </div>
    }
    .into_any()
}
