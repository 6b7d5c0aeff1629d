//! The port to wherever bytes stay.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{Future, ready};

/// How long what is stored there lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Until it is deleted.
    Local,
    /// In memory until the browser closes; trusted contexts only.
    Session,
    /// What the administrator set, as JSON texts. It is only read.
    Managed,
    /// Until it is deleted, in another database of the browser than [`Area::Local`]: small texts that show when only
    /// the one is set back to an older copy.
    Apart,
}

/// One key's new value; `None` deletes it.
pub type Change = (&'static str, Option<String>);

/// Where sealed bytes and session values stay.
pub trait Store {
    /// The values of `keys`, in their order; `None` where there is none.
    fn load(&self, area: Area, keys: &[&'static str]) -> impl Future<Output = Result<Vec<Option<String>>, StoreError>>;

    /// Makes all changes or none; of two changes to one key the later counts.
    fn commit(&self, area: Area, changes: Vec<Change>) -> impl Future<Output = Result<(), StoreError>>;
}

/// Why storage refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no room left.
    #[error("the browser's storage is full")]
    Full,
    /// It could not be read or written.
    #[error("the browser's storage could not be used")]
    Unavailable,
}

impl StoreError {
    /// The key of the message that explains it to a person.
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "store_full",
            Self::Unavailable => "store_unavailable",
        }
    }
}

/// A store in memory, for tests and tools.
#[derive(Debug, Default)]
pub struct MemoryStore {
    values: RefCell<BTreeMap<(Area, &'static str), String>>,
}

impl MemoryStore {
    /// What one key holds.
    pub fn value(&self, area: Area, key: &'static str) -> Option<String> {
        self.values.borrow().get(&(area, key)).cloned()
    }

    /// Sets what one key holds, e.g. to damaged bytes.
    pub fn set(&self, area: Area, key: &'static str, value: Option<String>) {
        let mut values = self.values.borrow_mut();
        match value {
            Some(value) => values.insert((area, key), value),
            None => values.remove(&(area, key)),
        };
    }

    /// What a closed browser leaves: the session is gone.
    pub fn end_session(&self) {
        self.values.borrow_mut().retain(|(area, _), _| *area != Area::Session);
    }
}

impl Store for MemoryStore {
    fn load(&self, area: Area, keys: &[&'static str]) -> impl Future<Output = Result<Vec<Option<String>>, StoreError>> {
        ready(Ok(keys.iter().map(|key| self.value(area, key)).collect()))
    }

    fn commit(&self, area: Area, changes: Vec<Change>) -> impl Future<Output = Result<(), StoreError>> {
        for (key, value) in changes {
            self.set(area, key, value);
        }
        ready(Ok(()))
    }
}
