//! The names under which values are stored, one enum per storage area. The copies of the vault have names of their own, in
//! [`Generation::key`](crate::vault::Generation::key). Scripts read some of these names: a test checks theirs.

/// Storage that stays until it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalKey {
    /// Tokens, sync bases and counters, sealed.
    State,
    /// A copy of the counters, sealed apart from the state.
    Counters,
    /// The first state that did not open, as it was found.
    DamagedState,
    /// Whether there is a vault and what opens it: a [`Phase`](super::protocol::Phase), so that the popup can draw before
    /// the worker is awake.
    Phase,
    /// The name of the theme, so that pages have their colors before the vault is open.
    Theme,
    /// The sealed vault whose password was forgotten.
    ForgottenVault,
    /// A damaged vault that an older copy has replaced.
    DamagedVault,
}

impl LocalKey {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::State,
        Self::Counters,
        Self::DamagedState,
        Self::Phase,
        Self::Theme,
        Self::ForgottenVault,
        Self::DamagedVault,
    ];

    /// Its name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Counters => "counters",
            Self::DamagedState => "state.damaged",
            Self::Phase => "phase",
            Self::Theme => "theme",
            Self::ForgottenVault => "vault.forgotten",
            Self::DamagedVault => "vault.damaged",
        }
    }
}

/// A second database of the same profile, which is rarely set back together with the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApartKey {
    /// The revision of the vault and the number of writes of the state, in decimal, separated by a space.
    Written,
}

impl ApartKey {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Written];

    /// Its name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Written => "written",
        }
    }
}

/// The memory of a browser session: trusted contexts only, gone when the browser closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKey {
    /// The vault key, and when it is forgotten.
    Unlocked,
    /// The board for the popup's first paint.
    Board,
    /// How the popup drew the list, for the frame before its wasm is compiled.
    Look,
    /// What the context menu or a shortcut left to the popup; it may hold a secret.
    Wish,
    /// What was found last, with its secrets.
    Found,
    /// The server that was looked at last.
    LookedAt,
    /// The sign-in whose window is open, with its PKCE verifier.
    SigningIn,
    /// The renewal of a sign-in that is in progress, with its PKCE verifier.
    RenewingSignIn,
}

impl SessionKey {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Unlocked,
        Self::Board,
        Self::Look,
        Self::Wish,
        Self::Found,
        Self::LookedAt,
        Self::SigningIn,
        Self::RenewingSignIn,
    ];

    /// Its name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unlocked => "unlocked",
            Self::Board => "board",
            Self::Look => "look",
            Self::Wish => "wish",
            Self::Found => "found",
            Self::LookedAt => "looked_at",
            Self::SigningIn => "signing_in",
            Self::RenewingSignIn => "renewing_sign_in",
        }
    }
}

/// What an administrator sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagedKey {
    /// `true` if accounts must not leave this device.
    ForbidExports,
}

impl ManagedKey {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::ForbidExports];

    /// Its name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForbidExports => "forbidExports",
        }
    }
}
