//! Requests that scan the current tab, one of its images, or image files from the user.

use js_sys::Date;

use super::capture::{BUDGET_MS, CaptureError, DecodedImage};
use super::menus::{self, PendingAction};
use super::worker::{CurrentTab, WorkerApp, current_tab, origin_of};
use super::{chrome, fill, first_use, now_seconds, page_images};
use crate::app::AppError;
use crate::app::protocol::{Message, PendingAnswer, ScanResults};
use crate::message;
use crate::secret::Secret;

/// Time limit for a camera frame, in milliseconds; the next frame follows soon.
const FRAME_BUDGET_MS: f64 = 400.0;
/// Time after which each remaining image only gets the time limit of a camera frame, in milliseconds.
const PICTURES_BUDGET_MS: f64 = 20_000.0;
/// Maximum number of images at once.
const MAX_PICTURES: usize = 50;

/// Scans the current tab: first the screenshot, then the page's own images if it contains no code.
pub(super) async fn tab(app: &WorkerApp) -> Result<ScanResults, AppError> {
    let tab = current_tab().await;
    let site = site(tab.as_ref());
    let screen = match DecodedImage::capture_tab().await {
        Ok(screen) => Some(screen),
        // The page's own images can be read without a screenshot.
        Err(CaptureError::Forbidden) => None,
        Err(error) => return Err(not_captured(error)),
    };
    let texts = match screen.as_ref().map(|screen| screen.texts(BUDGET_MS)).transpose() {
        Ok(texts) => texts.unwrap_or_default(),
        Err(error) => return Err(not_captured(error)),
    };
    if !texts.is_empty() {
        return found(app, &texts, site.as_deref()).await;
    }
    let read = match tab.and_then(|tab| tab.id) {
        Some(id) => page_images::read(id, 0, None, screen.as_ref()).await,
        None => page_images::PageImages::default(),
    };
    if read.texts.is_empty() {
        return match screen {
            Some(_) => Ok(nothing(on_page(read.examined))),
            None => Err(not_captured(CaptureError::Forbidden)),
        };
    }
    found(app, &read.texts, site.as_deref()).await
}

/// Carries out the pending action of the context menu or a shortcut; returns the account list if there is none.
pub(super) async fn run_pending_action(app: &WorkerApp) -> Result<PendingAnswer, AppError> {
    let found = match menus::take_pending_action().await {
        Some(PendingAction::Scan) => tab(app).await,
        Some(PendingAction::Text { text, site }) => found(app, &[text.into()], site.as_deref()).await,
        Some(PendingAction::Image { address, frame, site }) => image(app, &address, frame, site.as_deref()).await,
        Some(PendingAction::Recovery { ask }) => return Ok(PendingAnswer::AskRecovery(ask)),
        Some(PendingAction::FirstUse { ask }) => {
            return first_use::check(app, &ask).await.map(|()| PendingAnswer::AskFirstUse(ask));
        }
        Some(PendingAction::Report { message }) => return Err(AppError::Message(message)),
        Some(PendingAction::Copy { id, message }) => {
            return fill::with_code(app, id, message).await.map(PendingAnswer::NotFilled);
        }
        None => return app.screen(None, now_seconds()).await.map(PendingAnswer::Nothing),
    };
    found.map(PendingAnswer::ScanResults)
}

/// Scans one image of the current tab: from the page's data, from its URL, or from the screenshot.
async fn image(app: &WorkerApp, address: &str, frame: i32, site: Option<&str>) -> Result<ScanResults, AppError> {
    let screen = DecodedImage::capture_tab().await.ok();
    let mut texts = match current_tab().await.and_then(|tab| tab.id) {
        Some(id) => page_images::read(id, frame, Some(address), screen.as_ref()).await.texts,
        None => Vec::new(),
    };
    // Images on other hosts are not fetched, because the extension contacts only connected servers.
    if texts.is_empty()
        && address.starts_with("data:")
        && let Ok(picture) = DecodedImage::at(address).await
    {
        texts = picture.texts(BUDGET_MS).unwrap_or_default();
    }
    if texts.is_empty() {
        return Ok(nothing(message!("scan_nothing_image")));
    }
    found(app, &texts, site).await
}

/// Scans images that a page of the extension received.
pub(super) async fn pictures(app: &WorkerApp, addresses: &[String], camera: bool) -> Result<ScanResults, AppError> {
    let (each, until) = (if camera { FRAME_BUDGET_MS } else { BUDGET_MS }, Date::now() + PICTURES_BUDGET_MS);
    let (mut texts, mut unread, mut without) = (Vec::new(), 0_usize, 0_usize);
    for address in addresses.iter().filter(|address| is_ours(address)).take(MAX_PICTURES) {
        // With very many images, the last ones get less time, but none is skipped.
        let budget = if Date::now() < until { each } else { FRAME_BUDGET_MS };
        let read = match DecodedImage::at(address).await {
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
        return Ok(ScanResults::default());
    }
    let mut found = found(app, &texts, None).await?;
    found.messages.extend(in_pictures(unread, without));
    Ok(found)
}

/// Returns true for images that the extension's own pages created or received.
fn is_ours(address: &str) -> bool {
    address.starts_with("data:image/") || address.starts_with(&format!("blob:{}", chrome::extension_url("")))
}

async fn found(app: &WorkerApp, texts: &[Secret<String>], site: Option<&str>) -> Result<ScanResults, AppError> {
    app.read_texts(texts, site, now_seconds()).await
}

/// Returns the site to suggest for accounts that were scanned in a tab: the origin of its page.
pub(super) fn site(tab: Option<&CurrentTab>) -> Option<String> {
    let origin = origin_of(tab?.url.as_deref()?)?;
    origin.starts_with("http").then_some(origin)
}

fn nothing(message: Message) -> ScanResults {
    ScanResults { messages: vec![message], ..ScanResults::default() }
}

/// Returns the message for a page without a code.
fn on_page(pictures: usize) -> Message {
    match pictures {
        0 => message!("scan_nothing"),
        some => message!("scan_nothing_images", some),
    }
}

/// Returns the messages for images without a code.
fn in_pictures(unread: usize, without: usize) -> impl Iterator<Item = Message> {
    let unread = (unread > 0).then(|| message!("pictures_unread"));
    let without = (without > 0).then(|| message!("pictures_without", without));
    unread.into_iter().chain(without)
}

fn not_captured(error: CaptureError) -> AppError {
    AppError::Message(match error {
        CaptureError::NotAllowed => message!("scan_not_allowed"),
        CaptureError::TooSoon => message!("scan_too_soon"),
        CaptureError::Forbidden => message!("scan_forbidden"),
        CaptureError::NotAPicture => message!("scan_not_a_picture"),
        CaptureError::Qr(error) => error.message(),
    })
}
