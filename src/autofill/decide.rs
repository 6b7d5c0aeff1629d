//! Decides which code, if any, is offered to or filled into a passcode form of a connected Casdoor server.

use super::site::{allows, origin_of};
use super::{OfferEntry, PageAddress, PageReply, Rejection, Seen, Shape, first_use, recovery};
use crate::otp::{Digits, Kind, Otp};
use crate::vault::{Account, AccountId, Connection, Vault};

/// How long before a code expires the next one is filled instead, in seconds. Casdoor already accepts the code of the
/// next time step (RFC 6238, section 5.2 leaves that to the server), so the user does not have to wait.
pub const LEAD_SECONDS: u64 = 2;

/// A passcode form together with the frame and origin that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContext {
    /// The frame's origin as the browser reports it (`sender.origin`), never as the page claims.
    pub origin: String,
    /// The path of the frame's address as the browser reports it; empty if it is not known.
    pub path: String,
    /// The frame's position in the tab.
    pub frame: FramePosition,
    /// The form, as the content script saw it.
    pub seen: Seen,
}

impl PageContext {
    /// Returns the address that the sites of accounts are compared with.
    pub fn address(&self) -> PageAddress<'_> {
        PageAddress::new(&self.origin, &self.path)
    }
}

/// The position of a frame in its tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramePosition {
    /// The top frame.
    Top,
    /// A nested frame all of whose ancestors have its origin.
    Nested,
    /// A frame inside a page of another origin. Only the popup and the keyboard shortcut fill there.
    Foreign,
}

impl FramePosition {
    /// Classifies a frame by the browser's frame id, which is 0 for the top frame, and by whether the content script
    /// found that all ancestors have the same origin.
    pub fn of(frame_id: i32, same_origin: bool) -> Self {
        match (frame_id, same_origin) {
            (0, _) => Self::Top,
            (_, true) => Self::Nested,
            (_, false) => Self::Foreign,
        }
    }
}

/// Decides what to do about a form. `vault` is `None` while it is locked; `now` is in seconds since 1970.
pub fn decide(page: &PageContext, vault: Option<&Vault>, now: u64) -> PageReply {
    if page.frame == FramePosition::Foreign {
        return PageReply::Nothing;
    }
    let Some(vault) = vault else { return PageReply::Locked };
    let connections = connections_at(vault, &page.origin);
    if connections.is_empty() {
        return PageReply::Nothing;
    }
    if page.seen.shape == Shape::Recovery {
        return recovery::decide(page, vault);
    }
    let candidates = candidates(page, vault, &connections);
    match page.seen.shape {
        Shape::Setup => return PageReply::Save,
        Shape::Switch if candidates.is_empty() => return PageReply::Nothing,
        Shape::Switch => return offer(&candidates),
        Shape::Cells | Shape::Single | Shape::Recovery => {}
    }
    match without_a_click(page, &connections, &candidates) {
        Some(account) => passcode(account, vault, page.seen.rejected, now),
        None => offer_or_wait(&candidates, page.seen.rejected, now),
    }
}

/// Returns the reply to the user's pick of one account in the chip. Only accounts that [`decide`] offers can be picked.
///
/// If the account has never been used on this origin, the reply is [`PageReply::Confirm`] and contains no code: the
/// user confirms the origin in the popup, where no page can hide or imitate the question.
pub fn pick(page: &PageContext, id: AccountId, vault: Option<&Vault>, now: u64) -> PageReply {
    if page.frame == FramePosition::Foreign || matches!(page.seen.shape, Shape::Setup | Shape::Switch) {
        return PageReply::Nothing;
    }
    let Some(vault) = vault else { return PageReply::Locked };
    if page.seen.shape == Shape::Recovery {
        return recovery::pick(page, id, vault);
    }
    let connections = connections_at(vault, &page.origin);
    match candidates(page, vault, &connections).into_iter().find(|candidate| candidate.account.id == id) {
        Some(AccountCandidate { confirm: true, .. }) => PageReply::Confirm,
        Some(AccountCandidate { account, confirm: false }) => passcode(account, vault, page.seen.rejected, now),
        None => PageReply::Nothing,
    }
}

/// Returns true if a page may report on an account, that is, save its recovery code or report that the server accepted
/// its code.
pub fn concerns(page: &PageContext, id: AccountId, vault: &Vault) -> bool {
    let is_here = page.frame != FramePosition::Foreign && !connections_at(vault, &page.origin).is_empty();
    is_here && vault.accounts.iter().any(|account| account.id == id && has_site(account, page.address()))
}

/// Returns the connections to the server at this origin.
pub(super) fn connections_at<'a>(vault: &'a Vault, origin: &str) -> Vec<&'a Connection> {
    let is_here = |connection: &&Connection| origin_of(&connection.server).is_some_and(|own| own == origin);
    vault.connections.iter().filter(is_here).collect()
}

/// An account that may be offered. `confirm` is set while the origin is not among its sites.
struct AccountCandidate<'a> {
    account: &'a Account,
    confirm: bool,
}

