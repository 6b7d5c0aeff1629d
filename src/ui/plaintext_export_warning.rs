//! The warning before secrets leave unencrypted, as a file or image. The user types a word to confirm.

use leptos::prelude::*;

use super::components::{Field, field};
use super::state::Ui;
use super::texts::say;

/// The typed word.
#[derive(Clone, Copy)]
pub struct ConfirmationWord(RwSignal<String>);

impl ConfirmationWord {
    /// Creates an empty word.
    pub fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// Returns the warning and the field for the word, focused if `focused` is true.
    pub fn draw(self, warning: String, focused: bool) -> AnyView {
        let word = Field { name: "confirm", label: "export_type", focused, ..Field::default() };
        view! {
            <p class="notice failed" data-clear="">{warning}</p>
            {field(word, self.0)}
        }
        .into_any()
    }

    /// Returns true if the word is typed; otherwise shows a message.
    pub fn is_typed(self, ui: Ui) -> bool {
        let typed = self.0.with_untracked(|word| word.trim().to_lowercase());
        let is_typed = typed == say("export_word");
        if !is_typed {
            ui.tell(say("export_not_typed"), true);
        }
        is_typed
    }

    /// Clears the word.
    pub fn forget(self) {
        self.0.set(String::new());
    }
}
