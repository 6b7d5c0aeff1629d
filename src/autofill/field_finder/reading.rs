//! Derives signs from texts and names. Terms of the lexicon do not count if the sentence negates them, asks about them
//! or says that they were lost.

use std::borrow::Cow;

use super::lexicon::{Concept, Language, Lexicon, TermMatch};
use super::relations::{
    denied, is_listed_as_another_way, is_part_of_an_app, is_recovery_one_of_two, is_set_up, names_a_device_code,
    names_a_known_pin, names_a_nearer_source, names_another_code, names_only_spare_tokens, offers_a_choice,
};
use super::words::{Sentence, is_unspaced, name_words, names_a_target, sentences};

/// A statement that a text or a field's name makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// An authenticator makes the code.
    App,
    OneTime,
    TwoStep,
    /// A verification code of unknown source.
    Verification,
    /// A word for a code of any kind, such as "code".
    Code,
    /// The page says that the code was sent to the user.
    Sent,
    /// The page says so of a code, and not of instructions or another message.
    SentCode,
    /// A channel that codes are sent through: SMS, email or a call.
    Channel,
    /// A phone number or an address together with a word for a code.
    Target,
    /// The code can be sent again.
    Again,
    /// The code is sent on request.
    Request,
    Phone,
    Recovery,
    /// A code or number for another purpose.
    Purpose,
    /// A code or word for connecting a device. "Link" and "pair" also refer to an authenticator.
    Pairing,
    /// In identifiers only: a whole word for searching, not just a letter such as `q`.
    Lookup,
    /// A captcha.
    Captcha,
    Pin,
    Password,
    /// The name of another kind of field.
    Field,
    /// A sentence that names neither an authenticator nor a second factor.
    Unexplained,
}

/// A set of [`Sign`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs(u32);

impl Signs {
    pub(super) fn has(self, sign: Sign) -> bool {
        self.0 & Self::bit(sign) != 0
    }

    pub(super) fn has_any(self, signs: &[Sign]) -> bool {
        signs.iter().any(|sign| self.has(*sign))
    }

    pub(super) fn add(&mut self, sign: Sign, is_there: bool) {
        if is_there {
            self.0 |= Self::bit(sign);
        }
    }

    pub(super) fn without(self, sign: Sign) -> Self {
        Self(self.0 & !Self::bit(sign))
    }

    pub(super) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn bit(sign: Sign) -> u32 {
        1_u32.checked_shl(sign as u32).unwrap_or(0)
    }
}

const PURPOSES: [Concept; 11] = [
    Concept::Card,
    Concept::Postal,
    Concept::Coupon,
    Concept::Invite,
    Concept::Tracking,
    Concept::Search,
    Concept::Paper,
    Concept::Wifi,
    Concept::Meeting,
    Concept::License,
    Concept::Purpose,
];

/// Maximum length of a text or name that is read, in bytes. The content script sends at most 240 characters of each.
const MAX_READ: usize = 1_000;

/// Maximum length of a heading such as "Set up your authenticator app", in letters.
const MAX_HEADING: usize = 40;

fn shortened(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_READ)).unwrap_or(text)
}

/// Returns the signs in a text.
pub(super) fn read(text: &str, language: Language) -> Signs {
    let text = shortened(text);
    let mut signs = Signs::default();
    let target = names_a_target(text);
    // The host of an address may contain a word for email.
    let text = &without_addresses(text);
    for (number, sentence) in sentences(text).iter().enumerate() {
        let read = read_sentence(sentence, language);
        let is_identity = target && number == 0 && is_name_of_an_address(sentence, language);
        signs.join(if is_identity { read.without(Sign::Channel) } else { read });
    }
    let spoken = signs.has_any(&[Sign::Code, Sign::Verification, Sign::OneTime]);
    if let Some(outer) = without_parentheses(text) {
        // "2FA code (leave empty if not enabled)": the remark does not negate the name of the code.
        for sentence in &sentences(&outer) {
            let read = read_sentence(sentence, language);
            for sign in [Sign::App, Sign::OneTime, Sign::TwoStep] {
                signs.add(sign, read.has(sign));
            }
        }
    }
    // "The code that the app shows for ann@example.com" was not sent there.
    let is_account = signs.has(Sign::App) && !signs.has_any(&[Sign::Sent, Sign::Channel]);
    signs.add(Sign::Target, target && !is_account && (spoken || signs.has(Sign::Sent)));
    let origins = [Sign::App, Sign::OneTime, Sign::TwoStep, Sign::Recovery];
    signs.add(Sign::Unexplained, is_sentence(text) && !signs.has_any(&origins));
    signs
}

