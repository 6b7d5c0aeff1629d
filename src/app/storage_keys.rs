//! The names of stored values, with one enum per storage area. The copies of the vault have their names in
//! [`VaultCopy::key`](crate::vault::VaultCopy::key). Scripts read some of these names, and a test checks that they
//! match.

/// Values that persist until they are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalKey {
    /// Tokens, sync bases and counters, sealed.
    State,
    /// A second copy of the counters, sealed separately from the state.
    Counters,
    /// The first state that could not be opened, unchanged.
    DamagedState,
    /// The vault's [`Phase`](super::protocol::Phase), so that the popup can draw before the worker has started.
    Phase,
    /// The theme's name, so that pages have the right colors before the vault is open.
    Theme,
    /// The text size in percent, for the same reason.
    TextSize,
    /// The density's name, for the same reason.
    Density,
    /// The chosen language; missing if the texts follow the browser.
    Language,
    /// The sealed vault whose password was forgotten.
    ForgottenVault,
    /// A damaged vault that was replaced with an older copy.
    DamagedVault,
}

impl LocalKey {
    /// All keys of this area.
    pub const ALL: [Self; 10] = [
        Self::State,
        Self::Counters,
        Self::DamagedState,
        Self::Phase,
        Self::Theme,
        Self::TextSize,
        Self::Density,
        Self::Language,
        Self::ForgottenVault,
        Self::DamagedVault,
    ];

    /// Returns the name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Counters => "counters",
            Self::DamagedState => "state.damaged",
            Self::Phase => "phase",
            Self::Theme => "theme",
            Self::TextSize => "text_size",
            Self::Density => "density",
            Self::Language => "language",
            Self::ForgottenVault => "vault.forgotten",
            Self::DamagedVault => "vault.damaged",
        }
    }
}

/// Values in IndexedDB, a second database of the same browser profile. It is rarely restored together with the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexedDbKey {
    /// The vault's revision and the number of writes of the state, in decimal, separated by a space.
    Written,
}

impl IndexedDbKey {
    /// All keys of this area.
    pub const ALL: [Self; 1] = [Self::Written];

    /// Returns the name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
        }
    }
}

/// Values in the browser session's memory: readable only in trusted contexts, and deleted when the browser closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKey {
    /// The vault key, and the time at which it is deleted.
    Unlocked,
    /// The account list for the popup's first frame.
    AccountList,
    /// The rendered list, for the popup's first frame before its wasm has started.
    FirstFrame,
    /// The pending action from the context menu or a shortcut. It may contain a secret.
    PendingAction,
    /// The last scan result, with its secrets.
    ScanResults,
    /// The last server that was looked up.
    LookedUpServer,
    /// The sign-in in progress, with its PKCE verifier.
    SigningIn,
    /// The renewal of a sign-in that is in progress, with its PKCE verifier.
    RenewingSignIn,
    /// The account whose code the user is choosing a field for, and the document.
    ChoosingField,
    /// When the computer was last known to be awake, in seconds since 1970, in decimal. Deleted on a lock.
    AwakeAt,
    /// When to lock the open vault, so that the check for absence does not have to open it. Deleted on a lock.
    AbsenceRule,
}

impl SessionKey {
    /// All keys of this area.
    pub const ALL: [Self; 11] = [
        Self::Unlocked,
        Self::AccountList,
        Self::FirstFrame,
        Self::PendingAction,
        Self::ScanResults,
        Self::LookedUpServer,
        Self::SigningIn,
        Self::RenewingSignIn,
        Self::ChoosingField,
        Self::AwakeAt,
        Self::AbsenceRule,
    ];

    /// Returns the name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unlocked => "unlocked",
            Self::AccountList => "board",
            Self::FirstFrame => "first_frame",
            Self::PendingAction => "pending_action",
            Self::ScanResults => "found",
            Self::LookedUpServer => "looked_at",
            Self::SigningIn => "signing_in",
            Self::RenewingSignIn => "renewing_sign_in",
            Self::ChoosingField => "choosing_field",
            Self::AwakeAt => "awake_at",
            Self::AbsenceRule => "absence_rule",
        }
    }
}

