//! The forms to add and edit an account, shared by the popup and the options page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::components::{Field, choice, field, header, submit};
use super::icon_field::{IconFields, icon_field};
use super::save_to::{location_field, location_from_value};
use super::state::{ContextType, Ui, View};
use super::texts::localize;
use super::{add_menu, recovery, sites};
use crate::app::protocol::{
    AccountForm, AddAccount, EditAccount, FormKind, Message, ReadAccountForm, ReadText, Screen,
};
use crate::browser::page;
use crate::otp::OtpError;
use crate::vault::AccountId;

/// The typed values, one signal per field.
#[derive(Clone, Copy)]
struct Fields {
    secret: RwSignal<String>,
    name: RwSignal<String>,
    issuer: RwSignal<String>,
    kind: RwSignal<String>,
    algorithm: RwSignal<String>,
    digits: RwSignal<String>,
    period: RwSignal<String>,
    counter: RwSignal<String>,
    /// The counter as the worker sent it, returned unchanged so that the worker can detect a concurrent change.
    shown_counter: Option<u64>,
    note: RwSignal<String>,
    group: RwSignal<String>,
    icon: IconFields,
    location: RwSignal<String>,
    /// The secret that the user was asked to check, because it contains 0, 1 or 8, which are not base32 characters.
    /// Saving the same secret again confirms it.
    questioned: RwSignal<String>,
}

/// Returns the kind with this name, or the default kind if there is none.
fn kind_of(name: &str) -> FormKind {
    FormKind::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or_default()
}

impl Fields {
    fn new(form: &AccountForm) -> Self {
        let or = |text: &str, other: &str| RwSignal::new(if text.is_empty() { other } else { text }.to_owned());
        let number = |number: Option<u64>, other: u64| RwSignal::new(number.unwrap_or(other).to_string());
        Self {
            secret: RwSignal::new(form.secret.clone()),
            name: RwSignal::new(form.name.clone()),
            issuer: RwSignal::new(form.issuer.clone()),
            kind: RwSignal::new(form.kind.name().to_owned()),
            algorithm: or(&form.algorithm, "SHA1"),
            digits: number(form.digits, 6),
            period: number(form.period, 30),
            counter: number(form.counter, 0),
            shown_counter: form.shown_counter,
            note: RwSignal::new(form.note.clone()),
            group: RwSignal::new(form.group.clone()),
            icon: IconFields::new(&form.icon),
            location: RwSignal::new(String::new()),
            questioned: RwSignal::new(String::new()),
        }
    }

    /// Handles the reply to a submitted form. If the worker asks the user to check the secret, remembers that secret.
    fn take(self, ui: Ui, result: Result<Screen, Message>) {
        match result {
            Ok(screen) => {
                ui.show_view(View::List);
                ui.render_screen(screen);
            }
            Err(message) => {
                if message == OtpError::LookAlikes.message() {
                    self.questioned.set(self.secret.get_untracked());
                }
                ui.show_failure(&message);
            }
        }
    }

    /// Returns the form to send. Fails with the name of a field whose value is not a number or not an icon.
    fn read(self, ui: Ui) -> Result<AccountForm, &'static str> {
        let number = |text: RwSignal<String>, name: &'static str| {
            text.with_untracked(|text| text.trim().parse::<u64>()).map(Some).map_err(|_| name)
        };
        let kind = kind_of(&self.kind.get_untracked());
        let counts = kind == FormKind::Hotp;
        let secret = self.secret.get_untracked();
        Ok(AccountForm {
            accepts_look_alikes: !secret.is_empty() && self.questioned.get_untracked() == secret,
            secret,
            name: self.name.get_untracked(),
            issuer: self.issuer.get_untracked(),
            algorithm: self.algorithm.get_untracked(),
            digits: number(self.digits, "digits")?,
            period: if counts { None } else { number(self.period, "period")? },
            counter: if counts { number(self.counter, "counter")? } else { None },
            shown_counter: self.shown_counter,
            note: self.note.get_untracked(),
            group: self.group.get_untracked(),
            icon: self.icon.read()?,
            location: self.location.with_untracked(|location| location_from_value(ui, location)),
            kind,
            ..AccountForm::default()
        })
    }
}

/// Returns the form for a new account. A link or a connection code in its first field is also recognized.
pub fn add(ui: Ui) -> AnyView {
    let fields = Fields::new(&AccountForm::default());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let text = fields.secret.get_untracked();
        if text.contains("://") {
            ui.send_and_render(ReadText { text });
            return;
        }
        match fields.read(ui) {
            Ok(form) => ui.send_once(AddAccount { form }, move |ui, result| fields.take(ui, result)),
            Err(name) => ui.reject(name, localize(&format!("form_wrong_{name}"))),
        }
    };
    const SECRET: Field = Field {
        name: "secret",
        label: "form_secret",
        hint: "form_secret_hint",
        kind: "",
        autocomplete: "",
        focused: true,
    };
    // Only one action is the primary one: the first of the other ways, until the user types a key.
    let types = Memo::new(move |_| fields.secret.with(|secret| !secret.trim().is_empty()));
    let is_primary = move || types.get() || !add_menu::has_primary(ui);
    view! {
        <form
            class="sheet"
            data-screen="add"
            on:submit=send
            on:paste=move |event| add_menu::paste(ui, &event)
            on:dragover=move |event| add_menu::drag_over(&event)
            on:drop=move |event| add_menu::drop_in(ui, &event)
        >
            {header(localize("add_title"), move || ui.back())}
            <div class="body">
                {add_menu::ways(ui, types)}
                <h2 class="or">{localize("add_or_key")}</h2>
                {field(SECRET, fields.secret)}
                <div class="pair">{names(fields)}</div>
                {location_field(ui, fields.location)}
                {more_options(ui, fields)}
                {(ui.context != ContextType::Tab).then(open_in_tab)}
            </div>
            <footer>
                <button
                    type="submit"
                    class:primary=is_primary
                    data-action="save"
                    aria-busy=move || ui.busy.get().to_string()
                    disabled=ui.busy
                >
                    {localize("form_add")}
                </button>
            </footer>
        </form>
    }
    .into_any()
}

