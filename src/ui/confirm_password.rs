//! The confirmation before secrets are exported or shown: the vault password, or a confirmation word if the vault has
//! no password.

use leptos::prelude::*;

use super::components::{Field, field};
use super::state::Ui;
use super::texts::localize;

/// The password or confirmation word as typed so far.
#[derive(Clone, Copy)]
pub struct ConfirmPassword {
    ui: Ui,
    typed: RwSignal<String>,
}

impl ConfirmPassword {
    /// Creates a confirmation with an empty field.
    pub fn new(ui: Ui) -> Self {
        Self { ui, typed: RwSignal::new(String::new()) }
    }

    /// Returns the password field, or the field for the confirmation word if the vault has no password.
    pub fn field(self, password: Field) -> AnyView {
        let device_only = Memo::new(move |_| self.ui.account_list.with(|account_list| account_list.device_only));
        (move || {
            let of = if device_only.get() {
                Field {
                    name: "confirm-word",
                    label: "confirm_word_prompt",
                    hint: "confirm_word_hint",
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

    /// Returns the typed password to send with a request. For a vault without a password, returns an empty text if the
    /// confirmation word is correct; otherwise, shows a message and returns `None`.
    pub fn answer(self) -> Option<String> {
        let typed = self.typed.get_untracked();
        if !self.ui.account_list.with_untracked(|account_list| account_list.device_only) {
            return Some(typed);
        }
        let is_meant = typed.trim().to_lowercase() == localize("confirm_word");
        if !is_meant {
            self.ui.show_status(localize("confirm_word_missing"), true);
        }
        is_meant.then(String::new)
    }

    /// Clears the field.
    pub fn forget(self) {
        self.typed.set(String::new());
    }
}
