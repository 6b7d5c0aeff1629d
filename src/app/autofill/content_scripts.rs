//! Handles requests from content scripts. The [`autofill`] module makes the decisions; this module applies them to the
//! vault.

use crate::app::{App, AppError, Platform, look_alike};
use crate::autofill::{
    self, Enrollment, FillDecision, PageAddress, PageContext, PageReply, PageRequest, Shape, Verdict, has_site,
};
use crate::casdoor::ChangedPart;
use crate::message;
use crate::secret::Secret;
use crate::vault::{Account, AccountId, Site, StorageLocation, Vault, VaultError};

impl<P: Platform> App<P> {
    /// Answers a content script. `page` is the document as the browser reports it, and `texts` are the contents of the
    /// QR codes on an enrollment page. A page never learns the reason for a decision, except in messages that are meant
    /// for it.
    pub async fn page(&self, request: PageRequest, page: PageContext, texts: &[Secret<String>], now: u64) -> PageReply {
        // A connected server that the policy no longer allows gets nothing.
        let may_fill = self.read(now, |session| Ok(session.policy.may_fill(&page.origin, &session.vault))).await;
        if may_fill.is_ok_and(|may_fill| !may_fill) {
            return PageReply::Nothing;
        }
        let answered = match request {
            PageRequest::FormFound { .. } => self.answer_form(&page, now).await,
            PageRequest::Pick { id, .. } => self.pick(&page, id, now).await,
            PageRequest::Enroll { secret, .. } => self.enroll(&page, &Secret::new(secret), texts, now).await,
            PageRequest::KeepRecovery { id, code, .. } => self.keep_recovery(&page, id, Secret::new(code), now).await,
            PageRequest::Ended { id, outcome, .. } => self.ended(&page, id, outcome.verdict(), now).await,
            PageRequest::OpenPopup => Ok(PageReply::Nothing),
        };
        match answered {
            Ok(reply) => reply,
            // If the device key is lost, the chip still opens the popup, which explains what to do.
            Err(AppError::Locked | AppError::PasswordRequired | AppError::Vault(VaultError::NoDeviceKey)) => {
                autofill::decide(&page, None, now)
            }
            Err(AppError::NoVault) => PageReply::Nothing,
            Err(error) => PageReply::Failed { message: error.message() },
        }
    }

    /// Returns what filling from the popup does on a page. `page` is its origin as the browser reports it, with the
    /// path if that is known.
    ///
    /// # Errors
    /// The vault is locked, the account does not exist, or the organization does not allow this site.
    pub async fn fill_decision(&self, id: AccountId, page: &str, now: u64) -> Result<FillDecision, AppError> {
        let page = PageAddress::from(page);
        self.read(now, |session| {
            session.policy.check_fill(page.origin, &session.vault)?;
            Ok(autofill::decide_fill(session.vault.account(id)?, &session.vault, page, now))
        })
        .await
    }

    /// Returns the account's code for the clipboard; `None` for a counter-based account, because every unused code
    /// would move its counter further ahead of the server's.
    ///
    /// # Errors
    /// The vault is locked, or the account does not exist.
    pub async fn code_to_copy(&self, id: AccountId, now: u64) -> Result<Option<String>, AppError> {
        self.read(now, |session| {
            let reply = autofill::passcode(session.vault.account(id)?, &session.vault, None, now);
            Ok(if let PageReply::Fill { code, .. } = reply { Some(code) } else { None })
        })
        .await
    }

    /// Returns `true` if `origin` resembles a site of this vault but is a different one.
    ///
    /// # Errors
    /// The vault is locked, or the account does not exist.
    pub async fn is_look_alike(&self, id: AccountId, origin: &str, now: u64) -> Result<bool, AppError> {
        self.read(now, |session| {
            let account = session.vault.account(id)?;
            Ok(autofill::imitated_site(account, &session.vault, origin).is_some())
        })
        .await
    }

    /// Returns the accounts that the user has allowed on a page, which is given like for [`Self::fill_decision`].
    ///
    /// # Errors
    /// The vault is locked.
    pub async fn fillable(&self, page: &str, now: u64) -> Result<Vec<AccountId>, AppError> {
        let page = PageAddress::from(page);
        self.read(now, |session| {
            let may_fill = session.policy.may_fill(page.origin, &session.vault);
            let allowed = session.vault.accounts.iter().filter(|account| may_fill && has_site(account, page));
            Ok(allowed.map(|account| account.id).collect())
        })
        .await
    }

    async fn answer_form(&self, page: &PageContext, now: u64) -> Result<PageReply, AppError> {
        self.read(now, |session| Ok(autofill::decide(page, Some(&session.vault), now))).await
    }

    async fn pick(&self, page: &PageContext, id: AccountId, now: u64) -> Result<PageReply, AppError> {
        self.read(now, |session| Ok(autofill::pick(page, id, Some(&session.vault), now))).await
    }

    /// Returns the account that the popup may suggest for a page, if exactly one matches; see
    /// [`autofill::proposals`].
    ///
    /// # Errors
    /// The vault is locked.
    pub async fn proposal(&self, page: &str, now: u64) -> Result<Option<AccountId>, AppError> {
        self.read(now, |session| match autofill::proposals(page, &session.vault).as_slice() {
            [one] => Ok(Some(one.id)),
            _ => Ok(None),
        })
        .await
    }

