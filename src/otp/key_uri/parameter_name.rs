//! The meanings of the names of parameters, including those that are only similar to a known one.

use crate::otp::percent;

/// The meaning of a parameter, according to its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Secret,
    Issuer,
    Algorithm,
    Digits,
    Period,
    Counter,
    Encoding,
    Encoder,
    Steam,
    Epoch,
    TwoStep,
    Unclear,
    UnclearCounter,
    MaybeDigits,
    MaybePeriod,
    YandexPin,
    Pin,
    Offset,
    Kind,
    Sha,
    Other,
}

pub(super) fn name_of(raw: &str) -> Name {
    let decoded = percent::decode_or_replace(raw);
    let lower = decoded.trim().to_ascii_lowercase();
    let lower = lower.strip_prefix("amp").map_or(lower.as_str(), |rest| rest.trim_start_matches(';'));
    if ["\u{5468}\u{671f}", "\u{4f4d}\u{6570}", "\u{6841}\u{6570}", "\u{7b97}\u{6cd5}"].contains(&lower) {
        // Period, digits and algorithm in Chinese and Japanese.
        return Name::Unclear;
    }
    let name: String = lower.chars().map(without_accent).filter(char::is_ascii_alphanumeric).take(40).collect();
    match name.as_str() {
        "secret" => Name::Secret,
        "issuer" => Name::Issuer,
        "algorithm" | "algo" | "alg" | "digest" | "hash" => Name::Algorithm,
        "digits" | "digit" => Name::Digits,
        "period" | "step" | "timestep" | "interval" => Name::Period,
        "counter" => Name::Counter,
        "encoding" | "secretencoding" => Name::Encoding,
        "encoder" => Name::Encoder,
        "deviceid" | "steam" => Name::Steam,
        "t0" | "epoch" => Name::Epoch,
        "size" | "len" | "length" | "codelength" | "tokenlength" | "otplength" | "passlength" | "stellen"
        | "ziffern" | "chiffres" => Name::MaybeDigits,
        "duration" | "validity" | "validfor" | "refresh" | "time" | "seconds" | "timer" | "lifetime" | "frequency"
        | "cycle" | "every" | "tempo" | "rotation" | "x" => Name::MaybePeriod,
        "count" | "movingfactor" | "initialcount" | "c" => Name::UnclearCounter,
        "offset" | "timeoffset" | "clockoffset" | "timeshift" => Name::Offset,
        "yandexpin" | "pinlength" => Name::YandexPin,
        "pin" => Name::Pin,
        "sha" => Name::Sha,
        "otptype" | "tokentype" | "type" | "kind" => Name::Kind,
        // privacyIDEA's two-step enrollment, in which half of the secret is generated on the phone.
        _ if name.starts_with("2step") => Name::TwoStep,
        _ if is_within_one_edit(&name, "issuer") => Name::Issuer,
        _ if is_within_one_edit(&name, "secret") => Name::Secret,
        _ if resembles(&name, "digits", "digit")
            // The Spanish word for digits, with and without its accent.
            || is_within_one_edit(&name, "digitos")
            || resembles(&name, "algorithm", "algo")
            || resembles(&name, "period", "perio")
            || resembles(&name, "interval", "interv")
            || resembles(&name, "timestep", "timestep") =>
        {
            Name::Unclear
        }
        _ if resembles(&name, "counter", "counter") => Name::UnclearCounter,
        _ => Name::Other,
    }
}

fn without_accent(letter: char) -> char {
    let accents = [('\u{e1}', 'a'), ('\u{e9}', 'e'), ('\u{ed}', 'i'), ('\u{f3}', 'o'), ('\u{fa}', 'u')];
    accents.iter().find(|(accented, _)| *accented == letter).map_or(letter, |(_, plain)| *plain)
}

fn resembles(name: &str, known: &str, beginning: &str) -> bool {
    name.contains(known) || name.starts_with(beginning) || is_within_one_edit(name, known)
}

/// Returns whether two words differ at most by one letter that is missing, added or replaced, or by two swapped
/// letters.
fn is_within_one_edit(one: &str, other: &str) -> bool {
    let common = |one: &[u8], other: &[u8]| one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let head = common(one, other);
    let (mut one, mut other) = (one.get(head..).unwrap_or_default(), other.get(head..).unwrap_or_default());
    while let (Some((a, shorter)), Some((b, rest))) = (one.split_last(), other.split_last()) {
        if a != b {
            break;
        }
        (one, other) = (shorter, rest);
    }
    match (one, other) {
        ([_] | [], [_] | []) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_within_one_edit;

    #[test]
    fn one_edit_adds_removes_replaces_or_swaps_letters() {
        for text in ["digits", "digts", "ddigits", "dagits", "dgiits"] {
            assert!(is_within_one_edit(text, "digits"), "{text}");
        }
        for text in ["dgts", "figure", "", "stigid"] {
            assert!(!is_within_one_edit(text, "digits"), "{text}");
        }
    }
}
