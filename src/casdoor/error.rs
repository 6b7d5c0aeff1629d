//! The errors of requests to a server.

use super::HttpError;

/// The reason why a sign-in or a sync stopped. The message says what happened and what to do. No variant contains a
/// token, an address, or a text that the server wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CasdoorError {
    /// The server could not be reached.
    #[error("The server could not be reached. Check the address and the network; nothing was changed.")]
    Unreachable,
    /// The server did not respond in time.
    #[error("The server took too long to answer. It is tried again later; nothing was changed.")]
    TimedOut,
    /// The response is too large.
    #[error("The server's answer is too large to be Casdoor's. Check the address.")]
    TooLarge,
    /// The response is not from Casdoor: it is a web page or another program's JSON.
    #[error("This address did not answer as Casdoor does. Check it, and a path such as /casdoor behind the host name.")]
    NotCasdoor,
    /// HTTP 403 from a proxy, or because of the server's rule about the origin of requests.
    #[error(
        "The server, or something in front of it, refused the request (403). Nothing was changed; if it stays so, ask the administrator whether requests from browser extensions are blocked."
    )]
    Forbidden,
    /// HTTP 429.
    #[error("The server asks to wait because it gets too many requests. It is tried again later; nothing was changed.")]
    TooManyRequests,
    /// HTTP 5xx.
    #[error("The server has a fault of its own (status {status}). It is tried again later; nothing was changed.")]
    ServerFault {
        /// The HTTP status.
        status: u16,
    },
    /// Another HTTP status.
    #[error("The server answered with status {status}, which Casdoor does not do here. Check the address.")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The token has expired, was rotated or was revoked.
    #[error("The server has signed this device out. Sign in again; all accounts are still here.")]
    SignedOut,
    /// The user may not sign in.
    #[error("The server does not let this user sign in any more. Ask the administrator; all accounts are still here.")]
    UserForbidden,
    /// There is no such user.
    #[error("The server does not know this user any more. Ask the administrator; all accounts are still here.")]
    UserGone,
    /// The server reports that the user is not authorized.
    #[error("The server does not allow this user to do that. Ask the administrator.")]
    Unauthorized,
    /// The server returned an unknown error.
    #[error("The server refused the request without a reason that is known here. Nothing was changed.")]
    Refused,

    /// There is no organization to sign in to.
    #[error("The server lists no organization. Type the organization's name under Advanced.")]
    NoOrganization,
    /// The organization that the user typed does not exist.
    #[error("The server does not know this organization. Check its name.")]
    UnknownOrganization,
    /// The organization has no application, or the application that the user typed does not exist.
    #[error("The server does not know this application. Check its name, or type a client ID under Advanced.")]
    UnknownApplication,
    /// There are several organizations, and the user has to choose one.
    #[error("The server has several organizations. Choose yours.")]
    ChoiceNeeded,
    /// The token endpoint does not know the client id.
    #[error(
        "The server did not accept the sign-in: wrong client ID. Check it with your administrator or leave it empty."
    )]
    UnknownClient,
    /// The authorization code was rejected: it was used, has expired, or was issued for another sign-in.
    #[error("The server did not accept the sign-in because it took too long or was already used. Sign in again.")]
    CodeRefused,
    /// The application does not allow this way of signing in.
    #[error("The application does not allow this way of signing in. Ask the administrator to allow the grant type.")]
    GrantRefused,
    /// The user name or the password is wrong (password grant).
    #[error("The server did not accept the user name and password.")]
    WrongPassword,
    /// The server redirects to another origin.
    #[error("The server redirects to another address. Nothing was changed; check the address.")]
    Redirected,
    /// The server issued a token for a different user than the one it names.
    #[error(
        "The server gave a token of another user. It was not stored and nothing was changed; ask the administrator."
    )]
    TokenOfAnother,
    /// The token was not issued for this sign-in.
    #[error("The token does not belong to the sign-in that was begun here. It was not taken; sign in again.")]
    NonceMismatch,
    /// The user closed the window or declined.
    #[error("The sign-in was stopped. Nothing was changed.")]
    Cancelled,
    /// The server returned an error for the sign-in.
    #[error(
        "The server did not complete the sign-in. Try again, or ask the administrator whether the application is set up."
    )]
    SignInRefused,
    /// The application does not allow the scope.
    #[error("The application does not allow the scope that was asked for. Sign in again with none.")]
    ScopeRefused,
    /// The token does not identify its user.
    #[error(
        "The token does not say which user it belongs to. Ask the administrator for a token format that holds `sub`."
    )]
    NoSubject,

    /// The text is not a connection code.
    #[error(
        "This is not a connection code. It begins with casdoor-authenticator://login and is under MFA accounts in My Account."
    )]
    NotAConnectionCode,
    /// The connection code is too long.
    #[error("The connection code is longer than any that Casdoor makes.")]
    ConnectionCodeTooLong,
    /// The connection code's server may not be used.
    #[error("The connection code names a server that cannot be used: {0}")]
    ConnectionCodeServer(super::AddressError),
    /// The connection code's token has expired.
    #[error("The connection code has expired. Make a new one in My Account, or sign in.")]
    ConnectionCodeExpired,

    /// The user's own list cannot be read, because the organization's view rule hides it.
    #[error(
        "The server hides your MFA accounts from you, so nothing can be kept in step; nothing was changed. The administrator must change it: Organizations, Account items, MFA accounts, View rule Self."
    )]
    ListHidden,
    /// Anyone can read the list, and the user has not been told yet.
    #[error(
        "Anybody who can reach the server can read your MFA accounts, secrets included. Nothing was sent; the administrator must change it: Organizations, Account items, MFA accounts, View rule Self."
    )]
    ListPublic,
    /// The server has no list although it had one before.
    #[error(
        "The server's list is gone (null) although it held accounts before. Nothing was changed here; put them back if nobody removed them on purpose."
    )]
    ListNull,
    /// The secrets in the list are masked.
    #[error(
        "The server shows asterisks instead of secrets. Nothing was changed; ask the administrator about the view rule of MFA accounts."
    )]
    ListMasked,
    /// The server is too old to have such a list.
    #[error(
        "This Casdoor is too old to keep MFA accounts (it needs v1.648 or later). Ask the administrator to update it."
    )]
    ListUnknown,
    /// An element of the list is not in Casdoor's format.
    #[error("The server's list holds something that is not an MFA account. Nothing was changed.")]
    ListUnreadable,
    /// The list is too long.
    #[error("The server's list is longer than 20,000 accounts. Nothing was changed.")]
    ListTooLong,
    /// The server confirmed a write that it did not store.
    #[error("The server did not keep what was sent. The changes stay queued and are sent again.")]
    NotStored,
    /// The server rejected the write.
    #[error(
        "The server refused to store the list. The changes stay queued; ask the administrator whether MFA accounts can be changed."
    )]
    WriteRefused,
    /// This version of the server cannot store a list for a user whose name contains one of `/ ? : # & % = + ;`.
    #[error(
        "This server cannot store the list of a user whose name holds one of / ? : # & % = + ;. Ask the administrator to update it."
    )]
    NameRefused,
    /// The server is too old to manage second factors with a token, or does not report them.
    #[error(
        "This Casdoor lets only its own pages show and change second factors (tokens may from v3.40 on). Open its page for it."
    )]
    FactorsOnPageOnly,
    /// The passcode of a new factor was rejected.
    #[error(
        "The server did not accept the new account's passcode, so nothing was switched on. Check this device's clock and try again."
    )]
    PasscodeRefused,
    /// The connection's server address is no longer usable.
    #[error("The connection's server address cannot be used.")]
    BadServer,
    /// The connection does not exist or has no tokens.
    #[error("There is no such connection, or it is signed out.")]
    NotConnected,
}

