//! Shows and changes a connected user's second factors. Changes require the vault password. The popup has a separate
//! screen for this, and the options page includes it in the connection's card.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::components::{PASSWORD, header, hint, submit};
use super::confirm_password::ConfirmPassword;
use super::state::Ui;
use super::texts::{localize, localize_message, localize_with};
use crate::app::policy::Rule;
use crate::app::protocol::{ChangeFactors, FactorChange, FactorsCard, ListConnections, Message, ReadFactors};
use crate::browser::{intl, page};
use crate::casdoor::CasdoorError;
use crate::casdoor::factors::{Factor, FactorMethod};
use crate::vault::ConnectionId;

/// The loaded status and the change in progress.
#[derive(Clone, Copy)]
struct Factors {
    ui: Ui,
    id: ConnectionId,
    card: RwSignal<Option<FactorsCard>>,
    /// Why the status could not be loaded.
    trouble: RwSignal<Option<Message>>,
    /// The change that the user selected and has to confirm with the password.
    asked: RwSignal<Option<FactorChange>>,
    /// True if the server allows changes only on its own page.
    page_only: RwSignal<bool>,
}

impl Factors {
    fn receive(self, result: Result<FactorsCard, Message>) {
        match result {
            Ok(card) => {
                if let Some(message) = &card.message {
                    self.ui.show_success(message);
                }
                self.asked.set(None);
                self.trouble.set(None);
                self.card.set(Some(card));
            }
            Err(message) => {
                // An older server reports the status, but allows changes only on its own page.
                self.page_only.update(|page_only| *page_only |= message == CasdoorError::FactorsOnPageOnly.message());
                if self.card.with_untracked(Option::is_none) {
                    self.trouble.set(Some(message));
                } else {
                    self.ui.show_failure(&message);
                    if self.page_only.get_untracked() {
                        self.asked.set(None);
                    }
                }
            }
        }
    }

    fn load(self) {
        self.trouble.set(None);
        self.ui.send(ReadFactors { connection: self.id }, move |_, result| self.receive(result));
    }
}

/// Returns the popup's screen for second factors.
pub fn screen(ui: Ui, id: ConnectionId) -> AnyView {
    view! {
        <section class="sheet" data-screen="factors">
            {header(localize("factors_title"), move || ui.back())}
            <div class="body">{panel(ui, id)}</div>
        </section>
    }
    .into_any()
}

/// Returns the panel that the popup and the options page show.
pub fn panel(ui: Ui, id: ConnectionId) -> AnyView {
    let factors = Factors {
        ui,
        id,
        card: RwSignal::default(),
        trouble: RwSignal::default(),
        asked: RwSignal::default(),
        page_only: RwSignal::new(false),
    };
    factors.load();
    ui.load_policy();
    let content = move || match (factors.trouble.get(), factors.card.get(), factors.asked.get()) {
        (Some(trouble), _, _) => load_error(factors, &trouble),
        (None, None, _) => view! { <p class="quiet" role="status">{localize("factors_asking")}</p> }.into_any(),
        (None, Some(card), Some(change)) => confirm(factors, &card, change),
        (None, Some(card), None) => status(factors, &card),
    };
    view! { <div class="factors" data-factors="">{content}</div> }.into_any()
}

/// Explains why the status could not be loaded. If the server shows it only on its own page, offers to open that page.
fn load_error(factors: Factors, trouble: &Message) -> AnyView {
    let on_page_only = *trouble == CasdoorError::FactorsOnPageOnly.message();
    let connection = factors.id;
    let open = on_page_only.then(|| {
        view! {
            <button class="primary" type="button" data-action="factors-page" on:click=move |_| open_page(factors, connection)>
                {localize("factors_open_page")}
            </button>
        }
    });
    view! {
        <p class="notice" role="alert" data-error=trouble.key.as_str().to_owned()>{localize_message(trouble)}</p>
        <div class="buttons">
            {open}
            <button type="button" data-action="refresh-factors" on:click=move |_| factors.load()>{localize("factors_refresh")}</button>
        </div>
    }
    .into_any()
}

/// Opens the server's own page. Its address is in the list of connections, which is requested first.
fn open_page(factors: Factors, connection: ConnectionId) {
    factors.ui.ask(ListConnections, move |_, connections| {
        if let Some(card) = connections.iter().find(|card| card.connection.id == connection) {
            page::open_tab(&setup_page(&card.server, FactorMethod::App));
        }
    });
}

fn setup_page(server: &str, method: FactorMethod) -> String {
    format!("{server}/mfa/setup?mfaType={}", method.as_str())
}

/// Shows the status of the second factors, with the changes that the user can make.
fn status(factors: Factors, card: &FactorsCard) -> AnyView {
    // RADIUS and push notifications are rare, so they are listed only if they are on.
    let shown = |factor: &&Factor| factor.is_on || !matches!(factor.method, FactorMethod::Radius | FactorMethod::Push);
    let any_on = card.factors.methods.iter().any(|factor| factor.is_on);
    let lines: Vec<_> =
        card.factors.methods.iter().filter(shown).map(|factor| method_row(factors, card, factor)).collect();
    let page_only = factors.page_only.get();
    let now = page::now().0;
    let remembered = card.factors.remembered_until.filter(|until| any_on && *until > now).map(|until| {
        view! { <p class="quiet" data-remembered="">{localize_with("factors_remembered", &[&intl::date(until)])}</p> }
    });
    view! {
        <p class="quiet">{localize_with("factors_of", &[&card.connection.label, &card.connection.host])}</p>
        {card.recovery_code.clone().map(|code| recovery(factors, code))}
        <ul class="factors-list">{lines}</ul>
        {remembered}
        {(!page_only).then(|| changes(factors, card, any_on))}
        <p class="quiet">{localize("factors_elsewhere")}</p>
        <div class="buttons">
            {page_only.then(|| page_button(&card.server, FactorMethod::App, "factors_app_page"))}
            {page_button(&card.server, FactorMethod::Sms, "factors_sms_page")}
            {page_button(&card.server, FactorMethod::Email, "factors_email_page")}
        </div>
    }
    .into_any()
}

