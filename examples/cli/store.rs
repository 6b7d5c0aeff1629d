//! The vault's storage in a file that is replaced atomically.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use casdoor_authenticator::vault::{Area, Change, Store, StoreError};

/// A JSON file of keys and values. Session values stay in memory.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    session: RefCell<BTreeMap<String, String>>,
}

impl FileStore {
    /// Creates a store; the file does not have to exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, session: RefCell::default() }
    }

    fn read(&self) -> Result<BTreeMap<String, String>, StoreError> {
        match fs::read(&self.path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| StoreError::Unavailable),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(_) => Err(StoreError::Unavailable),
        }
    }

    fn write(&self, values: &BTreeMap<String, String>) -> std::io::Result<()> {
        let temporary = temporary_path(&self.path);
        let mut file = fs::File::create(&temporary)?;
        file.write_all(&serde_json::to_vec(values)?)?;
        file.sync_all()?;
        fs::rename(&temporary, &self.path)
    }
}

/// Returns the path of a temporary file in the same folder, because only a rename within one file system is atomic.
fn temporary_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

impl Store for FileStore {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        let values = match area {
            Area::Local => self.read()?,
            Area::Session => self.session.borrow().clone(),
            // The file replaces only the local storage; there is no device key and no managed policy.
            Area::IndexedDb | Area::Managed => BTreeMap::new(),
        };
        Ok(keys.iter().map(|key| values.get(*key).cloned()).collect())
    }

    async fn commit(&self, area: Area, changes: Vec<Change>) -> Result<(), StoreError> {
        let mut values = match area {
            Area::Local => self.read()?,
            Area::Session => self.session.borrow().clone(),
            // The file replaces only the local storage; there is no device key and no managed policy.
            Area::IndexedDb | Area::Managed => BTreeMap::new(),
        };
        for (key, value) in changes {
            match value {
                Some(value) => values.insert(key.to_owned(), value),
                None => values.remove(key),
            };
        }
        match area {
            Area::Local => self.write(&values).map_err(|_| StoreError::Unavailable),
            Area::Session => {
                *self.session.borrow_mut() = values;
                Ok(())
            }
            Area::IndexedDb | Area::Managed => Err(StoreError::Unavailable),
        }
    }
}
