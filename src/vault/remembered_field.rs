//! The fields that the user chose on pages where no field was likely enough.

use serde::{Deserialize, Serialize};

use super::Settings;

/// The field that the user chose for codes on a site, with several ways to find it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RememberedField {
    /// The site's origin, as the browser reported it.
    pub origin: String,
    /// The field's `id` attribute.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The field's `name` attribute.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The field's `autocomplete` attribute.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub autocomplete: String,
    /// The words of the field's label, in lower case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The names of the field's form, and the field's position in it.
    pub position: String,
    /// True for a row of one-character cells, of which the other members describe the first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub are_cells: bool,
}

impl RememberedField {
    /// Maximum length of each text, in characters.
    pub const MAX_TEXT: usize = 120;
    /// Maximum number of remembered fields. The oldest is forgotten first.
    pub const MAX_FIELDS: usize = 200;
}

impl Settings {
    /// Returns the field that was chosen on this origin.
    pub fn remembered_field(&self, origin: &str) -> Option<&RememberedField> {
        self.remembered_fields.iter().find(|field| field.origin == origin)
    }

    /// Remembers a field instead of the one that was chosen on the same origin before.
    pub fn remember_field(&mut self, field: RememberedField) {
        self.forget_field(&field.origin);
        self.remembered_fields.push(field);
        let excess = self.remembered_fields.len().saturating_sub(RememberedField::MAX_FIELDS);
        self.remembered_fields.drain(..excess);
    }

    /// Forgets the field that was chosen on this origin. Returns `false` if there was none.
    pub fn forget_field(&mut self, origin: &str) -> bool {
        let before = self.remembered_fields.len();
        self.remembered_fields.retain(|field| field.origin != origin);
        self.remembered_fields.len() != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_one_field_and_the_oldest_is_forgotten_first() {
        let mut settings = Settings::default();
        let field = |number: usize, id: &str| RememberedField {
            origin: format!("https://site{number}.example"),
            id: id.into(),
            ..RememberedField::default()
        };
        for number in 0..RememberedField::MAX_FIELDS + 3 {
            settings.remember_field(field(number, "first"));
        }
        settings.remember_field(field(100, "second"));
        assert_eq!(settings.remembered_fields.len(), RememberedField::MAX_FIELDS);
        assert_eq!(settings.remembered_field("https://site2.example"), None);
        assert_eq!(settings.remembered_field("https://site100.example").unwrap().id, "second");
        assert!(settings.forget_field("https://site100.example"));
        assert!(!settings.forget_field("https://site100.example"));
    }

    #[test]
    fn settings_without_remembered_fields_are_stored_as_before() {
        let text = serde_json::to_string(&Settings::default()).unwrap();
        assert!(!text.contains("remembered"), "{text}");
        let mut settings: Settings = serde_json::from_str(&text).unwrap();
        settings.remember_field(RememberedField { origin: "https://a.example".into(), ..RememberedField::default() });
        let again: Settings = serde_json::from_str(&serde_json::to_string(&settings).unwrap()).unwrap();
        assert_eq!(again, settings);
    }
}
