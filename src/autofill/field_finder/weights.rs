//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.67;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.39;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 57] = [
    0.51,  // AutocompleteOneTimeCode
    1.23,  // NameOneTime
    0.32,  // NameCode
    0.32,  // FormNameOneTime
    1.08,  // LabelApp
    0.69,  // LabelOneTime
    1.14,  // LabelTwoStep
    1.05,  // LabelVerification
    1.19,  // LabelCode
    3.11,  // NearApp
    0.02,  // NearOneTime
    0.00,  // NearTwoStep
    1.17,  // NearVerification
    0.15,  // NearCode
    0.23,  // ScopeApp
    0.08,  // ScopeTwoStep
    0.57,  // OffersChannel
    0.72,  // OffersRecovery
    0.99,  // Cells
    0.36,  // LengthFits
    0.13,  // Numeric
    0.71,  // DrawnPlaceholder
    0.77,  // Focused
    5.48,  // Uncontradicted
    0.38,  // BesideLogin
    -0.48, // NameChannel
    -0.68, // NameRecovery
    -1.45, // NamePurpose
    -0.87, // NameField
    -0.59, // LabelSent
    -2.27, // LabelRecovery
    -2.12, // LabelPurpose
    -1.61, // LabelField
    -0.37, // LabelPin
    -2.47, // LabelPassword
    -2.94, // NearSent
    -0.28, // NearSentBesideApp
    -1.29, // NearTarget
    -0.29, // NearRecovery
    -0.48, // NearPurpose
    -0.39, // NearPin
    -2.29, // NearUnexplained
    -2.39, // NearChannel
    -0.20, // ScopeSent
    -0.43, // ScopePurpose
    -0.04, // OffersAgain
    -1.10, // OffersRequest
    -0.33, // OffersApp
    -0.96, // ButtonPurpose
    -1.11, // BesidePhone
    -0.77, // BesidePurpose
    -0.69, // Captcha
    -0.81, // PasswordType
    -0.81, // HasValue
    -0.40, // LengthTooGreat
    -0.28, // Aside
    -1.73, // NothingForIt
];