/// Returns the accounts of this origin, narrowed to the given user name if it matches any. If none of the matching
/// accounts has been confirmed by the server, those that the connection synced for its own user are added, to be
/// confirmed in the popup.
fn candidates<'a>(page: &PageContext, vault: &'a Vault, connections: &[&Connection]) -> Vec<AccountCandidate<'a>> {
    if connections.is_empty() {
        return Vec::new();
    }
    let usable = || vault.accounts.iter().filter(|account| makes_passcodes(&account.otp));
    let mut found: Vec<_> = usable()
        .filter(|account| has_site(account, page.address()))
        .map(|account| AccountCandidate { account, confirm: false })
        .collect();
    let labelled: Vec<_> = usable().filter(|account| first_use::is_proposable(account, connections)).collect();
    // A user name that matches no account, such as an email address, does not identify the account that the user
    // means.
    let told = page.seen.user.as_deref().filter(|user| labelled.iter().any(|account| is_named(account, user)));
    let is_meant = |account: &Account| told.is_none_or(|user| is_named(account, user));
    // The server may never have stored an account that is still unconfirmed, so the previous account must remain
    // available.
    if !found.iter().any(|candidate| !candidate.account.unconfirmed && is_meant(candidate.account)) {
        found.extend(labelled.into_iter().map(|account| AccountCandidate { account, confirm: true }));
    }
    if let Some(user) = &page.seen.user
        && found.iter().any(|candidate| is_named(candidate.account, user))
    {
        // An account without a name may belong to any user.
        found.retain(|candidate| candidate.account.name.is_empty() || is_named(candidate.account, user));
    }
    // The old account comes first until the new one is confirmed, and the account whose code was just rejected comes
    // last.
    let rejected = page.seen.rejected.map(|rejection| rejection.id);
    found.sort_by_key(|candidate| (rejected == Some(candidate.account.id), candidate.account.unconfirmed));
    found
}

/// Returns true if the account's codes can be Casdoor passcodes, which are time-based and have six digits.
pub fn makes_passcodes(otp: &Otp) -> bool {
    matches!(otp.kind, Kind::Totp { .. }) && otp.digits == Digits::default()
}

/// Returns true if one of the account's sites covers the page.
pub fn has_site<'a>(account: &Account, page: impl Into<PageAddress<'a>>) -> bool {
    let page = page.into();
    account.sites.iter().any(|site| allows(site, page))
}

/// Returns true if the label ends in the connected user's `owner/name`, as in the key URIs that Casdoor creates.
pub fn is_labelled(name: &str, connection: &Connection) -> bool {
    let full = format!("{}/{}", connection.owner, connection.name);
    let head = name.strip_suffix(full.as_str());
    head.is_some_and(|head| head.is_empty() || head.ends_with([':', ' ']))
}

/// Returns true if the user name typed at sign-in is this account's: either its full name or the part after the
/// organization.
pub(super) fn is_named(account: &Account, user: &str) -> bool {
    let user = user.trim();
    let short = account.name.rsplit_once('/').map(|(_, name)| name);
    !user.is_empty() && (account.name == user || short == Some(user))
}

/// Returns the account whose code is filled without a click, if there is one.
fn without_a_click<'a>(
    page: &PageContext,
    connections: &[&Connection],
    candidates: &[AccountCandidate<'a>],
) -> Option<&'a Account> {
    let seen = &page.seen;
    if seen.rejected.is_some() {
        return None;
    }
    // By clicking "Unlock to fill", the user has already asked for the code.
    if let ([AccountCandidate { account, confirm: false }], true) = (candidates, seen.asked) {
        return Some(account);
    }
    let allowed = connections.iter().any(|connection| connection.fills_automatically);
    if !(allowed && page.frame == FramePosition::Top && seen.focused && seen.secure) {
        return None;
    }
    let user = seen.user.as_deref()?;
    let named = candidates.iter().filter(|candidate| !candidate.confirm && is_named(candidate.account, user));
    let (unconfirmed, confirmed): (Vec<_>, Vec<_>) = named.partition(|candidate| candidate.account.unconfirmed);
    if confirmed.is_empty() && candidates.iter().any(|candidate| candidate.confirm) {
        return None; // Only the user can tell which of these accounts the server has stored.
    }
    match (confirmed.as_slice(), unconfirmed.as_slice()) {
        ([one], _) | ([], [one]) => Some(one.account),
        _ => None,
    }
}

fn offer(candidates: &[AccountCandidate<'_>]) -> PageReply {
    PageReply::Offer {
        entries: candidates.iter().map(|candidate| entry(candidate.account, candidate.confirm)).collect(),
    }
}

/// Returns the account's entry in the chip.
pub(super) fn entry(account: &Account, confirm: bool) -> OfferEntry {
    OfferEntry { id: account.id, issuer: account.issuer.clone(), name: account.name.clone(), confirm }
}

/// Offers the candidates, or waits if the only candidate's current code is the one that the server rejected.
fn offer_or_wait(candidates: &[AccountCandidate<'_>], rejected: Option<Rejection>, now: u64) -> PageReply {
    match (candidates, rejected) {
        ([only], Some(rejection)) if rejection.id == only.account.id && rejection.until > now => {
            PageReply::Wait { until: rejection.until }
        }
        _ => offer(candidates),
    }
}

/// Returns the account's code, or tells the page to wait for the next one if the server has rejected the current one.
///
/// The caller must have checked that the page may get the code, as [`decide`] and [`pick`] do, and as the worker does
/// after storing an enrollment. `now` is this device's clock; the clock correction that the user chose is applied here.
pub fn passcode(account: &Account, vault: &Vault, rejected: Option<Rejection>, now: u64) -> PageReply {
    if let Some(rejection) = rejected.filter(|rejection| rejection.id == account.id && rejection.until > now) {
        return PageReply::Wait { until: rejection.until };
    }
    let ahead = vault.clock_ahead(account);
    let at = now.saturating_add_signed(ahead).saturating_add(LEAD_SECONDS);
    let Some(window) = account.otp.window_at(at) else { return PageReply::Nothing };
    PageReply::Fill {
        id: account.id,
        // The code may leave the vault here: the origin is among the account's sites, or the user has just confirmed
        // it.
        code: account.otp.code_at(at).expose().clone(),
        until: window.until.saturating_sub(LEAD_SECONDS).saturating_sub_signed(ahead),
    }
}

#[cfg(test)]
mod tests;
