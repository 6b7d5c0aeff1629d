//! The core of Casdoor Authenticator for the browser.
//!
//! It makes one-time codes from an encrypted vault, reads QR codes off pictures of a screen, decides what may be filled
//! into a page, moves accounts in and out of other programs' files, and keeps them in sync with a Casdoor server. The
//! platform is a leaf: only `browser` and `ui` know that there is a browser.
//!
//! | module | what it is |
//! |---|---|
//! | [`secret`] | a value that is erased on drop, never printed, and spent on purpose |
//! | [`otp`] | one-time passwords: RFC 4226, RFC 6238, Steam; `otpauth://` |
//! | [`vault`] | accounts, and the sealed document that holds them |
//! | [`qr`] | pixels to the texts of the QR codes in them |
//! | [`autofill`] | what may be offered to a page, and what filled |
//! | [`exchange`] | other programs' files |
//! | [`casdoor`] | Casdoor's REST API, sign-in, the merge, the sync |
//! | [`app`] | the use cases, and the one protocol between pages and worker |

pub mod secret;

pub mod otp;

pub mod vault;

pub mod autofill;
pub mod casdoor;
pub mod exchange;
pub mod qr;

pub mod app;

#[cfg(target_arch = "wasm32")]
pub mod browser;
#[cfg(all(target_arch = "wasm32", feature = "ui"))]
pub mod ui;
