//! Information for a bug report: counts, kinds and ages, without names, servers or secrets.

use std::collections::BTreeSet;
use std::fmt::{Result as Written, Write};

use crate::app::policy::Rule;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::otp::Kind;
use crate::vault::{Connection, KeySlot};

impl<P: Platform> App<P> {
    /// Returns the lines about the open vault.
    pub(in crate::app) async fn diagnose(&self, now: u64) -> Result<String, AppError> {
        self.read(now, |session| {
            let mut text = String::new();
            // Writing to a string cannot fail.
            let _ = vault(session, &mut text)
                .and_then(|()| copies(session, now, &mut text))
                .and_then(|()| settings(session, &mut text))
                .and_then(|()| connections(session, now, &mut text));
            Ok(text)
        })
        .await
    }
}

fn vault(session: &Session, text: &mut String) -> Written {
    let accounts = &session.vault.accounts;
    let of_kind = |wanted: fn(&Kind) -> bool| accounts.iter().filter(|account| wanted(&account.otp.kind)).count();
    let groups: BTreeSet<&str> = accounts.iter().map(|account| account.group.as_str()).collect();
    let marked = accounts.iter().filter(|account| account.unconfirmed || account.missing_since.is_some()).count();
    writeln!(
        text,
        "Vault: format 1, opened by {}; accounts {} (TOTP {}, HOTP {}, Steam {}), marked {marked}, groups {}, trash {}",
        session.slots.iter().map(opened_by).collect::<Vec<_>>().join(", "),
        accounts.len(),
        of_kind(|kind| matches!(kind, Kind::Totp { .. })),
        of_kind(|kind| matches!(kind, Kind::Hotp { .. })),
        of_kind(|kind| matches!(kind, Kind::Steam)),
        groups.iter().filter(|group| !group.is_empty()).count(),
        session.vault.trash.len(),
    )
}

fn opened_by(slot: &KeySlot) -> String {
    slot.kdf().map_or_else(|| "this device".to_owned(), |kdf| kdf.to_string())
}

fn copies(session: &Session, now: u64, text: &mut String) -> Written {
    for (copy, envelope) in session.copies.iter() {
        let (bytes, age) = (envelope.to_text().map_or(0, |text| text.len()), age(now, envelope.sealed_at()));
        writeln!(text, "Copy {}: revision {}, {bytes} bytes, {age} old", copy.key(), envelope.revision())?;
    }
    let backup = &session.state.backup;
    let made = backup.made_at.map_or_else(|| "none".to_owned(), |made| format!("{} old", age(now, made)));
    let every = session.vault.backups.as_ref().map_or(0, |plan| plan.every_days);
    writeln!(text, "Backup: {made}, every {every} days (0: by hand), failed {}", backup.failed)
}

fn settings(session: &Session, text: &mut String) -> Written {
    let it = &session.vault.settings;
    writeln!(
        text,
        "Settings: locks after {} s, when idle for {} s (0: never), hides codes {}, shows next {}, theme {}, clock corrected by {} s, exports forbidden {}",
        it.lock_after_seconds,
        it.lock_when_idle_seconds,
        it.hides_codes,
        it.shows_next,
        it.theme.name(),
        it.clock_correction_seconds,
        session.policy.has(Rule::ForbidExports),
    )
}

fn connections(session: &Session, now: u64, text: &mut String) -> Written {
    for (number, connection) in session.vault.connections.iter().enumerate() {
        let report = session.state.reports.get(&connection.id).cloned().unwrap_or_default();
        writeln!(
            text,
            "Connection {}: {}, last sync {} {} ago, failures {}, waits {}, needs the user {}",
            number.saturating_add(1),
            kind(connection),
            if report.key.is_empty() { "none" } else { report.key.as_str() },
            age(now, report.at),
            report.failures,
            report.has_unsent_changes,
            report.needs_user,
        )?;
    }
    Ok(())
}

fn kind(connection: &Connection) -> &'static str {
    match (connection.is_demo, connection.client_id.is_empty(), connection.receives_only) {
        (true, ..) => "demo",
        (_, true, _) => "by code",
        (_, _, true) => "by sign-in, receives only",
        _ => "by sign-in",
    }
}

/// Returns how long ago something was, in the largest unit that is not 0.
fn age(now: u64, then: u64) -> String {
    let seconds = now.saturating_sub(then);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds.div_euclid(60)),
        3_600..172_800 => format!("{} h", seconds.div_euclid(3_600)),
        _ => format!("{} days", seconds.div_euclid(86_400)),
    }
}
