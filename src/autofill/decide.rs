//! Which code, if any, a passcode form of a connected Casdoor server gets.

use super::site::{allows, origin_of};
use super::{OfferEntry, PageReply, Refusal, Seen, Shape, first_use, recovery};
use crate::otp::{Digits, Kind, Otp};
use crate::vault::{Account, AccountId, Connection, Vault};

/// A code that ends within so many seconds is not typed any more, its successor is. Casdoor takes the code of one step
/// ahead (RFC 6238, section 5.2 leaves that to the server), so nobody has to wait.
pub const LEAD_SECONDS: u64 = 2;

/// A form and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContext {
    /// The frame's origin as the browser names it (`sender.origin`), never as the page does.
    pub origin: String,
    /// Where the frame is.
    pub frame: Frame,
    /// What the content script saw.
    pub seen: Seen,
}

/// Where a frame is in its tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The tab itself.
    Top,
    /// Inside, and every ancestor has the same origin.
    Nested,
    /// Inside another site: only the popup or the shortcut fills there.
    Foreign,
}

impl Frame {
    /// From the browser's frame id, 0 for the top frame, and the script's look at its ancestors.
    pub fn of(frame_id: i32, same_origin: bool) -> Self {
        match (frame_id, same_origin) {
            (0, _) => Self::Top,
            (_, true) => Self::Nested,
            (_, false) => Self::Foreign,
        }
    }
}

/// What is to be done about a form. `vault` is `None` while locked; `now` is in seconds since 1970.
pub fn decide(page: &PageContext, vault: Option<&Vault>, now: u64) -> PageReply {
    if page.frame == Frame::Foreign {
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
        Some(account) => passcode(account, vault, page.seen.refused, now),
        None => offer_or_wait(&candidates, page.seen.refused, now),
    }
}

/// Returns what the user's pick of one account in the chip leads to. Only what [`decide`] offers can be picked.
///
/// An account whose first use on this origin this would be gets [`PageReply::Confirm`] and no code: the user confirms it in the
/// popup, where no page can conceal what is confirmed.
pub fn pick(page: &PageContext, id: AccountId, vault: Option<&Vault>, now: u64) -> PageReply {
    if page.frame == Frame::Foreign || matches!(page.seen.shape, Shape::Setup | Shape::Switch) {
        return PageReply::Nothing;
    }
    let Some(vault) = vault else { return PageReply::Locked };
    if page.seen.shape == Shape::Recovery {
        return recovery::pick(page, id, vault);
    }
    let connections = connections_at(vault, &page.origin);
    match candidates(page, vault, &connections).into_iter().find(|candidate| candidate.account.id == id) {
        Some(Candidate { confirm: true, .. }) => PageReply::Confirm,
        Some(Candidate { account, confirm: false }) => passcode(account, vault, page.seen.refused, now),
        None => PageReply::Nothing,
    }
}

/// Whether a page may say something of an account: keep its recovery code, or tell that the server took its code.
pub fn concerns(page: &PageContext, id: AccountId, vault: &Vault) -> bool {
    let is_here = page.frame != Frame::Foreign && !connections_at(vault, &page.origin).is_empty();
    is_here && vault.accounts.iter().any(|account| account.id == id && has_site(account, &page.origin))
}

/// The connections whose server is at this origin.
pub(super) fn connections_at<'a>(vault: &'a Vault, origin: &str) -> Vec<&'a Connection> {
    let is_here = |connection: &&Connection| origin_of(&connection.server).is_some_and(|own| own == origin);
    vault.connections.iter().filter(is_here).collect()
}

/// An account that may be offered; `confirm` if the origin is not yet among its sites.
struct Candidate<'a> {
    account: &'a Account,
    confirm: bool,
}

/// Returns the accounts of this origin, narrowed by the user name if it names any. Where none of them is confirmed to work, those
/// that the connection brought for its own user are proposed for confirmation in the popup.
fn candidates<'a>(page: &PageContext, vault: &'a Vault, connections: &[&Connection]) -> Vec<Candidate<'a>> {
    if connections.is_empty() {
        return Vec::new();
    }
    let usable = || vault.accounts.iter().filter(|account| makes_passcodes(&account.otp));
    let mut found: Vec<_> = usable()
        .filter(|account| has_site(account, &page.origin))
        .map(|account| Candidate { account, confirm: false })
        .collect();
    let labelled: Vec<_> = usable().filter(|account| first_use::is_proposable(account, connections)).collect();
    // An e-mail address, or who has no account here, tells nothing of which is meant.
    let told = page.seen.user.as_deref().filter(|user| labelled.iter().any(|account| is_named(account, user)));
    let is_meant = |account: &Account| told.is_none_or(|user| is_named(account, user));
    // One that is not confirmed may never have reached the server: what worked until now must stay within reach.
    if !found.iter().any(|candidate| !candidate.account.unconfirmed && is_meant(candidate.account)) {
        found.extend(labelled.into_iter().map(|account| Candidate { account, confirm: true }));
    }
    if let Some(user) = &page.seen.user
        && found.iter().any(|candidate| is_named(candidate.account, user))
    {
        // One without a name may be anyone's.
        found.retain(|candidate| candidate.account.name.is_empty() || is_named(candidate.account, user));
    }
    // The old account goes first until the new one is confirmed, and one that was just refused goes last.
    let refused = page.seen.refused.map(|refusal| refusal.id);
    found.sort_by_key(|candidate| (refused == Some(candidate.account.id), candidate.account.unconfirmed));
    found
}

