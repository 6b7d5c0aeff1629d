//! The server's clock: the machine's time plus an adjustable skew.

use time::OffsetDateTime;
use time::format_description::FormatItem;
use time::macros::format_description;

/// The date format of RFC 9110, for `Date` and `Expires` headers.
const HTTP_DATE: &[FormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// RFC 3339 in UTC with whole seconds, as Casdoor writes times.
const RFC3339: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// Returns the machine's time in Unix seconds.
pub(crate) fn machine_seconds() -> i64 {
    i64::try_from(machine_milliseconds().div_euclid(1000)).unwrap_or(0)
}

/// Returns the machine's time in Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "this crate is only native, and reads the clock only here")]
pub(crate) fn machine_milliseconds() -> u64 {
    let elapsed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    elapsed.ok().and_then(|elapsed| u64::try_from(elapsed.as_millis()).ok()).unwrap_or(0)
}

/// Formats a time as an HTTP date; empty if the time cannot be represented.
pub(crate) fn http_date(unix_seconds: i64) -> String {
    formatted(unix_seconds, HTTP_DATE)
}

/// Formats a time as Casdoor does in its responses.
pub(crate) fn rfc3339(unix_seconds: i64) -> String {
    formatted(unix_seconds, RFC3339)
}

fn formatted(unix_seconds: i64, format: &[FormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp(unix_seconds)
        .ok()
        .and_then(|moment| moment.format(format).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_formatted_as_the_standards_require() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(rfc3339(784_111_777), "1994-11-06T08:49:37Z");
    }
}
