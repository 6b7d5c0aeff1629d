//! The state of a page in signals, and how the worker's replies change it.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::badge::Icons;
use super::focus;
use super::texts::localize_message;
pub use super::view::{ContextType, ScreenKind, View};
use crate::app::accounts::list_view;
use crate::app::policy::Policy;
use crate::app::protocol::{
    AccountList, Filled, Message, PendingAnswer, ReadPolicy, ReadScreen, ScanResults, Screen, TypedRequest,
};
use crate::autofill::PageAddress;
use crate::browser::page;
use crate::vault::AccountId;

/// The message at the bottom, which stays until it is dismissed or replaced.
#[derive(Clone, Debug)]
pub struct StatusMessage {
    /// The text.
    pub text: String,
    /// True if it reports a failure.
    pub failed: bool,
    /// Undoes the action.
    pub undo: Option<Undo>,
}

/// A request that undoes an action, as JSON.
#[derive(Clone, Debug)]
pub struct Undo(String);

impl Undo {
    /// Undoes an action by this request.
    pub fn by(request: &impl TypedRequest<Answer = Screen>) -> Self {
        Self(page::to_json(request))
    }
}

/// An answer that a page shows in the same way wherever it was asked for.
pub trait Render {
    /// Shows the answer.
    fn render(self, ui: Ui);
}

impl Render for Screen {
    fn render(self, ui: Ui) {
        ui.render_screen(self);
    }
}

impl Render for ScanResults {
    fn render(self, ui: Ui) {
        ui.show_view(View::ScanResults(Arc::new(self)));
    }
}

impl Render for Message {
    fn render(self, ui: Ui) {
        ui.show_success(&self);
    }
}

impl Render for PendingAnswer {
    fn render(self, ui: Ui) {
        match self {
            Self::Nothing(screen) => screen.render(ui),
            Self::ScanResults(found) => found.render(ui),
            Self::AskRecovery(ask) => ui.show_view(View::UseRecovery(ask)),
            Self::AskFirstUse(ask) => ui.show_view(View::FirstUse(ask)),
            Self::NotFilled(Filled { code: Some(code), message, .. }) => {
                spawn_local(crate::ui::popup::row_actions::put_on_clipboard(ui, code, message));
            }
            Self::NotFilled(_) => {}
        }
    }
}

/// Handles the JSON of a reply; `None` if the worker did not answer.
type Then = Box<dyn FnOnce(Ui, Option<String>)>;

/// The state of a page, which is copied into every handler.
#[derive(Clone, Copy)]
pub struct Ui {
    /// The current screen.
    pub screen: RwSignal<ScreenKind>,
    /// The view to show while the vault is open.
    pub view: RwSignal<View>,
    /// The account list.
    pub account_list: RwSignal<Arc<AccountList>>,
    /// The current time, in seconds since 1970.
    pub now: RwSignal<u64>,
    /// When the page was opened, in seconds since 1970. Countdown rings count from this time, because style sheets lose
    /// precision with large numbers.
    pub opened_at: StoredValue<u64>,
    /// The context in which the page is shown.
    pub context: ContextType,
    /// The current tab's origin and path.
    pub page: StoredValue<Option<String>>,
    /// The current tab's origin.
    pub origin: StoredValue<Option<String>>,
    /// The search text.
    pub query: RwSignal<String>,
    /// The field whose value is rejected, and the reason, which is shown below it.
    pub rejected: RwSignal<Option<(&'static str, String)>>,
    /// The message at the bottom.
    pub status: RwSignal<Option<StatusMessage>>,
    /// The announcement for screen readers.
    pub announcement: RwSignal<String>,
    /// True while a request that disables buttons is in progress.
    pub busy: RwSignal<bool>,
    /// The codes that this page has generated for counter-based accounts.
    pub counted: RwSignal<Vec<(AccountId, String)>>,
    /// The account whose code was just copied.
    pub copied: RwSignal<Option<AccountId>>,
    /// The organization's policy; the default policy until [`Ui::load_policy`] has read it.
    pub policy: RwSignal<Arc<Policy>>,
    /// The icons of services.
    pub icons: Icons,
    /// The requests of [`Ui::send_once`] that the worker has not answered yet, the latest last.
    in_flight: StoredValue<Vec<String>>,
    runs_out_at: StoredValue<Option<u64>>,
    asking: StoredValue<bool>,
    asks_again: StoredValue<bool>,
}

impl Ui {
    /// Creates the state of a page opened at `now`; `page` is the address of the tab behind a popup.
    pub fn new(now: u64, context: ContextType, page: Option<String>, icons: Icons) -> Self {
        let origin = page.as_ref().map(|page| PageAddress::from(page).origin.to_owned());
        Self {
            context,
            screen: RwSignal::default(),
            view: RwSignal::default(),
            account_list: RwSignal::default(),
            now: RwSignal::new(now),
            opened_at: StoredValue::new(now),
            page: StoredValue::new(page),
            origin: StoredValue::new(origin),
            query: RwSignal::default(),
            rejected: RwSignal::new(None),
            status: RwSignal::new(None),
            announcement: RwSignal::default(),
            busy: RwSignal::new(false),
            counted: RwSignal::default(),
            copied: RwSignal::new(None),
            policy: RwSignal::default(),
            icons,
            in_flight: StoredValue::new(Vec::new()),
            runs_out_at: StoredValue::new(None),
            asking: StoredValue::new(false),
            asks_again: StoredValue::new(false),
        }
    }

