//! Exports accounts: lists beforehand what a format cannot store, verifies the password again, and enforces the
//! administrator's policy.

use crate::app::exchange::file_job::{CODES, PAGE};
use crate::app::protocol::ExportPlanRow;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::exchange::{self, ExchangeError, Format, Imported, Omission, PortableAccount};
use crate::otp::Kind;
use crate::secret::Secret;
use crate::vault::Account;

impl<P: Platform> App<P> {
    /// Returns the properties of each account that a format cannot store.
    pub(in crate::app) async fn plan_export(&self, format: &str, now: u64) -> Result<Vec<ExportPlanRow>, AppError> {
        self.policy().await.check_exports()?;
        let known = if format == CODES { Some(Format::GoogleMigration) } else { Format::from_id(format) };
        let known = known.filter(|format| exchange::WRITABLE.contains(format));
        if known.is_none() && format != PAGE {
            return Err(AppError::Message(ExchangeError::NotWritable.message()));
        }
        let row = |account: &Imported| ExportPlanRow {
            issuer: account.uri.issuer.clone(),
            name: account.uri.name.clone(),
            omissions: omissions(known, account).into_iter().map(Omission::message).collect(),
        };
        self.read(now, |session| Ok(exported_accounts(session).iter().map(row).collect())).await
    }

    /// Returns all accounts with their secrets after verifying the password again.
    pub(in crate::app) async fn export(
        &self,
        password: &Secret<String>,
        now: u64,
    ) -> Result<Vec<PortableAccount>, AppError> {
        self.policy().await.check_exports()?;
        self.find_key(&self.load_copies().await?, password).await?;
        self.read(now, |session| Ok(exported_accounts(session).iter().map(PortableAccount::from).collect())).await
    }
}

/// Returns the properties of an account that a format cannot store. `None` is the printable page, which contains names,
/// notes and QR codes.
fn omissions(format: Option<Format>, account: &Imported) -> Vec<Omission> {
    let Some(format) = format else {
        let is_lost = [
            (Omission::Group, !account.groups.is_empty()),
            (Omission::Pin, account.pinned),
            (Omission::Icon, account.icon.is_some() || account.chosen_icon.is_some()),
            (Omission::Sites, !account.sites.is_empty()),
            (Omission::RecoveryCodes, !account.recovery_codes.is_empty()),
        ];
        return is_lost.into_iter().filter(|(_, is_lost)| *is_lost).map(|(omission, _)| omission).collect();
    };
    exchange::omissions(format, account)
}

/// Returns the accounts in the form in which they are exported, with the counters of their next codes.
fn exported_accounts(session: &Session) -> Vec<Imported> {
    session.vault.accounts.iter().map(|account| current(session, account)).enumerate().map(numbered).collect()
}

fn current(session: &Session, account: &Account) -> Imported {
    let mut exported_accounts = Imported::from(account);
    if let (Kind::Hotp { counter: shown }, Some(next)) = (&mut exported_accounts.uri.otp.kind, session.counter(account))
    {
        *shown = next;
    }
    exported_accounts
}

fn numbered((index, account): (usize, Imported)) -> Imported {
    Imported { row: index.saturating_add(1), ..account }
}
