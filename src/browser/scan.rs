//! The ways in that need pixels: the current tab, one of its images, pictures that the user gave.

use js_sys::Date;

use super::capture::{BUDGET_MS, CaptureError, Picture};
use super::menus::{self, Wish};
use super::worker::{Tab, WorkerApp, current_tab, failed, origin_of};
use super::{chrome, elements, now_seconds};
use crate::app::protocol::{Found, Message, Reply, Request};

/// How long a camera's frame is looked at, in milliseconds: the next one comes soon.
const FRAME_BUDGET_MS: f64 = 400.0;
/// After so many milliseconds further pictures are looked at as briefly as a frame.
const PICTURES_BUDGET_MS: f64 = 20_000.0;
/// More pictures than anyone drops at once.
const MAX_PICTURES: usize = 50;

/// Reads the QR codes on the current tab: what can be seen of it, and if that holds none, what the page itself draws.
pub(super) async fn tab(app: &WorkerApp) -> Reply {
    let tab = current_tab().await;
    let site = site(tab.as_ref());
    let screen = match Picture::of_visible_tab().await {
        Ok(screen) => Some(screen),
        // What the page itself draws is no screenshot.
        Err(CaptureError::Forbidden) => None,
        Err(error) => return not_captured(error),
    };
    let texts = match screen.as_ref().map(|screen| screen.texts(BUDGET_MS)).transpose() {
        Ok(texts) => texts.unwrap_or_default(),
        Err(error) => return not_captured(error),
    };
    if !texts.is_empty() {
        return found(app, &texts, site.as_deref()).await;
    }
    let read = match tab.and_then(|tab| tab.id) {
        Some(id) => elements::read(id, 0, None, screen.as_ref()).await,
        None => elements::Read::default(),
    };
    if read.texts.is_empty() {
        return match screen {
            Some(_) => nothing(on_page(read.looked_at)),
            None => not_captured(CaptureError::Forbidden),
        };
    }
    found(app, &read.texts, site.as_deref()).await
}

/// Does what the context menu or a shortcut asked for; draws the board where nothing is left to do.
pub(super) async fn go_on(app: &WorkerApp) -> Reply {
    match menus::take_wish().await {
        Some(Wish::Scan) => tab(app).await,
        Some(Wish::Text { text, site }) => found(app, &[text], site.as_deref()).await,
        Some(Wish::Image { address, frame, site }) => image(app, &address, frame, site.as_deref()).await,
        Some(Wish::Recovery { ask }) => Reply::AskRecovery { ask },
        Some(Wish::Say { message }) => Reply::Failed { message },
        None => app.handle(Request::Open { origin: None }, now_seconds()).await,
    }
}

/// Reads one image of the current tab: as the page has it, from its address, or from the screen.
async fn image(app: &WorkerApp, address: &str, frame: i32, site: Option<&str>) -> Reply {
    let screen = Picture::of_visible_tab().await.ok();
    let mut texts = match current_tab().await.and_then(|tab| tab.id) {
        Some(id) => elements::read(id, frame, Some(address), screen.as_ref()).await.texts,
        None => Vec::new(),
    };
    // An address elsewhere is not asked for: nobody but the connected servers hears of this extension.
    if texts.is_empty()
        && address.starts_with("data:")
        && let Ok(picture) = Picture::at(address).await
    {
        texts = picture.texts(BUDGET_MS).unwrap_or_default();
    }
    if texts.is_empty() {
        return nothing(Message::new(
            "scan_nothing_image",
            "No QR code was found in this image, light or dark, at half, full and double size. If the code is in view, scan \
             the page instead.",
        ));
    }
    found(app, &texts, site).await
}

