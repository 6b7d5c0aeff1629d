//! The core of Casdoor Authenticator for the browser.
//!
//! It generates one-time passwords from an encrypted vault, reads QR codes from screenshots and images, decides what
//! may be filled into a page, imports and exports accounts, and syncs them with a Casdoor server. Only `browser` and
//! `ui` depend on a browser; everything else runs natively.
//!
//! | module | purpose |
//! |---|---|
//! | [`secret`] | values that are erased on drop, never printed, and read only explicitly |
//! | [`mod@message`] | texts for the user, as keys of the catalog with arguments |
//! | [`charset`] | text in encodings other than UTF-8 |
//! | [`time`] | points in time and clocks |
//! | [`label`] | names from outside, without characters that cannot be seen |
//! | [`otp`] | one-time passwords (RFC 4226, RFC 6238, Steam) and `otpauth://` links |
//! | [`vault`] | accounts, and the encrypted document that contains them |
//! | [`qr`] | the QR reader: pixels in, texts out |
//! | [`autofill`] | decides what may be offered to a page and what may be filled |
//! | [`exchange`] | other programs' file formats |
//! | [`casdoor`] | Casdoor's REST API, sign-in, merge and sync |
//! | [`app`] | the use cases, and the protocol between pages and worker |

pub mod charset;
#[cfg_attr(target_arch = "wasm32", path = "browser/charset_decoder.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "charset/native_decoder.rs")]
mod charset_decoder;
#[cfg_attr(target_arch = "wasm32", path = "message/english_omitted.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "message/english.rs")]
mod english;
mod json;
pub mod label;
pub mod message;
pub mod secret;
pub mod time;

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
