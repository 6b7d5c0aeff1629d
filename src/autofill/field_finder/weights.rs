//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.

/// Constant that is added to every score.
pub(super) const BIAS: f32 = -4.29;

/// Minimum score of a field that is filled.
pub(super) const THRESHOLD: f32 = 0.69;

/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.
pub(super) const MARGIN: f32 = 1.0;

/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).
pub(super) const WEIGHTS: [f32; 57] = [
    0.37,  // AutocompleteOneTimeCode
    0.91,  // NameOneTime
    0.13,  // NameCode
    0.58,  // FormNameOneTime
    1.32,  // LabelApp
    0.62,  // LabelOneTime
    1.78,  // LabelTwoStep
    0.85,  // LabelVerification
    1.05,  // LabelCode
    2.71,  // NearApp
    0.21,  // NearOneTime
    0.00,  // NearTwoStep
    1.18,  // NearVerification
    0.04,  // NearCode
    0.26,  // ScopeApp
    0.23,  // ScopeTwoStep
    0.53,  // OffersChannel
    0.68,  // OffersRecovery
    0.65,  // Cells
    0.30,  // LengthFits
    0.22,  // Numeric
    0.59,  // DrawnPlaceholder
    0.59,  // Focused
    5.63,  // Uncontradicted
    0.59,  // BesideLogin
    -0.53, // NameChannel
    -0.62, // NameRecovery
    -1.34, // NamePurpose
    -0.66, // NameField
    -0.64, // LabelSent
    -2.04, // LabelRecovery
    -2.12, // LabelPurpose
    -1.81, // LabelField
    -0.35, // LabelPin
    -2.47, // LabelPassword
    -2.81, // NearSent
    -0.28, // NearSentBesideApp
    -1.09, // NearTarget
    -0.41, // NearRecovery
    -0.58, // NearPurpose
    -0.37, // NearPin
    -2.07, // NearUnexplained
    -2.22, // NearChannel
    -0.13, // ScopeSent
    -0.48, // ScopePurpose
    -0.72, // OffersAgain
    -0.88, // OffersRequest
    -0.40, // OffersApp
    -1.02, // ButtonPurpose
    -0.94, // BesidePhone
    -0.97, // BesidePurpose
    -0.63, // Captcha
    -0.80, // PasswordType
    -0.63, // HasValue
    -0.82, // LengthTooGreat
    -0.32, // Aside
    -2.07, // NothingForIt
];