/// Returns the text without its remarks in parentheses, or `None` if it has none.
fn without_parentheses(text: &str) -> Option<String> {
    let mut outer = String::new();
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' | '（' => depth = depth.saturating_add(1),
            ')' | '）' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outer.push(letter),
            _ => {}
        }
    }
    (outer.len() < text.len()).then_some(outer)
}

/// Returns the text without email addresses, which may be masked.
fn without_addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let is_part =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '@' | '.' | '_' | '+' | '-' | '*' | '•');
    let parts = text
        .split_inclusive(|letter| !is_part(letter))
        .filter(|part| !part.trim_end_matches(|letter| !is_part(letter)).contains('@'));
    Cow::Owned(parts.collect())
}

/// Returns true if the text is longer than a heading or a label.
fn is_sentence(text: &str) -> bool {
    text.split_whitespace().count() >= 5 || text.chars().filter(|letter| is_unspaced(*letter)).count() >= 9
}

/// Returns true for a sentence that begins with the name of a field and mentions no code, such as "E-mail address:
/// ann@example.com". It shows who signs in, not where a code was sent.
fn is_name_of_an_address(sentence: &Sentence, language: Language) -> bool {
    let found = Lexicon::words().find(&sentence.letters, language);
    let starts = found.iter().any(|one| one.concept == Concept::Field && one.from == 0);
    let is_about_a_code = |one: &TermMatch| {
        use Concept::{Again, Code, Got, OneTime, Request, Sent, Verification};
        matches!(one.concept, Code | Verification | OneTime | Sent | Got | Again | Request)
    };
    starts && !found.iter().any(is_about_a_code)
}

