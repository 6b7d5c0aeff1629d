//! Exports accounts to another app: first shows what the format cannot hold, then asks for the vault password, and for
//! a confirmation word if the file is not encrypted.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::super::confirm_password::ConfirmPassword;
use super::super::super::plaintext_export_warning::ConfirmationWord;
use super::super::super::state::Ui;
use super::super::super::texts::{format_name, localize, localize_count, localize_message, title};
use super::components::{checkbox, choice, field, password, strength_meter, submit};
use super::job_progress::{self, RunningJob};
use crate::app::exchange::file_job::{CODES, PAGE};
use crate::app::protocol::{ExportAccounts, ExportPlanRow, Message, PlanExport};
use crate::browser::exchange_thread::Job;
use crate::browser::page;
use crate::exchange::{ExchangeError, Format, PortableAccount, WRITABLE, can_encrypt};

/// The chosen and typed values.
#[derive(Clone, Copy)]
struct ExportForm {
    ui: Ui,
    format: RwSignal<String>,
    plan: RwSignal<Option<Vec<ExportPlanRow>>>,
    sealed: RwSignal<bool>,
    file_password: RwSignal<String>,
    again: RwSignal<String>,
    password: ConfirmPassword,
    word: ConfirmationWord,
    writing: RwSignal<bool>,
    work: RunningJob,
}

/// Returns the export panel, or the reason if an administrator forbids exports.
pub fn panel(ui: Ui) -> AnyView {
    let text = || RwSignal::new(String::new());
    let form = ExportForm {
        ui,
        format: RwSignal::new(Format::Aegis.id().to_owned()),
        plan: RwSignal::new(None),
        sealed: RwSignal::new(true),
        file_password: text(),
        again: text(),
        password: ConfirmPassword::new(ui),
        word: ConfirmationWord::new(),
        writing: RwSignal::new(false),
        work: RunningJob::new(),
    };
    // An import changes what would be exported, so the plan is requested again when the number of accounts changes.
    let is_rejected = RwSignal::new(false);
    let accounts = Memo::new(move |_| ui.account_list.with(|account_list| account_list.total));
    Effect::new(move |_| {
        accounts.get();
        let format = form.format.get();
        ui.send(PlanExport { format }, move |ui, plan| match plan {
            Ok(rows) => form.plan.set(Some(rows)),
            Err(message) => {
                form.plan.set(None);
                if message == ExchangeError::Managed.message() {
                    is_rejected.set(true);
                } else {
                    ui.show_failure(&message);
                }
            }
        });
    });
    let there = Memo::new(move |_| form.plan.with(Option::is_some));
    (move || match (form.writing.get(), there.get()) {
        (true, _) => job_progress::panel(localize("export_writing"), None, move || form.stop()),
        (false, true) => form.draw(),
        (false, false) if is_rejected.get() => super::backup::forbidden(),
        (false, false) => ().into_any(),
    })
    .into_any()
}

/// Returns true if files in this format can be encrypted.
fn seals(format: &str) -> bool {
    Format::from_id(format).is_some_and(can_encrypt)
}

