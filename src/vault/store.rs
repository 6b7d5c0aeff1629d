//! The interface to the storage.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{Future, ready};

use crate::message;
use crate::message::Message;

/// A storage area, which determines the lifetime of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// Persistent until deleted.
    Local,
    /// In memory until the browser closes; readable only in trusted contexts.
    Session,
    /// Set by the administrator, as JSON texts. Read-only.
    Managed,
    /// Persistent until deleted, in IndexedDB instead of [`Area::Local`]. Small texts in it reveal that only the other
    /// database was restored from an older copy.
    IndexedDb,
}

/// A key and its new value; `None` deletes the key.
pub type Change = (&'static str, Option<String>);

/// Stores sealed bytes and session values.
pub trait Store {
    /// Returns the values of `keys`, in their order; `None` for a missing value.
    fn load(&self, area: Area, keys: &[&'static str]) -> impl Future<Output = Result<Vec<Option<String>>, StoreError>>;

    /// Returns the names of all values in [`Area::Managed`], also those that this program does not know.
    fn managed_names(&self) -> impl Future<Output = Result<Vec<String>, StoreError>> {
        ready(Ok(Vec::new()))
    }

    /// Makes all changes or none. If two changes have the same key, the later one applies.
    fn commit(&self, area: Area, changes: Vec<Change>) -> impl Future<Output = Result<(), StoreError>>;
}

/// The reason why a storage operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum StoreError {
    /// There is no space left.
    Full,
    /// The storage could not be read or written.
    Unavailable,
}

impl StoreError {
    /// Returns the key of the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Full => message!("store_full"),
            Self::Unavailable => message!("store_unavailable"),
        }
    }
}

/// A store in memory, for tests and tools.
#[derive(Debug, Default)]
pub struct MemoryStore {
    values: RefCell<BTreeMap<(Area, &'static str), String>>,
}

impl MemoryStore {
    /// Returns the value of a key.
    pub fn value(&self, area: Area, key: &'static str) -> Option<String> {
        self.values.borrow().get(&(area, key)).cloned()
    }

    /// Sets the value of a key, for example to damaged bytes.
    pub fn set(&self, area: Area, key: &'static str, value: Option<String>) {
        let mut values = self.values.borrow_mut();
        match value {
            Some(value) => values.insert((area, key), value),
            None => values.remove(&(area, key)),
        };
    }

    /// Deletes the session area, as closing the browser does.
    pub fn end_session(&self) {
        self.values.borrow_mut().retain(|(area, _), _| *area != Area::Session);
    }
}

impl Store for MemoryStore {
    fn load(&self, area: Area, keys: &[&'static str]) -> impl Future<Output = Result<Vec<Option<String>>, StoreError>> {
        ready(Ok(keys.iter().map(|key| self.value(area, key)).collect()))
    }

    fn managed_names(&self) -> impl Future<Output = Result<Vec<String>, StoreError>> {
        let values = self.values.borrow();
        let managed = values.keys().filter(|(area, _)| *area == Area::Managed);
        ready(Ok(managed.map(|(_, key)| (*key).to_owned()).collect()))
    }

    fn commit(&self, area: Area, changes: Vec<Change>) -> impl Future<Output = Result<(), StoreError>> {
        for (key, value) in changes {
            self.set(area, key, value);
        }
        ready(Ok(()))
    }
}
