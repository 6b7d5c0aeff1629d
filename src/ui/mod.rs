//! The pages of the extension: the popup and the options page. They render the worker's replies.
//!
//! A page has no access to the vault and makes no decisions: it sends a [request](crate::app::protocol::requests) to
//! the worker and renders the answer. To appear without delay, [`popup::mount`] first renders the account list that the
//! worker has stored in the session storage, and then the worker's answer. `state::Ui` holds the state of a page in
//! signals. `unlock_screens` are shown until the vault is open, `confirm_password` asks for the password before secrets
//! are exported or shown, and `texts` returns texts from `_locales`. Computations that do not need a page, such as
//! grouping digits and selecting the rows in view, are in [`crate::app::accounts::list_view`] and
//! [`crate::app::vault::password_strength`], where they are tested.
//!
//! # Hooks
//!
//! These data attributes identify the elements of the pages. Tests and assistive tools can rely on them.
//!
//! | attribute | on | value |
//! |---|---|---|
//! | `data-ready` | `body` | set after the first screen was painted |
//! | `data-screen` | the screen | `first-run`, `sign-in`, `set-password`, `without-password`, `locked`, `forgot`, `key-gone`, `newer`, `damaged`, `empty`, `list`, `add`, `edit`, `found`, `qr`, `factors`, `confirm-site`, `recovery`, `use-recovery`, `shortcuts`; in the options page also `welcome`, `code`, `camera`, `connect`, `accounts`, `sites`, `exchange`, `security`, `appearance`, `about` |
//! | `data-step` | a form of the options page | `address`, `managed`, `code`, `found-code`, `code-owner`, `demo`, `offer`, `signing-in`, `connected`, `password`, `copies`; for import and export `import`, `working`, `file-password`, `preview`, `imported`, `backup`, `export`; for a QR code and for recovery codes `confirm`, `rejected`, `shown`; for a change to second factors `confirm-factors` |
//! | `data-import-row`, `data-skipped`, `data-loss`, `data-error` | a row of a file, a row that cannot be imported, what is lost, why a file cannot be read | its position, or the message's key |
//! | `data-app`, `data-chosen-app`, `data-path` | an app that users come from, the chosen one, its menu path | its name, the menu entries or `none` |
//! | `data-from-tab` | the organization that the current tab names | |
//! | `data-connection`, `data-local`, `data-trashed` | a connection, a local account that can be uploaded to it, an account in the trash | its id |
//! | `data-decision` | the decision that a connection waits for | `sign_in`, `empty_list`, `public_list`, `administrator` |
//! | `data-fact` | a fact about a user | `user`, `server`, `until` |
//! | `data-demo`, `data-until`, `data-reconnected`, `data-administrator` | notices about a connection: to the demo server, expires, existed before, belongs to an administrator | |
//! | `data-receives-only`, `data-readers`, `data-free-space`, `data-last-sync` | facts about a connection: only receives accounts, who can read them, the space left, the result of the last sync | |
//! | `data-factor`, `data-enabled`, `data-preferred` | a second factor | `sms`, `email`, `app`, `radius`, `push`; its status |
//! | `data-remembered`, `data-new-recovery` | the time until which the server asks for no second factor, a new recovery code | |
//! | `data-clock` | the notice that a clock differs or that codes are corrected | |
//! | `data-row` | a row | the account's id |
//! | `data-icon` | the badge of an account | the icon's name in the set, if the service has one |
//! | `data-icon-of`, `data-icon-choice` | the choice of an icon in an account's form, a service to choose | the icon's name in the set |
//! | `data-code`, `data-next` | in a row | the current and the next code, without spaces |
//! | `data-seconds` | next to a code in large type | the seconds for which it is valid |
//! | `data-copied` | a row | set for a moment after copying |
//! | `data-mark` | in a row | `unconfirmed`, `missing`, `returned`, `conflict` |
//! | `data-action` | buttons | what they do, such as `unlock`, `copy`, `fill`, `row-menu`, `move-to-trash`, `undo`, `scan`, `save`, `location-found` |
//! | `data-field` | fields | `search`, `password`, `secret`, `issuer`, `name`, `kind`, `period`... |
//! | `data-menu` | an open menu | |
//! | `data-card`, `data-duplicate` | a found account | `same`, `same_secret`, `same_name` |
//! | `data-batch`, `data-progress` | an unfinished multi-part export, and its progress | its id |
//! | `data-recovery` | a recovery code | `unused`, `filled`, `used`, `rejected` |
//! | `data-recovery-count` | the number of recovery codes that may still work | the number |
//! | `data-qr` | an account's QR code | |
//! | `data-plaintext-warning` | the warning before secrets are exported or shown unencrypted | |
//! | `data-camera` | the camera's status | `on`, `off` |
//! | `data-status` | the message at the bottom | `done`, `failed` |
//! | `data-notice` | messages above the list | the message's key |
//! | `data-sync` | the sync status | `up_to_date`, `to_send`, `needs_user` |
//! | `data-no-match` | the message for a search without a match | |
//! | `data-pin` | the hint to pin the icon | |
//! | `data-site`, `data-allowed`, `data-server` | a site, an account that may be filled there, a connected server | the site's text, the ids of the account and the connection |
//! | `data-sites-of`, `data-rule`, `data-site-editor` | the sites in an account's form, the rule of a site, the editor for a site | the account's id; `host`, `domain`, `starts_with` |
//! | `data-account`, `data-group`, `data-sort`, `data-bulk-actions` | an account in the table, a group that filters a list, the heading that sorts the table, the bulk actions | its id, its name, the column |
//! | `data-copies` | the version history | the number of versions |
//! | `data-device-only`, `data-forbidden` | a notice for vaults without a password, a panel that an administrator has disabled | |
//! | `data-managed`, `data-support-text`, `data-not-understood` | a setting that the policy decides, the organization's help, keys of the policy that are not understood | |
//! | `data-license`, `data-diagnostics` | a library, the diagnostics for bug reports | its name |

mod add_menu;
mod badge;
mod clock;
mod components;
mod confirm_password;
mod factors;
mod focus;
mod form;
mod icon_field;
mod large_code;
mod managed_sign_in;
pub mod options;
mod pin_hint;
mod plaintext_export_warning;
pub mod popup;
mod recovery;
mod save_to;
mod scan_results;
mod shortcuts;
mod show_qr;
mod sites;
mod state;
mod texts;
mod unlock_screens;
mod view;
