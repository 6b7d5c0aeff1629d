//! Decides what must happen after a successful request, such as a sync or a new badge. The core makes the decision, so
//! that it can be tested without a browser, and the browser's platform code carries it out.

use super::protocol::{ManyChange, Reply, Request, Screen};

/// An action for the platform to perform after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The change may have to be uploaded: sync after a short time without further changes.
    SyncSoon,
    /// The user opened the list: sync the connections that were not synced recently.
    SyncIfDue,
    /// The connections may have changed: register content scripts on their servers and remove all others.
    RegisterContentScripts,
    /// A connection may have started or stopped waiting for the user: update the icon's badge.
    ShowBadge,
    /// A scheduled backup may be due.
    BackUpIfDue,
    /// The language has changed: create the context menu again.
    CreateMenu,
    /// The vault was unlocked: tell the pages that offered to unlock it.
    TellPagesUnlocked,
    /// A secret or a token was removed permanently and must be erased from memory too. A lock, and any other removal of
    /// the vault's key, does not need this effect, because the storage adapter detects it.
    EraseMemory,
}

/// Returns the effects of a request if it succeeds. The match is exhaustive, so that every new request needs a
/// decision.
#[expect(clippy::too_many_lines, reason = "one table, so that a new request cannot be forgotten")]
pub fn expected(request: &Request) -> &'static [Effect] {
    match request {
        Request::Open { .. } => &[Effect::SyncIfDue],
        Request::Unlock { .. } => &[Effect::TellPagesUnlocked],
        Request::Add { .. }
        | Request::Edit { .. }
        | Request::MoveToTrash { .. }
        | Request::Restore { .. }
        | Request::ChangeMany { change: ManyChange::MoveToTrash | ManyChange::Restore, .. }
        | Request::KeepFound { .. }
        | Request::Import { .. } => &[Effect::SyncSoon],
        Request::RemoveForGood { .. } | Request::EmptyTrash | Request::UndoImport { .. } => {
            &[Effect::SyncSoon, Effect::EraseMemory]
        }
        Request::Connect { .. }
        | Request::ConnectByCode { .. }
        | Request::SignInManaged { .. }
        | Request::SignInAgain { .. }
        | Request::Accept { .. }
        | Request::Choose { .. }
        | Request::ListConnections => &[Effect::RegisterContentScripts, Effect::ShowBadge],
        Request::Disconnect { .. } => &[Effect::RegisterContentScripts, Effect::ShowBadge, Effect::EraseMemory],
        Request::Sync => &[Effect::ShowBadge],
        Request::ReadBackups | Request::ScheduleBackups { .. } => &[Effect::BackUpIfDue],
        // These requests sync before they reply, because the reply depends on whether the server stored the change.
        Request::Join { .. } | Request::KeepOn { .. } | Request::KeepManyOn { .. } => &[],
        // Groups, pins, the order, sites and settings are not stored on servers.
        Request::ChangeMany { change: ManyChange::Group { .. }, .. }
        | Request::Pin { .. }
        | Request::Move { .. }
        | Request::ArrangeList { .. }
        | Request::CountUse { .. }
        | Request::AllowSite { .. }
        | Request::SaveSite { .. }
        | Request::RemoveSite { .. }
        | Request::RestoreSite { .. }
        | Request::ForgetField { .. }
        | Request::SetSettings { .. }
        | Request::CorrectClock { .. }
        | Request::Dismiss { .. } => &[],
        Request::SetLanguage { .. } => &[Effect::CreateMenu],
        Request::RemoveRecovery { .. } => &[Effect::EraseMemory],
        Request::StoreFirstFrame { .. }
        | Request::Create { .. }
        | Request::CreateWithoutPassword
        | Request::Lock
        | Request::ChangePassword { .. }
        | Request::SealedFile
        | Request::StartNewVault
        | Request::RestoreCopy { .. }
        | Request::ListCopies
        | Request::Diagnose
        | Request::ReadText { .. }
        | Request::Form { .. }
        | Request::ListTrash
        | Request::NextCode { .. }
        | Request::ShowSecret { .. }
        | Request::ShowRecovery { .. }
        | Request::ListBatches
        | Request::OpenBatch { .. }
        | Request::DropBatch { .. }
        | Request::ReadPolicy
        | Request::ReadSettings
        | Request::Discover { .. }
        | Request::LookAtCode { .. }
        | Request::CompareRows { .. }
        | Request::PlanExport { .. }
        | Request::Export { .. }
        | Request::BackUp { .. }
        | Request::LookAtFactors { .. }
        | Request::ChangeFactors { .. }
        | Request::Scan
        | Request::RunPendingAction
        | Request::ReadPictures { .. }
        | Request::Fill { .. }
        | Request::FillRecovery { .. }
        | Request::ConfirmFirstUse { .. } => &[],
    }
}

/// Returns the effects that follow a reply: none after a failure, and `TellPagesUnlocked` only if the vault is open.
pub fn after(expected: &'static [Effect], reply: &Reply) -> impl Iterator<Item = Effect> {
    let has_failed = matches!(reply, Reply::Failed { .. });
    let is_open = matches!(reply, Reply::Screen { screen: Screen::Board { .. } });
    let follows = move |effect: &Effect| !has_failed && (is_open || *effect != Effect::TellPagesUnlocked);
    expected.iter().copied().filter(follows)
}