/// Returns the folded fields that most new accounts do not need.
fn more_options(ui: Ui, fields: Fields) -> AnyView {
    view! {
        <details data-details="">
            <summary>{localize("form_more_options")}</summary>
            {icon_field(ui, fields.icon, None, fields.issuer, fields.name)}
            {field(Field { name: "group", label: "form_group", ..Field::default() }, fields.group)}
            {parameters(fields)}
        </details>
    }
    .into_any()
}

/// Returns the button that opens this form in a tab, which stays open while the user copies the key elsewhere.
fn open_in_tab() -> AnyView {
    view! {
        <button class="plain" type="button" data-action="open-tab" on:click=|_| page::open_tab("options.html#add")>
            {localize("form_in_tab")}
        </button>
    }
    .into_any()
}

fn names(fields: Fields) -> AnyView {
    view! {
        {field(Field { name: "issuer", label: "form_issuer", ..Field::default() }, fields.issuer)}
        {field(Field { name: "name", label: "form_name", ..Field::default() }, fields.name)}
    }
    .into_any()
}

fn options_of(values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| ((*value).to_owned(), (*value).to_owned())).collect()
}

/// Returns the fields for advanced code settings, which most accounts do not need.
fn parameters(fields: Fields) -> AnyView {
    let kinds = FormKind::ALL.map(|kind| (kind.name().to_owned(), localize(&format!("kind_{}", kind.name()))));
    let algorithms = vec![
        ("SHA1".to_owned(), "SHA-1".to_owned()),
        ("SHA256".to_owned(), "SHA-256".to_owned()),
        ("SHA512".to_owned(), "SHA-512".to_owned()),
    ];
    let digits = options_of(&["4", "5", "6", "7", "8", "9", "10"]);
    let number = |name: &'static str, label: &'static str| Field { name, label, kind: "number", ..Field::default() };
    let fitting = move || match kind_of(&fields.kind.get()) {
        FormKind::Steam => ().into_any(),
        kind @ (FormKind::Totp | FormKind::Hotp) => {
            let last = if kind == FormKind::Hotp {
                field(number("counter", "form_counter"), fields.counter)
            } else {
                field(number("period", "form_period"), fields.period)
            };
            view! {
                <div class="pair">
                    {choice("algorithm", "form_algorithm", algorithms.clone(), fields.algorithm)}
                    {choice("digits", "form_digits", digits.clone(), fields.digits)}
                </div>
                {last}
            }
            .into_any()
        }
    };
    view! {
        {choice("kind", "form_kind", kinds.to_vec(), fields.kind)}
        {fitting}
    }
    .into_any()
}

/// Returns the form for an existing account. The worker sends the account's fields, but not its secret.
pub fn edit(ui: Ui, id: AccountId) -> AnyView {
    let form = RwSignal::new(None::<AccountForm>);
    ui.send(ReadAccountForm { id }, move |ui, read| match read {
        Ok(read) => form.set(Some(read)),
        Err(message) => {
            ui.show_view(View::List);
            ui.show_failure(&message);
        }
    });
    (move || form.get().map(|form| edit_form(ui, id, form))).into_any()
}

fn edit_form(ui: Ui, id: AccountId, form: AccountForm) -> AnyView {
    let fields = Fields::new(&form);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        match fields.read(ui) {
            Ok(read) => {
                // This form cannot change where the account is saved; the row's menu and the bulk actions do that.
                let form = AccountForm { location: None, ..read };
                ui.send_once(EditAccount { id, form }, move |ui, result| fields.take(ui, result));
            }
            Err(name) => ui.reject(name, localize(&format!("form_wrong_{name}"))),
        }
    };
    let new_secret =
        Field { name: "secret", label: "form_new_secret", hint: "form_new_secret_hint", ..Field::default() };
    view! {
        <form class="sheet" data-screen="edit" on:submit=send>
            {header(localize("edit_title"), move || ui.back())}
            <div class="body">
                {names(fields)}
                {icon_field(ui, fields.icon, Some(id), fields.issuer, fields.name)}
                {field(Field { name: "group", label: "form_group", ..Field::default() }, fields.group)}
                {field(Field { name: "note", label: "form_note", ..Field::default() }, fields.note)}
                {sites::of_account(ui, id)}
                {recovery::count_line(ui, id, form.recovery_left, form.recovery_codes)}
                <details data-details="">
                    <summary>{localize("form_replace_secret")}</summary>
                    {field(new_secret, fields.secret)}
                    <details>
                        <summary>{localize("form_more")}</summary>
                        {parameters(fields)}
                    </details>
                </details>
            </div>
            <footer>{submit(ui, "save", || localize("form_save"))}</footer>
        </form>
    }
    .into_any()
}
