//! The service worker's event handlers. The listeners are in `worker.js`, and every decision is made in
//! [`app`](crate::app).

use std::rc::Rc;

use js_sys::JSON;
use serde::Deserialize;
use wasm_bindgen::JsValue;

use super::capture;
use super::chrome::{self, from_js, to_js};
use super::fetch::Fetch;
use super::kdf::SeparateInstance;
use super::memory::{erase_when_idle, in_background};
use super::storage::ExtensionStorage;
use super::sync::{SYNC_NOW, sync_all, sync_if_due, sync_now, sync_soon};
use super::{
    WebCrypto, backups, chosen_language, connect, content_scripts, demo_server, fill, first_use, frame_question, menus,
    now_milliseconds, now_seconds, recovery, scan, shown_user,
};
use crate::app::effects::{self, Effect};
use crate::app::protocol::{
    AllowSite, AnyRequest, AutofillRequest, BrowserRequest, ConfirmFirstUse, ConnectionsRequest, DocumentLocation,
    FillCode, FillRecoveryCode, FirstUse, LookUpServer, PageReply, PageRequest, ReadPictures, ReadScreen,
    RecoveryPrompt, Reply, Request, RunPendingAction, ScanTab, Screen, ServerLookup, SignIn, SignInAgain,
    SignInManaged, SyncNow, VaultRequest,
};
use crate::app::{App, expected_effects, permission_pattern, unused_permissions};
use crate::autofill::{FramePosition, PageContext};
use crate::message;
use crate::secret::Secret;

/// Minutes between repaints of the account list while the vault is unlocked.
const PAINT_MINUTES: u32 = 10;
/// Minutes between regular syncs. Up to a quarter is added, so that clients do not sync at the same time.
const SYNC_MINUTES: f64 = 120.0;
/// The page that explains the first steps.
const WELCOME: &str = "options.html#welcome";
/// The alarm that repaints the account list.
const PAINT: &str = "paint";
/// The alarm of the regular sync.
const SYNC: &str = "sync";
/// The alarm that checks every minute whether the user is away, while the vault is unlocked.
const AWAKE: &str = "awake";
/// The shortest time without mouse or keyboard that the browser can report, in seconds.
const LEAST_IDLE_SECONDS: u64 = 15;
pub(super) type WorkerApp = App<(ExtensionStorage, Fetch, SeparateInstance, WebCrypto)>;

thread_local! {
    static APP: Rc<WorkerApp> = Rc::new(App::new(ExtensionStorage, Fetch, SeparateInstance, WebCrypto));
}

pub(super) fn app() -> Rc<WorkerApp> {
    APP.with(Rc::clone)
}

/// Answers a page of the extension. `origin` is the origin of the page behind a popup, with its path.
pub async fn page_message(request: JsValue, origin: Option<String>) -> JsValue {
    let json = JSON::stringify(&request).ok().and_then(|json| json.as_string());
    let reply = match json.as_deref().and_then(AnyRequest::parse) {
        Some(request) => answer_for_site(request, origin).await,
        None => Reply::failed(message!("error_not_understood")),
    };
    reply.to_json().and_then(|json| JSON::parse(&json).ok()).unwrap_or(JsValue::UNDEFINED)
}

/// Answers a request. The code that handles a request does not know the current tab, so an account list in its answer
/// is replaced by the account list for this site. Otherwise, the site's accounts would no longer come first and could
/// not be filled.
async fn answer_for_site(request: AnyRequest, origin: Option<String>) -> Reply {
    let is_for_site =
        origin.is_none() || matches!(request, AnyRequest::Core(Request::Vault(VaultRequest::ReadScreen(_))));
    let mut reply = answer(request).await;
    if !is_for_site
        && let Some(screen) = reply.screen()
        && matches!(screen, Screen::AccountList(_))
        // The request succeeded, so a failure to read the vault again is not reported here.
        && let Ok(for_site) = shown_user::open(&app(), origin).await
    {
        *screen = for_site;
    }
    reply
}

async fn answer(request: AnyRequest) -> Reply {
    let expected = expected_effects(&request);
    let mut reply = match request {
        AnyRequest::Core(request) => answer_core(request).await,
        AnyRequest::Browser(request) => answer_browser(request).await,
    };
    for effect in effects::after(expected, &mut reply) {
        perform(effect).await;
    }
    reply
}