/// Values that an administrator sets by policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagedKey {
    /// The servers to sign in to.
    Servers,
    /// `true` if users connect only to these servers.
    OnlyTheseServers,
    /// `true` if users sign in before they add accounts.
    RequireSignIn,
    /// The filling of passcodes without a click: `on`, `off` or `user`.
    AutomaticFilling,
    /// Where new accounts are stored: `device`, `server` or `user`.
    NewAccounts,
    /// `true` if a server's own second factor is never stored on that server.
    ForbidOwnFactorOnServer,
    /// `true` if second factors are not changed from the extension.
    ForbidMfaChanges,
    /// `true` if accounts must not be exported from this device.
    ForbidExports,
    /// `true` if secrets of stored accounts are not shown.
    ForbidShowingSecrets,
    /// `true` if the vault needs a password.
    RequirePassword,
    /// The weakest password that users may choose: `fair`, `good` or `strong`.
    MinimumPasswordStrength,
    /// The key derivation of new passwords: `argon2id`, `pbkdf2` or `user`.
    KeyDerivation,
    /// The minimum number of iterations of PBKDF2.
    MinimumPbkdf2Iterations,
    /// The longest time until the vault is locked, in minutes.
    AutoLockMinutes,
    /// The longest time without mouse or keyboard until the vault is locked, in minutes.
    IdleLockMinutes,
    /// The longest time between two automatic backups, in days.
    BackupEveryDays,
    /// The fate of a server's accounts when its connection ends: `location`, `forget` or `user`.
    WhenRemoved,
    /// The only sites besides the connected servers where codes may be filled.
    FillSites,
    /// The language of all texts.
    Language,
    /// The address of the organization's help page.
    SupportUrl,
    /// The organization's own words about where users get help.
    SupportText,
}

impl ManagedKey {
    /// All keys of this area.
    pub const ALL: [Self; 21] = [
        Self::Servers,
        Self::OnlyTheseServers,
        Self::RequireSignIn,
        Self::AutomaticFilling,
        Self::NewAccounts,
        Self::ForbidOwnFactorOnServer,
        Self::ForbidMfaChanges,
        Self::ForbidExports,
        Self::ForbidShowingSecrets,
        Self::RequirePassword,
        Self::MinimumPasswordStrength,
        Self::KeyDerivation,
        Self::MinimumPbkdf2Iterations,
        Self::AutoLockMinutes,
        Self::IdleLockMinutes,
        Self::BackupEveryDays,
        Self::WhenRemoved,
        Self::FillSites,
        Self::Language,
        Self::SupportUrl,
        Self::SupportText,
    ];

    /// Returns the name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Servers => "servers",
            Self::OnlyTheseServers => "onlyTheseServers",
            Self::RequireSignIn => "requireSignIn",
            Self::AutomaticFilling => "automaticFilling",
            Self::NewAccounts => "newAccounts",
            Self::ForbidOwnFactorOnServer => "forbidOwnFactorOnServer",
            Self::ForbidMfaChanges => "forbidMfaChanges",
            Self::ForbidExports => "forbidExports",
            Self::ForbidShowingSecrets => "forbidShowingSecrets",
            Self::RequirePassword => "requirePassword",
            Self::MinimumPasswordStrength => "minimumPasswordStrength",
            Self::KeyDerivation => "keyDerivation",
            Self::MinimumPbkdf2Iterations => "minimumPbkdf2Iterations",
            Self::AutoLockMinutes => "autoLockMinutes",
            Self::IdleLockMinutes => "idleLockMinutes",
            Self::BackupEveryDays => "backupEveryDays",
            Self::WhenRemoved => "whenRemoved",
            Self::FillSites => "fillSites",
            Self::Language => "language",
            Self::SupportUrl => "supportUrl",
            Self::SupportText => "supportText",
        }
    }
}
