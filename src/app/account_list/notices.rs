//! The notices above the list: damaged data, connections that wait for the user, backups, and an update.

use super::connection_name;
use crate::app::VERSION;
use crate::app::policy::Rule;
use crate::app::session::Session;
use crate::message;
use crate::message::Message;
use crate::vault::StorageProblem;

/// Returns all notices, the most urgent first.
pub(super) fn all(session: &Session) -> Vec<Message> {
    let needing = session.vault.connections.iter().filter_map(|connection| {
        let report = session.state.reports.get(&connection.id).filter(|report| report.needs_user)?;
        Some(message!("notice_connection", connection_name(connection).host, report.message()))
    });
    stored_data(session).chain(needing).chain(backup_notice(session)).chain(update_notice(session)).collect()
}

/// Returns the problems with stored data.
fn stored_data(session: &Session) -> impl Iterator<Item = Message> {
    session.state.problems.iter().map(|problem| match problem {
        StorageProblem::StateDamaged => message!("notice_state_damaged"),
        StorageProblem::StateOld => message!("notice_state_old"),
        StorageProblem::VaultOld => message!("notice_vault_old"),
    })
}

/// Returns the notice about backups, if there is one.
fn backup_notice(session: &Session) -> Option<Message> {
    let last = &session.state.backup;
    if session.vault.accounts.is_empty() || session.policy.has(Rule::ForbidExports) {
        None
    } else if last.failed {
        Some(message!("notice_backup_failed"))
    } else if last.made_at.is_none() && session.vault.backups.is_none() {
        Some(message!("notice_no_backup"))
    } else {
        None
    }
}

/// Returns the notice that the extension was updated since the user last dismissed it.
fn update_notice(session: &Session) -> Option<Message> {
    let known = session.state.known_version.as_str();
    (!known.is_empty() && known != VERSION).then(|| message!("notice_updated", VERSION))
}