impl CasdoorError {
    /// Returns the key of the message for the user.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "casdoor_unreachable",
            Self::TimedOut => "casdoor_timed_out",
            Self::TooLarge => "casdoor_too_large",
            Self::NotCasdoor => "casdoor_not_casdoor",
            Self::Forbidden => "casdoor_forbidden",
            Self::TooManyRequests => "casdoor_too_many_requests",
            Self::ServerFault { .. } => "casdoor_server_fault",
            Self::Status { .. } => "casdoor_status",
            Self::SignedOut => "casdoor_signed_out",
            Self::UserForbidden => "casdoor_user_forbidden",
            Self::UserGone => "casdoor_user_gone",
            Self::Unauthorized => "casdoor_unauthorized",
            Self::Refused => "casdoor_refused",
            Self::NotConnected => "casdoor_not_connected",
            Self::BadServer => "casdoor_bad_server",
            Self::NoOrganization => "casdoor_no_organization",
            Self::UnknownOrganization => "casdoor_unknown_organization",
            Self::UnknownApplication => "casdoor_unknown_application",
            Self::ChoiceNeeded => "casdoor_choice_needed",
            Self::UnknownClient => "casdoor_unknown_client",
            Self::CodeRefused => "casdoor_code_refused",
            Self::GrantRefused => "casdoor_grant_refused",
            Self::WrongPassword => "casdoor_wrong_password",
            Self::Redirected => "casdoor_redirected",
            Self::TokenOfAnother => "casdoor_token_of_another",
            Self::NonceMismatch => "casdoor_nonce_mismatch",
            Self::Cancelled => "casdoor_cancelled",
            Self::SignInRefused => "casdoor_sign_in_refused",
            Self::ScopeRefused => "casdoor_scope_refused",
            Self::NoSubject => "casdoor_no_subject",
            Self::NotAConnectionCode => "casdoor_not_a_connection_code",
            Self::ConnectionCodeTooLong => "casdoor_connection_code_too_long",
            Self::ConnectionCodeServer(_) => "casdoor_connection_code_server",
            Self::ConnectionCodeExpired => "casdoor_connection_code_expired",
            Self::ListHidden => "casdoor_list_hidden",
            Self::ListPublic => "casdoor_list_public",
            Self::ListNull => "casdoor_list_null",
            Self::ListMasked => "casdoor_list_masked",
            Self::ListUnknown => "casdoor_list_unknown",
            Self::ListUnreadable => "casdoor_list_unreadable",
            Self::ListTooLong => "casdoor_list_too_long",
            Self::NotStored => "casdoor_not_stored",
            Self::WriteRefused => "casdoor_write_refused",
            Self::NameRefused => "casdoor_name_refused",
            Self::FactorsOnPageOnly => "casdoor_factors_on_page_only",
            Self::PasscodeRefused => "casdoor_passcode_refused",
        }
    }

    /// Returns `true` if a later attempt may succeed without any action of the user.
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::TooManyRequests
                | Self::ServerFault { .. }
                | Self::Forbidden
                | Self::NotStored
        )
    }

    /// Returns `true` if the user has to sign in again.
    pub fn needs_sign_in(self) -> bool {
        matches!(self, Self::SignedOut | Self::UserForbidden)
    }
}

impl From<HttpError> for CasdoorError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable => Self::Unreachable,
            HttpError::TimedOut => Self::TimedOut,
            HttpError::TooLarge => Self::TooLarge,
            HttpError::Redirected => Self::Redirected,
        }
    }
}