/// Answers a request that the core handles, with what only the browser can add before or after it.
async fn answer_core(request: Request) -> Reply {
    match request {
        Request::Vault(VaultRequest::ReadScreen(ReadScreen { origin })) => {
            Reply::to::<ReadScreen>(shown_user::open(&app(), origin).await)
        }
        Request::Autofill(
            AutofillRequest::RemoveSite(_) | AutofillRequest::AllowSite(AllowSite { allowed: false, .. }),
        ) => frame_question::remove_site(&app(), request).await,
        Request::Connections(ConnectionsRequest::LookUpServer(request)) => look_up_server(request).await,
        Request::Connections(ConnectionsRequest::ConnectByCode(_)) => {
            demo_server::tell(&app()).await;
            handle(request).await
        }
        Request::Connections(ConnectionsRequest::SyncNow(_)) => Reply::to::<SyncNow>(sync_now().await),
        Request::Connections(ConnectionsRequest::Disconnect(_)) => disconnect(request).await,
        request => handle(request).await,
    }
}

async fn handle(request: Request) -> Reply {
    app().handle(request, &now_milliseconds).await
}

/// Answers a request that needs a tab, a picture or a window.
async fn answer_browser(request: BrowserRequest) -> Reply {
    let app = app();
    match request {
        BrowserRequest::ScanTab(_) => Reply::to::<ScanTab>(scan::tab(&app).await),
        BrowserRequest::ReadPictures(ReadPictures { pictures, camera }) => {
            Reply::to::<ReadPictures>(scan::pictures(&app, &pictures, camera).await)
        }
        BrowserRequest::RunPendingAction(_) => Reply::to::<RunPendingAction>(scan::run_pending_action(&app).await),
        BrowserRequest::FillCode(FillCode { id }) => Reply::to::<FillCode>(fill::fill(&app, id, None).await),
        BrowserRequest::ConfirmFirstUse(ConfirmFirstUse { ask }) => {
            Reply::to::<ConfirmFirstUse>(first_use::confirm(&app, &ask).await)
        }
        BrowserRequest::FillRecoveryCode(FillRecoveryCode { ask, password }) => {
            Reply::to::<FillRecoveryCode>(recovery::fill(&app, &ask, password.into()).await)
        }
        BrowserRequest::SignIn(SignIn { application, client_id }) => {
            demo_server::tell(&app).await;
            Reply::to::<SignIn>(connect::sign_in(&app, application, client_id).await)
        }
        BrowserRequest::SignInManaged(SignInManaged { server, password }) => {
            demo_server::tell(&app).await;
            Reply::to::<SignInManaged>(connect::sign_in_managed(&app, server, password.map(Secret::new)).await)
        }
        BrowserRequest::SignInAgain(SignInAgain { connection }) => {
            Reply::to::<SignInAgain>(connect::sign_in_again(&app, connection).await)
        }
    }
}

/// Carries out an effect of a request. Long tasks continue after the reply.
async fn perform(effect: Effect) {
    match effect {
        Effect::RegisterContentScripts => content_scripts::register(&app()).await,
        Effect::ShowBadge => show_badge().await,
        Effect::CreateMenu => menus::create().await,
        Effect::SyncSoon => in_background(sync_soon()),
        Effect::SyncIfDue => in_background(sync_if_due()),
        Effect::BackUpIfDue => in_background(async { backups::make_due(&app()).await }),
        Effect::TellPagesUnlocked => in_background(content_scripts::tell_unlocked()),
        Effect::EraseMemory => erase_when_idle(false),
    }
}

/// Shows a badge on the icon if the user has to act.
pub(super) async fn show_badge() {
    let needed = app().needs_user(now_seconds()).await;
    let text = if needed { "!" } else { "" };
    let _ = chrome::set_badge_text(&to_js(&serde_json::json!({ "text": text }))).await;
}