/// Reads pictures that a page of the extension was given.
pub(super) async fn pictures(app: &WorkerApp, addresses: &[String], camera: bool) -> Reply {
    let (each, until) = (if camera { FRAME_BUDGET_MS } else { BUDGET_MS }, Date::now() + PICTURES_BUDGET_MS);
    let (mut texts, mut unread, mut without) = (Vec::new(), 0_usize, 0_usize);
    for address in addresses.iter().filter(|address| is_ours(address)).take(MAX_PICTURES) {
        // Of very many pictures the last ones are looked at briefly, and none is left out.
        let budget = if Date::now() < until { each } else { FRAME_BUDGET_MS };
        let read = match Picture::at(address).await {
            Ok(picture) => picture.texts(budget),
            Err(error) => Err(error),
        };
        match read {
            Ok(found) if found.is_empty() => without = without.saturating_add(1),
            Ok(found) => texts.extend(found),
            Err(_) => unread = unread.saturating_add(1),
        }
    }
    if camera && texts.is_empty() {
        return Reply::Found { found: Found::default() };
    }
    let mut reply = found(app, &texts, None).await;
    if let Reply::Found { found } = &mut reply {
        found.messages.extend(in_pictures(unread, without));
    }
    reply
}

/// A picture that one of our own pages made or was given, and not one from elsewhere.
fn is_ours(address: &str) -> bool {
    address.starts_with("data:image/") || address.starts_with(&format!("blob:{}", chrome::extension_url("")))
}

async fn found(app: &WorkerApp, texts: &[String], site: Option<&str>) -> Reply {
    app.found(texts, site, now_seconds()).await.unwrap_or_else(Reply::from)
}

/// The site that accounts found on a tab belong to.
pub(super) fn site(tab: Option<&Tab>) -> Option<String> {
    let origin = origin_of(tab?.url.as_deref()?)?;
    origin.starts_with("http").then_some(origin)
}

fn nothing(message: Message) -> Reply {
    Reply::Found { found: Found { messages: vec![message], ..Found::default() } }
}

/// What was tried on a page that has no code.
fn on_page(pictures: usize) -> Message {
    const TRIED: &str =
        "No QR code was found on the visible part of this page, light or dark, at half, full and double size";
    const THEN: &str = "Scroll the code into view, or enlarge the page, and scan again.";
    match pictures {
        0 => Message::new("scan_nothing", format!("{TRIED}. {THEN}")),
        1 => Message::new("scan_nothing_one", format!("{TRIED}, nor in the one picture of the page itself. {THEN}")),
        some => {
            let text = format!("{TRIED}, nor in the {some} pictures of the page itself. {THEN}");
            Message::new("scan_nothing_many", text).with([some.to_string()])
        }
    }
}

/// What is to be said of pictures that gave nothing.
fn in_pictures(unread: usize, without: usize) -> impl Iterator<Item = Message> {
    let unread = (unread > 0).then(|| {
        let text = "A picture could not be read: it is damaged, or of a kind that this browser does not know.";
        Message::new("pictures_unread", text)
    });
    let without = (without > 0).then(|| {
        let text = format!(
            "Pictures without a QR code: {without}. They were looked at light and dark, at half, full and double size."
        );
        Message::new("pictures_without", text).with([without.to_string()])
    });
    unread.into_iter().chain(without)
}

fn not_captured(error: CaptureError) -> Reply {
    match error {
        CaptureError::NotAllowed => failed(
            "scan_not_allowed",
            "The browser does not let extensions see this page. Open the page with the code in an ordinary tab, or paste \
             the code's text.",
        ),
        CaptureError::TooSoon => {
            failed("scan_too_soon", "The browser is still taking pictures for earlier scans. Scan again in a moment.")
        }
        CaptureError::Forbidden => failed(
            "scan_forbidden",
            "An administrator has switched off screenshots, and the page itself draws no code that can be read. Paste the \
             code's text, or add the account by hand.",
        ),
        CaptureError::NotAPicture => failed("scan_not_a_picture", "The picture could not be read. Scan again."),
        CaptureError::Qr(error) => failed(error.code(), error.to_string()),
    }
}
