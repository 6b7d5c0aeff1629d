//! What is asked for again before secrets leave: the vault's password, or, in a vault without one, a word.

use leptos::prelude::*;

use super::parts::{Field, field};
use super::state::Ui;
use super::words::say;

/// The answer as it is typed.
#[derive(Clone, Copy)]
pub struct Again {
    ui: Ui,
    typed: RwSignal<String>,
}

impl Again {
    /// Nothing is typed yet.
    pub fn new(ui: Ui) -> Self {
        Self { ui, typed: RwSignal::new(String::new()) }
    }

    /// The field for the password, or in its place the one for the word.
    pub fn field(self, password: Field) -> AnyView {
        let device_only = Memo::new(move |_| self.ui.board.with(|board| board.device_only));
        (move || {
            let of = if device_only.get() {
                Field {
                    name: "confirm-word",
                    label: "again_type",
                    hint: "again_hint",
                    kind: "",
                    autocomplete: "",
                    ..password
                }
            } else {
                password
            };
            field(of, self.typed)
        })
        .into_any()
    }

    /// What the request carries: the password, or nothing once the word is there; `None`, and that is said, before.
    pub fn answer(self) -> Option<String> {
        let typed = self.typed.get_untracked();
        if !self.ui.board.with_untracked(|board| board.device_only) {
            return Some(typed);
        }
        let is_meant = typed.trim().to_lowercase() == say("again_word");
        if !is_meant {
            self.ui.tell(say("again_not_typed"), true);
        }
        is_meant.then(String::new)
    }

    /// Empties the field.
    pub fn forget(self) {
        self.typed.set(String::new());
    }
}