/// Looks up a server if the host permission is granted; otherwise returns the permission to request.
async fn look_up_server(request: LookUpServer) -> Reply {
    let address = match app().server_address(&request.server, request.allow_http) {
        Ok(address) => address,
        Err(error) => return Reply::to::<LookUpServer>(Err(error)),
    };
    let permission = permission_pattern(&address);
    let wanted = to_js(&serde_json::json!({ "origins": [&permission] }));
    let granted = chrome::permissions_contain(&wanted).await.is_ok_and(|granted| granted.is_truthy());
    if !granted {
        let offer = ServerLookup { server: address.to_string(), permission, ..ServerLookup::default() };
        return Reply::to::<LookUpServer>(Ok(offer));
    }
    handle(request.into()).await
}

/// Disconnects from a server, and removes the permission for its host unless another connection needs it. The browser
/// asks again when the user reconnects.
async fn disconnect(request: Request) -> Reply {
    let before = app().servers(now_seconds()).await.unwrap_or_default();
    let reply = handle(request).await;
    let Ok(after) = app().servers(now_seconds()).await else { return reply };
    let unused = unused_permissions(&before, &after);
    if !unused.is_empty() {
        // Fails if the manifest itself grants the host, as in test builds.
        let _ = chrome::permissions_remove(&to_js(&serde_json::json!({ "origins": unused }))).await;
    }
    reply
}

/// The current tab, as far as the user's click grants access to it.
#[derive(Deserialize)]
pub(super) struct CurrentTab {
    #[serde(default)]
    pub(super) id: Option<f64>,
    #[serde(default)]
    pub(super) url: Option<String>,
}

pub(super) async fn current_tab() -> Option<CurrentTab> {
    let query = to_js(&serde_json::json!({ "active": true, "lastFocusedWindow": true }));
    from_js::<Vec<CurrentTab>>(chrome::tabs_query(&query).await.ok()?)?.into_iter().next()
}

/// Returns the origin of an address; `None` for pages without one.
pub(super) fn origin_of(url: &str) -> Option<String> {
    web_sys::Url::new(url).ok().map(|url| url.origin()).filter(|origin| origin != "null")
}

/// The browser's information about the sender of a message.
#[derive(Deserialize)]
pub(super) struct Sender {
    #[serde(default)]
    pub(super) origin: String,
    #[serde(default)]
    url: String,
    #[serde(default, rename = "frameId")]
    frame: i32,
    #[serde(default, rename = "documentId")]
    pub(super) document: String,
    #[serde(default)]
    tab: Option<CurrentTab>,
}

impl Sender {
    /// Returns the path of the sender's address; empty if that is not an address of its origin.
    pub(super) fn path(&self) -> String {
        let address = web_sys::Url::new(&self.url).ok().filter(|address| address.origin() == self.origin);
        address.map(|address| address.pathname()).unwrap_or_default()
    }
}

/// Answers a content script. Address, origin, frame, tab and document are reported by the browser, not by the page. The
/// request itself may come from a compromised page, so it can only restrict what the page gets.
pub async fn content_message(request: JsValue, sender: JsValue) -> JsValue {
    let (Some(request), Some(sender)) = (from_js::<PageRequest>(request), from_js::<Sender>(sender)) else {
        return to_js(&PageReply::Nothing);
    };
    if !content_scripts::is_registered(&sender.url).await {
        return to_js(&PageReply::Nothing);
    }
    let path = sender.path();
    let (origin, frame, document) = (sender.origin, sender.frame, sender.document);
    #[expect(clippy::cast_possible_truncation, reason = "the browser numbers tabs with 32 bits")]
    let tab = sender.tab.and_then(|tab| tab.id).map_or(-1, |id| id as i32);
    let place = DocumentLocation { tab, document, origin: origin.clone(), path: path.clone() };
    let Some(seen) = request.seen().cloned() else {
        open_popup(frame, place).await;
        return to_js(&PageReply::Nothing);
    };
    let (texts, picked) = match &request {
        PageRequest::Enroll { picture, .. } => (capture::read_canvas(picture).await, None),
        PageRequest::Pick { id, .. } => (Vec::new(), Some(*id)),
        _ => (Vec::new(), None),
    };
    let rejected = seen.rejected;
    let page = PageContext { origin, path, frame: FramePosition::of(frame, seen.same_origin), seen };
    let mut reply = app().page(request, page, &texts, now_seconds()).await;
    if let PageReply::Offer { entries } = &mut reply {
        shown_user::order_offer(entries, &place, rejected).await;
    }
    match (&reply, picked) {
        (PageReply::Password, Some(id)) => recovery::ask(RecoveryPrompt { id, place }).await,
        (PageReply::Confirm, Some(id)) => first_use::ask(FirstUse { id, place }).await,
        _ => {}
    }
    chosen_language::add_texts(&app(), &reply, to_js(&reply)).await
}

