//! Types a code into the current tab after a user gesture: a click in the popup, the shortcut, or a field's context
//! menu.
//!
//! The gesture grants access to the tab's own site. Frames of other sites are accessible only if the user has allowed
//! the site permanently, as for connected servers. A code is typed into one document only, and the decision is based on
//! that document's origin.

use gloo::timers::future::sleep;
use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::frame_question::{InaccessibleFrame, about_unseen, frame_of_site};
use super::worker::{WorkerApp, current_tab};
use super::{choose_field, now_milliseconds, now_seconds};
use crate::app::AppError;
use crate::app::protocol::{FillAnswer, Filled, Message, SiteQuestion, SiteWarning};
use crate::autofill::field_finder::{Finding, Located, PageDescription, Pointing, locate_field};
use crate::autofill::{DocumentState, FillDecision, FocusTarget, focus_target, site_for};
use crate::message;
use crate::message::MessageKey;
use crate::time::UnixMilliseconds;
use crate::vault::{AccountId, Site};
use std::time::Duration;

/// The script that reports where the focus is.
const PLACE: &str = "content/document_focus.js";
/// The scripts that describe the page's fields and type into the chosen ones.
const SCRIPTS: [&str; 3] = ["content/field_description.js", "content/page_description.js", "content/type_code.js"];
/// Time limit for describing a page.
const DESCRIBING_TIMEOUT: Duration = Duration::from_secs(3);

/// Time limit for typing. It is long because some pages accept digits slowly.
const TYPING_TIMEOUT: Duration = Duration::from_secs(10);

/// The result of the typing script.
#[derive(Deserialize)]
struct TypingReport {
    filled: bool,
    #[serde(default)]
    reason: String,
}

/// The result of [`PLACE`] in one document; empty if the frame was removed in the meantime.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FocusReport {
    frame_id: i32,
    document_id: String,
    result: Option<FocusedDocument>,
}

#[derive(Deserialize)]
struct FocusedDocument {
    origin: String,
    path: String,
    focused: bool,
    field: bool,
    beyond: bool,
    #[serde(rename = "frame")]
    named: String,
}

/// The document that would receive the code.
pub(super) struct Target {
    pub(super) tab: f64,
    pub(super) document: String,
    pub(super) origin: String,
    /// The path of the document's address; empty if it is not known.
    path: String,
    /// The origin of the surrounding page, if the document is in a frame of another origin.
    foreign: Option<String>,
    /// How the user pointed to the field.
    pub(super) pointing: Pointing,
    /// Set if the focus is in a frame that the extension cannot access; the target is then the tab's top document.
    pub(super) instead: Option<InaccessibleFrame>,
}

impl Target {
    /// Returns the document in which the user has chosen a field.
    pub(super) fn chosen(tab: f64, document: String, origin: String, path: String) -> Self {
        Self { tab, document, origin, path, foreign: None, pointing: Pointing::Nowhere, instead: None }
    }

