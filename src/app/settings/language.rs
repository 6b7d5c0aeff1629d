//! The language of all texts, which the user can choose independently of the browser's language. It is a setting of the
//! device and not of the vault, so that it also applies before the vault is open.

use crate::app::storage_keys::{LocalKey, SessionKey};
use crate::app::{App, AppError, Platform};
use crate::message;
use crate::vault::{Area, Store};

/// The languages that can be chosen: the folder in `_locales`, and the language's own name for itself. Only complete
/// translations are listed; `tests/locales` checks that they are.
pub const LANGUAGES: [(&str, &str); 23] = [
    ("en", "English"),
    ("ar", "العربية"),
    ("cs", "Čeština"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt_BR", "Português (Brasil)"),
    ("ru", "Русский"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("zh_CN", "简体中文"),
    ("zh_TW", "繁體中文"),
];

impl<P: Platform> App<P> {
    /// Stores the language. An empty or unknown one follows the browser.
    ///
    /// # Errors
    /// [`AppError::Store`], or a message if the organization's policy sets the language.
    pub(in crate::app) async fn set_language(&self, language: &str) -> Result<(), AppError> {
        if self.policy().await.language.is_some() {
            return Err(AppError::Message(message!("policy_not_allowed")));
        }
        self.store_language(language).await?;
        Ok(())
    }

    /// Stores the language that the organization's policy sets, so that pages find it before they ask the worker.
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn apply_policy_language(&self) -> Result<(), AppError> {
        let Some(language) = self.policy().await.language else { return Ok(()) };
        if self.language().await.as_ref() == Some(&language) {
            return Ok(());
        }
        self.store_language(&language).await
    }

    async fn store_language(&self, language: &str) -> Result<(), AppError> {
        let is_known = LANGUAGES.iter().any(|(known, _)| *known == language);
        let stored = is_known.then(|| language.to_owned());
        self.store.commit(Area::Local, vec![(LocalKey::Language.name(), stored)]).await?;
        // The popup's first frame is stored with the texts of the former language.
        Ok(self.store.commit(Area::Session, vec![(SessionKey::FirstFrame.name(), None)]).await?)
    }

    /// Returns the language that the user chose; `None` if the texts follow the browser.
    pub async fn language(&self) -> Option<String> {
        let values = self.store.load(Area::Local, &[LocalKey::Language.name()]).await.unwrap_or_default();
        values.into_iter().flatten().next()
    }
}
