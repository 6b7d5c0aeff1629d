//! The platform: `chrome.*` and web APIs behind the interfaces of [`app`](crate::app). No other module except `ui` uses
//! browser APIs.
//!
//! | module | purpose |
//! |---|---|
//! | [`chrome`] | bindings to the extension APIs that the worker uses |
//! | `global` | web APIs that every global scope has |
//! | [`storage`] | [`Store`](crate::vault::Store) with `chrome.storage` |
//! | [`fetch`] | [`Http`](crate::casdoor::Http) with `fetch` |
//! | [`kdf`] | [`DeriveKey`](crate::app::DeriveKey) in a separate wasm instance |
//! | `device_key` | [`DeviceKey`](crate::app::DeviceKey) in IndexedDB |
//! | [`capture`] | screenshots and images, and the QR codes in them |
//! | `page_images` | QR codes in a page's own images |
//! | `delivery` | sends a code from the popup to the one document where it was picked |
//! | `first_use` | the first use of an account on a page, confirmed in the popup |
//! | `shown_user` | reads which user a page shows, to order several accounts |
//! | `scan` | requests that scan tabs or images |
//! | `memory` | erases the worker's memory after a lock |
//! | [`menus`] | the context menu and the shortcuts |
//! | [`mutations`] | observes changes of a page's document |
//! | [`origin_rule`] | the rule that removes `Origin` from the extension's own POST requests |
//! | `chosen_language` | texts for the context menu and the chip in the chosen language |
//! | [`intl`] | numbers, dates, lists and plural forms in the page's language |
//! | `connect` | signs in to a server, in the browser's sign-in window if the user has to interact with it |
//! | [`demo_server`] | the public demo server |
//! | [`camera`], [`image_files`] | a page's camera, and image files that a page received |
//! | [`page`] | browser functions for the extension's pages |
//! | [`side_panel`] | opens the browser's side panel |
//! | `content_scripts` | registers content scripts and notifies them |
//! | `recovery` | fills a recovery code that was selected in the chip and approved in the popup |
//! | [`exchange_thread`] | reads and writes files in a separate thread per job |
//! | [`worker`] | handles the service worker's events |

mod backups;
pub mod camera;
pub mod capture;
pub mod choose_field;
mod chosen_language;
pub mod chrome;
mod connect;
mod content_scripts;
mod delivery;
pub mod demo_server;
mod device_key;
pub mod exchange_thread;
pub mod fetch;
mod fill;
mod first_use;
mod frame_question;
mod global;
pub mod image_files;
pub mod intl;
pub mod kdf;
mod memory;
pub mod menus;
pub mod mutations;
pub mod origin_rule;
pub mod page;
mod page_images;
mod recovery;
mod scan;
mod shown_user;
pub mod side_panel;
pub mod storage;
mod sync;
pub mod worker;

use crate::secret::Entropy;
use crate::time::UnixMilliseconds;

/// The platform's random generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebCrypto;

impl Entropy for WebCrypto {
    fn fill(&mut self, bytes: &mut [u8]) {
        // `crypto.getRandomValues` exists in every worker and page, and fails only for large requests.
        #[expect(clippy::expect_used, reason = "nothing may continue without randomness")]
        getrandom::fill(bytes).expect("crypto.getRandomValues works");
    }
}

/// Returns the current time.
pub fn now_milliseconds() -> UnixMilliseconds {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970 are positive")]
    let milliseconds = js_sys::Date::now() as u64;
    UnixMilliseconds(milliseconds)
}

/// Returns seconds since 1970.
pub fn now_seconds() -> u64 {
    now_milliseconds().seconds()
}