    /// Checks that the popup may ask whether the account is for pages of `origin`.
    ///
    /// # Errors
    /// The vault is locked, the account no longer exists or does not belong to this server, or the origin looks like
    /// another account's site.
    pub async fn check_first_use(&self, id: AccountId, origin: &str, now: u64) -> Result<(), AppError> {
        self.read(now, |session| {
            session.policy.check_fill(origin, &session.vault)?;
            can_confirm(&session.vault, id, origin, now)
        })
        .await
    }

    /// Stores that the account may be used on pages of this origin, as the user confirmed in the popup, and returns its
    /// code. `page` is given like for [`Self::fill_decision`].
    ///
    /// # Errors
    /// Those of [`Self::check_first_use`], or the vault could not be written.
    pub async fn confirm_first_use(&self, id: AccountId, page: &str, now: u64) -> Result<PageReply, AppError> {
        let page = PageAddress::from(page);
        self.transact(now, |session| {
            session.policy.check_fill(page.origin, &session.vault)?;
            let vault = &mut session.vault;
            let is_new = !has_site(vault.account(id)?, page);
            if is_new {
                can_confirm(vault, id, page.origin, now)?;
                vault.account_mut(id)?.sites.push(Site::Origin(page.origin.to_owned()));
            }
            let reply = autofill::passcode(vault.account(id)?, vault, None, now);
            Ok((reply, if is_new { ChangedPart::Document } else { ChangedPart::Nothing }))
        })
        .await
    }

    /// Stores the account of an enrollment page, with the page's origin as its site. The page continues only after the
    /// reply.
    async fn enroll(
        &self,
        page: &PageContext,
        secret: &Secret<String>,
        texts: &[Secret<String>],
        now: u64,
    ) -> Result<PageReply, AppError> {
        self.transact(now, |session| {
            let id = match autofill::enroll(page, secret.expose(), texts, &session.vault) {
                Ok(Enrollment::Known(id)) => id,
                Ok(Enrollment::New(uri)) => {
                    let mut account = Account::new(uri, now, &mut *self.entropy.borrow_mut());
                    account.unconfirmed = true;
                    account.sites.push(Site::Origin(page.origin.clone()));
                    let id = account.id;
                    let location = session.policy.location_for_new(None, &session.vault)?;
                    session.vault.add_new(vec![account], location)?;
                    id
                }
                Err(error) => {
                    let failed = PageReply::Failed { message: error.message() };
                    return Ok((failed, ChangedPart::Nothing));
                }
            };
            let account = session.vault.account_mut(id)?;
            if !has_site(account, page.address()) {
                account.sites.push(Site::Origin(page.origin.clone()));
            }
            // The account may already be stored on the server, because only now is it known to be that server's own
            // second factor.
            session.vault.withdraw_own_factor(id)?;
            let vault = &session.vault;
            Ok((autofill::passcode(vault.account(id)?, vault, page.seen.rejected, now), ChangedPart::Document))
        })
        .await
    }

    async fn keep_recovery(
        &self,
        page: &PageContext,
        id: AccountId,
        code: Secret<String>,
        now: u64,
    ) -> Result<PageReply, AppError> {
        self.transact(now, |session| {
            // Only the account's own page may confirm it.
            let is_kept =
                autofill::concerns(page, id, &session.vault) && session.vault.account_mut(id)?.keep_recovery_code(code);
            Ok(if is_kept {
                (PageReply::Kept, ChangedPart::Document)
            } else {
                (PageReply::Nothing, ChangedPart::Nothing)
            })
        })
        .await
    }

    /// Handles the outcome of a filled code; see [`autofill::Outcome`] for how far a page's report is trusted.
    async fn ended(
        &self,
        page: &PageContext,
        id: AccountId,
        verdict: Verdict,
        now: u64,
    ) -> Result<PageReply, AppError> {
        self.transact(now, |session| {
            let vault = &mut session.vault;
            if !autofill::concerns(page, id, vault) {
                return Ok((PageReply::Nothing, ChangedPart::Nothing));
            }
            let is_changed = match page.seen.shape {
                Shape::Recovery => autofill::end_recovery(vault.account_mut(id)?, verdict, now),
                _ => verdict == Verdict::Accepted && vault.confirm_enrolled(id, &page.origin),
            };
            let reply = match (page.seen.shape, verdict) {
                // Offers the remaining codes, if there are any.
                (Shape::Recovery, Verdict::Rejected) => autofill::decide(page, Some(vault), now),
                _ => PageReply::Nothing,
            };
            Ok((reply, if is_changed { ChangedPart::Document } else { ChangedPart::Nothing }))
        })
        .await
    }
}

fn can_confirm(vault: &Vault, id: AccountId, origin: &str, now: u64) -> Result<(), AppError> {
    let account = vault.account(id)?;
    if !autofill::can_confirm(account, origin, vault) {
        return Err(AppError::Message(message!("first_use_not_here")));
    }
    // The look-alike check protects only accounts that are stored on this device, because a server already knows the
    // accounts that it supplied.
    match autofill::decide_fill(account, vault, origin, now) {
        FillDecision::LookAlike { of } if account.location == StorageLocation::Device => {
            Err(AppError::Message(look_alike(&of)))
        }
        _ => Ok(()),
    }
}
