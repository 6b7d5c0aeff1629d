//! Requests about the sites where codes are filled, and the fields that the user chose there.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{SaveSiteAnswer, Screen, SiteForm};
use crate::vault::{AccountId, Settings, Site};

requests! {
    /// A request about the sites where codes are filled.
    AutofillRequest in Request::Autofill;

    /// Allows filling an account's code on a page's site, or removes the sites that cover the page.
    AllowSite -> Screen {
        /// The id of the account.
        id: AccountId,
        /// The page's origin, for example `https://id.example.com`. A path selects the sites to remove.
        origin: String,
        /// `true` to allow, `false` to forbid.
        allowed: bool,
        /// The user confirmed the site in spite of the warning that it looks like another one.
        #[serde(default)]
        accepts_look_alike: bool,
    }
    /// Stores a site that the user entered for an account.
    SaveSite -> SaveSiteAnswer {
        /// The id of the account.
        id: AccountId,
        /// The site.
        form: SiteForm,
    }
    /// Removes a site of an account.
    RemoveSite -> Screen {
        /// The id of the account.
        id: AccountId,
        /// The site.
        site: Site,
    }
    /// Undoes the removal of a site.
    RestoreSite -> Screen {
        /// The id of the account.
        id: AccountId,
        /// The site.
        site: Site,
    }
    /// Forgets the field that the user chose for codes on a site.
    ForgetField -> Settings {
        /// The site's origin.
        origin: String,
    }
}
