//! The import flow: a file or text, its password if it has one, and a preview of every row before anything is saved.

use std::sync::Arc;

use js_sys::Uint8Array;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::reactive::owner::LocalStorage;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

use super::super::super::state::Ui;
use super::super::super::texts::{format_name, localize, localize_message, localize_with};
use super::app_guide::{self, ExportGuide};
use super::components::{Field, choice, field, password, submit};
use super::job_progress::{self, RunningJob};
use super::{import_preview, import_report};
use crate::app::protocol::{CompareRows, Duplicate, FileContent, FileReadResult, Message};
use crate::browser::exchange_thread::{Job, Source};
use crate::exchange::{ExchangeError, Format, MAX_IMPORT_BYTES, TableChoice};
use crate::message;
use crate::vault::AccountId;

/// A step of the import.
#[derive(Clone)]
pub enum ImportStep {
    /// Choose a file.
    Choose,
    /// The file is being read.
    Working,
    /// The file is encrypted and needs a password.
    Password,
    /// Preview the rows.
    Preview,
    /// The accounts are saved.
    Done(Arc<Preview>, Vec<AccountId>),
}

/// The rows of a file, compared with the vault.
#[derive(Default)]
pub struct Preview {
    /// The file's content.
    pub reading: FileContent,
    /// One entry per row: the existing account, if any.
    pub known: Vec<Option<Duplicate>>,
}

/// The state of the import flow, which is copied into every event handler.
#[derive(Clone, Copy)]
pub struct ImportFlow {
    /// The page.
    pub ui: Ui,
    /// The current step.
    pub step: RwSignal<ImportStep>,
    /// The rows of the file that was read last.
    pub shown: RwSignal<Arc<Preview>>,
    /// The selection: one entry per row.
    pub ticks: RwSignal<Vec<bool>>,
    /// The meanings that the user selected for the columns of a table.
    pub choice: RwSignal<TableChoice>,
    /// The id of the format that the user chose; empty to detect it.
    pub format: RwSignal<String>,
    /// The file's name.
    pub name: RwSignal<String>,
    files: StoredValue<Vec<Uint8Array>, LocalStorage>,
    /// Why the file could not be read.
    trouble: RwSignal<Option<Message>>,
    /// The detected format of an encrypted or unreadable file.
    seems: RwSignal<String>,
    /// True if the unreadable file can be read as a table.
    is_table: RwSignal<bool>,
    password: RwSignal<String>,
    pasted: RwSignal<String>,
    work: RunningJob,
    steps: job_progress::Steps,
    /// The apps from which users come; `None` until they are read.
    apps: RwSignal<Option<Vec<ExportGuide>>>,
}

/// Returns the view of the flow.
pub fn flow(ui: Ui) -> AnyView {
    let text = || RwSignal::new(String::new());
    let flow = ImportFlow {
        ui,
        step: RwSignal::new(ImportStep::Choose),
        shown: RwSignal::new(Arc::default()),
        ticks: RwSignal::new(Vec::new()),
        choice: RwSignal::new(TableChoice::default()),
        format: text(),
        name: text(),
        files: StoredValue::new_local(Vec::new()),
        trouble: RwSignal::new(None),
        seems: text(),
        is_table: RwSignal::new(false),
        password: text(),
        pasted: text(),
        work: RunningJob::new(),
        steps: RwSignal::new((0, 1)),
        apps: app_guide::load(),
    };
    Effect::new(move |before: Option<String>| {
        let format = flow.format.get();
        if before.is_some_and(|before| before != format) && flow.files.with_value(|files| !files.is_empty()) {
            flow.choice.set(TableChoice::default());
            flow.read();
        }
        format
    });
    (move || match flow.step.get() {
        ImportStep::Choose => flow.choose(),
        ImportStep::Working => {
            let words = localize_with("import_reading", &[&flow.name.get_untracked()]);
            job_progress::panel(words, Some(flow.steps), move || flow.cancel())
        }
        ImportStep::Password => flow.ask_password(),
        ImportStep::Preview => import_preview::preview(flow),
        ImportStep::Done(shown, accounts) => import_report::done(flow, shown, accounts),
    })
    .into_any()
}

impl ImportFlow {
    fn choose(self) -> AnyView {
        (move || self.apps.get().map(|apps| self.choose_file(apps))).into_any()
    }

