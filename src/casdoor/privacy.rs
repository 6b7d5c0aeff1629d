//! Who can read the list: asked of the server's rules, and as a stranger would.

use super::api::Api;
use super::wire::OrganizationRecord;
use super::{CasdoorError, Http, ServerAddress};
use crate::secret::Secret;

/// The organization's view rule for the account item "MFA accounts".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewRule {
    /// There is no such item: the server filters nothing.
    Absent,
    /// Anybody who may read the profile.
    Public,
    /// The user and administrators: the one rule that both protects and works.
    Oneself,
    /// Administrators only: the user reads `null`.
    Admin,
    /// Anything else hides the list from everybody.
    Nobody,
}

/// Who can read the list, besides administrators, who always can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// The view rule of "MFA accounts".
    pub rule: ViewRule,
    /// Whether profiles of the organization can be read by anybody.
    pub profiles_are_public: bool,
    /// Whether the own list was read without any token just now.
    pub stranger_read_it: bool,
}

impl Visibility {
    /// Anybody on the network can read the secrets: nothing may be sent before the person was told.
    pub fn is_public(self) -> bool {
        self.stranger_read_it || (self.profiles_are_public && matches!(self.rule, ViewRule::Absent | ViewRule::Public))
    }

    /// The user's own reads are hidden: nothing can be kept in step.
    pub fn hides_own_list(self) -> bool {
        matches!(self.rule, ViewRule::Admin | ViewRule::Nobody)
    }
}

/// Looks who can read the list of `owner`/`name`: three requests at most, for after connecting and once a day before
/// writing.
///
/// # Errors
/// [`CasdoorError::SignedOut`] and what the network does.
pub async fn look(
    http: &impl Http,
    server: &ServerAddress,
    (owner, name): (&str, &str),
    access: &Secret<String>,
) -> Result<Visibility, CasdoorError> {
    let stranger_read_it = stranger_reads(http, server, owner, name).await?;
    let organization = organization(http, server, owner, access).await?;
    Ok(Visibility {
        rule: view_rule(&organization),
        profiles_are_public: organization.is_profile_public,
        stranger_read_it,
    })
}

async fn stranger_reads(
    http: &impl Http,
    server: &ServerAddress,
    owner: &str,
    name: &str,
) -> Result<bool, CasdoorError> {
    match Api::anonymous(http, server).shows_list(owner, name).await {
        Err(CasdoorError::SignedOut | CasdoorError::Unauthorized | CasdoorError::Refused) => Ok(false),
        other => other,
    }
}

/// The organization as its default application shows it to anybody; `get-account` shows it too, but leaves a token on
/// the server each time.
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

/// The rule of the item, whose name is matched as the server does it: without spaces, in any case.
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
