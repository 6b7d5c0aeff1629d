//! Offers recovery codes on a server's own form. A code is filled only if the user picks an account and enters the
//! vault's password.

use super::decide::{connections_at, entry, has_site, is_named};
use super::{FramePosition, PageAddress, PageContext, PageReply, Verdict};
use crate::secret::Secret;
use crate::vault::{Account, AccountId, RecoveryCodeState, Vault};

/// Returns what to offer on the recovery-code form: the accounts of this origin that have a code which may still work,
/// narrowed to the given user name if it matches any. Accounts without this origin among their sites are never offered
/// here.
pub(super) fn decide(page: &PageContext, vault: &Vault) -> PageReply {
    let mut holders = holders(page, vault);
    if let Some(user) = &page.seen.user
        && holders.iter().any(|account| is_named(account, user))
    {
        holders.retain(|account| is_named(account, user));
    }
    match holders.as_slice() {
        [] => PageReply::Nothing,
        some => PageReply::Offer { entries: some.iter().map(|account| entry(account, false)).collect() },
    }
}

/// Returns the reply to the user's pick on the recovery-code form: the popup asks for the vault's password.
pub(super) fn pick(page: &PageContext, id: AccountId, vault: &Vault) -> PageReply {
    match holders(page, vault).iter().any(|account| account.id == id) {
        true => PageReply::Password,
        false => PageReply::Nothing,
    }
}

fn holders<'a>(page: &PageContext, vault: &'a Vault) -> Vec<&'a Account> {
    if page.frame == FramePosition::Foreign || connections_at(vault, &page.origin).is_empty() {
        return Vec::new();
    }
    vault.accounts.iter().filter(|account| is_holder(account, page.address())).collect()
}

fn is_holder(account: &Account, page: PageAddress<'_>) -> bool {
    has_site(account, page) && account.recovery_codes.iter().any(|code| code.may_be_valid())
}

/// Returns an account's next recovery code for the form on a page of a connected server, and marks it as filled. The
/// caller must have checked the vault's password, and must store the vault before it sends the code to the page. `now`
/// is in seconds since 1970.
///
/// Returns `None` if no connected server is at the origin, if none of the account's sites covers the page, or if no
/// usable code is left. Codes that the server rejected, or whose result was never seen, come last because they may be
/// used up.
pub fn take_recovery<'a>(
    vault: &mut Vault,
    id: AccountId,
    page: impl Into<PageAddress<'a>>,
    now: u64,
) -> Option<Secret<String>> {
    let page = page.into();
    if connections_at(vault, page.origin).is_empty() {
        return None;
    }
    let account = vault.account_mut(id).ok().filter(|account| is_holder(account, page))?;
    let good = account.recovery_codes.iter_mut().filter(|code| code.may_be_valid());
    let next = good.min_by_key(|code| (code.fate, code.at))?;
    next.set_state(RecoveryCodeState::Filled, now);
    Some(next.code.clone())
}

/// Marks a code as unused again because it did not reach the page.
pub fn give_back_recovery(account: &mut Account, code: &Secret<String>) {
    let filled =
        account.recovery_codes.iter_mut().find(|known| known.code == *code && known.fate == RecoveryCodeState::Filled);
    if let Some(known) = filled {
        known.set_state(RecoveryCodeState::Unused, 0);
    }
}

/// Records the result of the code that was filled last. Returns true if that changed the code's state.
pub fn end_recovery(account: &mut Account, verdict: Verdict, now: u64) -> bool {
    let fate = match verdict {
        Verdict::Accepted => RecoveryCodeState::Used,
        Verdict::Rejected => RecoveryCodeState::Rejected,
        Verdict::Unknown => return false,
    };
    let filled = account.recovery_codes.iter_mut().filter(|code| code.fate == RecoveryCodeState::Filled);
    filled.max_by_key(|code| code.at).map(|code| code.set_state(fate, now)).is_some()
}

#[cfg(test)]
mod tests;
