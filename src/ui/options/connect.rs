//! The flow that connects to a server: enter its address, grant the browser permission, select an organization if there
//! are several, sign in, and review the received accounts. `connect_other_ways` has the alternatives: a connection code
//! and the demo server.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::components::{Field, checkbox, choice, field, managed_reason, submit};
use super::super::state::Ui;
use super::super::texts::{localize, localize_message, localize_with};
use super::{Route, connect_result};
use crate::app::permission_pattern;
use crate::app::policy::{ManagedServer, Rule};
use crate::app::protocol::{CodeOwner, Connected, LookUpServer, ServerLookup, SignIn, SignInManaged, TypedRequest};
use crate::browser::demo_server::DemoServer;
use crate::browser::page;
use crate::casdoor::{AddressError, ServerAddress};
use crate::label::clean;

/// A step of the flow.
#[derive(Clone)]
pub(super) enum ConnectStep {
    /// Enter the address.
    Address,
    /// The server answered, and the user has to select an organization or confirm the server's address.
    Offer(ServerLookup),
    /// The server reported the owner of a connection code.
    Owner(CodeOwner),
    /// The sign-in window is open.
    SigningIn,
    /// Connected; shows the received accounts.
    Connected(Connected),
}

/// The typed and chosen values.
#[derive(Clone, Copy)]
pub(super) struct ConnectFlow {
    pub(super) ui: Ui,
    pub(super) step: RwSignal<ConnectStep>,
    pub(super) server: RwSignal<String>,
    pub(super) organization: RwSignal<String>,
    /// True while the organization is the one in the current tab's address.
    pub(super) is_from_tab: RwSignal<bool>,
    pub(super) application: RwSignal<String>,
    pub(super) client_id: RwSignal<String>,
    pub(super) code: RwSignal<String>,
    /// True if the user agreed to http on a private network.
    pub(super) allow_http: RwSignal<bool>,
    /// The form that asks for consent to http, because its address is on a private network; empty for none.
    pub(super) asks_http: RwSignal<&'static str>,
    /// The host permission pattern that the user granted last.
    pub(super) granted: RwSignal<String>,
    /// The demo server; `None` until its file was read, and in packages without a demo server.
    pub(super) demo: RwSignal<Option<DemoServer>>,
}

/// Returns the properties of a text field without special behavior.
pub(super) fn plain(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field { name, label, hint, ..Field::default() }
}

/// Returns the view of the flow. `done` is called when the list of connections has changed.
pub fn flow(ui: Ui, route: Route, done: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let text = |text: String| RwSignal::new(text);
    let flow = ConnectFlow {
        ui,
        step: RwSignal::new(ConnectStep::Address),
        server: text(route.server.clone()),
        is_from_tab: RwSignal::new(!route.organization.is_empty()),
        organization: text(route.organization.clone()),
        application: text(String::new()),
        client_id: text(String::new()),
        code: text(String::new()),
        allow_http: RwSignal::new(false),
        asks_http: RwSignal::new(""),
        granted: text(String::new()),
        demo: RwSignal::new(None),
    };
    spawn_local(async move { flow.demo.set(DemoServer::read().await) });
    let found_code = route.found_code;
    (move || match flow.step.get() {
        ConnectStep::Address if found_code => flow.found_code(),
        ConnectStep::Address => flow.start(),
        ConnectStep::Offer(offer) => flow.offer(&offer),
        ConnectStep::Owner(owner) => flow.owner(&owner),
        ConnectStep::SigningIn => flow.signing_in(),
        ConnectStep::Connected(connected) => connect_result::connected(ui, connected, done),
    })
    .into_any()
}

impl ConnectFlow {
    /// Shows the servers that the organization's policy names, and the other ways of connecting if it allows them.
    fn start(self) -> AnyView {
        let policy = self.ui.policy.get();
        let others = (!policy.has(Rule::OnlyTheseServers)).then(|| self.address());
        let managed = (!policy.servers.is_empty() || others.is_none()).then(|| {
            let buttons: Vec<_> = policy.servers.iter().enumerate().map(|(index, known)| self.managed(index, known)).collect();
            view! { <div class="panel" data-step="managed">{managed_reason()}<div class="buttons">{buttons}</div></div> }
        });
        view! {
            {managed}
            {others}
        }
        .into_any()
    }

