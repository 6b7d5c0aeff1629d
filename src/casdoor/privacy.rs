//! Checks who can read a user's list, using the server's rules and a request without credentials.

use super::api::Api;
use super::wire::OrganizationRecord;
use super::{CasdoorError, Http, ServerAddress};
use crate::secret::Secret;

/// The organization's view rule for the account item "MFA accounts".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewRule {
    /// The item does not exist, so the server filters nothing.
    Absent,
    /// Anyone who may read the profile.
    Public,
    /// The user and administrators. This is the only rule under which the list is private and can be synced.
    Oneself,
    /// Administrators only. The user receives `null`.
    Admin,
    /// Any other value, which hides the list from everyone.
    Nobody,
}

/// Who can read the list, apart from administrators, who always can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// The view rule of "MFA accounts".
    pub rule: ViewRule,
    /// Anyone can read the profiles of the organization.
    pub profiles_are_public: bool,
    /// This check could read the list without a token.
    pub is_readable_anonymously: bool,
}

impl Visibility {
    /// Returns `true` if anyone on the network can read the secrets. Nothing may be sent until the user has been told.
    pub fn is_public(self) -> bool {
        self.is_readable_anonymously
            || (self.profiles_are_public && matches!(self.rule, ViewRule::Absent | ViewRule::Public))
    }

    /// Returns `true` if the user cannot read the list, so that it cannot be synced.
    pub fn hides_own_list(self) -> bool {
        matches!(self.rule, ViewRule::Admin | ViewRule::Nobody)
    }
}

/// Checks who can read the list of `owner`/`name`, with at most three requests. Used after connecting, and once a day
/// before writing.
///
/// # Errors
/// [`CasdoorError::SignedOut`], and network errors.
pub async fn check(
    http: &impl Http,
    server: &ServerAddress,
    (owner, name): (&str, &str),
    access: &Secret<String>,
) -> Result<Visibility, CasdoorError> {
    let is_readable_anonymously = is_readable_without_token(http, server, owner, name).await?;
    let organization = organization(http, server, owner, access).await?;
    Ok(Visibility {
        rule: view_rule(&organization),
        profiles_are_public: organization.is_profile_public,
        is_readable_anonymously,
    })
}

async fn is_readable_without_token(
    http: &impl Http,
    server: &ServerAddress,
    owner: &str,
    name: &str,
) -> Result<bool, CasdoorError> {
    match Api::anonymous(http, server).shows_list(owner, name).await {
        Err(CasdoorError::SignedOut | CasdoorError::Unauthorized | CasdoorError::Rejected) => Ok(false),
        other => other,
    }
}

/// Returns the organization as its default application shows it to anyone. `get-account` shows it too, but creates a
/// token on the server each time.
async fn organization(
    http: &impl Http,
    server: &ServerAddress,
    owner: &str,
    access: &Secret<String>,
) -> Result<OrganizationRecord, CasdoorError> {
    let application = Api::anonymous(http, server).default_application(owner).await;
    let shown = application.ok().and_then(|application| application.organization_record);
    match shown.filter(|organization| organization.name == owner && organization.account_items.is_some()) {
        Some(organization) => Ok(organization),
        None => Ok(Api::with_token(http, server, access).account().await?.1),
    }
}

/// Returns the view rule of the item "MFA accounts". Like the server, ignores spaces and case in the item's name.
pub(super) fn view_rule(organization: &OrganizationRecord) -> ViewRule {
    let plain = |name: &str| name.replace(' ', "").to_ascii_lowercase();
    let items = organization.account_items.as_deref().unwrap_or_default();
    match items.iter().find(|item| plain(&item.name) == "mfaaccounts").map(|item| item.view_rule.as_str()) {
        None => ViewRule::Absent,
        Some("Public") => ViewRule::Public,
        Some("Self") => ViewRule::Oneself,
        Some("Admin") => ViewRule::Admin,
        Some(_) => ViewRule::Nobody,
    }
}
