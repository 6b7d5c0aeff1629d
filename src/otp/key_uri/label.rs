//! The label of a key URI: `issuer:account`, or only one of them.

/// The names in a key URI: issuer, account, and the issuer in the label if the `issuer` parameter differs from it.
pub(super) struct Names {
    pub(super) issuer: String,
    pub(super) account: String,
    pub(super) other_issuer: String,
}

/// Splits a decoded label. The issuer parameter takes precedence over the label's issuer. If the label repeats it
/// before the account, the repetition is dropped.
pub(super) fn split(label: &str, issuer: Option<&str>) -> Names {
    let label = label.trim();
    let one_colon = label.split_once(':').filter(|(_, account)| !account.contains(':'));
    let Some(issuer) = issuer.map(str::trim).filter(|issuer| !issuer.is_empty()) else {
        let (prefix, account) = label.split_once(':').unwrap_or(("", label));
        return names(prefix, account, "");
    };
    let repeated = label.strip_prefix(issuer).and_then(|rest| rest.trim_start().strip_prefix(':'));
    match (repeated, one_colon) {
        (Some(account), _) => names(issuer, account, ""),
        (None, Some((other, account))) => names(issuer, account, other),
        (None, None) => names(issuer, label, ""),
    }
}

fn names(issuer: &str, account: &str, other: &str) -> Names {
    let other = if other.trim().eq_ignore_ascii_case(issuer.trim()) { "" } else { other };
    Names { issuer: issuer.trim().into(), account: account.trim().into(), other_issuer: other.trim().into() }
}
