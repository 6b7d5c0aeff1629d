//! The interface to the network.

use std::fmt;
use std::future::Future;

use crate::otp::percent_encode;
use crate::secret::Secret;
use std::time::Duration;

/// Maximum length of a response, in bytes. A list of 20,000 accounts is shorter.
pub const MAX_RESPONSE_BYTES: usize = 8 * 1024 * 1024;

/// Sends requests to a Casdoor server.
///
/// An implementation
/// - sends cookies only with a request that has [`HttpRequest::with_session`], and uses `credentials: "omit"`
///   otherwise, because a request with both the browser's cookie and an access token changes who is signed in on the
///   server's pages;
/// - adds `Accept-Language: en`, because errors are recognized by their English texts;
/// - follows redirects only within the server's own origin, and never for a request with a token, a body or cookies;
/// - stops reading after [`MAX_RESPONSE_BYTES`];
/// - removes `Origin` from POST requests, because a server rejects an extension's Origin with 403.
pub trait Http {
    /// Sends a request and reads the complete response, whatever its status.
    fn send(&self, request: HttpRequest) -> impl Future<Output = Result<HttpResponse, HttpError>>;
}

impl<H: Http> Http for &H {
    fn send(&self, request: HttpRequest) -> impl Future<Output = Result<HttpResponse, HttpError>> {
        (**self).send(request)
    }
}

/// An HTTP request.
#[derive(Clone)]
pub struct HttpRequest {
    /// GET or POST.
    pub method: HttpMethod,
    /// The complete address. It never contains a token.
    pub url: String,
    /// The token for `Authorization: Bearer`.
    pub bearer: Option<Secret<String>>,
    /// The body of a POST.
    pub body: Option<Body>,
    /// Sends the browser's cookies for the server. Used only for requesting an authorization code.
    pub with_session: bool,
    /// The timeout.
    pub timeout: Duration,
}

impl fmt::Debug for HttpRequest {
    /// Writes only the method, because everything else may identify a user or contain a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").field("method", &self.method).field("body", &self.body).finish_non_exhaustive()
    }
}

/// The two methods that Casdoor's API needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
    /// For reads.
    Get,
    /// For writes.
    Post,
}

impl HttpMethod {
    /// Returns the method's name in HTTP.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// The body of a POST, already encoded. It contains secrets.
#[derive(Clone, Debug)]
pub enum Body {
    /// `application/x-www-form-urlencoded`.
    Form(Secret<String>),
    /// `application/json`.
    Json(Secret<String>),
}

impl Body {
    /// Creates a form from its fields, which are percent-encoded.
    pub fn form(fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent_encode(value))).collect();
        Self::Form(Secret::new(pairs.join("&")))
    }

    /// Returns the `Content-Type` header.
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Json(_) => "application/json",
        }
    }

    /// Returns the text to send. Exposes the secrets in it, for implementations of [`Http`].
    pub fn text(&self) -> &str {
        match self {
            Self::Form(text) | Self::Json(text) => text.expose(),
        }
    }
}

/// An HTTP response.
#[derive(Clone)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header; empty if there was none.
    pub content_type: String,
    /// The `Date` header, in seconds since 1970; see [`date_from_header`].
    pub date: Option<u64>,
    /// The body, at most [`MAX_RESPONSE_BYTES`] long. It contains secrets.
    pub body: Secret<Vec<u8>>,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The reason why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", super::CasdoorError::from(*self))]
#[non_exhaustive]
pub enum HttpError {
    /// The server could not be reached: the device is offline, the name or the certificate is wrong, or the browser
    /// blocked the request.
    Unreachable,
    /// The server did not respond in time.
    TimedOut,
    /// The response is longer than [`MAX_RESPONSE_BYTES`].
    TooLarge,
    /// The server redirects to another origin, and the response of that origin was discarded.
    Redirected,
}

/// Parses an HTTP date (RFC 9110, section 5.6.7, the preferred form: `Sun, 06 Nov 1994 08:49:37 GMT`) into seconds
/// since 1970; `None` for anything else.
pub fn date_from_header(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = text.trim().split(' ').skip(1);
    let day: u64 = parts.next()?.parse().ok()?;
    let name = parts.next()?;
    let month = u64::try_from(MONTHS.iter().position(|month| *month == name)?).ok()?;
    let year: u64 = parts.next()?.parse().ok()?;
    let clock: Vec<u64> = parts.next()?.split(':').map_while(|part| part.parse().ok()).collect();
    let [hour, minute, second] = clock.try_into().ok()?;
    if parts.next() != Some("GMT") {
        return None;
    }
    unix_seconds(year, month, day, [hour, minute, second])
}

/// Converts a time of the Gregorian calendar (UTC; months from 0, days from 1) to seconds since 1970; `None` outside
/// 1970 to 9999 and for invalid dates and times.
pub(super) fn unix_seconds(year: u64, month: u64, day: u64, clock: [u64; 3]) -> Option<u64> {
    let [hour, minute, second] = clock;
    let is_day = (1970..=9999).contains(&year) && month < 12 && (1..=31).contains(&day);
    if !is_day || hour >= 24 || minute >= 60 || second >= 61 {
        return None;
    }
    let days = days_before(year, month)?.checked_add(day)?.checked_sub(1)?;
    days.checked_mul(86_400)?
        .checked_add(hour.checked_mul(3600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)
}

/// Returns the days from 1970-01-01 to the first of a month (0 is January) of the Gregorian calendar.
fn days_before(year: u64, month: u64) -> Option<u64> {
    // Years start in March here, so that the leap day comes last.
    let (years, months) =
        if month < 2 { (year.checked_sub(1)?, month.checked_add(10)?) } else { (year, month.checked_sub(2)?) };
    let leap_days = years.div_euclid(4).checked_sub(years.div_euclid(100))?.checked_add(years.div_euclid(400))?;
    let month_days = months.checked_mul(153)?.checked_add(2)?.div_euclid(5);
    years.checked_mul(365)?.checked_add(leap_days)?.checked_add(month_days)?.checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn http_dates_are_parsed() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Fri, 01 Mar 2024 00:00:00 GMT", 1_709_251_200),
            ("Mon, 23 Nov 2026 17:39:15 GMT", 1_795_455_555),
        ] {
            assert_eq!(date_from_header(text), Some(seconds), "{text}");
        }
        for text in
            ["", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 32 Nov 1994 08:49:37 GMT"]
        {
            assert_eq!(date_from_header(text), None, "{text}");
        }
    }

    #[test]
    fn a_form_encodes_separators_in_values() {
        let body = Body::form(&[("a", "x&y=z +"), ("b", "ü")]);
        assert_eq!(body.text(), "a=x%26y%3Dz%20%2B&b=%C3%BC");
    }

    #[test]
    fn debug_output_contains_no_secrets() {
        let request = HttpRequest {
            method: HttpMethod::Post,
            url: "https://id.example/api".into(),
            bearer: Some(Secret::new("token-value".into())),
            body: Some(Body::form(&[("refresh_token", "token-value")])),
            with_session: false,
            timeout: Duration::from_millis(1),
        };
        assert!(!format!("{request:?}").contains("token-value"));
    }

    proptest! {
        #[test]
        fn parsing_a_date_never_panics(text in ".*") {
            let _ = date_from_header(&text);
        }
    }
}
