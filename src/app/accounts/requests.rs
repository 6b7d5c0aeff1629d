//! Handles the requests about accounts.

use crate::app::effects::Effect;
use crate::app::protocol::{
    AccountsRequest, AddAccount, ArrangeList, BulkChange, ChangeAccounts, CountUse, DeleteAccount, EditAccount,
    EmptyTrash, GenerateNextCode, ListTrash, MoveAccount, MoveToTrash, PinAccount, ReadAccountForm, RemoveRecoveryCode,
    Reply, RestoreAccount, ShowKeyUri, ShowRecoveryCodes, StoreAccountOn, StoreAccountsOn,
};
use crate::app::{App, Platform};
use crate::time::Clock;

impl<P: Platform> App<P> {
    pub(in crate::app) async fn accounts_request(&self, request: AccountsRequest, clock: Clock<'_>) -> Reply {
        let now = clock().seconds();
        match request {
            AccountsRequest::AddAccount(AddAccount { form }) => Reply::to::<AddAccount>(self.add(form, now).await),
            AccountsRequest::EditAccount(EditAccount { id, form }) => {
                Reply::to::<EditAccount>(self.edit(id, form, now).await)
            }
            AccountsRequest::ReadAccountForm(ReadAccountForm { id }) => {
                Reply::to::<ReadAccountForm>(self.form(id, now).await)
            }
            AccountsRequest::PinAccount(PinAccount { id, pinned }) => {
                Reply::to::<PinAccount>(self.pin(id, pinned, now).await)
            }
            AccountsRequest::MoveAccount(MoveAccount { id, before }) => {
                Reply::to::<MoveAccount>(self.move_account(id, before, now).await)
            }
            AccountsRequest::ArrangeList(ArrangeList { sort, group }) => {
                Reply::to::<ArrangeList>(self.arrange_list(sort, group, now).await)
            }
            AccountsRequest::CountUse(CountUse { id }) => Reply::to::<CountUse>(self.count_use(id, now).await),
            AccountsRequest::MoveToTrash(MoveToTrash { id }) => {
                Reply::to::<MoveToTrash>(self.move_to_trash(id, now).await)
            }
            AccountsRequest::RestoreAccount(RestoreAccount { id }) => {
                Reply::to::<RestoreAccount>(self.restore(id, now).await)
            }
            AccountsRequest::ChangeAccounts(ChangeAccounts { accounts, change }) => {
                Reply::to::<ChangeAccounts>(self.change_accounts(&accounts, &change, now).await)
            }
            AccountsRequest::StoreAccountOn(StoreAccountOn { id, location }) => {
                Reply::to::<StoreAccountOn>(self.store_account_on(id, location, clock).await)
            }
            AccountsRequest::StoreAccountsOn(StoreAccountsOn { accounts, location }) => {
                Reply::to::<StoreAccountsOn>(self.store_accounts_on(&accounts, location, clock).await)
            }
            AccountsRequest::DeleteAccount(DeleteAccount { id }) => {
                Reply::to::<DeleteAccount>(self.remove_for_good(id, now).await)
            }
            AccountsRequest::EmptyTrash(_) => Reply::to::<EmptyTrash>(self.empty_trash(now).await),
            AccountsRequest::ListTrash(_) => Reply::to::<ListTrash>(self.list_trash(now).await),
            AccountsRequest::GenerateNextCode(GenerateNextCode { id }) => {
                Reply::to::<GenerateNextCode>(self.next_code(id, now).await)
            }
            AccountsRequest::ShowKeyUri(ShowKeyUri { id, password }) => {
                Reply::to::<ShowKeyUri>(self.show_secret(id, password.into(), now).await)
            }
            AccountsRequest::ShowRecoveryCodes(ShowRecoveryCodes { id, password }) => {
                Reply::to::<ShowRecoveryCodes>(self.show_recovery(id, password.into(), now).await)
            }
            AccountsRequest::RemoveRecoveryCode(RemoveRecoveryCode { id, code }) => {
                Reply::to::<RemoveRecoveryCode>(self.remove_recovery(id, code.into(), now).await)
            }
        }
    }
}

/// Returns the effects of a request if it succeeds.
pub(in crate::app) fn effects(request: &AccountsRequest) -> &'static [Effect] {
    match request {
        AccountsRequest::ChangeAccounts(ChangeAccounts { change, .. }) => match change {
            BulkChange::MoveToTrash | BulkChange::Restore => &[Effect::SyncSoon],
            BulkChange::Group { .. } => &[],
        },
        AccountsRequest::AddAccount(_)
        | AccountsRequest::EditAccount(_)
        | AccountsRequest::MoveToTrash(_)
        | AccountsRequest::RestoreAccount(_) => &[Effect::SyncSoon],
        AccountsRequest::DeleteAccount(_) | AccountsRequest::EmptyTrash(_) => &[Effect::SyncSoon, Effect::EraseMemory],
        AccountsRequest::RemoveRecoveryCode(_) => &[Effect::EraseMemory],
        // Groups, pins and the order are not stored on servers. Changes of where accounts are stored are synced
        // before the reply, because it depends on whether the server stored them.
        AccountsRequest::ReadAccountForm(_)
        | AccountsRequest::PinAccount(_)
        | AccountsRequest::MoveAccount(_)
        | AccountsRequest::ArrangeList(_)
        | AccountsRequest::CountUse(_)
        | AccountsRequest::StoreAccountOn(_)
        | AccountsRequest::StoreAccountsOn(_)
        | AccountsRequest::ListTrash(_)
        | AccountsRequest::GenerateNextCode(_)
        | AccountsRequest::ShowKeyUri(_)
        | AccountsRequest::ShowRecoveryCodes(_) => &[],
    }
}
