//! The six Casdoor releases that the mock server can imitate, all of which real installations run.
//!
//! Each difference between releases is one method of [`Release`], so that they are all in one place. The evidence is in
//! `tests/fixtures/casdoor/versions.md`.

use std::str::FromStr;

/// A release of Casdoor, from oldest to newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// December 2024: one passcode field, every list visible to everyone, no device code.
    V1_783,
    /// July 2025: six passcode cells, view rules enforced.
    V1_953,
    /// December 2025: the organization's name as the issuer, a third data field in responses.
    V2_211,
    /// 24 April 2026: the `id` parameter names the object of a request.
    V3_40,
    /// 28 April 2026: `columns` merges a partial body and converts column names to snake case.
    V3_48,
    /// August 2026, the newest release.
    #[default]
    V3_158,
}

/// The form in which the pages ask for a one-time password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasscodeForm {
    /// One text field and a button.
    Single,
    /// Six cells without roles or labels that submit automatically.
    Cells,
    /// Six labeled cells in a group that submit automatically.
    LabeledCells,
}

impl Release {
    /// All six releases, oldest first.
    pub const ALL: [Self; 6] = [Self::V1_783, Self::V1_953, Self::V2_211, Self::V3_40, Self::V3_48, Self::V3_158];

    /// Returns the release of the real server that tests use: `$CASDOOR_TAG`, or the newest.
    pub fn of_real_server() -> Result<Self, ReleaseError> {
        std::env::var("CASDOOR_TAG").map_or_else(|_| Ok(Self::default()), |tag| tag.parse())
    }

    /// Returns the release's name as Casdoor writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_783 => "v1.783.0",
            Self::V1_953 => "v1.953.0",
            Self::V2_211 => "v2.211.0",
            Self::V3_40 => "v3.40.0",
            Self::V3_48 => "v3.48.0",
            Self::V3_158 => "v3.158.0",
        }
    }

    /// Returns the passcode form that this release's pages show.
    pub fn passcode_form(self) -> PasscodeForm {
        match self {
            Self::V1_783 => PasscodeForm::Single,
            Self::V1_953 | Self::V2_211 => PasscodeForm::Cells,
            Self::V3_40 | Self::V3_48 | Self::V3_158 => PasscodeForm::LabeledCells,
        }
    }

    /// Returns true if `get-user` hides what the organization's account items hide.
    pub(crate) fn obeys_view_rules(self) -> bool {
        self >= Self::V1_953
    }

    /// Returns true if a body whose `name` contains one of `/?:#&%=+;` is rejected.
    pub(crate) fn checks_names(self) -> bool {
        self >= Self::V1_953
    }

    /// Returns true if the device-code grant exists.
    pub(crate) fn has_device_code(self) -> bool {
        self >= Self::V1_953
    }

    /// Returns true if responses carry `data3`.
    pub(crate) fn has_third_data(self) -> bool {
        self >= Self::V2_211
    }

    /// Returns true if the response to a successful sign-in also says whether the password must be changed. Later
    /// releases send a separate response instead.
    pub(crate) fn reports_password_change(self) -> bool {
        self < Self::V3_158
    }

    /// Returns true if a user has to consent to an application's own scopes.
    pub(crate) fn asks_for_consent(self) -> bool {
        self >= Self::V3_40
    }

    /// Returns true if a second factor that the organization requires has to be enrolled before a session is used, too.
    /// Earlier releases require it only after a password.
    pub(crate) fn requires_factors_of_sessions(self) -> bool {
        self >= Self::V3_158
    }

    /// Returns true if an enrollment names the organization as issuer; earlier releases always use "Casdoor".
    pub(crate) fn names_organization_as_issuer(self) -> bool {
        self >= Self::V2_211
    }

    /// Returns true if a browser can be remembered for some hours after the second factor.
    pub(crate) fn remembers_second_factor(self) -> bool {
        self >= Self::V2_211
    }

    /// Returns true if the `id` parameter, or a form's owner and name, identify the object of a request. Earlier
    /// releases use only the owner and name of a JSON body or multipart form.
    pub(crate) fn object_from_parameters(self) -> bool {
        self >= Self::V3_40
    }

    /// Returns true if `columns` merges the body into the stored user and converts each name to snake case.
    pub(crate) fn merges_columns(self) -> bool {
        self >= Self::V3_48
    }
}

/// The error for a name that is not one of the six releases.
#[derive(Debug, thiserror::Error)]
#[error("unknown Casdoor release; the known ones are {}", Release::ALL.map(Release::name).join(", "))]
pub struct ReleaseError;

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, ReleaseError> {
        let bare = text.trim_start_matches('v');
        Self::ALL
            .into_iter()
            .find(|release| {
                let name = release.name().trim_start_matches('v');
                name == bare || name.strip_suffix(".0") == Some(bare)
            })
            .ok_or(ReleaseError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_parsed_with_or_without_prefix_and_suffix() {
        for release in Release::ALL {
            assert_eq!(release.name().parse::<Release>().unwrap(), release);
        }
        assert_eq!("1.783".parse::<Release>().unwrap(), Release::V1_783);
        assert!("v9.9.9".parse::<Release>().is_err());
    }
}
