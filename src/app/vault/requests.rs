//! Handles the requests about the vault.

use crate::app::effects::Effect;
use crate::app::protocol::{
    ChangePassword, CreateVault, CreateVaultWithoutPassword, DismissStorageProblem, DismissUpdate, ListCopies,
    LockVault, MakeBackup, ReadBackups, ReadScreen, ReadSealedFile, Reply, RestoreCopy, ScheduleBackups, StartNewVault,
    StoreFirstFrame, UnlockVault, VaultRequest,
};
use crate::app::{App, Platform};
use crate::secret::Secret;
use crate::time::Clock;
use crate::vault::Kdf;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn vault_request(&self, request: VaultRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            VaultRequest::ReadScreen(ReadScreen { origin }) => {
                Reply::to::<ReadScreen>(self.screen(origin.as_deref(), now).await)
            }
            VaultRequest::StoreFirstFrame(StoreFirstFrame { html }) => {
                Reply::to::<StoreFirstFrame>(self.store_first_frame(html, now).await)
            }
            VaultRequest::CreateVault(CreateVault { password, pbkdf2 }) => {
                Reply::to::<CreateVault>(self.create(password.into(), kdf(pbkdf2), now).await)
            }
            VaultRequest::CreateVaultWithoutPassword(_) => {
                Reply::to::<CreateVaultWithoutPassword>(self.create_without_password(now).await)
            }
            VaultRequest::UnlockVault(UnlockVault { password }) => {
                Reply::to::<UnlockVault>(self.unlock(password.into(), now).await)
            }
            VaultRequest::LockVault(_) => Reply::to::<LockVault>(self.lock().await),
            VaultRequest::ChangePassword(ChangePassword { old, new, pbkdf2 }) => {
                Reply::to::<ChangePassword>(self.change_password(old.into(), new.into(), kdf(pbkdf2), now).await)
            }
            VaultRequest::ReadSealedFile(_) => Reply::to::<ReadSealedFile>(self.sealed_file().await),
            VaultRequest::StartNewVault(_) => Reply::to::<StartNewVault>(self.start_new_vault(now).await),
            VaultRequest::RestoreCopy(RestoreCopy { copy, password }) => {
                Reply::to::<RestoreCopy>(self.restore_copy(copy, password.into(), now).await)
            }
            VaultRequest::ListCopies(_) => Reply::to::<ListCopies>(self.list_copies(now).await),
            VaultRequest::ReadBackups(_) => Reply::to::<ReadBackups>(self.read_backups(now).await),
            VaultRequest::MakeBackup(MakeBackup { own, password }) => {
                Reply::to::<MakeBackup>(self.back_up(own.map(Secret::new), &password.into(), now).await)
            }
            VaultRequest::ScheduleBackups(ScheduleBackups { every_days, own, password }) => {
                Reply::to::<ScheduleBackups>(
                    self.schedule_backups(every_days, own.map(Secret::new), &password.into(), now).await,
                )
            }
            VaultRequest::DismissStorageProblem(DismissStorageProblem { problem }) => {
                Reply::to::<DismissStorageProblem>(self.dismiss(problem, now).await)
            }
            VaultRequest::DismissUpdate(_) => Reply::to::<DismissUpdate>(self.dismiss_update(now).await),
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &VaultRequest) -> &'static [Effect] {
    match request {
        VaultRequest::ReadScreen(_) => &[Effect::SyncIfDue],
        VaultRequest::UnlockVault(_) => &[Effect::TellPagesUnlocked],
        VaultRequest::ReadBackups(_) | VaultRequest::ScheduleBackups(_) => &[Effect::BackUpIfDue],
        VaultRequest::StoreFirstFrame(_)
        | VaultRequest::CreateVault(_)
        | VaultRequest::CreateVaultWithoutPassword(_)
        | VaultRequest::LockVault(_)
        | VaultRequest::ChangePassword(_)
        | VaultRequest::ReadSealedFile(_)
        | VaultRequest::StartNewVault(_)
        | VaultRequest::RestoreCopy(_)
        | VaultRequest::ListCopies(_)
        | VaultRequest::MakeBackup(_)
        | VaultRequest::DismissStorageProblem(_)
        | VaultRequest::DismissUpdate(_) => &[],
    }
}

fn kdf(pbkdf2: bool) -> Kdf {
    if pbkdf2 { Kdf::PBKDF2 } else { Kdf::ARGON2ID }
}
