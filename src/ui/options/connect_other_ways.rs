//! The alternatives to connecting by address: a connection code, whose owner is shown before anything is stored, and
//! the demo server.

use leptos::prelude::*;

use super::super::components::{field, submit};
use super::super::texts::{localize, localize_with};
use super::connect::{ConnectFlow, ConnectStep, look_alike_warning, plain};
use crate::app::permission_pattern;
use crate::app::protocol::{CodeOwner, ConnectByCode, LookUpServer, Message, ReadConnectionCode, SignIn};
use crate::browser::demo_server::DemoServer;
use crate::browser::intl;
use crate::casdoor::sign_in::ConnectionCode;
use crate::casdoor::{CasdoorError, ServerAddress};

impl ConnectFlow {
    /// Returns the form for a connection code.
    pub(super) fn code_panel(self) -> AnyView {
        view! {
            <form class="panel" data-step="code" on:submit=move |event| { event.prevent_default(); self.look_at_code() }>
                {field(plain("code", "connect_code", "connect_code_hint"), self.code)}
                {self.http_consent("code")}
                <div class="buttons">
                    <button type="submit" data-action="check-code" disabled=move || self.code.get().is_empty() || self.ui.busy.get()>
                        {localize("connect_code_check")}
                    </button>
                </div>
            </form>
        }
        .into_any()
    }

    /// Shows a scanned connection code. The worker keeps the code; the page only knows its server.
    pub(super) fn found_code(self) -> AnyView {
        let server = self.server.get_untracked();
        view! {
            <form class="panel" data-step="found-code" on:submit=move |event| { event.prevent_default(); self.look_at_code() }>
                <p>{localize_with("found_connection_to", &[&server])}</p>
                {self.http_consent("code")}
                <p class="quiet">{localize("connect_permission")}</p>
                <div class="buttons">{submit(self.ui, "check-code", || localize("connect_code_check"))}</div>
            </form>
        }
        .into_any()
    }

    /// Asks the server for the owner of the typed code, or of the code that was scanned last if none is typed.
    fn look_at_code(self) {
        let (code, allow_http) = (self.code.get_untracked(), self.allow_http.get_untracked());
        let server = if code.is_empty() {
            ServerAddress::parse(&self.server.get_untracked(), allow_http).map_err(CasdoorError::ConnectionCodeServer)
        } else {
            ConnectionCode::parse(&code, allow_http).map(|code| code.server)
        };
        match server {
            Ok(server) => {
                let request = ReadConnectionCode { code, allow_http };
                self.allowed_then(permission_pattern(&server), move || {
                    self.ui.ask_once(request, move |_, owner| self.step.set(ConnectStep::Owner(owner)));
                });
            }
            Err(CasdoorError::ConnectionCodeServer(error)) => self.reject_address("code", error),
            Err(error) => self.ui.show_failure(&error.message()),
        }
    }

    /// Shows the owner as reported by the server, before anything is stored.
    pub(super) fn owner(self, owner: &CodeOwner) -> AnyView {
        let send = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let (code, allow_http) = (self.code.get_untracked(), self.allow_http.get_untracked());
            self.finish(ConnectByCode { code, allow_http });
        };
        let (server, organization) = (owner.server.clone(), owner.owner.clone());
        let sign_in = move |_| {
            self.server.set(server.clone());
            self.organization.set(organization.clone());
            self.connect();
        };
        let (look_alike, insists) = look_alike_warning(&owner.server, owner.looks_like.as_deref());
        let who = if owner.display_name.is_empty() { &owner.name } else { &owner.display_name };
        let warning = owner
            .is_admin
            .then(|| view! { <p class="notice" data-administrator="">{localize("code_owner_administrator")}</p> });
        view! {
            <form class="panel" data-step="code-owner" on:submit=send>
                <h2>{localize_with("code_owner_title", &[who])}</h2>
                <dl class="facts">
                    <dt>{localize("code_owner_user")}</dt>
                    <dd data-fact="user">{format!("{}/{}", owner.owner, owner.name)}</dd>
                    <dt>{localize("code_owner_server")}</dt>
                    <dd data-fact="server">{owner.server.clone()}</dd>
                    <dt>{localize("code_owner_until")}</dt>
                    <dd data-fact="until">{intl::date(owner.until)}</dd>
                </dl>
                {look_alike}
                {warning}
                <p class="quiet">{localize("code_owner_text")}</p>
                <div class="buttons">
                    <button
                        class="primary"
                        type="submit"
                        data-action="connect-by-code"
                        disabled=move || !insists.get() || self.ui.busy.get()
                    >
                        {localize("connect_code_button")}
                    </button>
                    <button type="button" data-action="full-sign-in" on:click=sign_in>{localize("code_owner_sign_in")}</button>
                    <button class="plain" type="button" data-action="cancel" on:click=move |_| self.step.set(ConnectStep::Address)>
                        {localize("cancel")}
                    </button>
                </div>
            </form>
        }
        .into_any()
    }

    /// Shows the demo server, if the package contains one.
    pub(super) fn demo_panel(self) -> AnyView {
        let start_option = move |demo: DemoServer| {
            let host = demo.address().map(|address| address.host().to_owned()).unwrap_or_default();
            let go = move |_| self.try_demo(demo.clone());
            view! {
                <div class="panel" data-step="demo">
                    <p>{localize_with("demo_text", &[&host])}</p>
                    <div class="buttons">
                        <button type="button" data-action="demo" disabled=self.ui.busy on:click=go>{localize("demo_button")}</button>
                    </div>
                </div>
            }
        };
        (move || self.demo.get().map(start_option)).into_any()
    }

    /// Checks whether the demo server is reachable, and signs in to the packaged application.
    fn try_demo(self, demo: DemoServer) {
        let Some(address) = demo.address() else { return };
        self.allowed_then(permission_pattern(&address), move || {
            let DemoServer { server, client_id, application, organization } = demo;
            let request = LookUpServer {
                server,
                organization: Some(organization),
                application: Some(application),
                client_id: None,
                // The address comes from the package, so http needs no consent from the user.
                allow_http: true,
            };
            self.ui.send_once(request, move |ui, offer| match offer {
                Ok(_) => {
                    self.finish(SignIn { application: None, client_id: Some(client_id) });
                }
                Err(message) if is_offline(&message) => ui.show_status(localize("demo_unreachable"), true),
                Err(message) => ui.show_failure(&message),
            });
        });
    }
}

fn is_offline(message: &Message) -> bool {
    [CasdoorError::Unreachable, CasdoorError::TimedOut].iter().any(|error| error.message() == *message)
}
