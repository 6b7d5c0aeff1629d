//! Compares this device's clock with the servers' clocks.
//!
//! A single server can be wrong about the time. Correcting all codes is offered only if servers on at least two domains
//! responded and all of them agree: with a wrong correction, codes fail on every other site, and a code for a future
//! time could be used by someone else when that time comes. A single server can only correct the codes of its own
//! accounts.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::connection_name;
use crate::app::protocol::{ClockCorrection, ClockDifference};
use crate::app::session::Session;
use crate::autofill::registrable_domain;
use crate::vault::Connection;

/// Difference that is not reported, in seconds. Servers also accept the previous and the next code, and half a step
/// leaves time for typing.
const TOLERATED_SECONDS: u64 = 15;

/// The time that one server reported in its last response.
struct ReportedClock<'a> {
    connection: &'a Connection,
    host: String,
    at: u64,
    ahead_seconds: i64,
}

/// Returns the difference between the codes' time and a server's time, and the codes that may be corrected; `None` if
/// the difference does not matter.
pub(super) fn difference(session: &Session) -> Option<Box<ClockDifference>> {
    let reported_clocks = reported_clocks(session);
    let corrected = session.vault.settings.clock_correction_seconds;
    let last = reported_clocks.iter().max_by_key(|reported_clocks| reported_clocks.at)?;
    let (ahead_seconds, off_by_seconds, offer, host) = if all_agree(&reported_clocks) {
        (last.ahead_seconds, last.ahead_seconds.abs_diff(corrected), ClockCorrection::All, &last.host)
    } else if corrected != 0 && last.ahead_seconds.unsigned_abs() <= TOLERATED_SECONDS {
        // Offers to undo an earlier correction, so that codes follow this device's own clock again.
        (0, corrected.unsigned_abs(), ClockCorrection::All, &last.host)
    } else {
        let differing =
            |reported_clocks: &&ReportedClock<'_>| difference_seconds(reported_clocks, session) > TOLERATED_SECONDS;
        let alone = reported_clocks
            .iter()
            .filter(differing)
            .max_by_key(|reported_clocks| (has_account(reported_clocks, session), reported_clocks.at))?;
        let offer = match has_account(alone, session) {
            true => ClockCorrection::Own(alone.connection.id),
            false => ClockCorrection::Nothing,
        };
        (alone.ahead_seconds, difference_seconds(alone, session), offer, &alone.host)
    };
    let host = host.clone();
    (off_by_seconds > TOLERATED_SECONDS)
        .then(|| Box::new(ClockDifference { host, off_by_seconds, ahead_seconds, offer }))
}

/// Returns the last reported time of each server that has responded.
fn reported_clocks(session: &Session) -> Vec<ReportedClock<'_>> {
    let reported_clocks = |connection: &'_ Connection| {
        let report = session.state.reports.get(&connection.id).filter(|report| report.failures == 0)?;
        Some((report.at, report.clock_ahead_seconds?))
    };
    let connections = session.vault.connections.iter();
    connections
        .filter_map(|connection| {
            let (at, ahead_seconds) = reported_clocks(connection)?;
            Some(ReportedClock { connection, host: connection_name(connection).host, at, ahead_seconds })
        })
        .collect()
}

/// Returns `true` if all servers agree, and they are on at least two domains.
fn all_agree(reported_clocks: &[ReportedClock<'_>]) -> bool {
    let domains: BTreeSet<String> =
        reported_clocks.iter().filter_map(|reported_clocks| domain(&reported_clocks.host)).collect();
    let said = || reported_clocks.iter().map(|reported_clocks| reported_clocks.ahead_seconds);
    let spread = said().max().zip(said().min()).map_or(0, |(most, least)| most.abs_diff(least));
    domains.len() >= 2 && spread <= TOLERATED_SECONDS
}

/// Returns the domain that a server belongs to. Several users, ports and subdomains of a domain count as one server,
/// because the owner of the domain controls all of them. An IP address does not count, because it may be another
/// address of the same server.
fn domain(host: &str) -> Option<String> {
    if host.starts_with('[') {
        return None;
    }
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    if host.parse::<Ipv4Addr>().is_ok() {
        return None;
    }
    let last_two = || host.rmatch_indices('.').nth(1).and_then(|(dot, _)| host.get(dot.saturating_add(1)..));
    Some(registrable_domain(host).unwrap_or_else(|| last_two().unwrap_or(host).to_owned()))
}

/// Returns the difference between a server's time and the time that codes of its own accounts are generated for, in
/// seconds.
fn difference_seconds(reported_clocks: &ReportedClock<'_>, session: &Session) -> u64 {
    let settings = &session.vault.settings;
    let own = settings.server_corrections.get(&reported_clocks.connection.id).copied();
    reported_clocks.ahead_seconds.abs_diff(own.unwrap_or(settings.clock_correction_seconds))
}

fn has_account(reported_clocks: &ReportedClock<'_>, session: &Session) -> bool {
    session.vault.accounts.iter().any(|account| reported_clocks.connection.enrolled(account))
}