fn read_sentence(sentence: &Sentence, language: Language) -> Signs {
    let found = Lexicon::words().find(&sentence.letters, language);
    let denied = denied(&found, sentence);
    let mut concepts = Concepts::default();
    let counts = |one: &TermMatch| !is_part_of_an_app(one, &found) && !is_listed_as_another_way(one, &found);
    let counted: Vec<TermMatch> = found.iter().copied().filter(counts).collect();
    for one in &counted {
        concepts.add(one.concept, !denied.contains(one) && !is_set_up(one, &found, sentence));
    }
    let said = |concept: Concept| concepts.said & Concepts::bit(concept) != 0;
    let meant = |concept: Concept| concepts.meant & Concepts::bit(concept) != 0;
    let mut signs = Signs::default();
    let code = said(Concept::Code) || said(Concept::Verification) || said(Concept::OneTime);
    let channel = meant(Concept::Sms) || meant(Concept::Email) || meant(Concept::Call);
    let named = meant(Concept::App) && !names_a_device_code(&found) && !names_only_spare_tokens(&found);
    let arrives = said(Concept::Sent) || said(Concept::Got);
    let is_choice = (code || named) && offers_a_choice(&found);
    // "One of the codes that you printed when you added the app" is not from the app.
    let is_recovery = said(Concept::Recovery) && !is_recovery_one_of_two(&found);
    let is_by_other_ways = channel || arrives || said(Concept::Device) || is_recovery;
    let from_app = is_choice || meant(Concept::AnyApp) && code && !is_by_other_ways;
    // "Lost your authenticator?" asks about the app; "Which code does your authenticator show?" asks for the code.
    let asks_about_it = sentence.is_question && !code;
    // "The code from the email to set up your authenticator" is not the authenticator's.
    let is_elsewhere = !is_choice && names_a_nearer_source(&counted, &denied);
    // "Next, your authenticator" does not ask for its code; "then enter the code of your authenticator" does.
    let is_for_later = (said(Concept::Later) || said(Concept::SetUp)) && !(code && said(Concept::Enter));
    let is_there = (named || from_app) && !asks_about_it && !said(Concept::Loss);
    signs.add(Sign::App, is_there && !is_for_later && !is_elsewhere);
    let is_short = sentence.letters.len() <= MAX_HEADING && !said(Concept::Enter) && !said(Concept::Loss);
    let is_set_up = is_short && said(Concept::App) && said(Concept::SetUp) && !asks_about_it;
    // "Two-factor recovery code" names one code; "two-factor code or recovery code" names two.
    let is_other = said(Concept::Recovery) && !names_another_code(&found);
    signs.add(Sign::OneTime, meant(Concept::OneTime) && !is_other);
    signs.add(Sign::TwoStep, (meant(Concept::TwoStep) || is_set_up) && !is_other);
    signs.add(Sign::Verification, said(Concept::Verification) && !is_other);
    signs.add(Sign::Code, code);
    // "The code that you get from your authenticator" was not sent.
    let named = named && !is_elsewhere;
    let sent = (meant(Concept::Sent) || (meant(Concept::Got) && !named)) && (code || channel);
    let is_sent = (sent || (channel && code)) && !sentence.is_question && (!named || sent) && !is_choice;
    signs.add(Sign::Sent, is_sent);
    signs.add(Sign::SentCode, is_sent && code);
    signs.add(Sign::Channel, channel && !named && !is_choice);
    // "A new code from your authenticator" was not sent.
    signs.add(Sign::Again, said(Concept::Again) && !named);
    signs.add(Sign::Request, said(Concept::Request));
    signs.add(Sign::Phone, said(Concept::Phone));
    // "An unused recovery code" is one, too.
    signs.add(Sign::Recovery, is_recovery);
    signs.add(Sign::Purpose, PURPOSES.into_iter().any(meant));
    signs.add(Sign::Pairing, meant(Concept::Device));
    // "Answer with the code of your authenticator" is not a security question.
    signs.add(Sign::Captcha, meant(Concept::Captcha) && !named);
    signs.add(Sign::Pin, names_a_known_pin(&found));
    signs.add(Sign::Purpose, said(Concept::Pin) && said(Concept::Choose));
    signs.add(Sign::Password, said(Concept::Password) && !said(Concept::OneTime) && !named);
    signs.add(Sign::Field, said(Concept::Field) && !is_choice);
    signs
}

/// The concepts of a sentence, as bit sets.
#[derive(Default)]
struct Concepts {
    said: u64,
    /// The concepts that occur at least once without a negation.
    meant: u64,
}

impl Concepts {
    fn add(&mut self, concept: Concept, is_meant: bool) {
        self.said |= Self::bit(concept);
        if is_meant {
            self.meant |= Self::bit(concept);
        }
    }

    fn bit(concept: Concept) -> u64 {
        1_u64.checked_shl(concept as u32).unwrap_or(0)
    }
}

/// Returns the signs in an identifier.
pub(super) fn read_name(name: &str) -> Signs {
    let found = Lexicon::names().find(&name_words(shortened(name)), Language::None);
    // `one_time_password` is not a password, and `login_token` is not a user name.
    let is_part = |one: &TermMatch| {
        let in_another = |other: &&TermMatch| {
            matches!(other.concept, Concept::OneTime | Concept::Code)
                && other.from <= one.from
                && one.to <= other.to
                && (other.from, other.to) != (one.from, one.to)
        };
        matches!(one.concept, Concept::Field | Concept::Owner) && found.iter().any(|other| in_another(&other))
    };
    let said = |concept: Concept| found.iter().any(|one| one.concept == concept && !is_part(one));
    let mut signs = Signs::default();
    signs.add(Sign::OneTime, said(Concept::OneTime));
    signs.add(Sign::TwoStep, said(Concept::TwoStep));
    signs.add(Sign::Code, said(Concept::Code));
    signs.add(Sign::Channel, said(Concept::Sms) || said(Concept::Email));
    signs.add(Sign::Recovery, said(Concept::Recovery));
    signs.add(Sign::Captcha, said(Concept::Captcha));
    signs.add(Sign::Pin, said(Concept::Pin) && !said(Concept::TwoStep));
    // In `otp-q1`, the letter means a question or quantity, and not a search.
    let is_letter = |one: &TermMatch| one.concept == Concept::Search && one.to == one.from.saturating_add(1);
    let is_lookup = found.iter().any(|one| one.concept == Concept::Search && !is_letter(one));
    let is_search = is_lookup || !said(Concept::OneTime);
    signs.add(Sign::Purpose, PURPOSES.into_iter().any(|one| said(one) && (one != Concept::Search || is_search)));
    signs.add(Sign::Pairing, said(Concept::Device));
    signs.add(Sign::Lookup, is_lookup);
    // `user[otp_attempt]` is a code that belongs to a user; `user` alone is a user name.
    signs.add(Sign::Field, said(Concept::Field) || (said(Concept::Owner) && !said(Concept::OneTime)));
    signs
}

