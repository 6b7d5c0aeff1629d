//! Decides whether a field's evidence agrees: the page mentions a code and a second factor, and nothing suggests
//! another source or purpose of the code. `evidence` gathers the pieces, and weighs the result as one of them.

use super::evidence::Evidence::{
    self, Aside, AutocompleteOneTimeCode, BesideLogin, BesidePurpose, Captcha, Cells, DrawnPlaceholder,
    FormNameOneTime, HasValue, LabelApp, LabelCode, LabelField, LabelOneTime, LabelPassword, LabelPin, LabelSilent,
    LabelTwoStep, LabelVerification, LengthFits, LengthTooGreat, NameCode, NameOneTime, NearApp, NearCode, NearPurpose,
    NearTwoStep, NothingForIt, Numeric, OffersApp, OffersChannel, OffersRecovery, PasswordType, ScopeApp, ScopePurpose,
    ScopeTwoStep,
};

/// Evidence against a field that does not concern the source of the code, and is common around correct fields.
const HARMLESS: [Evidence; 11] = [
    BesideLogin,
    BesidePurpose,
    LengthTooGreat,
    NearPurpose,
    ScopePurpose,
    PasswordType,
    HasValue,
    LabelField,
    LabelPassword,
    LabelPin,
    LabelSilent,
];

/// Returns true if the evidence mentions a code, and nothing contradicts that an authenticator shows it.
pub(super) fn is_uncontradicted(all: &[Evidence]) -> bool {
    let has_any = |some: &[Evidence]| some.iter().any(|one| all.contains(one));
    // "Second factor" in a sign-in form asks for its code; "Require 2FA for" in a settings form does not.
    let is_like_a_code = has_any(&[BesideLogin, LengthFits, Numeric, DrawnPlaceholder]);
    let names_a_factor =
        !has_any(&[LabelField]) && (has_any(&[LabelApp]) || (has_any(&[LabelTwoStep]) && is_like_a_code));
    // "Your authenticator says:" above a field of the code's length needs no word for a code, either.
    let has_its_shape = !has_any(&[LabelField]) && has_any(&[NearApp]) && has_any(&[LengthFits, DrawnPlaceholder]);
    let code = has_any(&[LabelCode, NameCode, NameOneTime, NearCode, Cells, AutocompleteOneTimeCode])
        || names_a_factor
        || has_its_shape;
    code && !is_contradicted(all)
}

fn is_contradicted(all: &[Evidence]) -> bool {
    let has_any = |some: &[Evidence]| some.iter().any(|one| all.contains(one));
    // "One-time code" next to a text about another device, or to fields for another purpose, is not enough.
    let is_for_a_factor =
        has_any(&[AutocompleteOneTimeCode, FormNameOneTime, LabelApp, LabelTwoStep, NameOneTime, NearApp, NearTwoStep]);
    let is_in_set_up = has_any(&[ScopeApp]) && has_any(&[LabelVerification]);
    // A name such as `authcode` says too little on a page about something else.
    let is_only_named = !has_any(&[ScopeApp, ScopeTwoStep, LabelApp, LabelOneTime, LabelTwoStep, NearApp, NearTwoStep])
        && !has_any(&[AutocompleteOneTimeCode, FormNameOneTime, BesideLogin]);
    let is_elsewhere = (!is_for_a_factor && !is_in_set_up && has_any(&[BesidePurpose, NearPurpose]))
        || (is_only_named && has_any(&[ScopePurpose]));
    // "Password" or "User name" alone is not a code, even if the field's name mentions a second factor.
    let is_another = has_any(&[LabelField, LabelPassword])
        && !has_any(&[AutocompleteOneTimeCode, Cells, LabelCode, LabelTwoStep])
        && (has_any(&[LabelField]) || !has_any(&[LabelApp]));
    // Some sites call the code a PIN, but only a PIN that the user knows is typed invisibly.
    let is_pin = has_any(&[LabelPin]) && has_any(&[PasswordType]) && !has_any(&[LabelApp, LabelCode]);
    // A field that is neither named nor built like a code may be for anything that the page is not about.
    let is_named = has_any(&[AutocompleteOneTimeCode, Cells, NameOneTime])
        || [NameCode, NearCode].iter().all(|one| all.contains(one));
    let is_built = has_any(&[DrawnPlaceholder, LengthFits, Numeric, OffersChannel, OffersRecovery]);
    let is_unknown = has_any(&[LabelSilent]) && !is_named && !is_built;
    is_elsewhere
        || is_another
        || is_pin
        || is_unknown
        || all.iter().any(|one| one.direction() < 0 && !HARMLESS.contains(one))
        || has_any(&[NothingForIt, OffersApp, Captcha, Aside])
}
