//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.49;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.70;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 58] = [
    0.46,  // AutocompleteOneTimeCode
    0.98,  // NameOneTime
    0.05,  // NameCode
    0.56,  // FormNameOneTime
    1.55,  // LabelApp
    0.65,  // LabelOneTime
    1.77,  // LabelTwoStep
    0.73,  // LabelVerification
    1.00,  // LabelCode
    2.49,  // NearApp
    0.30,  // NearOneTime
    0.06,  // NearTwoStep
    1.03,  // NearVerification
    0.07,  // NearCode
    0.22,  // ScopeApp
    0.19,  // ScopeTwoStep
    0.54,  // OffersChannel
    0.70,  // OffersRecovery
    0.66,  // Cells
    0.17,  // LengthFits
    0.46,  // Numeric
    0.72,  // DrawnPlaceholder
    0.64,  // Focused
    5.83,  // Uncontradicted
    0.73,  // BesideLogin
    -0.49, // NameChannel
    -0.56, // NameRecovery
    -1.18, // NamePurpose
    -0.34, // NameField
    -0.60, // LabelSent
    -2.11, // LabelRecovery
    -1.79, // LabelPurpose
    -1.79, // LabelField
    -0.37, // LabelPin
    -0.52, // LabelSilent
    -2.41, // LabelPassword
    -2.81, // NearSent
    -0.28, // NearSentBesideApp
    -1.09, // NearTarget
    -0.38, // NearRecovery
    -1.05, // NearPurpose
    -0.38, // NearPin
    -1.95, // NearUnexplained
    -2.23, // NearChannel
    -0.08, // ScopeSent
    -0.51, // ScopePurpose
    -0.59, // OffersAgain
    -0.78, // OffersRequest
    -0.41, // OffersApp
    -1.68, // ButtonPurpose
    -0.83, // BesidePhone
    -0.97, // BesidePurpose
    -0.60, // Captcha
    -0.78, // PasswordType
    -0.60, // HasValue
    -0.80, // LengthTooGreat
    -0.32, // Aside
    -1.82, // NothingForIt
];
