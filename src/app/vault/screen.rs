//! Returns the screens that the popup draws, paints the account list for its first frame, and locks the vault.

use crate::app::account_list;
use crate::app::policy::{ManagedServer, Policy, Rule};
use crate::app::protocol::{AccountList, Screen, SignInScreen, SignInServer};
use crate::app::session::{Open, Session, is_device_only};
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform, permission_pattern};
use crate::autofill::PageAddress;
use crate::casdoor::ServerAddress;
use crate::vault::{Area, Store, VaultError};

impl<P: Platform> App<P> {
    /// Stores the account list, with the codes of the next minutes, for the popup's first frame.
    pub(in crate::app) async fn paint(&self, session: &Session, now: u64) -> Result<(), AppError> {
        let account_list = account_list::for_first_frame(session, now);
        let text = serde_json::to_string(&account_list).map_err(|_| VaultError::Damaged)?;
        Ok(self.store.commit(Area::Session, vec![(SessionKey::AccountList.name(), Some(text))]).await?)
    }

    /// Stores the rendered list, but only while the vault is open, because it contains names.
    pub(in crate::app) async fn store_first_frame(&self, html: String, now: u64) -> Result<(), AppError> {
        let _open = self.open(now).await?;
        if html.len() <= AccountList::MAX_FIRST_FRAME_BYTES {
            self.store.commit(Area::Session, vec![(SessionKey::FirstFrame.name(), Some(html))]).await?;
        }
        Ok(())
    }

    /// Paints the account list again before its codes run out, and locks the vault when its time is up. An alarm calls
    /// this.
    ///
    /// # Errors
    /// [`AppError::Store`]. A locked vault is not an error.
    pub async fn tick(&self, now: u64) -> Result<(), AppError> {
        match self.open(now).await {
            Ok(mut open) => self.paint(open.session()?, now).await,
            // Stored for the first popup after the installation.
            Err(AppError::NoVault) if !self.has_vault().await? => self.store_no_vault_phase().await,
            Err(AppError::Locked | AppError::NoVault | AppError::PasswordRequired) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Deletes the key from memory and from session memory. A vault without a password is not locked.
    pub async fn lock(&self) -> Result<Screen, AppError> {
        // Incremented before the first await, so that an unlock in progress fails.
        self.locks.set(self.locks.get().wrapping_add(1));
        // The vault is locked even if storage cannot be read.
        if self.load_copies().await.is_ok_and(|copies| is_device_only(&copies)) {
            return Err(AppError::NothingToLock);
        }
        self.forget().await
    }

    pub(in crate::app) async fn forget(&self) -> Result<Screen, AppError> {
        self.locks.set(self.locks.get().wrapping_add(1));
        let mut guard = self.session.lock().await;
        *guard = None;
        self.forget_key().await?;
        self.store.commit(Area::Session, vec![(SessionKey::PendingAction.name(), None)]).await?;
        Ok(Screen::Locked)
    }

    /// Returns the screen that the popup draws now.
    pub async fn screen(&self, page: Option<&str>, now: u64) -> Result<Screen, AppError> {
        let screen = match self.open(now).await {
            Ok(mut open) => {
                let session = open.session()?;
                self.paint(session, now).await?;
                shown(session, page, now)
            }
            Err(AppError::NoVault) if !self.has_vault().await? => {
                // If this fails, only the next popup's first frame is slower.
                let _ = self.store_no_vault_phase().await;
                let policy = self.policy().await;
                if policy.servers.is_empty() { Screen::FirstRun } else { sign_in(&policy, false) }
            }
            Err(AppError::PasswordRequired) => {
                // The popup's first frame would show codes that may no longer be shown.
                let shown = [SessionKey::AccountList, SessionKey::FirstFrame].map(|key| (key.name(), None));
                self.store.commit(Area::Session, shown.to_vec()).await?;
                Screen::SetPassword
            }
            Err(AppError::NoVault | AppError::Vault(VaultError::Damaged)) if self.is_newer().await? => Screen::Newer,
            Err(AppError::NoVault | AppError::Vault(VaultError::Damaged)) => self.damaged().await?,
            Err(AppError::Locked) if self.is_newer().await? => Screen::Newer,
            Err(AppError::Locked) => Screen::Locked,
            Err(AppError::Vault(VaultError::NoDeviceKey)) => Screen::KeyGone,
            Err(error) => return Err(error),
        };
        Ok(screen)
    }

    /// Returns the account list after a change.
    pub(in crate::app) async fn saved_screen(&self, mut open: Open<'_>, now: u64) -> Result<Screen, AppError> {
        self.save(&mut open, now).await?;
        let session = open.session()?;
        if session.policy.check_has_password(session.has_password()).is_ok() {
            return Ok(shown(session, None, now));
        }
        drop(open);
        self.screen(None, now).await
    }
}

/// Returns the screen for an open vault: the list, unless the user has to sign in first.
fn shown(session: &Session, page: Option<&str>, now: u64) -> Screen {
    let (policy, vault) = (&session.policy, &session.vault);
    if policy.wants_sign_in(vault) {
        return sign_in(policy, true);
    }
    // A site where nothing may be filled is not shown as one that has accounts.
    let page = page.map(PageAddress::from).filter(|page| policy.may_fill(page.origin, vault));
    Screen::AccountList(account_list::complete(session, page, now))
}

/// Returns the screen that offers to sign in to the organization's servers.
fn sign_in(policy: &Policy, has_vault: bool) -> Screen {
    let server = |server: &ManagedServer| {
        let address = ServerAddress::parse(&server.address, true).ok()?;
        Some(SignInServer { name: server.name.clone(), permission: permission_pattern(&address) })
    };
    Screen::SignIn(SignInScreen {
        servers: policy.servers.iter().filter_map(server).collect(),
        needs_password: !has_vault && policy.has(Rule::RequirePassword),
        can_skip: !policy.has(Rule::RequireSignIn),
        support_url: policy.support_url.clone(),
        support_text: policy.support_text.clone(),
    })
}
