//! What the server says about itself, so that nobody has to type it.

use serde::{Deserialize, Serialize};

use super::super::api::Api;
use super::super::wire::ApplicationRecord;
use super::super::{CasdoorError, Http, ServerAddress};
use crate::label::clean;

/// What the person chose or typed under Advanced; all empty at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The organization's name.
    pub organization: Option<String>,
    /// The application's name.
    pub application: Option<String>,
    /// The client id. With it, [`discover`] asks the server nothing; [`complete`](super::complete) looks the names up.
    pub client_id: Option<String>,
}

/// An organization of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its name in addresses.
    pub name: String,
    /// What people call it.
    pub display_name: String,
}

/// What can be signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The server.
    pub server: ServerAddress,
    /// The organizations to choose from; empty where the server was not asked.
    pub organizations: Vec<Organization>,
    /// The organization that was chosen or is the only one.
    pub organization: Option<String>,
    /// The application, as the server names it.
    pub application: Option<String>,
    /// The client id; `None` while an organization has to be chosen.
    pub client_id: Option<String>,
}

/// The organization that every server has and that holds its administrators.
const BUILT_IN: &str = "built-in";

/// Finds the client id to sign in with: by the application where one was typed, else by the organization's default
/// application. Several organizations and no choice yet: the offer lists them and has no client id.
///
/// # Errors
/// [`CasdoorError::NotCasdoor`] where the address is no Casdoor server, [`CasdoorError::UnknownOrganization`],
/// [`CasdoorError::UnknownApplication`], [`CasdoorError::NoOrganization`], and what the network does.
pub async fn discover(http: &impl Http, server: &ServerAddress, choice: &Choice) -> Result<Offer, CasdoorError> {
    let mut offer = Offer {
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

fn typed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(String::from)
}

async fn organizations<H: Http>(api: &Api<'_, H>) -> Result<Vec<Organization>, CasdoorError> {
    let records = api.organizations().await?;
    let found: Vec<Organization> = records
        .into_iter()
        .filter(|record| !record.name.is_empty())
        .map(|record| Organization { name: record.name, display_name: clean(&record.display_name).into_owned() })
        .collect();
    if found.is_empty() { Err(CasdoorError::NoOrganization) } else { Ok(found) }
}

/// The one that needs no choice: the only one, or the only one besides the administrators' own.
fn only_one(organizations: &[Organization]) -> Option<String> {
    let others = || organizations.iter().filter(|organization| organization.name != BUILT_IN);
    match (organizations, others().count()) {
        ([only], _) => Some(only.name.clone()),
        (_, 1) => others().next().map(|organization| organization.name.clone()),
        _ => None,
    }
}

impl Offer {
    fn with(mut self, application: ApplicationRecord) -> Result<Self, CasdoorError> {
        if application.client_id.is_empty() {
            return Err(CasdoorError::UnknownApplication);
        }
        let organization = self.organization.get_or_insert_with(|| application.organization.clone());
        // An application shared by another organization serves this one under a client id of its own.
        let shared = !organization.is_empty() && *organization != application.organization;
        self.client_id = Some(match shared {
            true => format!("{}-org-{organization}", application.client_id),
            false => application.client_id,
        });
        self.application = Some(application.name);
        Ok(self)
    }
}
