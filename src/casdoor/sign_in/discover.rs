//! Finds a server's organizations and applications, so that the user does not have to type their names.

use serde::{Deserialize, Serialize};

use super::super::api::Api;
use super::super::wire::ApplicationRecord;
use super::super::{CasdoorError, Http, ServerAddress};
use crate::label::clean;

/// The user's choices, and the values that the user typed under Advanced. All are `None` at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInChoice {
    /// The organization's name.
    pub organization: Option<String>,
    /// The application's name.
    pub application: Option<String>,
    /// The client id. With it, [`discover`] sends no request, and [`complete`](super::complete) looks up the names.
    pub client_id: Option<String>,
}

/// An organization of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// The organization's name in addresses.
    pub name: String,
    /// The organization's display name.
    pub display_name: String,
}

/// The organizations and applications that the user can sign in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInOptions {
    /// The server.
    pub server: ServerAddress,
    /// The organizations to choose from; empty if the server was not asked.
    pub organizations: Vec<Organization>,
    /// The organization that the user chose, or the server's only one.
    pub organization: Option<String>,
    /// The application's name on the server.
    pub application: Option<String>,
    /// The client id; `None` until an organization is chosen.
    pub client_id: Option<String>,
}

/// Maximum length of a name or a client id, in bytes. Casdoor's columns hold 100 characters, and the client id of a
/// shared application also contains an organization.
const MAX_NAME_BYTES: usize = 1024;

/// The organization of the administrators, which every server has.
const BUILT_IN: &str = "built-in";

/// Finds the client id for signing in: that of the application if the user typed one, otherwise that of the
/// organization's default application. If there are several organizations and none was chosen, the offer lists them and
/// has no client id.
///
/// # Errors
/// [`CasdoorError::NotCasdoor`] if the address is not that of a Casdoor server, [`CasdoorError::UnknownOrganization`],
/// [`CasdoorError::UnknownApplication`], [`CasdoorError::NoOrganization`], and network errors.
pub async fn discover(
    http: &impl Http,
    server: &ServerAddress,
    choice: &SignInChoice,
) -> Result<SignInOptions, CasdoorError> {
    choice.check_lengths()?;
    let mut offer = SignInOptions {
        server: server.clone(),
        organizations: Vec::new(),
        organization: typed(choice.organization.as_deref()),
        application: typed(choice.application.as_deref()),
        client_id: typed(choice.client_id.as_deref()),
    };
    if offer.client_id.is_some() {
        return Ok(offer);
    }
    let api = Api::anonymous(http, server);
    if let Some(name) = &offer.application {
        let application = api.application(name).await?;
        return offer.with(application);
    }
    if offer.organization.is_none() {
        offer.organizations = organizations(&api).await?;
        offer.organization = only_one(&offer.organizations);
    }
    let Some(organization) = &offer.organization else { return Ok(offer) };
    let application = api.default_application(organization).await?;
    offer.with(application)
}

impl ApplicationRecord {
    /// Rejects values that are too long to be stored with a sign-in.
    pub(super) fn check_lengths(&self) -> Result<(), CasdoorError> {
        let is_too_long =
            [&self.name, &self.organization, &self.client_id].iter().any(|text| text.len() > MAX_NAME_BYTES);
        if is_too_long { Err(CasdoorError::TooLarge) } else { Ok(()) }
    }
}

impl SignInChoice {
    /// Rejects values that are too long to be a name on any server, before they are stored or sent.
    fn check_lengths(&self) -> Result<(), CasdoorError> {
        let values = [
            (&self.organization, CasdoorError::UnknownOrganization),
            (&self.application, CasdoorError::UnknownApplication),
            (&self.client_id, CasdoorError::UnknownClient),
        ];
        let is_too_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > MAX_NAME_BYTES);
        let found = values.into_iter().find(|(text, _)| is_too_long(text));
        found.map_or(Ok(()), |(_, error)| Err(error))
    }
}

fn typed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(String::from)
}

async fn organizations<H: Http>(api: &Api<'_, H>) -> Result<Vec<Organization>, CasdoorError> {
    let records = api.organizations().await?;
    let found: Vec<Organization> = records
        .into_iter()
        .filter(|record| !record.name.is_empty() && record.name.len() <= MAX_NAME_BYTES)
        .map(|record| Organization { name: record.name, display_name: clean(&record.display_name).into_owned() })
        .collect();
    if found.is_empty() { Err(CasdoorError::NoOrganization) } else { Ok(found) }
}

/// Returns the organization that needs no choice: the only one, or the only one apart from the administrators' own.
fn only_one(organizations: &[Organization]) -> Option<String> {
    let others = || organizations.iter().filter(|organization| organization.name != BUILT_IN);
    match (organizations, others().count()) {
        ([only], _) => Some(only.name.clone()),
        (_, 1) => others().next().map(|organization| organization.name.clone()),
        _ => None,
    }
}

impl SignInOptions {
    fn with(mut self, application: ApplicationRecord) -> Result<Self, CasdoorError> {
        application.check_lengths()?;
        if application.client_id.is_empty() {
            return Err(CasdoorError::UnknownApplication);
        }
        let organization = self.organization.get_or_insert_with(|| application.organization.clone());
        // An application that another organization shares has a separate client id for this one.
        let shared = !organization.is_empty() && *organization != application.organization;
        self.client_id = Some(match shared {
            true => format!("{}-org-{organization}", application.client_id),
            false => application.client_id,
        });
        self.application = Some(application.name);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_that_are_too_long_for_a_server_are_rejected_before_a_request() {
        let text = |length: usize| Some("a".repeat(length));
        let fitting = SignInChoice { organization: text(1024), application: text(1024), client_id: text(1024) };
        assert_eq!(fitting.check_lengths(), Ok(()));
        for (choice, error) in [
            (SignInChoice { organization: text(1025), ..fitting.clone() }, CasdoorError::UnknownOrganization),
            (SignInChoice { application: text(1 << 21), ..fitting.clone() }, CasdoorError::UnknownApplication),
            (SignInChoice { client_id: text(1025), ..fitting }, CasdoorError::UnknownClient),
        ] {
            assert_eq!(choice.check_lengths(), Err(error));
        }
    }

    #[test]
    fn an_application_with_long_names_is_rejected_before_it_is_stored() {
        let record = |length: usize, field: &str| {
            let text = format!(r#"{{ "name": "app", "clientId": "client", "{field}": "{}" }}"#, "a".repeat(length));
            serde_json::from_str::<ApplicationRecord>(&text)
        };
        assert_eq!(record(1024, "organization").unwrap().check_lengths(), Ok(()));
        assert_eq!(record(1025, "organization").unwrap().check_lengths(), Err(CasdoorError::TooLarge));
        let offer = SignInOptions {
            server: ServerAddress::parse("id.example.com", false).unwrap(),
            organizations: Vec::new(),
            organization: None,
            application: None,
            client_id: None,
        };
        assert_eq!(offer.with(record(4 << 20, "organization").unwrap()), Err(CasdoorError::TooLarge));
    }
}
