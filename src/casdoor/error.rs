//! The errors of requests to a server.

use super::HttpError;
use crate::message;
use crate::message::Message;

/// The reason why a sign-in or a sync stopped. The message says what happened and what to do. No variant contains a
/// token, an address, or a text that the server wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum CasdoorError {
    /// The server could not be reached.
    Unreachable,
    /// The server did not respond in time.
    TimedOut,
    /// The response is too large.
    TooLarge,
    /// The response is not from Casdoor: it is a web page or another program's JSON.
    NotCasdoor,
    /// HTTP 403, from a proxy or because the server rejects the request's `Origin` header.
    Forbidden,
    /// HTTP 429.
    TooManyRequests,
    /// HTTP 5xx.
    ServerFault {
        /// The HTTP status.
        status: u16,
    },
    /// Any other unexpected HTTP status.
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The token has expired, was rotated or was revoked.
    SignedOut,
    /// The user may not sign in.
    UserForbidden,
    /// There is no such user.
    UserGone,
    /// The server reports that the user is not authorized.
    Unauthorized,
    /// The server returned an unknown error.
    Rejected,

    /// There is no organization to sign in to.
    NoOrganization,
    /// The organization that the user typed does not exist.
    UnknownOrganization,
    /// The organization has no application, or the application that the user typed does not exist.
    UnknownApplication,
    /// There are several organizations, and the user has to choose one.
    ChoiceNeeded,
    /// The token endpoint does not know the client id.
    UnknownClient,
    /// The authorization code was rejected: it was used, has expired, or was issued for another sign-in.
    CodeRejected,
    /// The application does not allow this way of signing in.
    GrantRejected,
    /// The user name or the password is wrong (password grant).
    WrongPassword,
    /// The server redirects to another origin.
    Redirected,
    /// The server issued a token for a different user than the one it names.
    TokenOfAnotherUser,
    /// The token was not issued for this sign-in.
    NonceMismatch,
    /// The user closed the window or declined.
    Cancelled,
    /// The server returned an error for the sign-in.
    SignInRejected,
    /// The application does not allow the scope.
    ScopeRejected,
    /// The token does not identify its user.
    NoSubject,

    /// The text is not a connection code.
    NotAConnectionCode,
    /// The connection code is too long.
    ConnectionCodeTooLong,
    /// The connection code's server may not be used.
    ConnectionCodeServer(super::AddressError),
    /// The connection code's token has expired.
    ConnectionCodeExpired,

    /// The user's own list cannot be read, because the organization's view rule hides it.
    ListHidden,
    /// Anyone can read the list, and the user has not yet agreed to this.
    ListPublic,
    /// The server no longer has a list, although it had one before.
    ListNull,
    /// The secrets in the list are masked.
    ListMasked,
    /// The server is too old to have such a list.
    ListUnknown,
    /// An element of the list is not in Casdoor's format.
    ListUnreadable,
    /// The list is too long.
    ListTooLong,
    /// The server confirmed a write that it did not store.
    NotStored,
    /// The server rejected the write.
    WriteRejected,
    /// This version of the server cannot store a list for a user whose name contains one of `/ ? : # & % = + ;`.
    NameRejected,
    /// The server is too old to manage second factors with a token, or does not report them.
    FactorsOnPageOnly,
    /// The passcode of a new factor was rejected.
    PasscodeRejected,
    /// The connection's server address is no longer usable.
    BadServer,
    /// The connection does not exist or has no tokens.
    NotConnected,
}

impl CasdoorError {
    /// Returns the key of the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Unreachable => message!("casdoor_unreachable"),
            Self::TimedOut => message!("casdoor_timed_out"),
            Self::TooLarge => message!("casdoor_too_large"),
            Self::NotCasdoor => message!("casdoor_not_casdoor"),
            Self::Forbidden => message!("casdoor_forbidden"),
            Self::TooManyRequests => message!("casdoor_too_many_requests"),
            Self::ServerFault { status } => message!("casdoor_server_fault", status.to_string()),
            Self::Status { status } => message!("casdoor_status", status.to_string()),
            Self::SignedOut => message!("casdoor_signed_out"),
            Self::UserForbidden => message!("casdoor_user_forbidden"),
            Self::UserGone => message!("casdoor_user_gone"),
            Self::Unauthorized => message!("casdoor_unauthorized"),
            Self::Rejected => message!("casdoor_refused"),
            Self::NotConnected => message!("casdoor_not_connected"),
            Self::BadServer => message!("casdoor_bad_server"),
            Self::NoOrganization => message!("casdoor_no_organization"),
            Self::UnknownOrganization => message!("casdoor_unknown_organization"),
            Self::UnknownApplication => message!("casdoor_unknown_application"),
            Self::ChoiceNeeded => message!("casdoor_choice_needed"),
            Self::UnknownClient => message!("casdoor_unknown_client"),
            Self::CodeRejected => message!("casdoor_code_refused"),
            Self::GrantRejected => message!("casdoor_grant_refused"),
            Self::WrongPassword => message!("casdoor_wrong_password"),
            Self::Redirected => message!("casdoor_redirected"),
            Self::TokenOfAnotherUser => message!("casdoor_token_of_another"),
            Self::NonceMismatch => message!("casdoor_nonce_mismatch"),
            Self::Cancelled => message!("casdoor_cancelled"),
            Self::SignInRejected => message!("casdoor_sign_in_refused"),
            Self::ScopeRejected => message!("casdoor_scope_refused"),
            Self::NoSubject => message!("casdoor_no_subject"),
            Self::NotAConnectionCode => message!("casdoor_not_a_connection_code"),
            Self::ConnectionCodeTooLong => message!("casdoor_connection_code_too_long"),
            Self::ConnectionCodeServer(error) => message!("casdoor_connection_code_server", error.message()),
            Self::ConnectionCodeExpired => message!("casdoor_connection_code_expired"),
            Self::ListHidden => message!("casdoor_list_hidden"),
            Self::ListPublic => message!("casdoor_list_public"),
            Self::ListNull => message!("casdoor_list_null"),
            Self::ListMasked => message!("casdoor_list_masked"),
            Self::ListUnknown => message!("casdoor_list_unknown"),
            Self::ListUnreadable => message!("casdoor_list_unreadable"),
            Self::ListTooLong => message!("casdoor_list_too_long"),
            Self::NotStored => message!("casdoor_not_stored"),
            Self::WriteRejected => message!("casdoor_write_refused"),
            Self::NameRejected => message!("casdoor_name_refused"),
            Self::FactorsOnPageOnly => message!("casdoor_factors_on_page_only"),
            Self::PasscodeRejected => message!("casdoor_passcode_refused"),
        }
    }

    /// Returns `true` if a later attempt may succeed without any action by the user.
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
