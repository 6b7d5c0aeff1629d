//! Computes the list's content from the open vault and the time, as a pure function.

mod clock;
mod notices;

use std::collections::BTreeMap;

use crate::app::policy::ForbiddenMoves;
use crate::app::protocol::{AccountList, ConnectionName, Message, Row, RowMark, SyncStatus};
use crate::app::search;
use crate::app::session::Session;
use crate::autofill::{self, PageAddress};
use crate::label::clean;
use crate::message;
use crate::otp::{Kind, Otp};
use crate::vault::{Account, Connection, Sort, StorageLocation};

/// How far ahead a painted account list contains codes, in seconds. An alarm paints the account list again every 10
/// minutes.
const PAINTED_SECONDS: u64 = 25 * 60;
/// How far ahead a reply contains codes, in seconds. After that, the popup sends another request.
const REPLY_SECONDS: u64 = 5 * 60;
/// Maximum number of codes per row. If the period is only a few seconds, they cover less time.
const MAX_STEPS: u64 = 60;

/// Returns the account list for the popup's first frame.
pub(in crate::app) fn for_first_frame(session: &Session, now: u64) -> AccountList {
    build(session, None, now, PAINTED_SECONDS, AccountList::PAINTED_ROWS)
}

/// Returns the account list with all rows.
pub(in crate::app) fn complete(session: &Session, page: Option<PageAddress<'_>>, now: u64) -> AccountList {
    build(session, page, now, REPLY_SECONDS, usize::MAX)
}

fn build(session: &Session, page: Option<PageAddress<'_>>, now: u64, ahead: u64, limit: usize) -> AccountList {
    let accounts = &session.vault.accounts;
    let settings = &session.vault.settings;
    let mut order: Vec<(&Account, bool)> =
        accounts.iter().map(|account| (account, page.is_some_and(|page| autofill::has_site(account, page)))).collect();
    let (list, groups) = (&session.state.list, groups(accounts));
    // A group without accounts no longer exists.
    let group = list.group.as_ref().filter(|group| groups.iter().any(|(name, _)| name == *group));
    // The popup's first frame shows only accounts of the selected group, so these have to be among the painted rows.
    let is_painted = limit < usize::MAX;
    let is_filtered = |account: &Account| is_painted && group.is_some_and(|group| *group != account.group);
    let place = |account: &Account| match list.sort {
        Sort::Custom => (0, Vec::new()),
        Sort::Name => (0, [&account.issuer, &account.name].map(|name| search::folded(name)).to_vec()),
        Sort::Used => (u32::MAX.saturating_sub(list.uses_of(account.id)), Vec::new()),
    };
    order.sort_by_cached_key(|(account, fills)| (!fills, is_filtered(account), !account.pinned, place(account)));
    let forbidden = ForbiddenMoves::new(&session.policy, &session.vault);
    let row = |(account, fills): (&Account, bool)| {
        let ahead_by = session.vault.clock_ahead(account);
        let mut row = row(account, fills, now.saturating_add_signed(ahead_by), ahead);
        // The code is valid by the server's clock, but the popup compares its start and end with this device's clock.
        row.from = row.from.saturating_sub_signed(ahead_by);
        row.forbidden_locations =
            forbidden.as_ref().map(|forbidden| forbidden.locations_for(account)).unwrap_or_default();
        row
    };
    let rows: Vec<Row> = order.into_iter().take(limit).map(row).collect();
    let site = rows.first().filter(|row| row.fills).and(page).and_then(|page| host(page.origin));
    AccountList {
        complete: rows.len() == accounts.len(),
        total: accounts.len(),
        rows,
        lock_at: session.lock_at,
        site: site.map(str::to_owned),
        sync: sync_status(session),
        notices: notices::all(session),
        last_sync: last_sync(session),
        clock: clock::difference(session),
        hides_codes: settings.hides_codes,
        shows_next: settings.shows_next,
        shows_seconds: settings.shows_seconds,
        density: settings.density,
        device_only: !session.has_password(),
        connections: session.vault.connections.iter().map(connection_name).collect(),
        allowed_locations: session.policy.allowed_locations(&session.vault),
        conceals_secrets: !session.policy.shows_secrets(),
        sort: list.sort,
        group: group.cloned(),
        groups,
    }
}

