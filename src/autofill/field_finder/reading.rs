//! Derives signs from texts and names. Terms of the lexicon do not count if the sentence negates them, asks about them
//! or says that they were lost.

use super::lexicon::{Concept, Language, Lexicon, TermMatch};
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
    /// A channel that codes are sent through: SMS, e-mail or a call.
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

/// Maximum number of letters between a negation and the negated term: about three short words, or a few letters in
/// scripts without spaces.
const DENIAL_REACH: usize = 22;
const UNSPACED_DENIAL_REACH: usize = 4;

const PURPOSES: [Concept; 12] = [
    Concept::Card,
    Concept::Postal,
    Concept::Coupon,
    Concept::Invite,
    Concept::Tracking,
    Concept::Search,
    Concept::Device,
    Concept::Paper,
    Concept::Wifi,
    Concept::Meeting,
    Concept::Licence,
    Concept::Purpose,
];

/// Returns the signs in a text.
pub(super) fn read(text: &str, language: Language) -> Signs {
    let mut signs = Signs::default();
    let target = names_a_target(text);
    for (number, sentence) in sentences(text).iter().enumerate() {
        let read = read_sentence(sentence, language);
        let is_identity = target && number == 0 && is_name_of_an_address(sentence, language);
        signs.join(if is_identity { read.without(Sign::Channel) } else { read });
    }
    let spoken = signs.has_any(&[Sign::Code, Sign::Verification, Sign::OneTime]);
    signs.add(Sign::Target, target && (spoken || signs.has(Sign::Sent)));
    let origins = [Sign::App, Sign::OneTime, Sign::TwoStep, Sign::Recovery];
    signs.add(Sign::Unexplained, is_sentence(text) && !signs.has_any(&origins));
    signs
}

/// Returns true if the text is longer than a heading or a label.
fn is_sentence(text: &str) -> bool {
    text.split_whitespace().count() >= 5 || text.chars().filter(|letter| is_unspaced(*letter)).count() >= 9
}

/// Returns true if the code itself has the name of a code for another device, as in "type the pairing code that your
/// authenticator shows".
fn names_a_device_code(found: &[TermMatch]) -> bool {
    let is_code = |one: &&TermMatch| matches!(one.concept, Concept::Code | Concept::Verification);
    let devices = || found.iter().filter(|one| one.concept == Concept::Device);
    found.iter().filter(is_code).any(|code| devices().any(|device| device.from < code.from && code.to <= device.to))
}

/// Returns true if every word for an authenticator is part of a term for recovery codes, such as "spare token".
fn names_only_spare_tokens(found: &[TermMatch]) -> bool {
    let of = |concept: Concept| found.iter().filter(move |one| one.concept == concept);
    let is_spare = |app: &TermMatch| of(Concept::Recovery).any(|one| one.from <= app.from && app.to <= one.to);
    of(Concept::App).all(is_spare)
}