impl ExportForm {
    fn draw(self) -> AnyView {
        let others = WRITABLE.iter().filter(|format| !matches!(format, Format::Backup | Format::GoogleMigration));
        let mut options: Vec<_> = others.map(|format| (format.id().to_owned(), format_name(*format))).collect();
        options.push((CODES.to_owned(), localize("export_codes")));
        options.push((PAGE.to_owned(), localize("export_page")));
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            self.send();
        };
        view! {
            <form class="panel" data-step="export" on:submit=send>
                <p class="quiet">{localize("export_text")}</p>
                {choice("export-format", "export_format", options, self.format)}
                {move || self.plan.get().map(omissions)}
                {move || self.protection()}
                {self.password.field(password("export-password", "export_vault_password", "current-password"))}
                <div class="buttons">{submit(self.ui, "export", move || localize(if self.ui.busy.get() { "working" } else { "export_button" }))}</div>
            </form>
        }
        .into_any()
    }

    /// Returns the password fields for an encrypted file, or the warning and the field for the confirmation word.
    fn protection(self) -> AnyView {
        let format = self.format.get();
        let own = password("file-password-new", "export_password", "new-password");
        let again = password("file-password-again", "password_confirm", "new-password");
        let choice = seals(&format)
            .then(|| checkbox("sealed", localize("export_sealed"), localize("export_sealed_hint"), self.sealed));
        let below = if seals(&format) && self.sealed.get() {
            view! {
                {field(own, self.file_password)}
                {strength_meter(self.file_password)}
                {field(again, self.again)}
            }
            .into_any()
        } else {
            self.word.draw(localize("export_unencrypted"), false)
        };
        view! { {choice}{below} }.into_any()
    }

    fn send(self) {
        let format = self.format.get_untracked();
        let sealed = seals(&format) && self.sealed.get_untracked();
        let file_password = if sealed { self.file_password.get_untracked() } else { String::new() };
        if sealed && file_password.is_empty() {
            self.ui.show_status(localize("export_no_password"), true);
            return;
        }
        if sealed && file_password != self.again.get_untracked() {
            self.ui.reject("file-password-again", localize("passwords_differ"));
            return;
        }
        if !sealed && !self.word.is_typed(self.ui) {
            return;
        }
        let Some(password) = self.password.answer() else { return };
        self.ui.ask_once(ExportAccounts { password }, move |_, rows| self.write(&rows, format, &file_password));
    }

    fn write(self, rows: &[PortableAccount], format: String, password: &str) {
        let (heading, language) = (localize("export_page_heading"), localize("language"));
        let Some((job, answer)) = Job::write(rows, &format, password, (&heading, &language)) else {
            self.ui.show_status(localize("import_stopped"), true);
            return;
        };
        let turn = self.work.hold(job);
        self.writing.set(true);
        spawn_local(async move {
            let answer = answer.await;
            if !self.work.is_over(turn) {
                return;
            }
            self.stop();
            match answer {
                Ok(bytes) => {
                    let saved = page::save_bytes(&file_name(&format), &bytes).is_some();
                    self.ui.show_status(localize(if saved { "export_done" } else { "forgot_not_downloaded" }), !saved);
                }
                Err(message) => {
                    self.ui.show_status(message.as_ref().map_or_else(|| localize("import_stopped"), words), true)
                }
            }
        });
    }

    fn stop(self) {
        self.work.end();
        self.password.forget();
        [self.file_password, self.again].iter().for_each(|text| text.set(String::new()));
        self.word.forget();
        self.writing.set(false);
    }
}

fn words(message: &Message) -> String {
    localize_message(message)
}

fn file_name(format: &str) -> String {
    let ending = match format {
        CODES | PAGE => "html",
        "otpauth" | "ente" => "txt",
        "bitwarden-csv" => "csv",
        "2fas" => "2fas",
        _ => "json",
    };
    format!("accounts-{format}-{}.{ending}", page::day())
}

/// Lists what the format cannot hold, row by row.
fn omissions(rows: Vec<ExportPlanRow>) -> AnyView {
    let lossy: Vec<ExportPlanRow> = rows.into_iter().filter(|row| !row.omissions.is_empty()).collect();
    if lossy.is_empty() {
        return view! { <p class="quiet" data-omissions="0">{localize("export_all")}</p> }.into_any();
    }
    let line = |row: &ExportPlanRow| {
        let said: Vec<String> = row.omissions.iter().map(localize_message).collect();
        let words = said.join(" ");
        view! { <li><b>{title(&row.issuer, &row.name)}</b><small>{words}</small></li> }
    };
    let lines: Vec<_> = lossy.iter().take(200).map(line).collect();
    let rest = lossy.len().saturating_sub(200);
    let rest = (rest > 0).then(|| view! { <li>{localize_count("import_more", rest)}</li> });
    view! {
        <details data-omissions=lossy.len()>
            <summary>{localize_count("export_lossy", lossy.len())}</summary>
            <ul class="skipped">{lines}{rest}</ul>
        </details>
    }
    .into_any()
}
