//! Gathers the evidence for and against a field, and computes the field's score from it.

use super::context::Context;
use super::contradiction::is_uncontradicted;
use super::description::FieldDescription;
use super::groups::Group;
use super::page::Page;
use super::reading::{Sign, Signs};
use super::weights::WEIGHTS;

macro_rules! evidence {
    ($($(#[$doc:meta])* $name:ident $sign:literal),+ $(,)?) => {
        /// One piece of evidence that a field takes an authenticator's code, or that it does not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Evidence { $($(#[$doc])* $name),+ }

        impl Evidence {
            /// All kinds of evidence, in the order of the weights.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the sign that the evidence's weight may have: 1 if it can only support a field, -1 if it can
            /// only contradict it, 0 if both are possible. A weight of the opposite sign would be an artifact of the
            /// pages that the weights were trained on.
            pub const fn direction(self) -> i8 {
                match self { $(Self::$name => $sign),+ }
            }

            /// Returns the name of the evidence.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

evidence! {
    /// `autocomplete="one-time-code"`.
    AutocompleteOneTimeCode 1,
    /// The name or id says OTP, TOTP, 2FA, MFA or a similar abbreviation.
    NameOneTime 1,
    /// The name or id says code, token, or verification.
    NameCode 1,
    /// The form's name says OTP, TOTP, 2FA, MFA or a similar abbreviation.
    FormNameOneTime 1,
    /// The label names an authenticator.
    LabelApp 1,
    /// The label says one-time code.
    LabelOneTime 1,
    /// The label says two-step or two-factor.
    LabelTwoStep 1,
    /// The label says verification code.
    LabelVerification 1,
    /// The label says code.
    LabelCode 1,
    /// A text nearby names an authenticator.
    NearApp 1,
    /// A text nearby says one-time code.
    NearOneTime 1,
    /// A text nearby says two-step or two-factor.
    NearTwoStep 1,
    /// A text nearby says verification code.
    NearVerification 1,
    /// A text nearby says code.
    NearCode 1,
    /// The rest of the form or page names an authenticator.
    ScopeApp 1,
    /// The rest of the form or page says two-step, or one-time code.
    ScopeTwoStep 1,
    /// A link offers to have a code sent instead.
    OffersChannel 1,
    /// A link offers a recovery code instead.
    OffersRecovery 1,
    /// The field consists of as many one-character cells as the code has characters.
    Cells 1,
    /// `maxlength` is the code's length, or slightly more to allow for separators.
    LengthFits 1,
    /// The field asks for a numeric keyboard, or its pattern allows only digits.
    Numeric 1,
    /// The placeholder shows the shape of a code, such as `000000`.
    DrawnPlaceholder 1,
    /// The field has the focus.
    Focused 1,
    /// The page mentions a code and a second factor, and nothing suggests another source or purpose of the code.
    Uncontradicted 1,
    /// A user name and a password are in the same form.
    BesideLogin 0,
    /// The name says SMS, phone or email.
    NameChannel -1,
    /// The name says recovery or backup.
    NameRecovery -1,
    /// The name says card, coupon, postal code, captcha or another purpose.
    NamePurpose -1,
    /// The name is that of another kind of field.
    NameField -1,
    /// The label says SMS, email, or that the code was sent.
    LabelSent -1,
    /// The label says recovery code, and does not name an authenticator.
    LabelRecovery -1,
    /// The label names another purpose.
    LabelPurpose -1,
    /// The label names another kind of field.
    LabelField -1,
    /// The label says PIN.
    LabelPin -1,
    /// The label says nothing that any evidence is based on.
    LabelSilent -1,
    /// The label says password, and not one-time password.
    LabelPassword -1,
    /// A text nearby says that the code was sent, and none names an authenticator.
    NearSent -1,
    /// A text nearby names an authenticator, and another says that a code was sent.
    NearSentBesideApp -1,
    /// A text nearby shows the phone number or address that a code was sent to.
    NearTarget -1,
    /// A text nearby says recovery code, and none names an authenticator.
    NearRecovery -1,
    /// A text nearby names another purpose.
    NearPurpose -1,
    /// A text nearby asks for a phone number, and nothing calls the field a code.
    NearPhone -1,
    /// A text nearby says PIN.
    NearPin -1,
    /// A sentence nearby names neither an authenticator nor a second factor, and nothing else nearby does.
    NearUnexplained -1,
    /// A text nearby names a text message, an email or a call, and none names an authenticator.
    NearChannel -1,
    /// The rest of the form or page says that a code was sent.
    ScopeSent -1,
    /// The rest of the form or page names another purpose.
    ScopePurpose -1,
    /// A link, button or text offers to send the code again.
    OffersAgain -1,
    /// A button nearby requests that a code be sent.
    OffersRequest -1,
    /// A link offers to use the authenticator instead.
    OffersApp -1,
    /// A button nearby is for another purpose.
    ButtonPurpose -1,
    /// The same form asks for a phone number.
    BesidePhone -1,
    /// Another field of the form is for a card, an address or another purpose.
    BesidePurpose -1,
    /// The field or its surroundings mention a captcha.
    Captcha -1,
    /// The field is a password field, and neither its label nor its name calls it a code.
    PasswordType -1,
    /// The field is not empty.
    HasValue -1,
    /// `maxlength` is much more than the code's length.
    LengthTooGreat -1,
    /// The field is in a search form, a navigation bar or a footer.
    Aside -1,
    /// Nothing names an authenticator, a second factor or a one-time code.
    NothingForIt -1,
}

/// Returns the evidence about a group of fields, without duplicates.
pub(super) fn gather(page: &Page<'_>, group: &Group, context: &Context, length: usize) -> Vec<Evidence> {
    let Some(field) = group.nodes.first().and_then(|number| page.field(*number)) else { return Vec::new() };
    let mut all = Vec::new();
    let mut add = |evidence: Evidence, is_there: bool| {
        if is_there {
            all.push(evidence);
        }
    };
    add_texts(context, field, &mut add);
    add_rivals(context, &mut add);
    let fields = || group.nodes.iter().filter_map(|number| page.field(*number));
    add(Evidence::AutocompleteOneTimeCode, fields().any(is_one_time_code));
    add(Evidence::Cells, group.are_cells);
    let most = usize::try_from(field.max_length).unwrap_or(usize::MAX);
    let shown = usize::try_from(field.size).unwrap_or(usize::MAX);
    let fits = |characters: usize| (length..=length.saturating_add(2)).contains(&characters);
    add(Evidence::LengthFits, !group.are_cells && (fits(most) || (field.max_length == 0 && fits(shown))));
    add(Evidence::LengthTooGreat, !group.are_cells && (12..1000).contains(&most));
    add(Evidence::Numeric, is_numeric(field));
    add(Evidence::DrawnPlaceholder, draws_a_code(&field.placeholder));
    add(Evidence::Focused, fields().any(|field| field.focused));
    add(Evidence::HasValue, fields().any(|field| field.has_value));
    let is_called_code =
        context.label.has_any(&[Sign::Code, Sign::OneTime, Sign::App, Sign::TwoStep, Sign::Verification])
            || context.name.has(Sign::OneTime);
    add(Evidence::LabelSilent, has_a_label(field) && context.label.without(Sign::Unexplained) == Signs::default());
    add(Evidence::PasswordType, field.input_type == "password" && !is_called_code);
    all.sort_unstable();
    all.dedup();
    if is_uncontradicted(&all) {
        all.push(Evidence::Uncontradicted);
    }
    all
}

fn is_one_time(signs: Signs) -> bool {
    signs.has_any(&[Sign::OneTime, Sign::TwoStep])
}

fn add_texts(context: &Context, field: &FieldDescription, add: &mut impl FnMut(Evidence, bool)) {
    let Context { name, form_name, label, near, scope, .. } = *context;
    let app = label.has(Sign::App) || near.has(Sign::App);
    let declared = is_one_time_code(field);
    let is_named = label.has(Sign::App)
        || (is_one_time(label) && (declared || !label.has(Sign::Field)))
        || (declared && label.has(Sign::Code) && !label.has(Sign::Field));
    // A text before the field may just describe the page, unless it mentions a code.
    let labeled = is_named && (label.has(Sign::Code) || !context.is_labeled_by_sight);
    add_names(context, app, labeled, add);
    add_label(context, add);
    add_nearby(context, app, add);
    add_offers(context, app, add);
    let elsewhere = [near, context.buttons, name].iter().any(|signs| signs.has(Sign::Captcha));
    add(Evidence::Captcha, label.has(Sign::Captcha) || (elsewhere && !labeled));
    // If a form asks for user name, password and code at once, no code can have been sent yet, so the field takes an
    // authenticator's code. In a form for a new password, the code comes first.
    let is_second_password = context.follows_password
        && label.has(Sign::Code)
        && !label.has_any(&[Sign::Field, Sign::Pin, Sign::Password])
        && (field.input_type == "password" || (declared && !label.has(Sign::Verification)));
    // A console asks only for a "Verification code", and hides what is typed.
    let is_console = context.is_alone
        && field.input_type == "password"
        && label.has(Sign::Verification)
        && !label.has_any(&[Sign::Field, Sign::Pin, Sign::Password]);
    let is_called_one_time = [name, form_name].iter().any(|signs| signs.has(Sign::OneTime));
    let says_so = [label, near, scope].into_iter().any(is_one_time) || scope.has(Sign::App);
    add(Evidence::NothingForIt, !is_second_password && !is_console && !app && !says_so && !is_called_one_time);
}

/// Adds the evidence in names. A label outweighs some of it: a field named `passwd1` or `q` may well take an
/// authenticator's code.
fn add_names(context: &Context, app: bool, labeled: bool, add: &mut impl FnMut(Evidence, bool)) {
    let Context { name, form_name, label, .. } = *context;
    add(Evidence::NameOneTime, name.has(Sign::OneTime));
    add(Evidence::NameCode, name.has(Sign::Code));
    add(Evidence::FormNameOneTime, form_name.has(Sign::OneTime));
    add(Evidence::NameChannel, name.has(Sign::Channel) && !app);
    add(Evidence::NameRecovery, name.has(Sign::Recovery) && !label.has(Sign::App));
    let is_unlikely = name.has(Sign::Lookup) || (name.has_any(&[Sign::Purpose, Sign::Pairing, Sign::Captcha]) && !app);
    add(Evidence::NamePurpose, is_unlikely && !labeled);
    let is_called_code = label.has(Sign::Code) && name.has(Sign::Code) && !label.has(Sign::Field);
    add(Evidence::NameField, name.has(Sign::Field) && !labeled && !is_called_code);
}

fn add_label(context: &Context, add: &mut impl FnMut(Evidence, bool)) {
    let label = context.label;
    add(Evidence::LabelApp, label.has(Sign::App));
    add(Evidence::LabelOneTime, label.has(Sign::OneTime));
    add(Evidence::LabelTwoStep, label.has(Sign::TwoStep));
    add(Evidence::LabelVerification, label.has(Sign::Verification));
    add(Evidence::LabelCode, label.has(Sign::Code));
    add(Evidence::LabelSent, label.has_any(&[Sign::Sent, Sign::Channel, Sign::Again]));
    add(Evidence::LabelRecovery, label.has(Sign::Recovery) && !label.has(Sign::App) && !is_one_time(label));
    add(Evidence::LabelPurpose, label.has_any(&[Sign::Purpose, Sign::Pairing, Sign::Captcha, Sign::Phone]));
    add(Evidence::LabelField, label.has(Sign::Field));
    add(Evidence::LabelPin, label.has(Sign::Pin));
    add(Evidence::LabelPassword, label.has(Sign::Password));
}

fn add_nearby(context: &Context, app: bool, add: &mut impl FnMut(Evidence, bool)) {
    let Context { name, label, near, scope, .. } = *context;
    add(Evidence::NearApp, near.has(Sign::App));
    add(Evidence::NearOneTime, near.has(Sign::OneTime));
    add(Evidence::NearTwoStep, near.has(Sign::TwoStep));
    add(Evidence::NearVerification, near.has(Sign::Verification));
    add(Evidence::NearCode, near.has(Sign::Code));
    add(Evidence::ScopeApp, scope.has(Sign::App));
    add(Evidence::ScopeTwoStep, is_one_time(scope));
    add(Evidence::NearSent, near.has(Sign::Sent) && !app);
    // "New phone? We will email you instructions" below the code of the app is not about a code.
    let is_about_help = label.has(Sign::App) && !context.is_labeled_by_sight && !near.has(Sign::SentCode);
    add(Evidence::NearSentBesideApp, near.has(Sign::Sent) && app && !is_about_help);
    add(Evidence::NearTarget, near.has(Sign::Target));
    add(Evidence::NearRecovery, near.has(Sign::Recovery) && !app && !label.has(Sign::Recovery));
    let is_for_a_device = near.has(Sign::Pairing) && !app;
    add(Evidence::NearPurpose, is_for_a_device || near.has_any(&[Sign::Purpose, Sign::Phone]));
    let is_called_code = name.has(Sign::OneTime) || (label.has(Sign::Code) && !context.is_labeled_by_sight);
    add(Evidence::NearPhone, near.has(Sign::Phone) && !is_called_code);
    let is_in_label = label.has(Sign::Pin) && !context.is_labeled_by_sight;
    add(Evidence::NearPin, near.has(Sign::Pin) && (!is_in_label || name.has(Sign::Pin)));
    // "Enter the security code" next to a field named `tfa_token` is about a second factor.
    let is_named = name.has(Sign::TwoStep) && near.has(Sign::Verification);
    let explained = app || is_named || is_one_time(near) || is_one_time(label);
    add(Evidence::NearUnexplained, near.has(Sign::Unexplained) && !explained);
    add(Evidence::NearChannel, near.has(Sign::Channel) && !app);
    add(Evidence::ScopeSent, scope.has_any(&[Sign::Sent, Sign::Target]) && !label.has(Sign::App));
    add(Evidence::ScopePurpose, scope.has_any(&[Sign::Purpose, Sign::Pairing]));
}

fn add_offers(context: &Context, app: bool, add: &mut impl FnMut(Evidence, bool)) {
    let Context { label, near, links, buttons, .. } = *context;
    let again = [links, buttons, near].iter().any(|signs| signs.has(Sign::Again));
    // If a page asks for two codes, an offer to send one does not concern the code of the authenticator.
    // Some pages have a link "Did not receive the code?" even if an authenticator shows it.
    let is_from_app = near.has(Sign::App)
        && !near.has_any(&[Sign::Sent, Sign::Channel, Sign::Target, Sign::Again])
        && !buttons.has_any(&[Sign::Again, Sign::Request]);
    add(Evidence::OffersAgain, again && !label.has(Sign::App) && !is_from_app);
    add(Evidence::OffersRequest, buttons.has(Sign::Request) && !label.has(Sign::App));
    add(Evidence::OffersChannel, links.has(Sign::Channel) && !again);
    add(Evidence::OffersRecovery, links.has(Sign::Recovery));
    add(Evidence::OffersApp, links.has(Sign::App) && !app);
    // "Link" and "Pair" also add an authenticator.
    let is_for_another = (buttons.has(Sign::Purpose) && !label.has(Sign::App)) || (buttons.has(Sign::Pairing) && !app);
    add(Evidence::ButtonPurpose, is_for_another);
}

fn add_rivals(context: &Context, add: &mut impl FnMut(Evidence, bool)) {
    add(Evidence::BesideLogin, context.rivals.has(Sign::Password));
    add(Evidence::BesidePhone, context.rivals.has(Sign::Phone));
    add(Evidence::BesidePurpose, context.rivals.has_any(&[Sign::Purpose, Sign::Pairing]));
    add(Evidence::Aside, context.is_aside);
}

/// Returns true if the page names the field for all users or for assistive technology.
fn has_a_label(field: &FieldDescription) -> bool {
    field.label.chars().chain(field.aria_label.chars()).any(char::is_alphabetic)
}

fn is_one_time_code(field: &FieldDescription) -> bool {
    field.autocomplete.split_whitespace().next_back() == Some("one-time-code")
}

/// Returns true if `autocomplete` states a purpose other than a code.
pub(super) fn is_for_something_else(field: &FieldDescription) -> bool {
    const OTHERS: &str = "name email username current-password tel street-address postal-code country organization bday \
        sex url";
    const STARTS: &str = "cc- tel- address- bday- given- family- country- transaction- additional- honorific-";
    let last = field.autocomplete.split_whitespace().next_back().unwrap_or_default();
    OTHERS.split_whitespace().any(|other| other == last)
        || STARTS.split_whitespace().any(|start| last.starts_with(start))
}

fn is_numeric(field: &FieldDescription) -> bool {
    matches!(field.inputmode.as_str(), "numeric" | "decimal" | "tel")
        || matches!(field.input_type.as_str(), "tel" | "number")
        || ["\\d", "0-9", "[:digit:]"].iter().any(|digits| field.pattern.contains(digits))
}

/// Returns true for a placeholder that shows the shape of a code, such as `000000`, `••••••` or `- - - - - -`.
fn draws_a_code(placeholder: &str) -> bool {
    let marks: Vec<char> = placeholder.chars().filter(|letter| !letter.is_whitespace()).collect();
    let all_alike = marks.iter().all(|mark| Some(mark) == marks.first() || matches!(mark, '-' | '–'));
    let counts = placeholder.split_whitespace().collect::<String>() == "123456";
    counts
        || (marks.len() >= 4
            && all_alike
            && marks.first().is_some_and(|mark| !mark.is_alphabetic() || matches!(mark, 'X' | 'x')))
}

/// Returns the score of the evidence: the logarithm of the odds that the field takes an authenticator's code.
pub(super) fn score(evidence: &[Evidence]) -> f32 {
    let weight = |one: &Evidence| WEIGHTS.get(*one as usize).copied().unwrap_or(0.0);
    evidence.iter().map(weight).sum::<f32>() + super::weights::BIAS
}