/// Returns `code` for `user[code]`, which is a code that belongs to a user and not the user code of a device. Any other
/// name is returned unchanged.
pub(super) fn without_owner(name: &str) -> &str {
    let Some((owner, rest)) = name.split_once('[') else { return name };
    let found = Lexicon::names().find(&name_words(owner), Language::None);
    match rest.strip_suffix(']') {
        Some(part) if found.iter().any(|one| one.concept == Concept::Owner) && !part.is_empty() => part,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str, sign: Sign) -> bool {
        read(text, Language::Any).has(sign)
    }

    #[test]
    fn an_authenticator_is_recognized_in_many_languages_and_forms() {
        for text in [
            "Enter the code from your authenticator app",
            "Einmalpasswort aus der Authenticator-App",
            "Code généré par votre application d’authentification",
            "Kod z aplikacji",
            "Введите код из приложения",
            "Kimlik doğrulama uygulamanızdaki kodu girin",
            "Todennussovelluksen kertakäyttökoodi",
            "请输入身份验证器中的动态口令",
            "認証アプリに表示されている6桁の数字",
            "인증 앱의 6자리 숫자를 입력하세요",
            "הקוד מאפליקציית האימות",
            "الرمز الظاهر في تطبيق المصادقة",
            "รหัส 6 หลักจากแอปยืนยันตัวตน",
        ] {
            assert!(says(text, Sign::App), "{text}");
        }
    }

    #[test]
    fn negated_and_lost_terms_and_questions_do_not_count() {
        for text in
            ["Lost your authenticator?", "Sign in without your authenticator", "Kein Zugriff auf die Authenticator-App"]
        {
            assert!(!says(text, Sign::App), "{text}");
        }
        for text in ["Der Code kommt nicht per SMS", "Je krijgt geen sms", "The code is never sent by email"] {
            assert!(!says(text, Sign::Sent), "{text}");
        }
    }

    #[test]
    fn a_sent_code_is_recognized_in_many_languages() {
        for text in [
            "A 6-digit code is on its way to k•••@example.test.",
            "Wir haben Ihnen einen Code per SMS geschickt",
            "Un code vous attend dans votre boîte mail",
            "Te enviamos un correo con un código",
            "СМС с кодом пришло на номер +7 ••• •••-44-10",
            "ご登録のメールアドレスに届いた6桁の認証コード",
            "验证码已发送至 138****1234",
            "Cep telefonunuza SMS ile gelen 6 haneli kodu girin",
        ] {
            assert!(says(text, Sign::Sent), "{text}");
        }
    }

    #[test]
    fn names_are_split_into_words() {
        for name in [
            "two_factorCode1",
            "otpCode-0",
            "user[otp_attempt]",
            "txtTfaCd",
            "mfacode",
            "totpPin",
            "2fa_code",
            "twofactor_token",
        ] {
            assert!(read_name(name).has(Sign::OneTime), "{name}");
        }
        for name in ["laptop", "topic", "photo", "adopt"] {
            assert!(!read_name(name).has(Sign::OneTime), "{name}");
        }
    }
}