    fn choose_file(self, apps: Vec<ExportGuide>) -> AnyView {
        let dropped = move |event: DragEvent| {
            event.prevent_default();
            if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
                self.take(&files);
            }
        };
        let chosen = move |event: leptos::ev::Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(files) = input.and_then(|input| input.files()) {
                self.take(&files);
            }
        };
        view! {
            <div class="panel" data-step="import" on:dragover=|event| event.prevent_default() on:drop=dropped>
                {app_guide::guide(self.ui, apps)}
                {move || self.trouble.get().map(|message| self.trouble_panel(&message))}
                <label class="drop">
                    <input type="file" multiple=true data-field="file" on:change=chosen />
                    <b>{localize("import_choose")}</b>
                    <small>{localize("import_drop")}</small>
                </label>
                {self.paste()}
                <a class="link" href="formats.html" target="_blank" hreflang="en" data-action="formats">
                    {localize("import_formats_link")}
                </a>
            </div>
        }
        .into_any()
    }

    fn trouble_panel(self, message: &Message) -> AnyView {
        let name = self.name.get_untracked();
        let is_table = self.is_table.get_untracked();
        view! {
            <div class="notice failed" role="alert" data-error=message.key.as_str().to_owned()>
                <p><b>{name}</b></p>
                <p>{localize_message(message)}</p>
                {self.files.with_value(|files| !files.is_empty()).then(|| self.format_choice(is_table))}
            </div>
        }
        .into_any()
    }

    /// Returns the selection of the format, and for a table the button that opens the mapping screen. Both read the
    /// file again.
    pub fn format_choice(self, is_table: bool) -> AnyView {
        let products = Format::ALL.iter().filter(|format| **format != Format::Table);
        let mut options: Vec<_> = products.map(|format| (format.id().to_owned(), format_name(*format))).collect();
        options.sort_by_cached_key(|(_, name)| name.to_lowercase());
        options.insert(0, (String::new(), localize("import_format_auto")));
        options.push((Format::Table.id().to_owned(), format_name(Format::Table)));
        let press = move |_| self.format.set(Format::Table.id().to_owned());
        let columns = is_table.then(|| {
            view! { <button type="button" data-action="choose-columns" on:click=press>{localize("import_columns_choose")}</button> }
        });
        view! {
            <div class="formats">{choice("format", "import_format", options, self.format)} {columns}</div>
        }
        .into_any()
    }

    fn paste(self) -> AnyView {
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            let bytes = self.pasted.with_untracked(|text| Uint8Array::from(text.as_bytes()));
            self.pasted.set(String::new());
            self.begin(localize("import_pasted"), vec![bytes]);
        };
        view! {
            <details data-details="paste">
                <summary>{localize("import_paste")}</summary>
                <form on:submit=send>
                    <label class="field">
                        <span>{localize("import_paste_label")}</span>
                        <textarea
                            rows="4"
                            data-field="pasted"
                            autocomplete="off"
                            spellcheck="false"
                            prop:value=self.pasted
                            on:input=move |event| self.pasted.set(event_target_value(&event))
                        ></textarea>
                    </label>
                    <div class="buttons">
                        <button type="submit" data-action="read-pasted" disabled=move || self.pasted.with(|text| text.trim().is_empty())>
                            {localize("import_read")}
                        </button>
                    </div>
                </form>
            </details>
        }
        .into_any()
    }

    /// Reads a selected or dropped file, or a database together with its log files.
    fn take(self, files: &FileList) {
        let files: Vec<File> = (0..files.length().min(3)).filter_map(|index| files.get(index)).collect();
        let Some(first) = files.first() else { return };
        let name = first.name();
        if files.iter().any(|file| file.size() > MAX_IMPORT_BYTES as f64) {
            self.name.set(name);
            self.files.set_value(Vec::new());
            self.trouble.set(Some(ExchangeError::TooLarge.message()));
            return;
        }
        spawn_local(async move {
            let mut contents = Vec::new();
            for file in &files {
                match JsFuture::from(file.array_buffer()).await {
                    Ok(buffer) => contents.push(Uint8Array::new(&buffer)),
                    Err(_) => return self.ui.show_status(localize("import_not_read"), true),
                }
            }
            self.begin(name, contents);
        });
    }

    fn begin(self, name: String, files: Vec<Uint8Array>) {
        self.name.set(name);
        self.files.set_value(files);
        self.format.set(String::new());
        self.password.set(String::new());
        self.choice.set(TableChoice::default());
        self.read();
    }

    /// Reads the file in a separate thread.
    fn read(self) {
        self.ui.status.set(None);
        self.trouble.set(None);
        self.steps.set((0, 1));
        let told = move |done, of| {
            // The panel, and its signal with it, may have been removed by now.
            let _ = self.steps.try_set((done, of));
        };
        if self.start(told) {
            self.step.set(ImportStep::Working);
        }
    }

    /// Reads the table again with the user's choice, while the current rows stay visible.
    pub fn read_columns(self, choice: TableChoice) {
        self.choice.set(choice);
        self.start(|_, _| ());
    }

    /// Starts a thread that reads the file. Returns false if it cannot be started.
    fn start(self, progress: impl Fn(u32, u32) + 'static) -> bool {
        let (format, password) = (self.format.get_untracked(), self.password.get_untracked());
        let source = Source { files: self.files.get_value(), format, password, choice: self.choice.get_untracked() };
        let Some((job, answer)) = Job::read(&source, progress) else {
            self.reject(message!("import_stopped"));
            return false;
        };
        let turn = self.work.hold(job);
        spawn_local(async move {
            let answer = answer.await;
            if self.work.is_over(turn) {
                self.receive(answer);
            }
        });
        true
    }

    fn receive(self, answer: Option<FileReadResult>) {
        match answer {
            Some(FileReadResult::Read { reading }) => self.compare(reading),
            Some(FileReadResult::Failed { format, needs_password: true, message, .. }) => {
                let was_tried = self.password.with_untracked(|password| !password.is_empty());
                self.seems.set(format);
                self.trouble.set(was_tried.then_some(message));
                self.password.set(String::new());
                self.step.set(ImportStep::Password);
            }
            Some(FileReadResult::Failed { format, message, is_table, .. }) => {
                self.seems.set(format);
                self.is_table.set(is_table);
                self.reject(message);
            }
            None => self.reject(message!("import_stopped")),
        }
    }

    fn reject(self, message: Message) {
        self.trouble.set(Some(message));
        self.step.set(ImportStep::Choose);
    }

    fn ask_password(self) -> AnyView {
        const PASSWORD: Field = Field { focused: true, ..password("file-password", "import_password", "off") };
        let title = self.seems.with_untracked(|id| Format::from_id(id).map(format_name).unwrap_or_default());
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            self.read();
        };
        let trouble = self.trouble.get_untracked().map(|message| {
            let words = localize_message(&message);
            view! { <p class="notice failed" role="alert" data-error=message.key.as_str().to_owned()>{words}</p> }
        });
        view! {
            <form class="panel" data-step="file-password" on:submit=send>
                <p>{localize_with("import_sealed", &[&self.name.get_untracked(), &title])}</p>
                {trouble}
                {field(PASSWORD, self.password)}
                <div class="buttons">
                    {submit(self.ui, "open-file", || localize("import_open"))}
                    <button class="plain" type="button" data-action="cancel" on:click=move |_| self.cancel()>{localize("cancel")}</button>
                </div>
            </form>
        }
        .into_any()
    }

    /// Asks the worker which rows duplicate existing accounts, and deselects them.
    fn compare(self, reading: FileContent) {
        self.password.set(String::new());
        let uris = reading.rows.iter().map(|row| row.portable.uri.clone()).collect();
        self.ui.send(CompareRows { uris }, move |ui, known| match known {
            Ok(known) => {
                self.ticks.set(known.iter().map(Option::is_none).collect());
                self.shown.set(Arc::new(Preview { reading, known }));
                // Showing the step again would take the focus from the column that the user changed.
                if !matches!(self.step.get_untracked(), ImportStep::Preview) {
                    self.step.set(ImportStep::Preview);
                }
            }
            Err(message) => {
                self.forget();
                ui.show_failure(&message);
            }
        });
    }

    fn cancel(self) {
        self.work.end();
        self.forget();
    }

    /// Returns to the first step and discards the file.
    pub fn forget(self) {
        self.files.set_value(Vec::new());
        self.format.set(String::new());
        self.password.set(String::new());
        self.choice.set(TableChoice::default());
        self.is_table.set(false);
        self.trouble.set(None);
        self.step.set(ImportStep::Choose);
        // The rows contain secrets, so they must not stay in memory.
        self.shown.set(Arc::default());
    }
}
