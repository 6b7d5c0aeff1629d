//! The notices above the list: damaged data, connections that wait for the user, and backups.

use super::connection_name;
use crate::app::protocol::Message;
use crate::app::session::Session;
use crate::vault::Alarm;

/// Returns all notices, the most urgent first.
pub(super) fn all(session: &Session) -> Vec<Message> {
    let needing = session.vault.connections.iter().filter_map(|connection| {
        let report = session.state.reports.get(&connection.id).filter(|report| report.needs_person)?;
        Some(Message::new(&report.key, format!("{}: {}", connection_name(connection).host, report.text)))
    });
    stored_data(session).chain(needing).chain(backup_notice(session)).collect()
}

/// Returns the problems with stored data.
fn stored_data(session: &Session) -> impl Iterator<Item = Message> {
    session.state.alarms.iter().map(|alarm| match alarm {
        Alarm::StateDamaged => Message::new(
            "notice_state_damaged",
            "Part of the vault was damaged. Sign in to your servers again; counters were restored from a copy.",
        ),
        Alarm::StateOld => Message::new(
            "notice_state_old",
            "Sign-ins and sync data are older than the last ones used in this browser. Sync now, or sign in again.",
        ),
        Alarm::VaultOld => Message::new(
            "notice_vault_old",
            "This vault is older than the last one used in this browser. Check your accounts, or restore a newer backup.",
        ),
    })
}

/// Returns the notice about backups, if there is one.
fn backup_notice(session: &Session) -> Option<Message> {
    let last = &session.state.backup;
    if session.vault.accounts.is_empty() || session.exports_forbidden {
        None
    } else if last.failed {
        let text = "The last backup could not be saved. Make one by hand.";
        Some(Message::new("notice_backup_failed", text))
    } else if last.made_at.is_none() && session.vault.backups.is_none() {
        Some(Message::new("notice_no_backup", "There is no backup of your accounts yet."))
    } else {
        None
    }
}