    /// Sends a request and passes the answer to `then`, or shows why it failed.
    pub fn ask<R: TypedRequest>(self, request: R, then: impl FnOnce(Self, R::Answer) + 'static) {
        self.send(request, move |ui, result| ui.handle_result(result, then));
    }

    /// Sends a request like [`Ui::ask`], with buttons disabled as in [`Ui::send_once`].
    pub fn ask_once<R: TypedRequest>(self, request: R, then: impl FnOnce(Self, R::Answer) + 'static) {
        self.send_once(request, move |ui, result| ui.handle_result(result, then));
    }

    fn handle_result<A>(self, result: Result<A, Message>, then: impl FnOnce(Self, A)) {
        match result {
            Ok(answer) => then(self, answer),
            Err(message) => self.show_failure(&message),
        }
    }

    /// Sends a request and passes the answer or the message of the failure to `then`, without disabling buttons.
    pub fn send<R: TypedRequest>(self, request: R, then: impl FnOnce(Self, Result<R::Answer, Message>) + 'static) {
        self.exchange(page::to_json(&request), Box::new(move |ui, reply| then(ui, page::parse_answer(reply))));
    }

    /// Sends a request and passes the answer or the message of the failure to `then`. Buttons that submit a form are
    /// disabled until it arrives.
    ///
    /// A request that repeats the latest one in flight is ignored, because it comes from a double click. Any other
    /// request is sent at once: the user may lock the vault or fill a code while a sync waits for a slow server.
    pub fn send_once<R: TypedRequest>(self, request: R, then: impl FnOnce(Self, Result<R::Answer, Message>) + 'static) {
        self.exchange_once(page::to_json(&request), Box::new(move |ui, reply| then(ui, page::parse_answer(reply))));
    }

    fn exchange_once(self, request: String, then: Then) {
        if self.in_flight.with_value(|sent| sent.last() == Some(&request)) {
            return;
        }
        self.in_flight.update_value(|sent| sent.push(request.clone()));
        self.busy.set(true);
        self.rejected.set(None);
        let then: Then = Box::new({
            let request = request.clone();
            move |ui, reply| {
                ui.in_flight.update_value(|sent| {
                    if let Some(at) = sent.iter().position(|other| *other == request) {
                        sent.remove(at);
                    }
                });
                ui.busy.set(ui.in_flight.with_value(|sent| !sent.is_empty()));
                then(ui, reply);
            }
        });
        self.exchange(request, then);
    }

    /// Sends the JSON of a request. All requests share this function and its state machine, because they differ only in
    /// how the answer is parsed.
    fn exchange(self, request: String, then: Then) {
        spawn_local(async move {
            let reply = page::send(&request, self.page.get_value().as_deref()).await;
            then(self, reply);
        });
    }

    /// Sends a request and renders its answer. Buttons are disabled until it arrives.
    pub fn send_and_render<R: TypedRequest<Answer: Render>>(self, request: R) {
        self.send_once(request, Self::render);
    }

    /// Undoes an action.
    pub fn undo(self, undo: &Undo) {
        self.exchange_once(undo.0.clone(), Box::new(|ui, reply| ui.render(page::parse_answer::<Screen>(reply))));
    }

