//! The pages of the extension: the popup and the options page. They render the worker's replies.
//!
//! A page holds no secret and decides nothing: it sends a [`Request`](crate::app::protocol::Request) and draws the
//! [`Reply`](crate::app::protocol::Reply). [`popup::mount`] paints from the board that the worker left in the session
//! and then from its answer. `state::Ui` is what a page knows, in signals. `unlock_screens` are shown until the vault
//! is open; `confirm_password` asks for the password before secrets leave; `texts` reads `_locales`. What can be
//! computed without a page is in [`crate::app::accounts::list_view`] (grouping digits, which rows are in view) and
//! [`crate::app::vault::password_strength`], and tested there.
//!
//! # Hooks
//!
//! Attributes that name what is on the page; tests and assistive programs may rely on them.
//!
//! | attribute | on | value |
//! |---|---|---|
//! | `data-ready` | `body` | set after the first screen was painted |
//! | `data-screen` | the screen | `first-run`, `sign-in`, `set-password`, `without-password`, `locked`, `forgot`, `key-gone`, `newer`, `damaged`, `empty`, `list`, `add`, `edit`, `found`, `qr`, `factors`, `confirm-site`, `recovery`, `use-recovery`; in the options page also `camera`, `connect`, `accounts`, `sites`, `exchange`, `security`, `appearance`, `about` |
//! | `data-step` | a form of the options page | `address`, `managed`, `code`, `found-code`, `code-owner`, `demo`, `offer`, `signing-in`, `connected`, `password`, `copies`; moving in and out `import`, `working`, `file-password`, `preview`, `imported`, `backup`, `export`; of the QR code and of recovery codes `confirm`, `refused`, `shown`; of a change to second factors `confirm-factors` |
//! | `data-import-row`, `data-skipped`, `data-loss`, `data-trouble` | a row of a file, a row that cannot be imported, what is lost, why a file cannot be read | its position, or the message's key |
//! | `data-connection`, `data-local`, `data-trashed` | a connection, an account that could join it, one in the trash | its id |
//! | `data-waits` | the decision that a connection waits for | `sign_in`, `empty_list`, `public_list`, `administrator` |
//! | `data-fact` | a fact about a user | `user`, `server`, `until` |
//! | `data-demo`, `data-until`, `data-again`, `data-administrator` | what is special about a connection | |
//! | `data-receives-only`, `data-readers`, `data-room`, `data-last` | lines of a connection | |
//! | `data-factor`, `data-on`, `data-preferred` | a second factor | `sms`, `email`, `app`, `radius`, `push`; its status |
//! | `data-remembered`, `data-new-recovery` | until when no factor is asked for; a new recovery code | |
//! | `data-clock` | a clock that differs, codes that are corrected | |
//! | `data-row` | a row | the account's id |
//! | `data-icon` | the badge of an account | the icon's name in the set, if the service has one |
//! | `data-code`, `data-next` | in a row | the current and the next code, without spaces |
//! | `data-copied` | a row | set for a moment after copying |
//! | `data-mark` | in a row | `unconfirmed`, `missing`, `returned`, `conflict` |
//! | `data-action` | buttons | what they do, such as `unlock`, `copy`, `fill`, `row-menu`, `move-to-trash`, `undo`, `scan`, `save`, `keep-found` |
//! | `data-field` | fields | `search`, `password`, `secret`, `issuer`, `name`, `kind`, `period`... |
//! | `data-menu` | an open menu | |
//! | `data-card`, `data-known` | a found account | `same`, `same_secret`, `same_name` |
//! | `data-batch`, `data-progress` | an unfinished multi-part export, and its progress | its id |
//! | `data-recovery` | a recovery code | `unused`, `filled`, `used`, `refused` |
//! | `data-recovery-count` | how many may still work | the number |
//! | `data-qr` | an account's QR code | |
//! | `data-clear` | the warning before secrets leave unencrypted | |
//! | `data-camera` | the camera's status | `on`, `off` |
//! | `data-said` | the message at the bottom | `done`, `failed` |
//! | `data-notice` | messages above the list | the message's key |
//! | `data-sync` | the sync status | `in_step`, `to_send`, `needs_user` |
//! | `data-nothing` | a search without a match | |
//! | `data-pin` | the hint to pin the icon | |
//! | `data-site`, `data-allowed`, `data-server` | a site, an account that may be filled there, a connected server | the site, ids |
//! | `data-sites-of`, `data-rule`, `data-site-editor` | the sites in an account's form, the rule of one, the fields for one | the account's id; `host`, `domain`, `starts_with` |
//! | `data-account`, `data-group`, `data-acts` | an account in the complete list, a group that filters a list, the bulk actions | its id, its name |
//! | `data-copies` | the version history | the number of versions |
//! | `data-device-only`, `data-forbidden` | a notice for vaults without a password, a setting fixed by an administrator | |
//! | `data-managed`, `data-support-text`, `data-not-understood` | a setting that the policy decides, the organization's help, keys of the policy that are not understood | |
//! | `data-licence`, `data-diagnostics` | a library, the diagnostics for bug reports | its name |

mod add_menu;
mod badge;
mod clock;
mod components;
mod confirm_password;
mod factors;
mod focus;
mod form;
mod managed_sign_in;
pub mod options;
mod plaintext_export_warning;
pub mod popup;
mod recovery;
mod scan_results;
mod show_qr;
mod sites;
mod state;
mod texts;
mod unlock_screens;