/// Returns the groups by name, with the number of their accounts.
fn groups(accounts: &[Account]) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for account in accounts.iter().filter(|account| !account.group.is_empty()) {
        let count = counts.entry(&account.group).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_iter().map(|(group, count)| (group.to_owned(), count)).collect()
}

fn sync_status(session: &Session) -> SyncStatus {
    let (connections, reports) = (&session.vault.connections, &session.state.reports);
    let unsent = |account: &Account| match account.location {
        StorageLocation::Connection(id) => reports.get(&id).is_none_or(|report| account.changed_at > report.at),
        StorageLocation::Device => false,
    };
    if connections.is_empty() {
        SyncStatus::None
    } else if reports.values().any(|report| report.needs_user) {
        SyncStatus::NeedsUser
    } else if reports.values().any(|report| report.has_unsent_changes) || session.vault.accounts.iter().any(unsent) {
        SyncStatus::ToSend
    } else {
        SyncStatus::UpToDate
    }
}

/// Returns why a sync failed if one did and will be repeated, and the result of the last sync otherwise.
fn last_sync(session: &Session) -> Option<Box<Message>> {
    let passing = |connection: &&Connection| {
        let report = session.state.reports.get(&connection.id);
        report.is_some_and(|report| report.failures > 0 && !report.needs_user)
    };
    if let Some(connection) = session.vault.connections.iter().find(passing) {
        let report = session.state.reports.get(&connection.id)?;
        return Some(Box::new(message!("notice_connection", connection_name(connection).host, report.message())));
    }
    let last = session.state.reports.values().filter(|report| report.failures == 0).max_by_key(|report| report.at)?;
    Some(Box::new(last.message()))
}

/// Returns a connection's name as shown to the user.
pub(in crate::app) fn connection_name(connection: &Connection) -> ConnectionName {
    let who = if connection.display_name.is_empty() { &connection.name } else { &connection.display_name };
    ConnectionName {
        id: connection.id,
        label: clean(&format!("{who} ({})", connection.owner)).into_owned(),
        host: host(&connection.server).unwrap_or_default().to_owned(),
    }
}

fn host(origin: &str) -> Option<&str> {
    origin.split_once("://")?.1.split('/').next()
}

fn row(account: &Account, fills: bool, now: u64, ahead: u64) -> Row {
    let (period, from, codes) = codes(&account.otp, now, ahead);
    let marks = [
        (RowMark::Unconfirmed, account.unconfirmed),
        (RowMark::Missing, account.missing_since.is_some()),
        (RowMark::Returned, account.returned),
        (RowMark::Conflict, account.conflict_of.is_some()),
    ];
    Row {
        id: account.id,
        issuer: account.issuer.clone(),
        name: account.name.clone(),
        period,
        from,
        codes,
        pinned: account.pinned,
        fills,
        group: account.group.clone(),
        icon: account.icon.clone(),
        location: account.location,
        sites: account.sites.clone(),
        forbidden_locations: Vec::new(),
        marks: marks.into_iter().filter(|(_, set)| *set).map(|(mark, _)| mark).collect(),
    }
}

/// Returns the period, the start of the first code, and the codes of the next steps; zeros and an empty text for a HOTP
/// account.
fn codes(otp: &Otp, now: u64, ahead: u64) -> (u32, u64, String) {
    let (Some(period), Some(window)) = (otp.period(), otp.window_at(now)) else {
        return (0, 0, String::new());
    };
    debug_assert!(!matches!(otp.kind, Kind::Hotp { .. }));
    let seconds = u64::from(period.seconds());
    let steps = ahead.div_ceil(seconds).saturating_add(1).min(MAX_STEPS);
    let mut text = String::new();
    for step in 0..steps {
        if step > 0 {
            text.push(' ');
        }
        text.push_str(otp.code_at(window.from.saturating_add(step.saturating_mul(seconds))).expose());
    }
    (period.seconds(), window.from, text)
}
