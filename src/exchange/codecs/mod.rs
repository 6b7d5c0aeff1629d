//! The building blocks of several formats: archives, ciphers, databases and text encodings. Nothing here is specific to
//! a vendor.

pub(super) mod android_preferences;
pub(super) mod argon2_phc;
pub(super) mod byte_reader;
pub(super) mod ciphers;
pub(super) mod csv_table;
pub(super) mod encoding;
pub(super) mod folded_lines;
pub(super) mod java_serialization;
pub(super) mod json;
pub(super) mod property_list;
pub(super) mod protobuf;
pub(super) mod rich_text;
pub(super) mod secretstream;
pub(super) mod sqlcipher;
pub(super) mod sqlite;
pub(super) mod zip_archive;

use super::{ExchangeError, MAX_IMPORT_BYTES, MAX_ROWS, Reason, budget};
