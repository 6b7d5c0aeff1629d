//! Which Casdoor the mock server plays: the six ages that installations in the field are of.
//!
//! Every difference is a question asked of [`Age`], so that a reader finds them all in one place; the evidence is in
//! `tests/fixtures/casdoor/versions.md`.

use std::str::FromStr;

/// A release of Casdoor, the oldest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Age {
    /// December 2024: one passcode field, every list visible to everybody, no device code.
    V1_783,
    /// July 2025: six passcode cells, view rules obeyed.
    V1_953,
    /// December 2025: the organization's name as the issuer, a third data field in answers.
    V2_211,
    /// 24 April 2026: the object of a request is named by its `id` parameter.
    V3_40,
    /// 28 April 2026: `columns` merges a short body, and spells columns in snake case.
    V3_48,
    /// August 2026, the newest.
    #[default]
    V3_158,
}

/// The form in which the pages ask for a one-time code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasscodeForm {
    /// One text field and a button.
    Single,
    /// Six cells without roles or labels, which submit themselves.
    Cells,
    /// Six labelled cells in a group, which submit themselves.
    LabelledCells,
}

impl Age {
    /// All six, the oldest first.
    pub const ALL: [Self; 6] = [Self::V1_783, Self::V1_953, Self::V2_211, Self::V3_40, Self::V3_48, Self::V3_158];

    /// The release's name as Casdoor writes it.
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

    /// How this age's pages ask for a one-time code.
    pub fn passcode_form(self) -> PasscodeForm {
        match self {
            Self::V1_783 => PasscodeForm::Single,
            Self::V1_953 | Self::V2_211 => PasscodeForm::Cells,
            Self::V3_40 | Self::V3_48 | Self::V3_158 => PasscodeForm::LabelledCells,
        }
    }

    /// Whether `get-user` hides what the organization's account items hide.
    pub(crate) fn obeys_view_rules(self) -> bool {
        self >= Self::V1_953
    }

    /// Whether a `name` with one of `/?:#&%=+;` in a body is refused.
    pub(crate) fn checks_names(self) -> bool {
        self >= Self::V1_953
    }

    /// Whether the device-code grant exists.
    pub(crate) fn has_device_code(self) -> bool {
        self >= Self::V1_953
    }

    /// Whether answers carry `data3`.
    pub(crate) fn has_third_data(self) -> bool {
        self >= Self::V2_211
    }

    /// Whether an enrolment names the organization as issuer; before, it was the constant "Casdoor".
    pub(crate) fn names_organization_as_issuer(self) -> bool {
        self >= Self::V2_211
    }

    /// Whether the second factor can be remembered for some hours.
    pub(crate) fn remembers_second_factor(self) -> bool {
        self >= Self::V2_211
    }

    /// Whether the `id` parameter, or a form's owner and name, say whom a request is about; before, only a JSON
    /// body's (or a multipart form's) owner and name did.
    pub(crate) fn object_from_parameters(self) -> bool {
        self >= Self::V3_40
    }

    /// Whether `columns` merges the body onto the stored user and turns each name into snake case.
    pub(crate) fn merges_columns(self) -> bool {
        self >= Self::V3_48
    }
}

/// The name given is none of the six ages.
#[derive(Debug, thiserror::Error)]
#[error("not an age of Casdoor that is played here; the ages are {}", Age::ALL.map(Age::name).join(", "))]
pub struct AgeError;

impl FromStr for Age {
    type Err = AgeError;

    fn from_str(text: &str) -> Result<Self, AgeError> {
        let bare = text.trim_start_matches('v');
        Self::ALL
            .into_iter()
            .find(|age| {
                let name = age.name().trim_start_matches('v');
                name == bare || name.strip_suffix(".0") == Some(bare)
            })
            .ok_or(AgeError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_found_by_its_name_with_or_without_decoration() {
        for age in Age::ALL {
            assert_eq!(age.name().parse::<Age>().unwrap(), age);
        }
        assert_eq!("1.783".parse::<Age>().unwrap(), Age::V1_783);
        assert!("v9.9.9".parse::<Age>().is_err());
    }
}