/// Returns true if a sentence about recovery codes also names a code that is not one of them.
fn names_another_code(found: &[TermMatch]) -> bool {
    let is_recovery = |code: &TermMatch| {
        let mut recoveries = found.iter().filter(|one| one.concept == Concept::Recovery);
        recoveries.any(|one| one.from <= code.to.saturating_add(1) && code.from <= one.to.saturating_add(1))
    };
    let is_code = |one: &&TermMatch| matches!(one.concept, Concept::Code | Concept::Verification);
    found.iter().filter(is_code).any(|code| !is_recovery(code))
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
    let denials: Vec<TermMatch> = found.iter().copied().filter(|one| one.concept == Concept::Not).collect();
    // "Mobile app" names an app, not a phone that gets a code.
    let is_part_of_an_app = |one: &TermMatch| {
        matches!(one.concept, Concept::Sms | Concept::Phone | Concept::Call | Concept::Field)
            && found.iter().any(|app| {
                matches!(app.concept, Concept::App | Concept::AnyApp) && app.from <= one.from && one.to <= app.to
            })
    };
    let mut concepts = Concepts::default();
    for one in found.iter().filter(|one| !is_part_of_an_app(one)) {
        concepts.add(one.concept, !is_denied(*one, &denials, &sentence.letters));
    }
    let said = |concept: Concept| concepts.said & Concepts::bit(concept) != 0;
    let meant = |concept: Concept| concepts.meant & Concepts::bit(concept) != 0;
    let mut signs = Signs::default();
    let code = said(Concept::Code) || said(Concept::Verification) || said(Concept::OneTime);
    let channel = meant(Concept::Sms) || meant(Concept::Email) || meant(Concept::Call);
    let named = meant(Concept::App) && !names_a_device_code(&found) && !names_only_spare_tokens(&found);
    let arrives = said(Concept::Sent) || said(Concept::Got);
    let from_app = meant(Concept::AnyApp) && code && !channel && !arrives && !said(Concept::Device);
    // "Lost your authenticator?" asks about the app; "Which code does your authenticator show?" asks for the code.
    let asks_about_it = sentence.is_question && !code;
    signs.add(Sign::App, (named || from_app) && !asks_about_it && !said(Concept::Loss));
    // "Two-factor recovery code" names one code; "two-factor code or recovery code" names two.
    let is_other = said(Concept::Recovery) && !names_another_code(&found);
    signs.add(Sign::OneTime, meant(Concept::OneTime) && !is_other);
    signs.add(Sign::TwoStep, meant(Concept::TwoStep) && !is_other);
    signs.add(Sign::Verification, said(Concept::Verification) && !is_other);
    signs.add(Sign::Code, code);
    // "The code that you get from your authenticator" was not sent.
    let sent = (meant(Concept::Sent) || (meant(Concept::Got) && !named)) && (code || channel);
    signs.add(Sign::Sent, (sent || (channel && code)) && !sentence.is_question && (!named || sent));
    signs.add(Sign::Channel, channel && !named);
    // "A new code from your authenticator" was not sent.
    signs.add(Sign::Again, said(Concept::Again) && !named);
    signs.add(Sign::Request, said(Concept::Request));
    signs.add(Sign::Phone, said(Concept::Phone));
    // "An unused recovery code" is one, too.
    signs.add(Sign::Recovery, said(Concept::Recovery));
    signs.add(Sign::Purpose, PURPOSES.into_iter().any(meant));
    // "Answer with the code of your authenticator" is not a security question.
    signs.add(Sign::Captcha, meant(Concept::Captcha) && !named);
    signs.add(Sign::Pin, said(Concept::Pin));
    signs.add(Sign::Purpose, said(Concept::Pin) && said(Concept::Choose));
    signs.add(Sign::Password, said(Concept::Password) && !said(Concept::OneTime) && !named);
    signs.add(Sign::Field, said(Concept::Field));
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

/// Returns true if a negation comes shortly before the term or, in scripts without spaces, where the verb often comes
/// last, shortly after it.
fn is_denied(term: TermMatch, denials: &[TermMatch], letters: &[char]) -> bool {
    let unspaced = letters.get(term.from).copied().is_some_and(is_unspaced);
    let reach = if unspaced { UNSPACED_DENIAL_REACH } else { DENIAL_REACH };
    denials.iter().any(|denial| {
        let before = denial.to <= term.from && term.from.saturating_sub(denial.to) <= reach;
        let after = denial.from >= term.to && unspaced && denial.from.saturating_sub(term.to) <= UNSPACED_DENIAL_REACH;
        before || after
    })
}

/// Returns the signs in an identifier.
pub(super) fn read_name(name: &str) -> Signs {
    let found = Lexicon::names().find(&name_words(name), Language::None);
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
    signs.add(Sign::Code, said(Concept::Code));
    signs.add(Sign::Channel, said(Concept::Sms) || said(Concept::Email));
    signs.add(Sign::Recovery, said(Concept::Recovery));
    signs.add(Sign::Captcha, said(Concept::Captcha));
    signs.add(Sign::Pin, said(Concept::Pin));
    signs.add(Sign::Purpose, PURPOSES.into_iter().any(said));
    // `user[otp_attempt]` is a code that belongs to a user; `user` alone is a user name.
    signs.add(Sign::Field, said(Concept::Field) || (said(Concept::Owner) && !said(Concept::OneTime)));
    signs
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