/// Opens the popup for a page. The page gets no reply. The popup may suggest an account that the page must not learn
/// about.
async fn open_popup(frame: i32, place: DocumentLocation) {
    let proposal = match frame {
        0 => app().proposal(&place.address(), now_seconds()).await.unwrap_or_default(),
        _ => None,
    };
    match proposal {
        Some(id) => first_use::ask(FirstUse { id, place }).await,
        // Fails in a window without a toolbar. The user can still open the popup from another window.
        None => drop(chrome::open_popup().await),
    }
}

/// Handles the start of the browser or the extension: sets up the menu and the alarms, and opens a vault without a
/// password, so that the first popup finds its account list. After an installation, opens the page that explains the
/// first steps, unless an organization has set up the extension.
pub async fn started(reason: Option<String>) {
    menus::create().await;
    let every = |minutes: f64| to_js(&serde_json::json!({ "periodInMinutes": minutes, "delayInMinutes": minutes }));
    let _ = chrome::create_alarm(PAINT, &every(PAINT_MINUTES.into())).await;
    let jitter = 1.0 + js_sys::Math::random() / 4.0;
    let _ = chrome::create_alarm(SYNC, &every(SYNC_MINUTES * jitter)).await;
    // A storage failure is ignored here, because the next request detects and reports it.
    let _ = app().apply_policy_language().await;
    let _ = app().tick(now_seconds()).await;
    if reason.as_deref() == Some("install") && matches!(app().screen(None, now_seconds()).await, Ok(Screen::FirstRun)) {
        let page = chrome::extension_url(WELCOME);
        // Without a window, there is no one to welcome.
        let _ = chrome::tabs_create(&to_js(&serde_json::json!({ "url": page }))).await;
    }
}

/// Handles a change of the organization's policy. A storage failure is ignored here, because the next request detects
/// and reports it.
pub async fn policy_changed() {
    let _ = app().policy_changed(now_seconds()).await;
    content_scripts::register(&app()).await;
    menus::create().await;
    show_badge().await;
}

/// Starts the check for absence. Called when the vault was unlocked.
pub(super) async fn watch_for_absence() {
    let info = to_js(&serde_json::json!({ "periodInMinutes": 1, "delayInMinutes": 1 }));
    let _ = chrome::create_alarm(AWAKE, &info).await;
}

/// Locks the vault if the computer slept, if its screen is locked, or if the user has been away for the chosen time.
async fn lock_if_away() {
    let idle_seconds = match app().record_awake(now_seconds()).await {
        Ok(Some(seconds)) => seconds,
        Ok(None) => return drop(chrome::clear_alarm(AWAKE).await),
        // A storage failure is ignored here, because the next request detects and reports it.
        Err(_) => return,
    };
    #[expect(clippy::cast_precision_loss, reason = "at most a day")]
    let state = chrome::idle_state(idle_seconds.max(LEAST_IDLE_SECONDS) as f64).await.unwrap_or_default();
    if state == "locked" || (state == "idle" && idle_seconds > 0) {
        screen_locked().await;
    }
}

/// Handles an alarm. A storage failure is ignored here, because the next request detects and reports it.
pub async fn alarm(name: String) {
    match name.as_str() {
        SYNC | SYNC_NOW => sync_all().await,
        AWAKE => lock_if_away().await,
        _ => {
            menus::forget_old_pending_action().await;
            let _ = app().tick(now_seconds()).await;
            backups::make_due(&app()).await;
        }
    }
}

/// Locks the vault when the screen is locked.
pub async fn screen_locked() {
    // A vault without a password stays open, and a storage failure is reported by the next request.
    let _ = app().lock().await;
}
