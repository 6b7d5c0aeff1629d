//! A budget for all key derivations of one file together.
//!
//! A file may have many key slots, and each may demand the maximum cost of a single derivation. Therefore every
//! derivation is charged to its file before it runs. Costs are counted in millionths of the [`BUDGET`], which is the
//! cost of the most expensive derivation that real programs demand, about ten seconds in a browser. The budget is
//! stored per thread: a reader runs on one thread from beginning to end, so no derivation can bypass it.

use std::cell::RefCell;
use std::rc::Rc;

use super::ExchangeError;

/// The budget of one file, in units of cost.
pub(super) const BUDGET: u64 = 1_000_000;

/// The progress of a file's key derivations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The number of finished derivations.
    pub done: u32,
    /// The number of derivations known so far; at least 1.
    pub of: u32,
}

/// The callback that is called before each derivation.
pub(super) type Report = Rc<dyn Fn(Progress)>;

struct Account {
    spent: u64,
    exceeded: bool,
    progress: Progress,
    report: Report,
}

thread_local! {
    static ACCOUNT: RefCell<Option<Account>> = const { RefCell::new(None) };
}

/// Runs a reader with a budget. Fails if the reader exceeded the budget, even if the reader itself returned a result.
///
/// # Errors
/// [`ExchangeError::TooCostly`], and the errors of the reader.
pub(super) fn within<T>(report: Report, read: impl FnOnce() -> Result<T, ExchangeError>) -> Result<T, ExchangeError> {
    let account = Account { spent: 0, exceeded: false, progress: Progress { done: 0, of: 1 }, report };
    let before = ACCOUNT.with(|current| current.replace(Some(account)));
    let result = read();
    let account = ACCOUNT.with(|current| current.replace(before));
    if account.is_some_and(|account| account.exceeded) { Err(ExchangeError::TooCostly) } else { result }
}

/// Announces the maximum costs of a file's derivations, so that a file that demands too much is rejected before any
/// work is done.
///
/// # Errors
/// [`ExchangeError::TooCostly`].
pub(super) fn check_total(costs: &[u64]) -> Result<(), ExchangeError> {
    ACCOUNT.with(|current| {
        let mut current = current.borrow_mut();
        let Some(account) = current.as_mut() else { return Ok(()) };
        account.progress.of = u32::try_from(costs.len()).unwrap_or(u32::MAX).max(1);
        let total = costs.iter().fold(account.spent, |total, cost| total.saturating_add(*cost));
        account.exceeded |= total > BUDGET;
        if account.exceeded { Err(ExchangeError::TooCostly) } else { Ok(()) }
    })
}

/// Charges one derivation before it runs. Does nothing outside [`within`], for example while a file is written.
///
/// # Errors
/// [`ExchangeError::TooCostly`].
pub(super) fn spend(cost: u64) -> Result<(), ExchangeError> {
    let told = ACCOUNT.with(|current| {
        let mut current = current.borrow_mut();
        let Some(account) = current.as_mut() else { return Ok(None) };
        account.spent = account.spent.saturating_add(cost.max(1));
        account.exceeded |= account.spent > BUDGET;
        if account.exceeded {
            return Err(ExchangeError::TooCostly);
        }
        let before = account.progress;
        account.progress.done = before.done.saturating_add(1);
        let told = Progress { of: before.of.max(account.progress.done), ..before };
        account.progress.of = told.of;
        Ok(Some((Rc::clone(&account.report), told)))
    })?;
    if let Some((report, progress)) = told {
        report(progress);
    }
    Ok(())
}

/// Returns the cost of `work` in units, if `most` uses the whole budget.
pub(super) fn cost_of(work: u64, most: u64) -> u64 {
    work.saturating_mul(BUDGET).checked_div(most).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody() -> Report {
        Rc::new(|_| ())
    }

    #[test]
    fn derivations_are_charged_together() {
        let spend_each = |costs: &[u64]| within(nobody(), || costs.iter().try_for_each(|cost| spend(*cost)));
        assert_eq!(spend_each(&[BUDGET]), Ok(()));
        assert_eq!(spend_each(&[BUDGET / 2, BUDGET / 2]), Ok(()));
        assert_eq!(spend_each(&[BUDGET / 2, BUDGET / 2, 1]), Err(ExchangeError::TooCostly));
        assert_eq!(spend_each(&[u64::MAX, u64::MAX]), Err(ExchangeError::TooCostly));
        assert_eq!(within(nobody(), || check_total(&[BUDGET, 1])), Err(ExchangeError::TooCostly));
    }

    #[test]
    fn a_reader_that_ignores_the_error_still_exceeds_the_budget() {
        let swallows = within(nobody(), || {
            let _ = spend(BUDGET);
            let _ = spend(BUDGET);
            Ok("read")
        });
        assert_eq!(swallows, Err(ExchangeError::TooCostly));
        assert_eq!(spend(BUDGET), Ok(()), "the next file has its own");
    }

    #[test]
    fn progress_counts_what_is_finished() {
        let told = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&told);
        let report: Report = Rc::new(move |it: Progress| sink.borrow_mut().push((it.done, it.of)));
        within(report, || {
            check_total(&[1, 1, 1])?;
            (0..4).try_for_each(|_| spend(1))
        })
        .unwrap();
        assert_eq!(*told.borrow(), [(0, 3), (1, 3), (2, 3), (3, 4)]);
    }
}
