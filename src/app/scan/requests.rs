//! Handles the requests about the results of scans.

use crate::app::effects::Effect;
use crate::app::protocol::{DiscardBatch, ListBatches, OpenBatch, ReadText, Reply, SaveScanResults, ScanRequest};
use crate::app::{App, Platform};
use crate::time::Clock;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn scan_request(&self, request: ScanRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            ScanRequest::ReadText(ReadText { text }) => {
                Reply::to::<ReadText>(self.read_texts(&[text.into()], None, now).await)
            }
            ScanRequest::SaveScanResults(SaveScanResults { id, cards, update, location }) => {
                Reply::to::<SaveScanResults>(self.save_scan_results(&id, &cards, &update, location, now).await)
            }
            ScanRequest::ListBatches(_) => Reply::to::<ListBatches>(self.list_batches(now).await),
            ScanRequest::OpenBatch(OpenBatch { batch }) => Reply::to::<OpenBatch>(self.open_batch(&batch, now).await),
            ScanRequest::DiscardBatch(DiscardBatch { batch }) => {
                Reply::to::<DiscardBatch>(self.drop_batch(&batch, now).await)
            }
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &ScanRequest) -> &'static [Effect] {
    match request {
        ScanRequest::SaveScanResults(_) => &[Effect::SyncSoon],
        ScanRequest::ReadText(_)
        | ScanRequest::ListBatches(_)
        | ScanRequest::OpenBatch(_)
        | ScanRequest::DiscardBatch(_) => &[],
    }
}
