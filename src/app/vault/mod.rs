//! Creating, opening and protecting the vault: its password, its key, its copies and its backups.

mod absence;
pub(in crate::app) mod backups;
pub(in crate::app) mod device_key;
pub(in crate::app) mod integrity;
pub(in crate::app) mod password;
pub mod password_strength;
pub(in crate::app) mod requests;
pub(in crate::app) mod screen;
pub(in crate::app) mod unlock_key;

pub use backups::BackupFile;
pub use device_key::DeviceKey;
