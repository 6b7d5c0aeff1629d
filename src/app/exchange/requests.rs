//! Handles the requests about imports and exports.

use crate::app::effects::Effect;
use crate::app::protocol::{CompareRows, ExchangeRequest, ExportAccounts, ImportRows, PlanExport, Reply, UndoImport};
use crate::app::{App, Platform};
use crate::time::Clock;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn exchange_request(&self, request: ExchangeRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            ExchangeRequest::CompareRows(CompareRows { uris }) => {
                Reply::to::<CompareRows>(self.compare_rows(uris, now).await)
            }
            ExchangeRequest::ImportRows(ImportRows { rows, location }) => {
                Reply::to::<ImportRows>(self.import(&rows, location, now).await)
            }
            ExchangeRequest::UndoImport(UndoImport { accounts }) => {
                Reply::to::<UndoImport>(self.undo_import(&accounts, now).await)
            }
            ExchangeRequest::PlanExport(PlanExport { format }) => {
                Reply::to::<PlanExport>(self.plan_export(&format, now).await)
            }
            ExchangeRequest::ExportAccounts(ExportAccounts { password }) => {
                Reply::to::<ExportAccounts>(self.export(&password.into(), now).await)
            }
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &ExchangeRequest) -> &'static [Effect] {
    match request {
        ExchangeRequest::ImportRows(_) => &[Effect::SyncSoon],
        ExchangeRequest::UndoImport(_) => &[Effect::SyncSoon, Effect::EraseMemory],
        ExchangeRequest::CompareRows(_) | ExchangeRequest::PlanExport(_) | ExchangeRequest::ExportAccounts(_) => &[],
    }
}
