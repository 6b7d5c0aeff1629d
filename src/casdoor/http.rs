//! The port to the network.

use std::fmt;
use std::future::Future;

use crate::otp::percent_encode;
use crate::secret::Secret;

/// The longest reply that is taken, in bytes: a list of 20,000 accounts stays under it.
pub const MAX_RESPONSE_BYTES: usize = 8 * 1024 * 1024;

/// Sends requests to a Casdoor server.
///
/// An implementation
/// - sends cookies with a request that says [`Request::with_session`] and with no other (`credentials: "omit"`: with the
///   browser's cookie, a Bearer request would change who is signed in on the server's pages);
/// - adds `Accept-Language: en`, because the errors that are told apart here are translated into other languages;
/// - follows redirects within the server's own origin only, and none at all of a request with a token, a body or cookies;
/// - stops reading after [`MAX_RESPONSE_BYTES`];
/// - removes `Origin` from POSTs, because a server answers an extension's Origin with 403.
pub trait Http {
    /// Sends one request and reads the whole reply, whatever its status.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, HttpError>>;
}

impl<H: Http> Http for &H {
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, HttpError>> {
        (**self).send(request)
    }
}

/// What to send.
#[derive(Clone)]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The whole address. It never holds a token.
    pub url: String,
    /// Goes into `Authorization: Bearer`.
    pub bearer: Option<Secret<String>>,
    /// What a POST carries.
    pub body: Option<Body>,
    /// Sends the browser's cookies for the server. Only the request for an authorization code does.
    pub with_session: bool,
    /// Give up after so many milliseconds.
    pub timeout_ms: u32,
}

impl fmt::Debug for Request {
    /// Names the method and nothing that identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("body", &self.body).finish_non_exhaustive()
    }
}

/// The two methods that Casdoor's API needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes.
    Post,
}

impl Method {
    /// As HTTP spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// The body of a POST, already encoded. It holds secrets.
#[derive(Clone, Debug)]
pub enum Body {
    /// `application/x-www-form-urlencoded`.
    Form(Secret<String>),
    /// `application/json`.
    Json(Secret<String>),
}

impl Body {
    /// Encodes the fields of a form.
    pub fn form(fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", percent_encode(value))).collect();
        Self::Form(Secret::new(pairs.join("&")))
    }

    /// The `Content-Type` header.
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Json(_) => "application/json",
        }
    }

    /// The text to send. Spends the secrets in it: for the implementer of [`Http`].
    pub fn text(&self) -> &str {
        match self {
            Self::Form(text) | Self::Json(text) => text.expose(),
        }
    }
}

/// What came back.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type` header, empty if there was none.
    pub content_type: String,
    /// The `Date` header, in seconds since 1970; see [`date_from_header`].
    pub date: Option<u64>,
    /// At most [`MAX_RESPONSE_BYTES`]. It holds secrets.
    pub body: Secret<Vec<u8>>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// No connection: offline, a wrong name, a refused certificate, or the browser blocked it.
    #[error("the server could not be reached")]
    Unreachable,
    /// No reply in time.
    #[error("the server took too long to answer")]
    TimedOut,
    /// The reply is longer than [`MAX_RESPONSE_BYTES`].
    #[error("the server's answer is too large")]
    TooLarge,
    /// The server redirects to another origin. The answer from there is discarded.
    #[error("the server redirects to another address")]
    Redirected,
}

/// Reads an HTTP date (RFC 9110, section 5.6.7, the preferred form: `Sun, 06 Nov 1994 08:49:37 GMT`) as seconds since
/// 1970; `None` for anything else.
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

/// A time of the Gregorian calendar (UTC; months from 0, days from 1) in seconds since 1970; `None` outside 1970 to
/// 9999 and for what no calendar or clock shows.
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

/// Days from 1970-01-01 to the first of a month (0 is January) of the Gregorian calendar.
fn days_before(year: u64, month: u64) -> Option<u64> {
    // Counted in years that begin in March, so that the leap day comes last.
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
    fn http_dates_are_read() {
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
    fn a_form_encodes_what_would_end_a_field() {
        let body = Body::form(&[("a", "x&y=z +"), ("b", "ü")]);
        assert_eq!(body.text(), "a=x%26y%3Dz%20%2B&b=%C3%BC");
    }

    #[test]
    fn nothing_secret_is_printed() {
        let request = Request {
            method: Method::Post,
            url: "https://id.example/api".into(),
            bearer: Some(Secret::new("token-value".into())),
            body: Some(Body::form(&[("refresh_token", "token-value")])),
            with_session: false,
            timeout_ms: 1,
        };
        assert!(!format!("{request:?}").contains("token-value"));
    }

    proptest! {
        #[test]
        fn no_date_panics(text in ".*") {
            let _ = date_from_header(&text);
        }
    }
}