fn changes(factors: Factors, card: &FactorsCard, any_on: bool) -> AnyView {
    let app = if card.factors.has(FactorMethod::App) { "factors_app_replace" } else { "factors_switch_on" };
    let ask = move |change| move |_| factors.asked.set(Some(change));
    let forbidden = factors.ui.policy.with(|policy| policy.has(Rule::ForbidMfaChanges));
    let (described_by, reason) = if forbidden { hint(localize("managed_reason")) } else { (None, None) };
    let described = described_by.clone();
    let off = any_on.then(|| {
        view! {
            <button type="button" data-action="factors-off" disabled=forbidden aria-describedby=described on:click=ask(FactorChange::SwitchOff)>
                {localize("factors_switch_off")}
            </button>
        }
    });
    view! {
        <div class="buttons">
            <button type="button" data-action="factors-app" disabled=forbidden aria-describedby=described_by on:click=ask(FactorChange::SwitchOnApp)>{localize(app)}</button>
            {off}
        </div>
        {reason}
    }
    .into_any()
}

fn page_button(server: &str, method: FactorMethod, words: &str) -> AnyView {
    let address = setup_page(server, method);
    view! {
        <button class="plain" type="button" data-action=format!("set-up-{}", method.as_str()) on:click=move |_| page::open_tab(&address)>
            {localize(words)}
        </button>
    }
    .into_any()
}

fn method_row(factors: Factors, card: &FactorsCard, factor: &Factor) -> AnyView {
    let method = factor.method;
    let state = match (factor.is_on, factor.is_preferred) {
        (true, true) => "factors_on_preferred",
        (true, false) => "factors_on",
        (false, _) => "factors_off_state",
    };
    let forbidden = factors.ui.policy.with(|policy| policy.has(Rule::ForbidMfaChanges));
    let can_prefer = !forbidden && factor.is_on && !factor.is_preferred && !factors.page_only.get();
    let prefer = can_prefer.then(|| {
        let ask = move |_| factors.asked.set(Some(FactorChange::Prefer(method)));
        view! { <button class="plain" type="button" data-action="factors-prefer" on:click=ask>{localize("factors_prefer")}</button> }
    });
    let destination = (factor.is_on && !factor.destination.is_empty())
        .then(|| view! { <small data-destination="">{factor.destination.clone()}</small> });
    let required = card
        .required
        .contains(&method)
        .then(|| view! { <small data-required="">{localize("factors_required")}</small> });
    view! {
        <li data-factor=method.as_str() data-enabled=factor.is_on.to_string() data-preferred=factor.is_preferred.to_string()>
            <span>{method_name(method)}{destination}{required}</span>
            <b>{localize(state)}</b>
            {prefer}
        </li>
    }
    .into_any()
}

fn method_name(method: FactorMethod) -> String {
    localize(&format!("factors_method_{}", method.as_str()))
}

/// Explains a change and asks for the vault password.
fn confirm(factors: Factors, card: &FactorsCard, change: FactorChange) -> AnyView {
    let has_app = card.factors.has(FactorMethod::App);
    let (text, action) = match change {
        FactorChange::SwitchOnApp if has_app => (localize("factors_confirm_replace"), localize("factors_app_replace")),
        FactorChange::SwitchOnApp => (localize("factors_confirm_on"), localize("factors_switch_on")),
        FactorChange::Prefer(method) => {
            (localize_with("factors_confirm_prefer", &[&method_name(method)]), localize("factors_prefer"))
        }
        FactorChange::SwitchOff if !card.required.is_empty() => {
            (localize("factors_confirm_off_required"), localize("factors_switch_off"))
        }
        FactorChange::SwitchOff => (localize("factors_confirm_off"), localize("factors_switch_off")),
    };
    let again = ConfirmPassword::new(factors.ui);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        factors.ui.status.set(None);
        let Some(password) = again.answer() else { return };
        again.forget();
        let request = ChangeFactors { connection: factors.id, change, password };
        factors.ui.send_once(request, move |_, result| factors.receive(result));
    };
    let ui = factors.ui;
    view! {
        <form class="factors-confirm" data-step="confirm-factors" on:submit=send>
            <p>{text}</p>
            {again.field(PASSWORD)}
            <div class="buttons">
                {submit(ui, "change-factors", move || if ui.busy.get() { localize("working") } else { action.clone() })}
                <button class="plain" type="button" data-action="cancel" on:click=move |_| factors.asked.set(None)>
                    {localize("cancel")}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Shows the new recovery code so that the user can write it down. It cannot be shown again.
fn recovery(factors: Factors, code: String) -> AnyView {
    let text = code.clone();
    let copy = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            let copied = page::copy(&text).await;
            factors.ui.show_status(localize(if copied { "factors_recovery_copied" } else { "copy_blocked" }), !copied);
        });
    };
    view! {
        <div class="notice stacked">
            <p>{localize("factors_recovery")}</p>
            <code data-new-recovery="">{code}</code>
            <button type="button" data-action="copy-recovery" on:click=copy>{localize("factors_recovery_copy")}</button>
        </div>
    }
    .into_any()
}
