//! Secrets that leave in the clear, as a file or as a picture: the user is warned, and types that it is meant.

use leptos::prelude::*;

use super::parts::{Field, field};
use super::state::Ui;
use super::words::say;

/// The word that is typed.
#[derive(Clone, Copy)]
pub struct Word(RwSignal<String>);

impl Word {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self(RwSignal::new(String::new()))
    }

    /// The warning, and the field for the word; with the keyboard in it if it is `focused`.
    pub fn draw(self, warning: String, focused: bool) -> AnyView {
        let word = Field { name: "confirm", label: "export_type", focused, ..Field::default() };
        view! {
            <p class="notice failed" data-clear="">{warning}</p>
            {field(word, self.0)}
        }
        .into_any()
    }

    /// Returns true if it is typed; if not, the user is told what is missing.
    pub fn is_typed(self, ui: Ui) -> bool {
        let typed = self.0.with_untracked(|word| word.trim().to_lowercase());
        let is_typed = typed == say("export_word");
        if !is_typed {
            ui.tell(say("export_not_typed"), true);
        }
        is_typed
    }

    /// Nothing typed any more.
    pub fn forget(self) {
        self.0.set(String::new());
    }
}
