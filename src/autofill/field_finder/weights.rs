//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.32;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.61;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 57] = [
    0.39,  // AutocompleteOneTimeCode
    1.14,  // NameOneTime
    0.27,  // NameCode
    0.55,  // FormNameOneTime
    1.03,  // LabelApp
    0.57,  // LabelOneTime
    1.75,  // LabelTwoStep
    0.80,  // LabelVerification
    1.16,  // LabelCode
    2.94,  // NearApp
    0.15,  // NearOneTime
    0.00,  // NearTwoStep
    1.09,  // NearVerification
    0.00,  // NearCode
    0.27,  // ScopeApp
    0.24,  // ScopeTwoStep
    0.52,  // OffersChannel
    0.66,  // OffersRecovery
    0.65,  // Cells
    0.28,  // LengthFits
    0.24,  // Numeric
    0.52,  // DrawnPlaceholder
    0.76,  // Focused
    5.43,  // Uncontradicted
    0.56,  // BesideLogin
    -0.56, // NameChannel
    -0.64, // NameRecovery
    -1.39, // NamePurpose
    -0.76, // NameField
    -0.64, // LabelSent
    -2.20, // LabelRecovery
    -2.17, // LabelPurpose
    -1.87, // LabelField
    -0.35, // LabelPin
    -2.45, // LabelPassword
    -2.99, // NearSent
    -0.28, // NearSentBesideApp
    -1.17, // NearTarget
    -0.41, // NearRecovery
    -0.64, // NearPurpose
    -0.37, // NearPin
    -2.19, // NearUnexplained
    -2.33, // NearChannel
    -0.14, // ScopeSent
    -0.48, // ScopePurpose
    -0.13, // OffersAgain
    -0.94, // OffersRequest
    -0.42, // OffersApp
    -1.02, // ButtonPurpose
    -0.97, // BesidePhone
    -0.98, // BesidePurpose
    -0.64, // Captcha
    -0.82, // PasswordType
    -0.65, // HasValue
    -0.82, // LengthTooGreat
    -0.32, // Aside
    -2.08, // NothingForIt
];
