//! The sites of an account: approved when it is filled for the first time, or entered by hand.

use crate::app::account_list;
use crate::app::protocol::{Message, SaveSiteAnswer, Screen, SiteForm, SiteQuestion, SiteWarning};
use crate::app::session::Session;
use crate::app::{App, AppError, Platform, permission_pattern};
use crate::autofill::{self, FillDecision, PageAddress};
use crate::casdoor::{ChangedPart, ServerAddress};
use crate::message;
use crate::vault::{Account, AccountId, Site};

impl<P: Platform> App<P> {
    pub(in crate::app) async fn allow_site(
        &self,
        id: AccountId,
        page: &str,
        allowed: bool,
        accepts_look_alike: bool,
        now: u64,
    ) -> Result<Screen, AppError> {
        let page = PageAddress::from(page);
        self.change_and_paint(now, |session| {
            if allowed {
                session.policy.check_fill(page.origin, &session.vault)?;
            }
            let vault = &mut session.vault;
            // A narrower site that covers the page is not replaced.
            if allowed && autofill::has_site(vault.account(id)?, page) {
                return Ok(());
            }
            // An account added since the popup was drawn may have made the site a look-alike.
            if allowed
                && !accepts_look_alike
                && let FillDecision::LookAlike { of } = autofill::decide_fill(vault.account(id)?, vault, page, now)
            {
                return Err(AppError::Message(look_alike(&of)));
            }
            let is_server = vault.connections.iter().any(|connection| connection.origin() == page.origin);
            // A Casdoor server is one origin. Elsewhere, a sign-in passes through several hosts of one registrable
            // domain.
            let site = match is_server {
                true => Some(Site::Origin(page.origin.to_owned())),
                false => autofill::site_for(page.origin),
            };
            let sites = &mut vault.account_mut(id)?.sites;
            sites.retain(|known| !autofill::covers(known, page));
            sites.extend(site.filter(|_| allowed));
            Ok(())
        })
        .await
    }

    /// Stores a site that the user entered. A look-alike of another site and an unencrypted page in a private network
    /// are returned as a question first, like when an account is filled on a new site.
    pub(in crate::app) async fn save_site(
        &self,
        id: AccountId,
        form: &SiteForm,
        now: u64,
    ) -> Result<SaveSiteAnswer, AppError> {
        self.transact(now, |session| {
            let typed = autofill::typed_site(&form.address, form.rule);
            let typed = typed.map_err(|error| AppError::Message(error.message()))?;
            session.policy.check_fill(&typed.origin, &session.vault)?;
            let warning = warning(session, id, &typed.origin, form.replaces.as_ref())?;
            if warning != SiteWarning::None && warning != form.accepts {
                let site = typed.site.text().unwrap_or_default().to_owned();
                let question = SiteQuestion { site, origin: typed.origin, warning, frame: None };
                return Ok((SaveSiteAnswer::Confirm(question), ChangedPart::Nothing));
            }
            put(&mut session.vault.account_mut(id)?.sites, typed.site, form.replaces.as_ref())?;
            Ok((SaveSiteAnswer::Saved(screen(session, now)), ChangedPart::Document))
        })
        .await
    }

    pub(in crate::app) async fn remove_site(&self, id: AccountId, site: &Site, now: u64) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| {
            session.vault.account_mut(id)?.sites.retain(|known| known != site);
            Ok(())
        })
        .await
    }

    /// Returns the sites of all accounts.
    ///
    /// # Errors
    /// The vault is locked.
    pub async fn sites(&self, now: u64) -> Result<Vec<Site>, AppError> {
        let sites = |account: &Account| account.sites.clone();
        self.read(now, |session| Ok(session.vault.accounts.iter().flat_map(sites).collect())).await
    }

    /// Stores a site again that was removed, also one that could not be entered in this form. The policy applies when
    /// a code is filled.
    pub(in crate::app) async fn restore_site(&self, id: AccountId, site: Site, now: u64) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| put(&mut session.vault.account_mut(id)?.sites, site, None)).await
    }
}

/// Returns what the user has to overrule before the account gets a site at this origin.
fn warning(session: &Session, id: AccountId, origin: &str, replaced: Option<&Site>) -> Result<SiteWarning, AppError> {
    let vault = &session.vault;
    let account = vault.account(id)?;
    // A connected server's own pages were checked when the user connected it.
    let is_server = vault.connections.iter().any(|connection| connection.origin() == origin);
    // A rule that only narrows or widens an approved site needs no second approval.
    if is_server || autofill::has_site(account, origin) {
        return Ok(SiteWarning::None);
    }
    match autofill::before_first_use(account, vault, origin, replaced) {
        FillDecision::LookAlike { of } => Ok(SiteWarning::LooksLike(of)),
        FillDecision::ConfirmUnencrypted { .. } => Ok(SiteWarning::Unencrypted),
        FillDecision::NotSecure => Err(AppError::Message(message!("site_not_encrypted"))),
        FillDecision::NotASite => Err(AppError::Message(message!("site_not_an_address"))),
        _ => Ok(SiteWarning::None),
    }
}

/// Adds a site, in the place of the one that it replaces.
fn put(sites: &mut Vec<Site>, site: Site, replaced: Option<&Site>) -> Result<(), AppError> {
    let place = replaced.and_then(|replaced| sites.iter().position(|known| known == replaced));
    if sites.iter().enumerate().any(|(number, known)| *known == site && Some(number) != place) {
        // The site is already stored, so only the one that it replaces is removed.
        sites.retain(|known| Some(known) != replaced);
        return Ok(());
    }
    if let Some(known) = place.and_then(|place| sites.get_mut(place)) {
        *known = site;
    } else if sites.len() < Site::MAX_SITES {
        sites.push(site);
    } else {
        return Err(AppError::Message(message!("site_limit")));
    }
    Ok(())
}

/// Returns those of the granted host permissions that a site needed before it was removed, and that no other site of an
/// account and no connected server needs. Other permissions are the user's own decision.
pub fn released_permissions(granted: Vec<String>, before: &[Site], after: &[Site], servers: &[String]) -> Vec<String> {
    let needs = |sites: &[Site], pattern: &str| {
        let origin = pattern.strip_suffix("/*").unwrap_or(pattern);
        sites.iter().any(|site| match site.origin() {
            Some(own) => pattern_of(own).is_some_and(|own| own == pattern),
            None => autofill::covers(site, origin),
        })
    };
    let is_servers = |pattern: &str| servers.iter().any(|server| pattern_of(server).is_some_and(|own| own == pattern));
    let is_released = |pattern: &String| needs(before, pattern) && !needs(after, pattern) && !is_servers(pattern);
    granted.into_iter().filter(is_released).collect()
}

/// Returns the match pattern of the host permission for an address.
fn pattern_of(address: &str) -> Option<String> {
    ServerAddress::parse(address, true).ok().map(|server| permission_pattern(&server))
}

fn screen(session: &Session, now: u64) -> Screen {
    Screen::AccountList(account_list::complete(session, None, now))
}

/// Returns the message that nothing was filled because the host resembles `of` but is a different one.
pub fn look_alike(of: &str) -> Message {
    message!("fill_look_alike", of)
}
