//! What follows a request once it has succeeded. The core decides it, so that it is tested without a browser; the platform
//! does it.

use super::protocol::{ManyChange, Reply, Request, Screen};

/// One thing for the platform to do after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Something may have to be sent to a server: sync once the burst of changes is over.
    SyncSoon,
    /// Somebody looks at the list: sync what was not synced for a while.
    SyncIfDue,
    /// The connections may have changed: content scripts run on their servers and nowhere else.
    RegisterContentScripts,
    /// Whether a connection waits for the user may have changed: the icon says so.
    ShowBadge,
    /// The schedule of backups may ask for one now.
    BackUpIfDue,
    /// The vault was unlocked: pages that offer to unlock it go on.
    TellPagesUnlocked,
    /// A secret or a token was removed permanently: it must not stay in memory either. A lock, and whatever else removes the
    /// vault's key, needs no effect: the storage notices it.
    EraseMemory,
}

/// Returns what follows a request if it succeeds. Every request is named here: whoever adds one decides about it.
#[expect(clippy::too_many_lines, reason = "one table, so that a new request cannot be forgotten")]
pub fn expected(request: &Request) -> &'static [Effect] {
    match request {
        Request::Open { .. } => &[Effect::SyncIfDue],
        Request::Unlock { .. } => &[Effect::TellPagesUnlocked],
        Request::Add { .. }
        | Request::Edit { .. }
        | Request::Bin { .. }
        | Request::Restore { .. }
        | Request::ChangeMany { change: ManyChange::Bin | ManyChange::Restore, .. }
        | Request::KeepFound { .. }
        | Request::Import { .. } => &[Effect::SyncSoon],
        Request::RemoveForGood { .. } | Request::EmptyTrash | Request::UndoImport { .. } => {
            &[Effect::SyncSoon, Effect::EraseMemory]
        }
        Request::Connect { .. }
        | Request::ConnectByCode { .. }
        | Request::SignInAgain { .. }
        | Request::Accept { .. }
        | Request::Choose { .. }
        | Request::ListConnections => &[Effect::RegisterContentScripts, Effect::ShowBadge],
        Request::Disconnect { .. } => &[Effect::RegisterContentScripts, Effect::ShowBadge, Effect::EraseMemory],
        Request::Sync => &[Effect::ShowBadge],
        Request::ReadBackups | Request::ScheduleBackups { .. } => &[Effect::BackUpIfDue],
        // These sync themselves, where a server has to know before the reply.
        Request::Join { .. } | Request::KeepOn { .. } | Request::KeepManyOn { .. } => &[],
        // A group is not stored on servers, and neither are pins, sites and settings.
        Request::ChangeMany { change: ManyChange::Group { .. }, .. }
        | Request::Pin { .. }
        | Request::AllowSite { .. }
        | Request::SetSettings { .. }
        | Request::CorrectClock { .. }
        | Request::Dismiss { .. } => &[],
        Request::RemoveRecovery { .. } => &[Effect::EraseMemory],
        Request::KeepLook { .. }
        | Request::Create { .. }
        | Request::CreateWithoutPassword
        | Request::Lock
        | Request::ChangePassword { .. }
        | Request::SealedFile
        | Request::BeginAnew
        | Request::OpenGeneration { .. }
        | Request::ListGenerations
        | Request::Diagnose
        | Request::ReadText { .. }
        | Request::Form { .. }
        | Request::ListBin
        | Request::NextCode { .. }
        | Request::ShowSecret { .. }
        | Request::ShowRecovery { .. }
        | Request::ListBatches
        | Request::OpenBatch { .. }
        | Request::DropBatch { .. }
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
        | Request::GoOn
        | Request::ReadPictures { .. }
        | Request::Fill { .. }
        | Request::FillRecovery { .. }
        | Request::ConfirmFirstUse { .. } => &[],
    }
}

/// Returns which of the expected effects follow a reply: none after a failure, and pages learn of an unlocked vault only
/// where it is open.
pub fn after(expected: &'static [Effect], reply: &Reply) -> impl Iterator<Item = Effect> {
    let has_failed = matches!(reply, Reply::Failed { .. });
    let is_open = matches!(reply, Reply::Screen { screen: Screen::Board { .. } });
    let follows = move |effect: &Effect| !has_failed && (is_open || *effect != Effect::TellPagesUnlocked);
    expected.iter().copied().filter(follows)
}
