//! Reads numbers as people write them in a table: with a unit, as a time, or with a word.

/// Words for seconds, in lower case and without a final period.
const SECONDS: &str = "s sec secs second seconds sek sekunde sekunden seconde secondes seconden segundo segundos \
    secondo secondi сек секунда секунды секунд 秒 초 sn saniye sekund sekundy sekunder giây ثانية วินาที";

/// Words for minutes.
const MINUTES: &str = "m min mins minute minutes minuten minuto minutos minuti мин минута минуты минут 分 分钟 分鐘 分間 \
    분 dk dakika minut minuty minuter phút دقيقة นาที";

/// Words for the digits of a code.
const DIGITS: &str = "digit digits stellen stellig ziffern chiffres dígitos digitos cifre cyfr cyfry cijfers siffror \
    цифр цифры знаков 位 桁 자리 hane basamak číslic";

/// Reads a period in seconds: `30`, `30,0`, `60 s`, `1 minute`, `0.5 min`, `00:30`, `00:01:00`. Returns `None` if the
/// text is anything else, or not a whole number of seconds.
pub(super) fn seconds(text: &str) -> Option<u64> {
    if text.contains(':') {
        return of_clock(text);
    }
    let (number, word) = number_and_word(text)?;
    let milliseconds = match word.as_str() {
        "" => 1000,
        "ms" => 1,
        word if is_one_of(SECONDS, word) => 1000,
        word if is_one_of(MINUTES, word) => 60_000,
        _ => return None,
    };
    let total = number.in_thousandths()?.checked_mul(milliseconds)?;
    total.is_multiple_of(1_000_000).then_some(total / 1_000_000)
}

/// Reads a number of digits: `8`, `8.0`, `8 digits`, `6-stellig`, `6位`.
pub(super) fn digits(text: &str) -> Option<u64> {
    let (number, word) = number_and_word(text)?;
    (word.is_empty() || is_one_of(DIGITS, &word)).then(|| number.whole()).flatten()
}

/// Reads a whole number, also with a fraction of zero.
pub(super) fn whole(text: &str) -> Option<u64> {
    let (number, word) = number_and_word(text)?;
    word.is_empty().then(|| number.whole()).flatten()
}

fn is_one_of(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// A number as it is written: the part before the decimal separator, and the part after it.
struct Number<'a> {
    whole: &'a str,
    fraction: &'a str,
}

impl Number<'_> {
    fn whole(&self) -> Option<u64> {
        if self.fraction.bytes().all(|digit| digit == b'0') { self.whole.parse().ok() } else { None }
    }

    fn in_thousandths(&self) -> Option<u64> {
        let fraction = self.fraction.trim_end_matches('0');
        let digits = format!("{fraction:0<3}");
        let fraction: u64 = Some(digits).filter(|digits| digits.len() == 3)?.parse().ok()?;
        self.whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(fraction)
    }
}

/// Splits a text into a number and the word after it, in lower case.
fn number_and_word(text: &str) -> Option<(Number<'_>, String)> {
    let text = text.trim();
    let whole = leading_digits(text);
    let rest = text.get(whole.len()..)?;
    let (fraction, rest) = match rest.strip_prefix(['.', ',']) {
        Some(after) if !leading_digits(after).is_empty() => {
            let fraction = leading_digits(after);
            (fraction, after.get(fraction.len()..)?)
        }
        _ => ("", rest),
    };
    if whole.is_empty() || whole.len() > 20 || fraction.len() > 20 || rest.len() > 40 {
        return None;
    }
    let word = rest.trim_start_matches([' ', '\u{a0}', '-']).trim_end_matches(['.', ' ']).to_lowercase();
    Some((Number { whole, fraction }, word))
}

fn leading_digits(text: &str) -> &str {
    text.get(..text.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or_default()
}

/// Reads minutes and seconds, or hours, minutes and seconds, as spreadsheets show a time.
fn of_clock(text: &str) -> Option<u64> {
    let mut parts = text.trim().split(':');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || [Some(first), Some(second), third].into_iter().flatten().any(|part| part.len() > 2) {
        return None;
    }
    let part = |text: &str| leading_digits(text).parse::<u64>().ok().filter(|_| leading_digits(text) == text);
    let (first, second) = (part(first)?, part(second).filter(|part| *part < 60)?);
    let of_two = first.checked_mul(60)?.checked_add(second)?;
    match third {
        None => Some(of_two),
        Some(third) => of_two.checked_mul(60)?.checked_add(part(third).filter(|part| *part < 60)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_with_units_and_as_times() {
        for (text, expected) in [
            ("30", 30),
            ("30,0", 30),
            ("60 s", 60),
            ("60s", 60),
            ("30 Sek.", 30),
            ("1 minute", 60),
            ("0.5 min", 30),
            ("2 Minuten", 120),
            ("60\u{79d2}", 60),
            ("30 \u{441}\u{435}\u{43a}\u{443}\u{43d}\u{434}", 30),
            ("30000 ms", 30),
            ("00:30", 30),
            ("1:00", 60),
            ("00:01:30", 90),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["", "s", "every 30s", "30/60", "30.5", "1 h", "30 60", "-30", "00:99", "1:2:3:4", "30e3", "0x1e"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn digits_are_read_with_the_word_for_them() {
        for (text, expected) in
            [("8", 8), ("8.0", 8), ("8 digits", 8), ("6-digit", 6), ("6-stellig", 6), ("6\u{4f4d}", 6)]
        {
            assert_eq!(digits(text), Some(expected), "{text}");
        }
        for text in ["eight", "6/8", "8 hex", "8.5", "06-Aug", "6 s"] {
            assert_eq!(digits(text), None, "{text}");
        }
        assert_eq!((whole("7"), whole("7.0"), whole("1.00E+12"), whole("7 x")), (Some(7), Some(7), None, None));
    }
}
