//! What the pages know: signals, and how the worker's replies change them.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::words::say_message;
use crate::app::protocol::{Board, Found, GenerationCard, Message, RecoveryAsk, Reply, Request, Screen};
use crate::app::show;
use crate::browser::page;
use crate::vault::{AccountId, ConnectionId};

/// Which screen the worker wants drawn, without the board's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// The worker was not heard yet.
    #[default]
    Nothing,
    /// There is no vault.
    FirstRun,
    /// It is locked.
    Locked,
    /// It has no password, and this device no longer has its key.
    KeyGone,
    /// A newer version of the extension wrote it.
    Newer,
    /// It is damaged.
    Damaged(Vec<GenerationCard>),
    /// It is open.
    Board,
}

/// What stands in front of the open board.
#[derive(Clone, Debug, Default)]
pub enum View {
    /// The list itself.
    #[default]
    List,
    /// The form for a new account.
    Add,
    /// The form of one account.
    Edit(AccountId),
    /// What a scan or a text held.
    Found(Arc<Found>),
    /// The camera, in a tab of its own.
    Camera,
    /// An account as a QR code.
    Qr(AccountId),
    /// A connected user's second factors.
    Factors(ConnectionId),
    /// True if an account is for a site, and the origin that was asked about.
    ConfirmSite(AccountId, String, String),
    /// An account's recovery codes.
    Recovery(AccountId),
    /// A page that waits for a recovery code.
    UseRecovery(RecoveryAsk),
}

/// One line at the bottom; it stays until the user or the next one takes it away.
#[derive(Clone, Debug)]
pub struct Said {
    /// What it says.
    pub text: String,
    /// Something was not done.
    pub failed: bool,
    /// What takes it back.
    pub undo: Option<Request>,
}

/// The state of a page. It is copied into every handler.
#[derive(Clone, Copy)]
pub struct Ui {
    /// Which screen.
    pub screen: RwSignal<Shown>,
    /// What stands in front of the board.
    pub view: RwSignal<View>,
    /// The board.
    pub board: RwSignal<Arc<Board>>,
    /// Seconds since 1970.
    pub now: RwSignal<u64>,
    /// When the page was opened: rings count from there, because numbers in style sheets are short.
    pub opened_at: StoredValue<u64>,
    /// True if this is the popup: it may scan the current tab, and closes when it loses the focus.
    pub in_popup: bool,
    /// The current tab's origin.
    pub origin: StoredValue<Option<String>>,
    /// What is searched for.
    pub query: RwSignal<String>,
    /// The line at the bottom.
    pub said: RwSignal<Option<Said>>,
    /// What screen readers are told, and nobody else.
    pub told: RwSignal<String>,
    /// A request is on its way whose button waits.
    pub busy: RwSignal<bool>,
    /// Codes that were asked for, of accounts that count.
    pub counted: RwSignal<Vec<(AccountId, String)>>,
    /// The account whose code was copied a moment ago.
    pub copied: RwSignal<Option<AccountId>>,
    runs_out_at: StoredValue<Option<u64>>,
    asking: StoredValue<bool>,
}

impl Ui {
    /// The state of a page that was opened at `now`; a popup over a tab of `origin`.
    pub fn new(now: u64, in_popup: bool, origin: Option<String>) -> Self {
        Self {
            in_popup,
            screen: RwSignal::default(),
            view: RwSignal::default(),
            board: RwSignal::default(),
            now: RwSignal::new(now),
            opened_at: StoredValue::new(now),
            origin: StoredValue::new(origin),
            query: RwSignal::default(),
            said: RwSignal::new(None),
            told: RwSignal::default(),
            busy: RwSignal::new(false),
            counted: RwSignal::default(),
            copied: RwSignal::new(None),
            runs_out_at: StoredValue::new(None),
            asking: StoredValue::new(false),
        }
    }

    /// Sends a request for a button and gives the reply to `then`. Meanwhile buttons wait, and a second press is nothing.
    pub fn ask(self, request: Request, then: impl FnOnce(Self, Reply) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.load(request, move |ui, reply| {
            ui.busy.set(false);
            then(ui, reply);
        });
    }

    /// Sends a request that nobody waits for with a button.
    pub fn load(self, request: Request, then: impl FnOnce(Self, Reply) + 'static) {
        spawn_local(async move {
            let reply = page::ask(&request).await;
            then(self, reply);
        });
    }

    /// Sends a request whose reply is a screen or a sentence.
    pub fn act(self, request: Request) {
        self.ask(request, Self::take);
    }

    /// Asks what to draw, without anything waiting for it.
    pub fn open(self) {
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        self.load(Request::Open { origin: self.origin.get_value() }, |ui, reply| {
            ui.asking.set_value(false);
            ui.take(reply);
        });
    }

    /// Draws what a reply says. `true` unless it says that something was not done.
    pub fn take(self, reply: Reply) {
        match reply {
            Reply::Screen { screen } => self.draw(screen),
            Reply::Found { found } => self.view.set(View::Found(Arc::new(found))),
            Reply::AskRecovery { ask } => self.view.set(View::UseRecovery(ask)),
            Reply::Failed { message } => self.fail(&message),
            Reply::Done { message } => self.say(&message),
            _ => {}
        }
    }

    /// Draws a screen.
    pub fn draw(self, screen: Screen) {
        let shown = match screen {
            Screen::FirstRun => Shown::FirstRun,
            Screen::Locked => Shown::Locked,
            Screen::KeyGone => Shown::KeyGone,
            Screen::Newer => Shown::Newer,
            Screen::Damaged { generations } => Shown::Damaged(generations),
            Screen::Board { board } => {
                self.show_board(board);
                return;
            }
        };
        self.forget_board();
        self.show(shown);
    }

    /// Draws a board.
    pub fn show_board(self, board: Board) {
        self.runs_out_at.set_value(show::runs_out_at(&board));
        if self.board.with_untracked(|present| **present != board) {
            self.board.set(Arc::new(board));
        }
        self.show(Shown::Board);
    }

    fn show(self, shown: Shown) {
        if self.screen.with_untracked(|present| *present != shown) {
            self.said.set(None);
            self.screen.set(shown);
        }
    }

    /// Nothing of an open vault stays behind a locked one.
    fn forget_board(self) {
        self.board.set(Arc::default());
        self.counted.set(Vec::new());
        self.query.set(String::new());
        self.view.set(View::List);
        self.runs_out_at.set_value(None);
    }

    /// Goes back to the list.
    pub fn back(self) {
        self.said.set(None);
        self.view.set(View::List);
    }

    /// Says what happened.
    pub fn say(self, message: &Message) {
        self.tell(say_message(message), false);
    }

    /// Says what was not done, and what to do.
    pub fn fail(self, message: &Message) {
        self.tell(say_message(message), true);
    }

    /// Puts a line at the bottom.
    pub fn tell(self, text: String, failed: bool) {
        self.said.set(Some(Said { text, failed, undo: None }));
    }

    /// What every second brings: the board is nothing once it locks, and is asked for again before its codes end.
    pub fn look_at_the_clock(self, now: u64) {
        if self.screen.with_untracked(|screen| *screen != Shown::Board) {
            return;
        }
        if now >= self.board.with_untracked(|board| board.lock_at) {
            self.draw(Screen::Locked);
            self.open();
        } else if self.runs_out_at.get_value().is_some_and(|end| now.saturating_add(1) >= end) {
            self.open();
        }
    }
}