    /// Returns the address that the sites of accounts are compared with: the origin and the path.
    pub(super) fn address(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}

/// The result of the shortcut or of a field's context menu.
pub(super) enum OnlyMatchResult {
    /// The code was typed.
    Filled,
    /// The popup is needed: no account matches, several do, or the vault is locked.
    Choose,
    /// Nothing was filled, and the user is told why.
    Report(Message),
    /// Nothing was filled. The user is told why, and the popup copies the account's code.
    Copy(AccountId, Message),
}

/// Fills an account's code into the current tab, if the tab may receive it.
pub(super) async fn fill(app: &WorkerApp, id: AccountId, clicked: Option<i32>) -> Result<FillAnswer, AppError> {
    match target(clicked, Pointing::Nowhere).await {
        Ok(target) => fill_target(app, id, &target).await,
        Err(message) => copied(app, id, None, message).await.map(FillAnswer::Filled),
    }
}

/// Returns an answer that explains why nothing was filled and contains the account's code for the clipboard, if there
/// is one to copy. On a page that imitates another site, the code is not copied either, because the user would paste it
/// there.
async fn copied(app: &WorkerApp, id: AccountId, origin: Option<&str>, message: Message) -> Result<Filled, AppError> {
    if let Some(origin) = origin
        && !matches!(app.is_look_alike(id, origin, now_seconds()).await, Ok(false))
    {
        return Ok(Filled::not_filled(message));
    }
    match with_code(app, id, and_copied(message.clone())).await {
        Ok(Filled { code: None, .. }) => Ok(Filled::not_filled(message)),
        answer => answer,
    }
}

/// Returns a message with the account's code for the clipboard, which is absent if the account is counter-based.
pub(super) async fn with_code(app: &WorkerApp, id: AccountId, message: Message) -> Result<Filled, AppError> {
    let code = app.code_to_copy(id, now_seconds()).await?;
    Ok(Filled { filled: false, code, message })
}

/// Returns the variant of a rejection's message that adds that the code was copied.
fn and_copied(message: Message) -> Message {
    let key = match message.key.as_str() {
        "fill_not_secure" => message!("fill_not_secure_copied").key,
        "fill_frame_unseen" => message!("fill_frame_unseen_copied").key,
        "fill_frame_several" => message!("fill_frame_several_copied").key,
        "fill_frame_new" => return Message { key: MessageKey::new("fill_frame_new_copied"), ..message },
        _ => message!("fill_not_a_site_copied").key,
    };
    Message { key, ..message }
}

/// Fills the current tab with the code of the only account that is for the field's site.
pub(super) async fn fill_only_match(app: &WorkerApp, clicked: Option<i32>) -> OnlyMatchResult {
    // A click focuses its field, while the shortcut refers to the field that has the caret.
    let pointing = if clicked.is_some() { Pointing::Focus } else { Pointing::Caret };
    let target = match target(clicked, pointing).await {
        Ok(target) => target,
        Err(message) => return OnlyMatchResult::Report(message),
    };
    match app.fillable(&target.address(), now_seconds()).await.as_deref() {
        Ok([id]) => match fill_target(app, *id, &target).await {
            Ok(FillAnswer::Filled(Filled { filled: true, .. })) => OnlyMatchResult::Filled,
            Ok(FillAnswer::Filled(Filled { code: None, message, .. })) => OnlyMatchResult::Report(message),
            Ok(FillAnswer::Filled(Filled { message, .. })) => OnlyMatchResult::Copy(*id, message),
            Ok(FillAnswer::ChoosingOnPage | FillAnswer::ConfirmSite(_)) | Err(_) => OnlyMatchResult::Choose,
        },
        Ok([]) if target.foreign.is_some() => OnlyMatchResult::Report(not_for_frame(&target.origin)),
        Ok([]) if target.instead.is_some() => OnlyMatchResult::Report(unseen()),
        _ => OnlyMatchResult::Choose,
    }
}

/// Decides whether the account may be filled. If its code is about to expire, waits for the next one.
async fn decide(app: &WorkerApp, id: AccountId, address: &str) -> Result<FillDecision, AppError> {
    let decided = app.fill_decision(id, address, now_seconds()).await;
    if let Ok(FillDecision::Wait { until }) = decided {
        sleep(UnixMilliseconds::of_seconds(until).since(now_milliseconds())).await;
        return app.fill_decision(id, address, now_seconds()).await;
    }
    decided
}

/// Returns the account's code if it may be typed into this document.
pub(super) async fn code_for(app: &WorkerApp, id: AccountId, target: &Target) -> Option<String> {
    match decide(app, id, &target.address()).await {
        Ok(FillDecision::Type { code }) => Some(code),
        _ => None,
    }
}

/// Types a code into the fields that the user chose. Returns the reason if the page did not take it.
pub(super) async fn type_chosen(target: &Target, code: &str, fields: &[usize]) -> Option<Message> {
    match type_code(target, code, fields).await {
        Some(TypingReport { filled: true, .. }) => None,
        Some(typed) => Some(why(&typed.reason)),
        None => Some(message!("fill_not_taken")),
    }
}

async fn fill_target(app: &WorkerApp, id: AccountId, target: &Target) -> Result<FillAnswer, AppError> {
    let message = match decide(app, id, &target.address()).await? {
        FillDecision::Type { code } => return type_into(app, Some(id), target, code).await,
        // The user is not asked to choose a field, because filling it afterwards would advance the counter again.
        FillDecision::TypeNextCounter => {
            let code = app.next_code(id, now_seconds()).await?.code;
            return type_into(app, None, target, code).await;
        }
        FillDecision::NotSecure if target.foreign.is_some() => not_for_frame(&target.origin),
        _ if target.instead.is_some() => match about_unseen(app, id, target).await {
            Some(question) => return question.map(FillAnswer::ConfirmSite),
            None => unseen(),
        },
        other => match rejected(&other, &target.origin) {
            Ok(question) => {
                let frame = target.foreign.as_deref().map(|page| frame_of_site(&target.origin, page, None));
                return Ok(FillAnswer::ConfirmSite(SiteQuestion { frame, ..question }));
            }
            Err(message) => message,
        },
    };
    copied(app, id, Some(&target.origin), message).await.map(FillAnswer::Filled)
}

/// Returns the document that the user means, or the reason why there is none.
async fn target(clicked: Option<i32>, pointing: Pointing) -> Result<Target, Message> {
    let tab = current_tab().await.and_then(|tab| tab.id).ok_or_else(not_a_site)?;
    let injection = serde_json::json!({ "target": { "tabId": tab, "allFrames": true }, "files": [PLACE] });
    let answers = chrome::execute_script(&to_js(&injection)).await.ok().and_then(from_js::<Vec<FocusReport>>);
    let documents: Vec<DocumentState> = answers.unwrap_or_default().into_iter().filter_map(look).collect();
    let top = documents.iter().find(|look| look.frame == 0).ok_or_else(not_a_site)?;
    let (look, instead) = match focus_target(&documents, clicked).ok_or_else(not_a_site)? {
        FocusTarget::Here(look) => (look, None),
        FocusTarget::Unseen if clicked.is_some() => return Err(unseen()),
        // The user may still mean a field of the page itself, because embedded chat widgets often take the focus.
        FocusTarget::Unseen => (top, Some(InaccessibleFrame::from_documents(&documents))),
        FocusTarget::Several => {
            return Err(message!("fill_frame_several"));
        }
    };
    Ok(Target {
        tab,
        document: look.document.clone(),
        origin: look.origin.clone(),
        path: look.path.clone(),
        pointing,
        foreign: (look.origin != top.origin).then(|| top.origin.clone()),
        instead,
    })
}

fn look(answer: FocusReport) -> Option<DocumentState> {
    let FocusReport { frame_id: frame, document_id: document, result } = answer;
    result.map(|FocusedDocument { origin, path, focused, field, beyond, named }| DocumentState {
        frame,
        document,
        origin,
        path,
        focused,
        field,
        beyond,
        named,
    })
}

/// Types a code into the page's field. If none is likely enough, the user may choose one for this account.
async fn type_into(
    app: &WorkerApp,
    chooses: Option<AccountId>,
    target: &Target,
    code: String,
) -> Result<FillAnswer, AppError> {
    let place = serde_json::json!({ "tabId": target.tab, "documentIds": [&target.document] });
    let injection = serde_json::json!({ "target": place, "files": SCRIPTS });
    if chrome::execute_script(&to_js(&injection)).await.is_err() {
        return Ok(FillAnswer::Filled(Filled::copied(code, and_copied(not_a_site()))));
    }
    let Located { finding, choices, .. } = locate(app, target, code.chars().count()).await;
    if let Some(id) = chooses
        && !choices.is_empty()
        && target.instead.is_none()
        && choose_field::ask(app, id, target, &choices).await
    {
        return Ok(FillAnswer::ChoosingOnPage);
    }
    let reason = match finding {
        Finding::Field(found) => match type_code(target, &code, &found.fields).await {
            Some(TypingReport { filled: true, .. }) => {
                return Ok(FillAnswer::Filled(Filled::typed(message!("filled"))));
            }
            Some(typed) => typed.reason,
            None => String::from("fill_not_taken"),
        },
        Finding::Several(_) => String::from("fill_ambiguous"),
        Finding::EditableText => String::from("fill_editable"),
        Finding::CodeWasSent => String::from("fill_code_sent"),
        Finding::RecoveryCode => String::from("fill_recovery_code"),
        Finding::NotForCodes => String::from("fill_not_for_codes"),
        Finding::Nothing(_) => String::from("fill_no_field"),
    };
    if target.instead.is_some() && reason == "fill_no_field" {
        if let Some(id) = chooses
            && let Some(question) = about_unseen(app, id, target).await
        {
            return question.map(FillAnswer::ConfirmSite);
        }
        return Ok(FillAnswer::Filled(Filled::copied(code, and_copied(unseen()))));
    }
    Ok(FillAnswer::Filled(Filled::copied(code, why(&reason))))
}

/// Describes the page's fields, and decides which one takes the code. A remembered field that no longer fits is
/// forgotten.
async fn locate(app: &WorkerApp, target: &Target, length: usize) -> Located {
    let message = to_js(&serde_json::json!({ "describe_fields": {} }));
    let sent = chrome::send_to_document(target.tab, &target.document, &message, DESCRIBING_TIMEOUT).await;
    let description = sent.ok().and_then(|reply| reply.as_string());
    let description: Option<PageDescription> = description.and_then(|text| serde_json::from_str(&text).ok());
    let Some(page) = description else {
        return Located { finding: Finding::Nothing(Vec::new()), choices: Vec::new(), forgets: false };
    };
    let remembered = app.remembered_field(&target.origin, now_seconds()).await.unwrap_or_default();
    let located = locate_field(&page, length, target.pointing, remembered.as_ref());
    if located.forgets {
        // A storage failure is harmless here, because the field is not used anyway.
        let _ = app.forget_field(&target.origin, now_seconds()).await;
    }
    located
}

/// Types the code into these fields, unless they changed since they were described.
async fn type_code(target: &Target, code: &str, fields: &[usize]) -> Option<TypingReport> {
    let message = to_js(&serde_json::json!({ "type_code": { "code": code, "fields": fields } }));
    let sent = chrome::send_to_document(target.tab, &target.document, &message, TYPING_TIMEOUT).await;
    sent.ok().and_then(from_js::<TypingReport>)
}

/// Returns the message for the reason why a code was not typed. Each message says that the code was copied.
fn why(reason: &str) -> Message {
    match reason {
        "fill_ambiguous" => message!("fill_ambiguous"),
        "fill_editable" => message!("fill_editable"),
        "fill_code_sent" => message!("fill_code_sent"),
        "fill_recovery_code" => message!("fill_recovery_code"),
        "fill_not_for_codes" => message!("fill_not_for_codes"),
        "fill_changed" => message!("fill_changed"),
        "fill_not_taken" => message!("fill_not_taken"),
        _ => message!("fill_no_field"),
    }
}

/// Returns the question to ask before a page receives a code, or the message that it may not receive any.
pub(super) fn rejected(decided: &FillDecision, origin: &str) -> Result<SiteQuestion, Message> {
    match decided {
        FillDecision::Confirm { site } => Ok(question(site, origin, SiteWarning::None)),
        FillDecision::ConfirmUnencrypted { site } => Ok(question(site, origin, SiteWarning::Unencrypted)),
        FillDecision::LookAlike { of } => {
            let site = site_for(origin).unwrap_or_else(|| Site::Origin(origin.to_owned()));
            Ok(question(&site, origin, SiteWarning::LooksLike(of.clone())))
        }
        FillDecision::NotSecure => Err(message!("fill_not_secure")),
        _ => Err(not_a_site()),
    }
}

/// Returns the question whether the account is for this site.
pub(super) fn question(site: &Site, origin: &str, warning: SiteWarning) -> SiteQuestion {
    SiteQuestion { site: site.text().unwrap_or(origin).to_owned(), origin: origin.to_owned(), warning, frame: None }
}

fn not_a_site() -> Message {
    message!("fill_not_a_site")
}

fn unseen() -> Message {
    message!("fill_frame_unseen")
}

fn not_for_frame(origin: &str) -> Message {
    message!("fill_frame_new", origin)
}
