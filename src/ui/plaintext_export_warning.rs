//! The warning before secrets are exported unencrypted, as a file or a QR code. The user confirms by typing a word.

use leptos::prelude::*;

use super::components::{Field, field};
use super::state::Ui;
use super::texts::localize;

/// The confirmation word as typed so far.
#[derive(Clone, Copy)]
pub struct ConfirmationWord(RwSignal<String>);

impl ConfirmationWord {
    /// Creates a confirmation with an empty field.
    pub fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// Returns the warning and the field for the confirmation word. The field is focused initially if `focused` is
    /// true.
    pub fn draw(self, warning: String, focused: bool) -> AnyView {
        let word = Field { name: "confirm", label: "export_type", focused, ..Field::default() };
        view! {
            <p class="notice failed" data-plaintext-warning="">{warning}</p>
            {field(word, self.0)}
        }
        .into_any()
    }

    /// Returns true if the typed word is correct. Otherwise, shows a message and returns false.
    pub fn is_typed(self, ui: Ui) -> bool {
        let typed = self.0.with_untracked(|word| word.trim().to_lowercase());
        let is_typed = typed == localize("export_word");
        if !is_typed {
            ui.show_status(localize("export_not_typed"), true);
        }
        is_typed
    }

    /// Clears the field.
    pub fn forget(self) {
        self.0.set(String::new());
    }
}