    fn managed(self, index: usize, server: &ManagedServer) -> AnyView {
        let address = ServerAddress::parse(&server.address, true).ok();
        let go = move |_| {
            let Some(pattern) = address.as_ref().map(permission_pattern) else { return };
            self.allowed_then(pattern, move || self.finish(SignInManaged { server: index, password: None }));
        };
        view! {
            <button class="primary" type="button" data-action="sign-in-managed" disabled=self.ui.busy on:click=go>
                {localize_with("policy_sign_in", &[&server.name])}
            </button>
        }
        .into_any()
    }

    fn address(self) -> AnyView {
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            self.connect();
        };
        const ADDRESS: Field = Field {
            name: "server",
            label: "connect_address",
            hint: "connect_address_hint",
            kind: "",
            autocomplete: "url",
            focused: true,
        };
        view! {
            <form class="panel" data-step="address" on:submit=send>
                <div class="beside">
                    {field(ADDRESS, self.server)}
                    {submit(self.ui, "connect", move || localize(if self.ui.busy.get() { "connecting" } else { "connect_button" }))}
                </div>
                {move || self.is_from_tab.get().then(|| self.organization_of_tab())}
                {self.http_consent("address")}
                <p class="quiet">{localize("connect_permission")}</p>
                <details data-details="advanced">
                    <summary>{localize("advanced")}</summary>
                    {field(plain("organization", "connect_organization", "connect_empty_hint"), self.organization)}
                    {field(plain("application", "connect_application", ""), self.application)}
                    {field(plain("client-id", "connect_client_id", ""), self.client_id)}
                </details>
            </form>
            <details class="more" data-details="other-methods">
                <summary>{localize("connect_other_ways")}</summary>
                {self.code_panel()}
                {self.demo_panel()}
            </details>
        }
        .into_any()
    }

    /// Shows the organization that the current tab's address names. The server is asked for its organizations if the
    /// user wants another one.
    fn organization_of_tab(self) -> AnyView {
        let words = self.organization.with_untracked(|name| localize_with("connect_from_tab", &[&clean(name)]));
        let change = move |_| {
            self.organization.set(String::new());
            self.is_from_tab.set(false);
        };
        view! {
            <p class="line" data-from-tab="">
                <span>{words}</span>
                <button class="plain" type="button" data-action="change-organization" on:click=change>{localize("change")}</button>
            </p>
        }
        .into_any()
    }

    /// Shows the consent checkbox for an http address on a private network: while such a server's address is in the
    /// field, and after such an address was found in a connection code.
    pub(super) fn http_consent(self, form: &'static str) -> AnyView {
        let needs_consent =
            move || self.server.with(|text| ServerAddress::parse(text, false)) == Err(AddressError::NeedsConsent);
        let is_asked = Memo::new(move |_| self.asks_http.get() == form || form == "address" && needs_consent());
        let asked = move || {
            is_asked.get().then(|| {
                checkbox("allow-http", localize("connect_http"), localize("connect_http_hint"), self.allow_http)
            })
        };
        asked.into_any()
    }

    /// Requests the browser permission and then contacts the server. Without the permission, the extension cannot
    /// remove its `Origin` header, and the server rejects its requests.
    pub(super) fn connect(self) {
        match ServerAddress::parse(&self.server.get_untracked(), self.allow_http.get_untracked()) {
            Ok(address) => self.allowed_then(permission_pattern(&address), move || self.discover(None)),
            Err(error) => self.reject_address("address", error),
        }
    }

    pub(super) fn reject_address(self, form: &'static str, error: AddressError) {
        match error {
            AddressError::NeedsConsent => {
                self.asks_http.set(form);
                self.ui.show_failure(&error.message());
            }
            _ if form == "address" => self.ui.reject("server", localize_message(&error.message())),
            _ => self.ui.show_failure(&error.message()),
        }
    }

    /// Asks the user for access to the hosts in `pattern`, and calls `then` if it is granted. Otherwise, shows a
    /// message.
    pub(super) fn allowed_then(self, pattern: String, then: impl FnOnce() + 'static) {
        self.ui.status.set(None);
        let answer = page::request_host(&pattern);
        spawn_local(async move {
            if answer.await {
                self.granted.set(pattern);
                then();
            } else {
                self.ui.show_status(localize("connect_not_allowed"), true);
            }
        });
    }

    fn discover(self, chosen: Option<String>) {
        let typed = self.organization.get_untracked();
        let named = chosen.clone().or_else(|| (!typed.trim().is_empty()).then(|| typed.trim().to_owned()));
        let (application, client_id) = (typed_in(self.application), typed_in(self.client_id));
        let choose = named.is_none() && application.is_none() && client_id.is_none();
        let request = LookUpServer {
            server: self.server.get_untracked(),
            organization: named,
            application,
            client_id,
            allow_http: self.allow_http.get_untracked(),
        };
        self.ui.ask_once(request, move |_, mut offer| {
            if let (true, ConnectStep::Offer(before)) = (offer.organizations.is_empty(), self.step.get_untracked()) {
                offer.organizations = before.organizations;
            }
            let allowed = offer.permission == self.granted.get_untracked();
            let is_clear = offer.looks_like.is_none() && !(choose && offer.organizations.len() > 1);
            if allowed && chosen.is_none() && is_clear {
                self.sign_in(offer.organization);
            } else {
                self.step.set(ConnectStep::Offer(offer));
            }
        });
    }

    /// Asks the user to select an organization, or to confirm a server address that differs from the entered one or
    /// resembles another.
    fn offer(self, offer: &ServerLookup) -> AnyView {
        let chosen = RwSignal::new(offer.organization.clone());
        let several = offer.organizations.len() > 1;
        let mut options: Vec<_> =
            offer.organizations.iter().map(|name| (name.clone(), clean(name).into_owned())).collect();
        if offer.organization.is_empty() {
            options.insert(0, (String::new(), localize("connect_choose")));
        }
        let before = offer.organization.clone();
        Effect::new(move |_| {
            let chosen = chosen.get();
            if chosen != before {
                self.discover(Some(chosen));
            }
        });
        let (pattern, organization) = (offer.permission.clone(), offer.organization.clone());
        let waits = several && organization.is_empty();
        let (warning, insists) = look_alike_warning(&offer.server, offer.looks_like.as_deref());
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            let organization = organization.clone();
            self.allowed_then(pattern.clone(), move || self.sign_in(organization));
        };
        view! {
            <form class="panel" data-step="offer" on:submit=send>
                <h2>{offer_title(offer)}</h2>
                {warning}
                {several.then(|| choice("organization", "connect_organization", options, chosen))}
                <div class="buttons">
                    <button
                        class="primary"
                        type="submit"
                        data-action="sign-in"
                        disabled=move || waits || !insists.get() || self.ui.busy.get()
                    >
                        {localize("connect_sign_in")}
                    </button>
                    <button class="plain" type="button" data-action="cancel" on:click=move |_| self.step.set(ConnectStep::Address)>
                        {localize("cancel")}
                    </button>
                </div>
            </form>
        }
        .into_any()
    }

    fn sign_in(self, organization: String) {
        self.organization.set(organization);
        self.finish(SignIn { application: typed_in(self.application), client_id: typed_in(self.client_id) });
    }

    pub(super) fn finish(self, request: impl TypedRequest<Answer = Connected>) {
        let before = self.step.get_untracked();
        self.step.set(ConnectStep::SigningIn);
        self.ui.send_once(request, move |ui, connected| match connected {
            Ok(connected) => {
                // A connection code contains a token, so it is cleared as soon as it has been used.
                self.code.set(String::new());
                self.step.set(ConnectStep::Connected(connected));
            }
            Err(message) => {
                self.step.set(before);
                ui.show_failure(&message);
            }
        });
    }

    fn signing_in(self) -> AnyView {
        view! {
            <div class="panel" data-step="signing-in" role="status">
                <p>{localize("connect_signing_in")}</p>
            </div>
        }
        .into_any()
    }
}

/// Returns the typed text without surrounding spaces; `None` if it is empty.
fn typed_in(text: RwSignal<String>) -> Option<String> {
    text.with_untracked(|text| Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// Returns the warning about a server whose host resembles another one, and a signal that is true once the user has
/// overruled it.
pub(super) fn look_alike_warning(server: &str, other: Option<&str>) -> (Option<AnyView>, RwSignal<bool>) {
    let insists = RwSignal::new(other.is_none());
    let shown = other.map(|other| {
        let parsed = ServerAddress::parse(server, true);
        let host = parsed.as_ref().map_or(server, ServerAddress::host);
        let insist = localize_with("confirm_site_insist", &[host, other]);
        view! {
            <p role="alert" class="notice" data-warning="">{localize_with("connect_looks_like", &[host, other])}</p>
            {checkbox("insists", insist, String::new(), insists)}
        }
        .into_any()
    });
    (shown, insists)
}

fn offer_title(offer: &ServerLookup) -> String {
    match [&offer.application_name, &offer.application].into_iter().find(|name| !name.is_empty()) {
        Some(name) => localize_with("connect_found", &[name, &offer.server]),
        None => localize_with("connect_found_server", &[&offer.server]),
    }
}
