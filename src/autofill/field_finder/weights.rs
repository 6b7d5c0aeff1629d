//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.19;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.67;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 58] = [
    0.12,  // AutocompleteOneTimeCode
    1.02,  // NameOneTime
    0.44,  // NameCode
    0.72,  // FormNameOneTime
    0.72,  // LabelApp
    0.48,  // LabelOneTime
    1.58,  // LabelTwoStep
    0.82,  // LabelVerification
    0.52,  // LabelCode
    1.66,  // NearApp
    0.46,  // NearOneTime
    0.31,  // NearTwoStep
    0.81,  // NearVerification
    0.08,  // NearCode
    0.00,  // ScopeApp
    0.54,  // ScopeTwoStep
    0.42,  // OffersChannel
    0.70,  // OffersRecovery
    0.55,  // Cells
    0.00,  // LengthFits
    0.00,  // Numeric
    0.03,  // DrawnPlaceholder
    1.15,  // Focused
    6.58,  // Uncontradicted
    0.62,  // BesideLogin
    -0.52, // NameChannel
    -0.98, // NameRecovery
    -1.02, // NamePurpose
    -1.34, // NameField
    -0.64, // LabelSent
    -2.11, // LabelRecovery
    -2.16, // LabelPurpose
    -1.39, // LabelField
    -0.33, // LabelPin
    -0.72, // LabelSilent
    -0.99, // LabelPassword
    -2.65, // NearSent
    -0.28, // NearSentBesideApp
    -1.04, // NearTarget
    -0.65, // NearRecovery
    -1.47, // NearPurpose
    -0.37, // NearPin
    -1.23, // NearUnexplained
    -1.76, // NearChannel
    -0.50, // ScopeSent
    -0.69, // ScopePurpose
    -1.06, // OffersAgain
    -0.74, // OffersRequest
    -0.41, // OffersApp
    -1.09, // ButtonPurpose
    -0.83, // BesidePhone
    -1.00, // BesidePurpose
    -0.63, // Captcha
    -0.79, // PasswordType
    -0.51, // HasValue
    -0.57, // LengthTooGreat
    -0.31, // Aside
    -1.56, // NothingForIt
];
