//! The platform: `chrome.*` and web APIs behind the ports of [`app`](crate::app). Nothing else names a browser.
//!
//! | module | what it is |
//! |---|---|
//! | [`chrome`] | bindings to the extension APIs that the worker uses |
//! | [`storage`] | [`Store`](crate::vault::Store) on `chrome.storage` |
//! | [`fetch`] | [`Http`](crate::casdoor::Http) on `fetch` |
//! | [`kdf`] | [`DeriveKey`](crate::app::DeriveKey) in a wasm instance of its own |
//! | `device` | [`DeviceKey`](crate::app::DeviceKey) in IndexedDB |
//! | [`capture`] | the pixels of the current tab and of pictures, and the codes in them |
//! | `elements` | the pictures that a page itself draws |
//! | `scan` | the ways in that need pixels |
//! | [`menus`] | the context menu and the shortcuts |
//! | [`origin_rule`] | the rule that removes `Origin` from our own POSTs |
//! | `connect` | the browser's sign-in window |
//! | [`demo`] | the public demo server, as the package names it |
//! | [`camera`], [`picture`] | a page's camera, and the pictures that it is given |
//! | [`page`] | what a page of the extension asks of the browser |
//! | `pages` | where content scripts run, and what they are told |
//! | `recovery` | a recovery code's way from the chip through the popup to the page |
//! | [`thread`] | reading and writing files in a thread that ends with the job |
//! | [`worker`] | what the service worker does with each event |

mod backups;
pub mod camera;
pub mod capture;
pub mod chrome;
mod connect;
pub mod demo;
mod device;
mod elements;
pub mod fetch;
mod fill;
pub mod kdf;
pub mod menus;
pub mod origin_rule;
pub mod page;
mod pages;
pub mod picture;
mod recovery;
mod scan;
pub mod storage;
pub mod thread;
pub mod worker;

use crate::secret::Entropy;

/// The platform's generator of random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebCrypto;

impl Entropy for WebCrypto {
    fn fill(&mut self, bytes: &mut [u8]) {
        // `crypto.getRandomValues` cannot fail in a worker or page: it is always there, and we ask for few bytes.
        #[expect(clippy::expect_used, reason = "without randomness nothing may go on")]
        getrandom::fill(bytes).expect("crypto.getRandomValues answers");
    }
}

/// Milliseconds since 1970.
pub fn now_milliseconds() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970 are positive")]
    let milliseconds = js_sys::Date::now() as u64;
    milliseconds
}

/// Seconds since 1970.
pub fn now_seconds() -> u64 {
    now_milliseconds().div_euclid(1000)
}
