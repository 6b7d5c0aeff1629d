//! The published rules of programs whose code does not run here. Only what affects a code is modeled.
//!
//! | program | of repeated parameters | numbers | algorithm |
//! |---|---|---|---|
//! | Google Authenticator | the first one applies | 6 or 8 digits, any period; others are rejected | SHA1, SHA256, SHA512 |
//! | Aegis | the first one applies | 1 to 10 digits; others are rejected | SHA1, SHA256, SHA512, in either case |
//! | Ente Auth | the last one applies | the default if it is not a number | SHA256 and SHA512 in either case, otherwise SHA1 |

use casdoor_authenticator::otp::{Algorithm, Digits, Key, Kind, Otp, Period, percent_decode};

/// The programs whose rules are modeled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// Google Authenticator.
    Google,
    /// Aegis.
    Aegis,
    /// Ente Auth.
    Ente,
}

/// Returns the code that a program shows at a time, or for the URI's counter.
pub fn code(program: Program, uri: &str, moment: u64) -> Option<String> {
    let rest = uri.strip_prefix("otpauth://")?;
    let rest = rest.split('#').next()?;
    let (head, query) = rest.split_once('?')?;
    let kind = head.split('/').next()?.to_lowercase();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(String, String)> = pairs
        .filter_map(|(name, value)| Some((percent_decode(name).ok()?, percent_decode(&value.replace('+', " ")).ok()?)))
        .collect();
    let value = |name: &str| {
        let mut found = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        if program == Program::Ente { found.next_back() } else { found.next() }
    };
    let number = |name: &str, default: u64| match value(name) {
        None => Some(default),
        Some(text) if program == Program::Ente => Some(text.parse().unwrap_or(default)),
        Some(text) => text.parse().ok(),
    };
    let secret = value("secret")?;
    let secret = if program == Program::Aegis { secret.replace('-', "") } else { secret.to_owned() };
    let key = Key::from_base32(&secret).ok().filter(|_| !secret.contains('-'))?;
    if kind == "steam" {
        let otp = Otp::steam(key);
        return (program != Program::Google).then(|| otp.code_at(moment).expose().to_owned());
    }
    let digits = number("digits", 6)?;
    if program == Program::Google && ![6, 8].contains(&digits) {
        return None;
    }
    let algorithm = algorithm(program, value("algorithm"))?;
    let kind = match kind.as_str() {
        "totp" => Kind::Totp { period: Period::new(number("period", 30)?).ok()? },
        "hotp" => Kind::Hotp { counter: number("counter", 0)? },
        _ => return None,
    };
    let otp = Otp { kind, key, algorithm, digits: Digits::new(digits).ok()? };
    Some(crate::shown(&otp, moment))
}

fn algorithm(program: Program, name: Option<&str>) -> Option<Algorithm> {
    let Some(name) = name else { return Some(Algorithm::Sha1) };
    let name = if program == Program::Google { name.to_owned() } else { name.to_uppercase() };
    match name.as_str() {
        "SHA1" => Some(Algorithm::Sha1),
        "SHA256" => Some(Algorithm::Sha256),
        "SHA512" => Some(Algorithm::Sha512),
        _ => (program == Program::Ente).then_some(Algorithm::Sha1),
    }
}