    /// Reads the organization's policy, so that the page can show which settings it decides. Only the worker enforces
    /// it.
    pub fn load_policy(self) {
        self.send(ReadPolicy, |ui, policy| {
            if let Ok(policy) = policy
                && ui.policy.with_untracked(|known| **known != policy)
            {
                ui.policy.set(Arc::new(policy));
            }
        });
    }

    /// Requests the current screen without disabling buttons.
    pub fn refresh_screen(self) {
        if self.asking.get_value() {
            // The screen may have changed after the worker prepared the pending reply, so it is requested again
            // afterward.
            return self.asks_again.set_value(true);
        }
        self.asking.set_value(true);
        self.send(ReadScreen { origin: self.page.get_value() }, |ui, screen| {
            ui.asking.set_value(false);
            ui.render(screen);
            if ui.asks_again.get_value() {
                ui.asks_again.set_value(false);
                ui.refresh_screen();
            }
        });
    }

    /// Renders an answer, or shows why there is none.
    pub fn render<A: Render>(self, result: Result<A, Message>) {
        self.handle_result(result, |ui, answer| answer.render(ui));
    }

    /// Renders a screen.
    pub fn render_screen(self, screen: Screen) {
        if matches!(screen, Screen::Locked) && self.screen.with_untracked(|present| *present == ScreenKind::AccountList)
        {
            // Reloading replaces the document, so that codes and typed texts do not stay in this page's memory.
            if window().location().reload().is_ok() {
                return;
            }
        }
        let shown = match screen {
            Screen::FirstRun => ScreenKind::FirstRun,
            Screen::SignIn(offer) => ScreenKind::SignIn(offer),
            Screen::SetPassword => ScreenKind::SetPassword,
            Screen::Locked => ScreenKind::Locked,
            Screen::KeyGone => ScreenKind::KeyGone,
            Screen::Newer => ScreenKind::Newer,
            Screen::Damaged(copies) => ScreenKind::Damaged(copies),
            Screen::AccountList(account_list) => {
                self.show_account_list(account_list);
                return;
            }
        };
        self.clear_account_list();
        self.show(shown);
    }

    /// Stores an account list and shows it.
    pub fn show_account_list(self, account_list: AccountList) {
        self.runs_out_at.set_value(list_view::runs_out_at(&account_list));
        if self.account_list.with_untracked(|present| **present != account_list) {
            self.account_list.set(Arc::new(account_list));
        }
        self.show(ScreenKind::AccountList);
    }

    fn show(self, shown: ScreenKind) {
        if self.screen.with_untracked(|present| *present != shown) {
            self.status.set(None);
            self.screen.set(shown);
        }
    }

    /// Clears everything that an open vault showed.
    fn clear_account_list(self) {
        self.account_list.set(Arc::default());
        self.counted.set(Vec::new());
        self.query.set(String::new());
        self.view.set(View::List);
        self.runs_out_at.set_value(None);
    }

    /// Shows a view, and removes the message at the bottom, because it belongs to the previous view.
    pub fn show_view(self, view: View) {
        self.status.set(None);
        self.rejected.set(None);
        self.view.set(view);
    }

    /// Returns to the list.
    pub fn back(self) {
        self.show_view(View::List);
    }

    /// Shows a success message.
    pub fn show_success(self, message: &Message) {
        self.show_status(localize_message(message), false);
    }

    /// Shows a failure message.
    pub fn show_failure(self, message: &Message) {
        self.show_status(localize_message(message), true);
    }

    /// Shows why the value of a field is rejected, below the field, and focuses it.
    pub fn reject(self, field: &'static str, reason: String) {
        self.status.set(None);
        self.rejected.set(Some((field, reason)));
        focus::focus_selector(&format!("[data-field={field}]"));
    }

    /// Shows a message at the bottom.
    pub fn show_status(self, text: String, failed: bool) {
        self.status.set(Some(StatusMessage { text, failed, undo: None }));
    }

    /// Runs every second: clears the account list when the vault locks, and requests a new account list before a row
    /// runs out of codes.
    pub fn handle_tick(self, now: u64) {
        if self.screen.with_untracked(|screen| *screen != ScreenKind::AccountList) {
            return;
        }
        if now >= self.account_list.with_untracked(|account_list| account_list.lock_at) {
            self.render_screen(Screen::Locked);
            self.refresh_screen();
        } else if self.runs_out_at.get_value().is_some_and(|end| now.saturating_add(1) >= end) {
            self.refresh_screen();
        }
    }
}
