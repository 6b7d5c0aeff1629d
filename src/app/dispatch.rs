//! Maps each request to its use case. There is no catch-all arm, so the compiler reports a request that nobody handles.

use crate::app::protocol::{Reply, Request};
use crate::app::{App, AppError, Platform, seconds};
use crate::casdoor::sign_in::Choice;
use crate::message;
use crate::secret::Secret;
use crate::vault::Kdf;

impl<P: Platform> App<P> {
    /// Handles a page's request at `now`, in seconds since 1970. A failure is also returned as a reply.
    pub async fn handle(&self, request: Request, now: u64) -> Reply {
        self.handle_timed(request, &|| now.saturating_mul(1000)).await.unwrap_or_else(Reply::from)
    }

    /// Handles a page's request with a running clock that returns milliseconds since 1970, because signing in and
    /// syncing take a while.
    ///
    /// # Errors
    /// The reason for the failure. A failed request changes nothing.
    #[expect(clippy::too_many_lines, reason = "one table, so that a new request cannot be forgotten")]
    pub async fn handle_timed(&self, request: Request, clock: &dyn Fn() -> u64) -> Result<Reply, AppError> {
        let now = seconds(clock);
        match request {
            // The vault.
            Request::Open { origin } => self.screen(origin.as_deref(), now).await,
            Request::StoreFirstFrame { html } => self.store_first_frame(html, now).await,
            Request::Create { password, pbkdf2 } => self.create(password.into(), kdf(pbkdf2), now).await,
            Request::CreateWithoutPassword => self.create_without_password(now).await,
            Request::Unlock { password } => self.unlock(password.into(), now).await,
            Request::Lock => self.lock().await,
            Request::ChangePassword { old, new, pbkdf2 } => {
                self.change_password(old.into(), new.into(), kdf(pbkdf2), now).await
            }
            Request::SealedFile => self.sealed_file().await,
            Request::StartNewVault => self.start_new_vault(now).await,
            Request::RestoreCopy { copy, password } => self.restore_copy(copy, password.into(), now).await,
            Request::ListCopies => self.list_copies(now).await,
            Request::ReadBackups => self.read_backups(now).await,
            Request::BackUp { own, password } => self.back_up(own.map(Secret::new), &password.into(), now).await,
            Request::ScheduleBackups { every_days, own, password } => {
                self.schedule_backups(every_days, own.map(Secret::new), &password.into(), now).await
            }
            // Accounts.
            Request::ChangeMany { accounts, change } => self.change_many(&accounts, &change, now).await,
            Request::Add { form } => self.add(form, now).await,
            Request::Edit { id, form } => self.edit(id, form, now).await,
            Request::Form { id } => self.form(id, now).await,
            Request::Pin { id, pinned } => self.pin(id, pinned, now).await,
            Request::Move { id, before } => self.move_account(id, before, now).await,
            Request::ArrangeList { sort, group } => self.arrange_list(sort, group, now).await,
            Request::CountUse { id } => self.count_use(id, now).await,
            Request::MoveToTrash { id } => self.move_to_trash(id, now).await,
            Request::Restore { id } => self.restore(id, now).await,
            Request::RemoveForGood { id } => self.remove_for_good(id, now).await,
            Request::EmptyTrash => self.empty_trash(now).await,
            Request::ListTrash => self.list_trash(now).await,
            Request::NextCode { id } => self.next_code(id, now).await,
            Request::ShowSecret { id, password } => self.show_secret(id, password.into(), now).await,
            Request::ShowRecovery { id, password } => self.show_recovery(id, password.into(), now).await,
            Request::RemoveRecovery { id, code } => self.remove_recovery(id, code.into(), now).await,
            Request::AllowSite { id, origin, allowed, accepts_look_alike } => {
                self.allow_site(id, &origin, allowed, accepts_look_alike, now).await
            }
            Request::SaveSite { id, form } => self.save_site(id, &form, now).await,
            Request::RemoveSite { id, site } => self.remove_site(id, &site, now).await,
            Request::RestoreSite { id, site } => self.restore_site(id, site, now).await,
            Request::ForgetField { origin } => self.forget_field(&origin, now).await,
            Request::KeepOn { id, keep } => self.keep_on(id, keep, clock).await,
            Request::KeepManyOn { accounts, keep } => self.keep_many_on(&accounts, keep, clock).await,
            // Scan.
            Request::ReadText { text } => self.found(&[text.into()], None, now).await,
            Request::KeepFound { id, cards, update, keep } => self.keep_found(&id, &cards, &update, keep, now).await,
            Request::ListBatches => self.list_batches(now).await,
            Request::OpenBatch { batch } => self.open_batch(&batch, now).await,
            Request::DropBatch { batch } => self.drop_batch(&batch, now).await,
            // Connections.
            Request::Discover { server, organization, application, client_id, allow_http } => {
                let choice = Choice { organization, application, client_id };
                self.discover(&server, choice, allow_http, now).await
            }
            Request::LookAtCode { code, allow_http } => self.look_at_code(code.into(), allow_http, now).await,
            Request::Choose { connection, fills_automatically, follows_deletions, new_accounts } => {
                self.choose(connection, fills_automatically, follows_deletions, new_accounts, now).await
            }
            Request::ListConnections => self.list_connections(now).await,
            Request::Disconnect { connection, forget } => self.disconnect(connection, forget, now).await,
            Request::ConnectByCode { code, allow_http } => self.connect_by_code(code.into(), allow_http, clock).await,
            Request::Accept { connection, acceptance } => {
                self.accept(connection, acceptance, now).await?;
                // The reply then shows the server's current state on the connection's card.
                let _ = self.sync_one(connection, clock).await;
                self.list_connections(now).await
            }
            Request::Join { connection, accounts, new_accounts } => {
                self.join(connection, &accounts, new_accounts, now).await?;
                self.sync(clock).await
            }
            Request::Sync => self.sync(clock).await,
            Request::LookAtFactors { connection } => self.look_at_factors(connection, clock).await,
            Request::ChangeFactors { connection, change, password } => {
                self.change_factors(connection, change, &password.into(), clock).await
            }
            // Exchange.
            Request::CompareRows { uris } => self.compare_rows(uris, now).await,
            Request::Import { rows, keep } => self.import(&rows, keep, now).await,
            Request::UndoImport { accounts } => self.undo_import(&accounts, now).await,
            Request::PlanExport { format } => self.plan_export(&format, now).await,
            Request::Export { password } => self.export(&password.into(), now).await,
            // Settings.
            Request::Diagnose => self.diagnose(now).await,
            Request::ReadPolicy => Ok(Reply::Policy { policy: Box::new(self.policy_with_unknown_keys().await) }),
            Request::SetLanguage { language } => self.set_language(&language).await,
            Request::SetSettings { settings } => self.set_settings(settings, now).await,
            Request::ReadSettings => self.read_settings(now).await,
            Request::CorrectClock { seconds, connection } => self.correct_clock(seconds, connection, now).await,
            Request::Dismiss { alarm } => self.dismiss(alarm, now).await,
            // These requests need a tab, a picture or a window. The platform handles them.
            Request::Scan
            | Request::RunPendingAction
            | Request::ReadPictures { .. }
            | Request::Connect { .. }
            | Request::SignInManaged { .. }
            | Request::SignInAgain { .. }
            | Request::Fill { .. }
            | Request::FillRecovery { .. }
            | Request::ConfirmFirstUse { .. } => Err(AppError::Message(message!("error_not_here"))),
        }
    }
}

fn kdf(pbkdf2: bool) -> Kdf {
    if pbkdf2 { Kdf::PBKDF2 } else { Kdf::ARGON2ID }
}
