//! Arranges the list: its order, its filter, and the position of each account.

use crate::app::protocol::Screen;
use crate::app::{App, AppError, Platform, account_list};
use crate::vault::{AccountId, Sort};

impl<P: Platform> App<P> {
    pub(in crate::app) async fn move_account(
        &self,
        id: AccountId,
        before: Option<AccountId>,
        now: u64,
    ) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| Ok(session.vault.move_before(id, before)?)).await
    }

    pub(in crate::app) async fn arrange_list(
        &self,
        sort: Sort,
        group: Option<String>,
        now: u64,
    ) -> Result<Screen, AppError> {
        let account_list = self.change_state(now, |session| {
            (session.state.list.sort, session.state.list.group) = (sort, group);
            Ok(account_list::complete(session, None, now))
        });
        let account_list = account_list.await?;
        self.repaint(now).await?;
        Ok(Screen::AccountList(account_list))
    }

    pub(in crate::app) async fn count_use(&self, id: AccountId, now: u64) -> Result<(), AppError> {
        let is_sorted = self.change_state(now, |session| {
            session.vault.account(id)?;
            session.state.list.count_use(id);
            Ok(session.state.list.sort == Sort::Used)
        });
        if is_sorted.await? {
            self.repaint(now).await?;
        }
        Ok(())
    }

    /// Repaints the account list for the next popup, after a change of the state that does not save the document.
    async fn repaint(&self, now: u64) -> Result<(), AppError> {
        let mut open = self.open(now).await?;
        self.paint(open.session()?, now).await
    }
}
