//! Exports that consist of several QR codes. The scanned codes are stored, sealed, until the export is complete and
//! saved, or discarded by the user.

use crate::app::protocol::{BatchCard, ScanResults};
use crate::app::scan::results::ScanInProgress;
use crate::app::{App, AppError, Platform};
use crate::exchange::MigrationPart;
use crate::otp::KeyUri;
use crate::secret::Secret;
use crate::vault::{BatchPart, ScannedBatch};

/// Maximum number of unfinished exports, which is more than a user starts at once. Limits the amount of data that a
/// hostile picture can store.
const MAX_BATCHES: usize = 8;

/// The result of adding a code.
pub(in crate::app) enum Added {
    /// The QR code was added to the batch that it belongs to.
    Taken,
    /// There is no room for another batch.
    Full,
}

/// Adds a code to its batch, unless the batch already contains it. A different size, or different content at the same
/// position, starts another batch, because not every program gives its exports distinct ids.
pub(in crate::app) fn add(batches: &mut Vec<ScannedBatch>, part: &MigrationPart, uri: &str) -> Added {
    batches.retain(|batch| batch.id != part.batch || batch.size == part.size);
    let known = batches.iter().position(|batch| batch.id == part.batch);
    if known.is_none() && batches.len() >= MAX_BATCHES {
        return Added::Full;
    }
    if known.is_none() {
        batches.push(ScannedBatch { id: part.batch.clone(), size: part.size, parts: Vec::new() });
    }
    for batch in batches.iter_mut().filter(|batch| batch.id == part.batch) {
        if batch.parts.iter().any(|known| known.index == part.index && known.uri.expose() != uri) {
            batch.parts.clear();
        }
        if !batch.parts.iter().any(|known| known.index == part.index) {
            batch.parts.push(BatchPart { index: part.index, uri: Secret::new(uri.to_owned()) });
        }
    }
    Added::Taken
}

/// Returns the accounts of a batch, in the order of its codes.
pub(in crate::app) fn accounts(batch: &ScannedBatch) -> Vec<KeyUri> {
    let mut parts: Vec<&BatchPart> = batch.parts.iter().collect();
    parts.sort_by_key(|part| part.index);
    // The texts are exposed for parsing.
    let read = parts.into_iter().filter_map(|part| MigrationPart::read(part.uri.expose()));
    read.flat_map(|part| part.accounts).map(|account| account.uri).collect()
}

/// Returns a batch's progress.
pub(in crate::app) fn card(batch: &ScannedBatch) -> BatchCard {
    let is_missing = |index: &u8| !batch.parts.iter().any(|part| part.index == *index);
    BatchCard {
        id: batch.id.clone(),
        read: batch.parts.len(),
        size: batch.size.into(),
        missing: (0..batch.size).filter(is_missing).map(|index| usize::from(index).saturating_add(1)).collect(),
        accounts: accounts(batch).len(),
    }
}

impl<P: Platform> App<P> {
    /// Returns all batches, without cards.
    pub(in crate::app) async fn list_batches(&self, now: u64) -> Result<ScanResults, AppError> {
        let finding = self
            .read(now, |session| {
                let mut finding = ScanInProgress::default();
                finding.found.batches = session.state.batches.iter().map(card).collect();
                Ok(finding)
            })
            .await?;
        self.store_results(finding, false).await
    }

    /// Returns the accounts of a batch so far. The batch is removed once they are saved.
    pub(in crate::app) async fn open_batch(&self, id: &str, now: u64) -> Result<ScanResults, AppError> {
        let finding = self
            .read(now, |session| {
                let batch = session.state.batches.iter().find(|batch| batch.id == id);
                let mut finding = ScanInProgress::default();
                finding.open_batch(batch.ok_or(AppError::NothingPending)?, &session.vault);
                Ok(finding)
            })
            .await?;
        self.store_results(finding, true).await
    }

    /// Discards a batch.
    pub(in crate::app) async fn drop_batch(&self, id: &str, now: u64) -> Result<ScanResults, AppError> {
        self.change_state(now, |session| {
            session.state.batches.retain(|batch| batch.id != id);
            Ok(())
        })
        .await?;
        self.list_batches(now).await
    }
}