/// Casdoor's passcode is a TOTP of six digits.
pub fn makes_passcodes(otp: &Otp) -> bool {
    matches!(otp.kind, Kind::Totp { .. }) && otp.digits == Digits::default()
}

pub(super) fn has_site(account: &Account, origin: &str) -> bool {
    account.sites.iter().any(|site| allows(site, origin))
}

/// Whether the label ends in the connected user's `owner/name`, as in the key URIs that Casdoor makes.
pub fn is_labelled(name: &str, connection: &Connection) -> bool {
    let full = format!("{}/{}", connection.owner, connection.name);
    let head = name.strip_suffix(full.as_str());
    head.is_some_and(|head| head.is_empty() || head.ends_with([':', ' ']))
}

/// Whether what was typed at sign-in is this account's user: the whole name, or what follows the organization.
pub(super) fn is_named(account: &Account, user: &str) -> bool {
    let user = user.trim();
    let short = account.name.rsplit_once('/').map(|(_, name)| name);
    !user.is_empty() && (account.name == user || short == Some(user))
}

/// The account whose code is typed without a click, if there is one.
fn without_a_click<'a>(
    page: &PageContext,
    connections: &[&Connection],
    candidates: &[Candidate<'a>],
) -> Option<&'a Account> {
    let seen = &page.seen;
    if seen.refused.is_some() {
        return None;
    }
    // "Unlock to fill" was the click.
    if let ([Candidate { account, confirm: false }], true) = (candidates, seen.asked) {
        return Some(account);
    }
    let allowed = connections.iter().any(|connection| connection.fills_by_itself);
    if !(allowed && page.frame == Frame::Top && seen.focused && seen.secure) {
        return None;
    }
    let user = seen.user.as_deref()?;
    let named = candidates.iter().filter(|candidate| !candidate.confirm && is_named(candidate.account, user));
    let (unconfirmed, confirmed): (Vec<_>, Vec<_>) = named.partition(|candidate| candidate.account.unconfirmed);
    if confirmed.is_empty() && candidates.iter().any(|candidate| candidate.confirm) {
        return None; // Which of them the server knows is the user's to say.
    }
    match (confirmed.as_slice(), unconfirmed.as_slice()) {
        ([one], _) | ([], [one]) => Some(one.account),
        _ => None,
    }
}

fn offer(candidates: &[Candidate<'_>]) -> PageReply {
    PageReply::Offer {
        entries: candidates.iter().map(|candidate| entry(candidate.account, candidate.confirm)).collect(),
    }
}

/// An account in the chip.
pub(super) fn entry(account: &Account, confirm: bool) -> OfferEntry {
    OfferEntry { id: account.id, issuer: account.issuer.clone(), name: account.name.clone(), confirm }
}

/// While the only account's code is the refused one there is nothing to offer yet.
fn offer_or_wait(candidates: &[Candidate<'_>], refused: Option<Refusal>, now: u64) -> PageReply {
    match (candidates, refused) {
        ([only], Some(refusal)) if refusal.id == only.account.id && refusal.until > now => {
            PageReply::Wait { until: refusal.until }
        }
        _ => offer(candidates),
    }
}

/// The account's code, unless the server has refused that one already: then its successor is waited for.
///
/// The caller knows that the page may have it: [`decide`] and [`pick`] do, and so does the worker when it has just
/// stored an enrollment. `now` is this device's clock; the correction that the user chose is applied here.
pub fn passcode(account: &Account, vault: &Vault, refused: Option<Refusal>, now: u64) -> PageReply {
    if let Some(refusal) = refused.filter(|refusal| refusal.id == account.id && refusal.until > now) {
        return PageReply::Wait { until: refusal.until };
    }
    let ahead = vault.clock_ahead(account);
    let at = now.saturating_add_signed(ahead).saturating_add(LEAD_SECONDS);
    let Some(window) = account.otp.window_at(at) else { return PageReply::Nothing };
    PageReply::Fill {
        id: account.id,
        // Spent here: the origin is among the account's sites, or the user has just confirmed it.
        code: account.otp.code_at(at).expose().clone(),
        until: window.until.saturating_sub(LEAD_SECONDS).saturating_sub_signed(ahead),
    }
}

#[cfg(test)]
mod tests;
